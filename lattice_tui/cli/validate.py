"""`lattice validate FILE`: every problem of a cluster.yaml in one pass, offline; nothing is written."""

from __future__ import annotations

import os

from lattice_tui.cli.guarding import write_err, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lattice_tui.providers.reading import ReadCluster

DOCUMENT = 10
"""ExitCode.DOCUMENT, without the cost of importing the enumeration."""


def run(arguments: list[str]) -> int:
    """Read, report, and return 0 or 10."""
    file, name, as_json = _parsed(arguments)
    # Many short-lived objects come with the imports and live to the end: collecting in between finds nothing.
    _without_collection()
    from lattice_tui.providers.reading import read_cluster

    read = read_cluster(file, name=name)
    if as_json:
        _report_json(read)
    else:
        _report_text(read)
    return DOCUMENT if read.errors else 0


def _parsed(arguments: list[str]) -> tuple[str, str | None, bool]:
    if len(arguments) == 1 and (arguments[0] == "-" or not arguments[0].startswith("-")):
        # The common form needs no argparse, which would be a tenth of the whole command.
        return arguments[0], None, False
    from lattice_tui.cli.arguments import Parser, add_output

    parser = Parser("validate", "Check a cluster.yaml offline. Nothing is written.")
    parser.add_argument("file", metavar="FILE", help="the cluster.yaml; - reads standard input")
    parser.add_argument("--name", metavar="NAME", help="the cluster's name, where the file has none")
    add_output(parser)
    parsed = parser.read(arguments)
    return parsed.file, parsed.name, parsed.output == "json"


def _without_collection() -> None:
    import gc

    gc.disable()


def _report_text(read: ReadCluster) -> None:
    if read.problems:
        from lattice_tui.cli.problem_text import one_line

        for problem in read.problems:
            write_err(one_line(problem))
        # The line that says that there are more is no error of the file's own.
        errors = sum(problem.code != "LT-DOC-032" for problem in read.errors)
        more = "more than " if errors < len(read.errors) else ""
        counts = f"{more}{_counted(errors, 'error')}, {_counted(len(read.warnings), 'warning')}"
        write_err(f"{_shown(read.file)}: {counts}")
    if not read.errors:
        write_out(f"{_shown(read.file)} is fine: {_sentence(read)}")


def _sentence(read: ReadCluster) -> str:
    cluster = read.cluster
    assert cluster is not None, "no errors means that there is a cluster"
    nodes, kubernetes = cluster.spec.nodes, cluster.spec.provider.kubernetes
    workers = sum(pool.replicas for pool in nodes.worker_pools.values())
    what = f"{cluster.metadata.name} on {cluster.provider_name}, Kubernetes {kubernetes.version}"
    size = f"{_counted(nodes.control_plane, 'control plane')}, {_counted(workers, 'worker')}"
    return f"{what} ({kubernetes.bootstrap}), {size}"


def _report_json(read: ReadCluster) -> None:
    from lattice_tui.cli.json_lines import problem_fields, write_json

    for problem in read.problems:
        write_json("document.problem", problem_fields(problem))
    summary = {
        "file": _shown(read.file),
        "ok": not read.errors,
        "errors": len(read.errors),
        "warnings": len(read.warnings),
        "cluster": read.cluster.metadata.name if read.cluster is not None else None,
        "provider": read.cluster.provider_name if read.cluster is not None else None,
    }
    write_json("document.validated", summary)


def _shown(file: str) -> str:
    """The file's name, safe to print."""
    if file.isascii() and file.isprintable():
        return file
    from lattice_tui.text import safe_text

    return safe_text(os.fsdecode(file))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
