"""What `install`, `resume` and `rehearse` share: start or find the engine, show the run, say how it ended."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lattice_tui.cli.ending import Told, save_kubeconfig, tell
from lattice_tui.cli.following import LeftAtOnceError, Watching, watch
from lattice_tui.cli.guarding import OutputClosedError, OutputLostError, write_err, write_out
from lattice_tui.cli.terminal import why_not_drawn
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.install import files
from lattice_tui.install.fold import fold
from lattice_tui.install.launch import engine_pid, signal_engine, start_engine
from lattice_tui.install.tail import JournalTail, read_journal
from lattice_tui.paths import UnsafePathError, refuse_unsafe_target
from lattice_tui.text import safe_text
from schemas.events import ProgressEvent
from schemas.problem import Problem

OpenBuilding = Callable[[Path], int]
"""Shows a run on the screen until it ends or the person leaves; returns the exit code."""

ALIVE_ASKED_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class RunChoices:
    """What the command line chose about watching a run."""

    as_json: bool = False
    lines_only: bool = False
    """No screen even at a terminal."""
    timeout_s: float | None = None
    on_timeout: Literal["keep", "detach"] = "keep"
    kubeconfig_out: Path | None = None
    state_dir: str | None = None
    """As given on the command line, so that the commands we print can be pasted."""


class RunLink:
    """The engine of one run, seen through its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tail = JournalTail(folder / files.JOURNAL)
        self._alive = True
        self._asked_at = -ALIVE_ASKED_EVERY_S

    def read_new_lines(self) -> list[bytes]:
        return self._tail.read_new_lines()

    def is_alive(self) -> bool:
        # Asking takes the run's lock for a moment: not at every poll.
        now = time.monotonic()
        if now - self._asked_at >= ALIVE_ASKED_EVERY_S:
            self._asked_at = now
            self._alive = engine_pid(self._folder) is not None
        return self._alive

    def send(self, signum: int) -> bool:
        return signal_engine(self._folder, signum)


def choices_of(parsed: argparse.Namespace) -> RunChoices:
    """The choices of a command line with `arguments.add_run`.

    Raises UsageError for what could not be done at the end, before anything is begun.
    """
    _refuse_undo(parsed.on_timeout)
    refuse_unwritable(parsed.kubeconfig_out)
    return RunChoices(
        as_json=parsed.output == "json",
        lines_only=parsed.non_interactive,
        timeout_s=parsed.timeout,
        on_timeout=parsed.on_timeout,
        kubeconfig_out=parsed.kubeconfig_out,
        state_dir=parsed.state_dir,
    )


def _refuse_undo(on_timeout: str) -> None:
    if on_timeout == "undo":
        raise UsageError(
            Problem(
                code="LT-CLI-009",
                title="--on-timeout undo is not in this version yet",
                fix="--on-timeout keep leaves the install going and exits 50; detach does so and exits 0",
            )
        )


def refuse_unwritable(kubeconfig_out: Path | None) -> None:
    """Raise UsageError for a file that could not be written later; None is fine."""
    if kubeconfig_out is None:
        return
    try:
        if not kubeconfig_out.absolute().parent.is_dir():
            raise UnsafePathError(0, "the folder it is in does not exist", str(kubeconfig_out))
        refuse_unsafe_target(kubeconfig_out)
    except OSError as error:
        shown = safe_text(str(kubeconfig_out))
        raise UsageError(
            Problem(
                code="LT-CLI-010",
                title=f"The kubeconfig cannot be written to {shown}",
                detail=error.strerror or str(error),
                fix="Name a regular file, new or old, in a folder that exists, such as ./cluster.kubeconfig",
                check=f"ls -ld {shown}",
            )
        ) from error


def build(folder: Path, choices: RunChoices, open_building: OpenBuilding, *, join: int | None = None) -> int:
    """Run the engine on `folder`, or join the one of process `join`, and stay with it. Returns the exit code."""
    if not (choices.as_json or choices.lines_only or why_not_drawn()):
        if join is None:
            start_engine(folder)
        return _on_screen(folder, choices, open_building)
    return _in_lines(folder, choices, join)


def seen_seq(events: Sequence[ProgressEvent], join: int | None) -> int:
    """The last event that belongs to the past: what an earlier engine than `join` wrote never ends this watching."""
    begun = [event for event in events if event.event == "engine.started"]
    if not begun:
        # The plan alone is no past: nothing has run yet.
        return 0
    return begun[-1].seq - 1 if begun[-1].pid == join else events[-1].seq


def replay(folder: Path) -> None:
    """Write the whole journal to standard output, byte for byte."""
    tail = JournalTail(folder / files.JOURNAL)
    while lines := tail.read_new_lines():
        for line in lines:
            write_out(line.decode())


def _on_screen(folder: Path, choices: RunChoices, open_building: OpenBuilding) -> int:
    """The screen says its own last words; only what the command line asked for beyond them is done here."""
    code = open_building(folder)
    if choices.kubeconfig_out is not None:
        snapshot = fold(read_journal(folder / files.JOURNAL))
        if snapshot.state == "done":
            write_out(f"kubeconfig: {safe_text(save_kubeconfig(snapshot, choices.kubeconfig_out))}")
    return code


def _in_lines(folder: Path, choices: RunChoices, join: int | None) -> int:
    told = _told(folder, choices)
    past = seen_seq(read_journal(folder / files.JOURNAL), join)
    watching = Watching(as_json=choices.as_json, timeout_s=choices.timeout_s, seen_seq=past)
    try:
        watched = watch(RunLink(folder), watching, begin=lambda: start_engine(folder) if join is None else join)
    except LeftAtOnceError as stop:
        write_err(f"lattice: left at once; {told.resume} goes on where it stands")
        return 128 + stop.signum
    except (OutputClosedError, OutputLostError):
        write_err(f"lattice: nobody reads the output any more; the install goes on: {told.watch}")
        raise
    code = tell(watched, told)
    return ExitCode.OK if watched.how == "timeout" and choices.on_timeout == "detach" else code


def _told(folder: Path, choices: RunChoices) -> Told:
    return Told(
        folder=folder,
        to_stderr=choices.as_json,
        state_dir=choices.state_dir,
        kubeconfig_out=choices.kubeconfig_out,
    )
