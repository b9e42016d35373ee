"""The last screen: what there is now, and what to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Footer, Static

from schemas.snapshot import Snapshot
from screens.base import LatticeScreen
from screens.done_text import done_content, next_commands


class DoneScreen(LatticeScreen):
    """Lies over the progress screen: Esc goes back to it."""

    CSS_PATH = "done.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "look_back", "Look back"),
        Binding("q", "leave", "Leave"),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
    ]

    def __init__(self, snapshot: Snapshot, folder: Path) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._folder = folder

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="done"):
            yield Static("", id="done-text", markup=False)
        yield Footer(show_command_palette=False)

    def on_resize(self, event: Resize) -> None:
        text = done_content(self._snapshot, self._folder, event.size.width - 8)
        self.query_one("#done-text", Static).update(text)

    def action_leave(self) -> None:
        """Leave; what to type next stays in the terminal."""
        self.lattice.leave(0, *next_commands(self._snapshot))

    def action_look_back(self) -> None:
        """Back to the steps, machines, events and log of the run."""
        self.app.pop_screen()
