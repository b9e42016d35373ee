"""The progress screen for somebody who only looks on, from another terminal: no key here reaches the engine."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from lattice_tui.errors import ExitCode
from schemas.snapshot import Snapshot
from screens.building import BuildingScreen
from screens.building_text import LOOKING_ON_KEYS, halted_content
from screens.clock import Clock
from screens.done_text import next_commands
from screens.seams import Seams


class WatchingScreen(BuildingScreen):
    """Steps, machines, events and log of a run that goes on whoever watches."""

    KEYS_HELP = LOOKING_ON_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", "Leave"),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
    ]

    def __init__(self, folder: Path, seams: Seams, clock: Clock, ending: str) -> None:
        super().__init__(folder, seams, clock)
        self._ending = ending
        """Of every command that is told: names the state folder, where it is not the usual one."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that would start the engine is offered; what would stop it is nowhere on this screen."""
        return False if action == "resume" else super().check_action(action, parameters)

    def trouble(self, snapshot: Snapshot, width: int) -> Content:
        """Why nothing goes on, and what would make it."""
        return halted_content(snapshot, width, self._command("resume"), is_engine_gone=self.is_engine_gone)

    def action_leave(self) -> None:
        """Leave at once: there is nothing to ask."""
        snapshot = self.snapshot
        if snapshot.state == "done":
            self.lattice.leave(0, *next_commands(snapshot))
        elif not self.is_halted:
            self.lattice.leave(0, f"{snapshot.cluster} goes on. See it again: {self._command('watch')}")
        else:
            self.lattice.leave(self._exit_code(snapshot), f"To go on: {self._command('resume')}")

    def _exit_code(self, snapshot: Snapshot) -> int:
        """As the lines of `lattice watch` would end."""
        if self.is_engine_gone:
            return ExitCode.BUG
        return (snapshot.exit_code if snapshot.state == "failed" else None) or int(ExitCode.STOPPED)

    def _command(self, word: str) -> str:
        return f"lattice {word} {self.snapshot.cluster}{self._ending}"
