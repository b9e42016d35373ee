"""`lattice plan --cluster FILE`: what an install would do, step by step and object by object; nothing is made."""

from __future__ import annotations

import argparse
import shlex

from lattice_tui.cli.arguments import Parser, add_output, speed_factor
from lattice_tui.cli.guarding import write_err, write_out
from lattice_tui.cli.install import DEFAULT_SPEED, NO_RUN_YET, shown_plan
from lattice_tui.cli.problem_text import one_line
from lattice_tui.document.source import STANDARD_INPUT
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.providers.reading import ReadCluster, read_cluster
from schemas.plan import ClusterPlan
from schemas.problem import Problem


def run(arguments: list[str]) -> int:
    """Show the plan. Returns 0, or 10 when the document is wrong."""
    parsed = _parser().read(arguments)
    _refuse_what_does_not_go_together(parsed)
    file = parsed.cluster or parsed.file
    read = read_cluster(file, name=parsed.name)
    for problem in read.problems:
        write_err(one_line(problem))
    if read.errors:
        return ExitCode.DOCUMENT
    plan = shown_plan(read, rehearsal=parsed.rehearse)
    if parsed.manifests:
        _show_manifests(plan)
    elif parsed.output == "json":
        _show_json(plan, parsed)
    else:
        _show_text(read, plan, parsed, file)
    return ExitCode.OK


def _parser() -> Parser:
    parser = Parser("plan", "Show the steps, the objects and the usual minutes of an install. Nothing is made.")
    parser.add_argument("file", metavar="FILE", nargs="?", help="the cluster.yaml; - reads standard input")
    parser.add_argument("--cluster", "--from-file", metavar="FILE", help="the same, as install takes it")
    parser.add_argument("--name", metavar="NAME", help="the cluster's name, where the file has none")
    parser.add_argument("--manifests", action="store_true", help="print the Cluster API objects themselves, as YAML")
    parser.add_argument("--rehearse", action="store_true", help="with the times of a rehearsal")
    parser.add_argument("--speed", metavar="N", type=speed_factor, help="simulated seconds per second (default: 10)")
    add_output(parser)
    return parser


def _refuse_what_does_not_go_together(parsed: argparse.Namespace) -> None:
    if (parsed.file is None) == (parsed.cluster is None):
        title = "lattice plan needs a cluster.yaml" if parsed.file is None else "lattice plan takes one file"
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix="Write: lattice plan --cluster cluster.yaml"))
    if parsed.speed is not None and not parsed.rehearse:
        title = "--speed is of the simulated world"
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix="Add --rehearse, or leave --speed out"))
    if parsed.manifests and parsed.output == "json":
        title = "--manifests prints YAML, not JSON lines"
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix="Leave out -o json, or --manifests"))


def _pace(parsed: argparse.Namespace) -> float:
    return (parsed.speed or DEFAULT_SPEED) if parsed.rehearse else 1.0


def _show_manifests(plan: ClusterPlan) -> None:
    from lattice_tui.capi.manifests import yaml_text
    from lattice_tui.cli.plan_text import plan_manifests

    write_out(f"# {NO_RUN_YET} stands for the run's id, which is drawn when an install begins.")
    write_out(yaml_text(plan_manifests(plan)).rstrip("\n"))


def _show_json(plan: ClusterPlan, parsed: argparse.Namespace) -> None:
    from lattice_tui.cli.json_lines import write_json
    from lattice_tui.cli.plan_text import plan_fields, plan_manifests

    fields = plan_fields(plan, rehearsal=parsed.rehearse, speed=_pace(parsed))
    named = [
        {"apiVersion": made["apiVersion"], "kind": made["kind"], "name": made["metadata"]["name"]}
        for made in plan_manifests(plan)
    ]
    write_json("plan.made", {**fields, "names": named})


def _show_text(read: ReadCluster, plan: ClusterPlan, parsed: argparse.Namespace, file: str) -> None:
    from lattice_tui.cli.plan_text import plan_lines
    from lattice_tui.install.resolve import why_not_built_yet

    for line in plan_lines(plan, rehearsal=parsed.rehearse, speed=_pace(parsed), cluster=read.cluster):
        write_out(line)
    assert read.cluster is not None, "a plan was made of it"
    if (problem := why_not_built_yet(read.cluster)) is not None:
        write_out(f"\nNothing was made. {problem.title}.")
        return
    given = ["--name", parsed.name] if parsed.name else []
    where = ["--rehearse"] if parsed.rehearse else []
    saved = "cluster.yaml" if file == STANDARD_INPUT else file
    write_out(f"\nNothing was made. Build it: {shlex.join(['lattice', 'install', '--cluster', saved, *given, *where])}")
