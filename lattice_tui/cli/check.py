"""`lattice check [--cluster FILE]`: look whether it can be built here. Nothing is made and nothing is kept."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.checks.request import CheckRequest
from lattice_tui.cli.account import account_of
from lattice_tui.cli.arguments import Parser, add_output, add_state_dir
from lattice_tui.cli.guarding import write_err
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.providers.reading import ReadCluster
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from schemas.document import CredentialsRef

DEFAULT_PROVIDER = "docker"
"""What the practice cluster is built on, and what every other cluster begins with."""
TRY_IMAGE = "try_image"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked for."""

    provider: str
    params: Mapping[str, str]
    sentence: str
    cluster: str | None = None
    warnings: int = 0
    """Of the document."""
    reference: CredentialsRef | None = None
    """Where the document says that the credentials are."""


def run(arguments: list[str]) -> int:
    """Check what `arguments` name. Returns the exit code."""
    parsed = _parser().read(arguments)
    junit = _junit(parsed)
    subject = _subject(parsed)
    if subject is None:
        return ExitCode.DOCUMENT
    only = tuple(dict.fromkeys(parsed.only or ()))
    _refuse_unknown(CheckRequest(subject.provider, subject.params, only=only))
    params = dict(subject.params) | ({TRY_IMAGE: "1"} if parsed.try_image else {}) | _world(parsed)
    account = account_of(subject.provider, subject.reference, rehearse=parsed.rehearse, state_dir=parsed.state_dir)
    request = CheckRequest(subject.provider, params | dict(account.params), secrets=account.secrets, only=only)
    from lattice_tui.cli.checking import Telling, tell

    telling = Telling(
        as_json=parsed.output == "json",
        strict=parsed.strict,
        watch=parsed.watch,
        sentence=subject.sentence + (", in a simulated world" if parsed.rehearse else ""),
        cluster=subject.cluster,
        warnings=subject.warnings,
        command=_command(parsed),
        junit=junit,
    )
    return asyncio.run(tell(request, telling))


def _parser() -> Parser:
    parser = Parser("check", "Look whether a cluster can be built here. Nothing is made, nothing is kept.")
    parser.add_argument(
        "--cluster",
        metavar="FILE",
        help="the cluster.yaml, which says where the credentials are; - reads standard input "
        "(default: this computer, for a practice cluster)",
    )
    parser.add_argument("--name", metavar="NAME", help="the cluster's name, where the file has none")
    parser.add_argument("--only", metavar="ID", nargs="+", action="extend", help="these checks and what they need")
    parser.add_argument("--try-image", action="store_true", help="a small image may be pulled to try a container with")
    parser.add_argument("--junit", metavar="FILE", help="also write the results there as JUnit XML, for a pipeline")
    parser.add_argument("--strict", action="store_true", help="warnings count: exit 12")
    parser.add_argument("--watch", action="store_true", help="look again every 5 s at what is not ok, until all is")
    parser.add_argument("--rehearse", action="store_true", help="ask a simulated world instead of this computer")
    add_state_dir(parser)
    add_output(parser)
    return parser


def _subject(parsed: argparse.Namespace) -> Subject | None:
    """What to check for; None when the document has errors, which are said."""
    if parsed.cluster is None:
        return Subject(DEFAULT_PROVIDER, {}, "this computer, for a practice cluster on docker")
    from lattice_tui.cli.problem_text import one_line
    from lattice_tui.providers.reading import read_cluster

    read = read_cluster(parsed.cluster, name=parsed.name)
    for problem in read.problems:
        write_err(one_line(problem))
    return None if read.errors else _subject_of(read)


def _subject_of(read: ReadCluster) -> Subject:
    from lattice_tui.providers.registry import load

    cluster, config = read.cluster, read.config
    assert cluster is not None, "no errors means that there is a cluster"
    assert config is not None, "and that its provider has read its block"
    nodes = cluster.spec.nodes
    workers = sum(pool.replicas for pool in nodes.worker_pools.values())
    size = f"{_counted(nodes.control_plane, 'control plane')}, {_counted(workers, 'worker')}"
    return Subject(
        provider=cluster.provider_name,
        params=load(cluster.provider_name).check_params(cluster, config),
        sentence=f"{cluster.metadata.name} on {cluster.provider_name}, {size}",
        cluster=cluster.metadata.name,
        warnings=len(read.warnings),
        reference=cluster.spec.credentials,
    )


def _world(parsed: argparse.Namespace) -> dict[str, str]:
    """The parameters that send the checks to the simulated world, which is started for it."""
    if not parsed.rehearse:
        return {}
    from lattice_tui.paths import state_folder
    from lattice_tui.rehearsal.check_world import rehearsed_params

    return rehearsed_params(state_folder(parsed.state_dir))


def _junit(parsed: argparse.Namespace) -> Path | None:
    """Where the report goes. Raises UsageError when it could not be written there."""
    if parsed.junit is None:
        return None
    from lattice_tui.cli.junit import refuse_unwritable

    path = Path(parsed.junit)
    refuse_unwritable(path)
    return path


def _refuse_unknown(request: CheckRequest) -> None:
    """Raises UsageError for a word after --only that is no check."""
    if not request.only:
        return
    from lattice_tui.providers.registry import load

    known = [check.id for check in load(request.provider).checks(request.params, {})]
    for word in request.only:
        if word not in known:
            from lattice_tui.cli.did_you_mean import nearest

            meant = nearest(word, known)
            hint = f"Did you mean {meant}? " if meant else ""
            raise UsageError(
                Problem(
                    code="LT-CLI-002",
                    title=f"There is no check called {safe_text(word, 40)}",
                    fix=f"{hint}Use one of: {', '.join(known)}",
                )
            )


def _command(parsed: argparse.Namespace) -> str:
    """The command as it can be typed again, without what only says how to tell."""
    import shlex

    file = f" --cluster {shlex.quote(parsed.cluster)}" if parsed.cluster else ""
    name = f" --name {shlex.quote(parsed.name)}" if parsed.name else ""
    return safe_text(f"lattice check{file}{name}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
