"""Step 2: what this computer can do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button

from lattice_tui.wizard.computer import TRY_IMAGE
from screens.check_detail import CheckDetail
from screens.check_lines import state_sentences
from screens.checking_page import CheckingPage
from screens.computer_dialogs import try_question
from screens.lines_view import LinesView
from screens.still import Still


@dataclass
class RehearsalAsked(Message):
    """The person wants the simulated world instead of this computer."""


class ComputerPage(CheckingPage):
    """One row a check, and what the current row means."""

    STEP = "computer"

    def compose(self) -> ComposeResult:
        yield Still("", id="checks-state", markup=False)
        yield LinesView(has_cursor=True)
        yield CheckDetail(id="check-detail")
        with Horizontal(id="check-actions"):
            yield Button("Try a container (pulls 2 MB)", id="try-image", compact=True)
            yield Button("Rehearse instead", id="rehearse-instead", compact=True)
            yield Still("", id="check-note", markup=False)

    def questions(self) -> list[Widget]:
        return [self.query_one(LinesView)]

    def _draw_actions(self) -> None:
        self.query_one("#try-image").display = self._offers_to_try
        self.query_one("#rehearse-instead").display = self.is_blocked and not self._is_simulated

    def _sentences(self, now: datetime) -> list[str]:
        return state_sentences(self.board, now, simulated=self._is_simulated, next_at=self._next_at)

    @property
    def _offers_to_try(self) -> bool:
        return not self._may_pull and any(result.action_id == TRY_IMAGE for result in self.board.results)

    @on(Button.Pressed, "#try-image")
    def action_try_image(self) -> None:
        """Ask, then fetch the small image and try a container."""
        self.app.push_screen(try_question(), self._try_answered)

    def _try_answered(self, answer: str | None) -> None:
        if answer == "try" and self._state is not None:
            self._may_pull = True
            self._look(self._state, is_anew=False)
            self.focus_first()

    @on(Button.Pressed, "#rehearse-instead")
    def _rehearse(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(RehearsalAsked())

    def commands(self) -> Iterable[SystemCommand]:
        yield from super().commands()
        if self._offers_to_try:
            yield SystemCommand("Try a container", "Pulls about 2 MB, runs it once", self.action_try_image)
