"""`lattice resume [NAME]`: go on with a stopped run, or watch a running one."""

from __future__ import annotations

from lattice_tui.cli.arguments import Parser, add_run
from lattice_tui.cli.ending import Told, tell
from lattice_tui.cli.following import Watched
from lattice_tui.cli.guarding import write_err
from lattice_tui.cli.run_door import OpenBuilding, RunChoices, build, choices_of, replay
from lattice_tui.errors import ExitCode
from lattice_tui.install.launch import engine_pid
from lattice_tui.install.runs import RunInfo, find_run
from lattice_tui.paths import state_folder


def run(arguments: list[str], open_building: OpenBuilding) -> int:
    """Resume or attach. Returns the run's exit code; 0 when it is finished already."""
    parser = Parser("resume", "Go on with a stopped run, or watch a running one.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="the cluster; may be left out when there is one")
    add_run(parser)
    parsed = parser.read(arguments)
    choices = choices_of(parsed)
    found = find_run(state_folder(parsed.state_dir), parsed.name)
    at_work = engine_pid(found.folder)
    if at_work is not None:
        return build(found.folder, choices, open_building, join=at_work)
    if found.snapshot.state == "done":
        return _already_done(found, choices)
    return build(found.folder, choices, open_building)


def _already_done(found: RunInfo, choices: RunChoices) -> int:
    if choices.as_json:
        replay(found.folder)
    write_err(f"{found.name} was finished already; nothing is left to do.")
    told = Told(found.folder, choices.as_json, choices.state_dir, choices.kubeconfig_out)
    return tell(Watched("finished", ExitCode.OK, found.snapshot), told)
