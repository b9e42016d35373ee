"""`lattice watch [NAME]`: look at a run from any terminal. Nothing that is done here stops it, or starts it."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Callable
from pathlib import Path

from lattice_tui.cli.arguments import Parser, add_output, add_state_dir, duration_s
from lattice_tui.cli.ending import Told, tell
from lattice_tui.cli.following import LeftAtOnceError, Watched, Watching, watch
from lattice_tui.cli.guarding import OutputClosedError, OutputLostError, write_err
from lattice_tui.cli.run_door import RunLink, replay, seen_seq
from lattice_tui.cli.terminal import why_not_drawn
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.install import files
from lattice_tui.install.fold import fold
from lattice_tui.install.launch import engine_pid
from lattice_tui.install.runs import RunInfo, find_run, runs
from lattice_tui.install.tail import read_journal
from lattice_tui.paths import state_folder
from schemas.problem import Problem
from schemas.snapshot import Snapshot

OpenWatching = Callable[[Path, Path, str], int]
"""Shows the run in a folder, of a state folder, until the person leaves; the text ends every command that is told."""
BEGIN_S = 10.0
"""From the plan of a run to its engine's first record; a fraction of a second unless the computer is very busy."""
POLL_S = 0.1


def run(arguments: list[str], open_watching: OpenWatching) -> int:
    """Watch a run. Returns its exit code once it has ended, 0 when the person leaves while it goes on."""
    parsed = _parser().read(arguments)
    state = state_folder(parsed.state_dir)
    found = chosen(state, parsed.name)
    if not (parsed.output == "json" or parsed.inline or why_not_drawn()):
        ending = f" --state-dir {shlex.quote(parsed.state_dir)}" if parsed.state_dir else ""
        return open_watching(found.folder, state, ending)
    return _in_lines(found, parsed)


def _parser() -> Parser:
    parser = Parser("watch", "Look at a run from any terminal. Leaving (q, Ctrl-C) stops nothing; the run goes on.")
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="the cluster; left out: the only run, or the only one at work"
    )
    parser.add_argument("--inline", action="store_true", help="lines instead of the screen, at a terminal too")
    parser.add_argument(
        "--timeout", metavar="T", type=duration_s, help="of lines: stop watching after T and exit 50: 90s, 30m, 1h30m"
    )
    add_state_dir(parser)
    add_output(parser)
    return parser


def chosen(state: Path, name: str | None) -> RunInfo:
    """The run called `name`; without a name the only one at work, else the only one. Raises UsageError with names."""
    everything = [] if name is not None else runs(state)
    if len(everything) < 2:
        return find_run(state, name)
    at_work = [found for found in everything if engine_pid(found.folder) is not None]
    if len(at_work) == 1:
        return at_work[0]
    offered = at_work or everything
    names = ", ".join(f"{found.name} (rehearsal)" if found.rehearsal else found.name for found in offered)
    title = "More than one cluster is being built" if at_work else "More than one cluster is known, and none is at work"
    raise UsageError(
        Problem(
            code="LT-RUN-005",
            title=title,
            detail=f"Looked in {state}.",
            fix=f"Name one of: {names}",
            check="lattice status",
        )
    )


def _in_lines(found: RunInfo, parsed: argparse.Namespace) -> int:
    as_json = parsed.output == "json"
    told = Told(found.folder, as_json, parsed.state_dir)
    _await_begin(found.folder, found.snapshot)
    pid = engine_pid(found.folder)
    try:
        if pid is None:
            return tell(_over(found.folder, as_json=as_json), told)
        past = seen_seq(read_journal(found.folder / files.JOURNAL), pid)
        how = Watching(as_json=as_json, timeout_s=parsed.timeout, seen_seq=past, reads_only=True)
        watched = watch(RunLink(found.folder), how)
    except LeftAtOnceError as left:
        write_err(f"lattice: no longer watched; {found.name} goes on: {told.watch}")
        return 128 + left.signum
    except (OutputClosedError, OutputLostError):
        write_err(f"lattice: nobody reads the output any more; {found.name} is left as it is: {told.watch}")
        raise
    return tell(watched, told)


def _await_begin(folder: Path, planned: Snapshot) -> None:
    """A run whose plan alone is written is about to get its engine, from the terminal next to this one."""
    snapshot, deadline = planned, time.monotonic() + BEGIN_S
    while snapshot.state == "running" and snapshot.engine_pid is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
        snapshot = _read(folder)


def _over(folder: Path, *, as_json: bool) -> Watched:
    """How a run without an engine ended."""
    if as_json:
        replay(folder)
    snapshot = _read(folder)
    if snapshot.state in ("done", "failed"):
        return Watched("finished", snapshot.exit_code or ExitCode.OK, snapshot)
    if snapshot.state == "stopped":
        return Watched("stopped", ExitCode.STOPPED, snapshot)
    return Watched("died", ExitCode.BUG, snapshot)


def _read(folder: Path) -> Snapshot:
    return fold(read_journal(folder / files.JOURNAL))
