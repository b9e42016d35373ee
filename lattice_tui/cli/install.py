"""`lattice install --cluster FILE`: validate, plan, ask once, build, watch."""

from __future__ import annotations

import argparse
import sys

from lattice_tui.cli.arguments import Parser, add_run, add_world
from lattice_tui.cli.guarding import write_err, write_out
from lattice_tui.cli.problem_text import one_line
from lattice_tui.cli.run_door import OpenBuilding, build, choices_of
from lattice_tui.cli.terminal import can_ask
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.paths import state_folder
from lattice_tui.providers.reading import ReadCluster, read_cluster
from schemas.plan import ClusterPlan
from schemas.problem import Problem

DEFAULT_SPEED = 10.0
NO_RUN_YET = "00000000"
"""Stands for the run's id in a plan that is only shown."""


def run(arguments: list[str], open_building: OpenBuilding) -> int:
    """Install what `arguments` name. Returns the run's exit code."""
    parsed = _parser().read(arguments)
    options = _options(parsed)
    choices = choices_of(parsed)
    read = read_cluster(parsed.cluster, name=parsed.name)
    for problem in read.problems:
        write_err(one_line(problem))
    if read.errors:
        return ExitCode.DOCUMENT
    plan = shown_plan(read, rehearsal=options.rehearsal)
    if parsed.dry_run:
        _show_plan(read, plan, options, as_json=parsed.output == "json")
        return ExitCode.OK
    _refuse_what_is_not_built_yet(read)
    if not parsed.yes and not _agreed(plan, options, parsed):
        return ExitCode.USAGE
    folder = prepare_run(read, state_folder(parsed.state_dir), options)
    return build(folder, choices, open_building)


def _parser() -> Parser:
    parser = Parser("install", "Check, plan, build and watch a cluster. lattice-tui --from-file FILE is the same.")
    parser.add_argument(
        "--cluster", "--from-file", metavar="FILE", required=True, help="the cluster.yaml; - reads standard input"
    )
    parser.add_argument("--name", metavar="NAME", help="the cluster's name, where the file has none")
    parser.add_argument("--rehearse", action="store_true", help="in a simulated world: nothing real is touched")
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    parser.add_argument("--dry-run", action="store_true", help="stop after the plan; nothing is made or written")
    add_run(parser)
    add_world(parser, default_speed=None)
    return parser


def _options(parsed: argparse.Namespace) -> RunOptions:
    given = {"--speed": parsed.speed, "--seed": parsed.seed, "--fault": parsed.fault}
    named = [flag for flag, value in given.items() if value is not None]
    if not parsed.rehearse:
        if named:
            title = f"{named[0]} is of the simulated world"
            raise UsageError(Problem(code="LT-CLI-002", title=title, fix=f"Add --rehearse, or leave {named[0]} out"))
        return RunOptions()
    return world_options(parsed)


def world_options(parsed: argparse.Namespace) -> RunOptions:
    """The options of a rehearsal. Raises UsageError for a fault that is not in the catalogue."""
    from lattice_tui.rehearsal.faults import FAULTS

    fault = parsed.fault or ""
    if fault not in FAULTS:
        known = ", ".join(f"{known} ({FAULTS[known].title})" for known in FAULTS if known)
        raise UsageError(
            Problem(code="LT-CLI-002", title="--fault names no fault of the catalogue", fix=f"Use one of: {known}")
        )
    seed = 1 if parsed.seed is None else parsed.seed
    return RunOptions(rehearsal=True, speed=parsed.speed or DEFAULT_SPEED, seed=seed, fault=fault)


def shown_plan(read: ReadCluster, *, rehearsal: bool) -> ClusterPlan:
    """The plan of a document without errors, as long as no run has been prepared."""
    from lattice_tui.install.resolve import resolve
    from lattice_tui.providers.registry import load

    assert read.cluster is not None, "no errors means that there is a cluster"
    assert read.config is not None, "and that its provider has read its block"
    taken = () if rehearsal else load(read.cluster.provider_name).taken_ranges()
    return resolve(read.cluster, read.config, run_id=NO_RUN_YET, taken=taken)


def _refuse_what_is_not_built_yet(read: ReadCluster) -> None:
    """Before anybody is asked whether to begin."""
    from lattice_tui.install.resolve import refuse_what_is_not_built_yet

    assert read.cluster is not None, "no errors means that there is a cluster"
    refuse_what_is_not_built_yet(read.cluster)


def _show_plan(read: ReadCluster, plan: ClusterPlan, options: RunOptions, *, as_json: bool) -> None:
    from lattice_tui.cli.plan_text import plan_fields, plan_lines

    if as_json:
        from lattice_tui.cli.json_lines import write_json

        write_json("install.planned", plan_fields(plan, rehearsal=options.rehearsal, speed=options.speed))
        return
    for line in plan_lines(plan, rehearsal=options.rehearsal, speed=options.speed, cluster=read.cluster):
        write_out(line)
    write_out("\nDry run: nothing was made.")


def _agreed(plan: ClusterPlan, options: RunOptions, parsed: argparse.Namespace) -> bool:
    """Ask once, where somebody can answer. Raises UsageError where nobody can."""
    from lattice_tui.cli.plan_text import summary

    if parsed.non_interactive or not can_ask() or parsed.cluster == "-":
        raise UsageError(
            Problem(
                code="LT-CLI-005",
                title="Nobody was asked, so nothing was begun",
                detail="Without --yes an install asks once, and here it cannot ask",
                fix="Add --yes to build it, or --dry-run to see the plan",
            )
        )
    write_err(f"This will build {summary(plan, rehearsal=options.rehearsal)}.")
    write_err("It can be stopped and resumed at any time. See the steps first with --dry-run.")
    sys.stderr.write("Build it now? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    write_err("Nothing was begun.")
    return False
