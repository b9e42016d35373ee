"""`CheckingPage`: a page with a row for each check. The checks run in a helper process; this draws what they say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.timer import Timer

from lattice_tui.text import safe_text
from lattice_tui.wizard.board import Board, Row
from lattice_tui.wizard.computer import Verdict, verdict
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem
from screens.check_detail import CheckDetail
from screens.check_lines import explanation, row_lines
from screens.clock import Clock
from screens.computer_dialogs import mend_sentence
from screens.dialogs import Reading
from screens.lines import hang
from screens.lines_view import LinesView
from screens.looking import LookNews, LookOrder, LookStopped, keep_looking
from screens.page import Page
from screens.problem_content import problem_content
from screens.seams import Seams
from screens.still import Still
from screens.worker_trouble import TellsWorkerTrouble

MAX_READING_WIDTH = 66


class CheckingPage(TellsWorkerTrouble, Page):
    """Looks when one arrives, tells what was found, and says what stands in the way of going on.

    Subclasses compose `#checks-state`, a `LinesView`, a `CheckDetail` and `#check-note`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", "Read all", show=False),
        Binding("c", "copy", "Copy the command", show=False),
        Binding("n", "next_open", "Next that is not ok", show=False),
    ]
    MENDS_ITSELF: ClassVar[bool] = True
    """Whether what is not ok is looked at again by itself."""
    board: reactive[Board] = reactive(Board(), init=False)
    """Every check's newest outcome; everything drawn follows from it."""

    def __init__(self, seams: Seams, clock: Clock) -> None:
        super().__init__()
        self._seams = seams
        self._clock = clock
        self._state: WizardState | None = None
        self._order: LookOrder | None = None
        self._may_pull = False
        self._has_pointed = False
        self._next_at: datetime | None = None
        self._problem: Problem | None = None
        self._refused_at: int | None = None
        self._ticking: Timer | None = None

    def on_mount(self) -> None:
        self._ticking = self.set_interval(1.0, self._draw, pause=True)
        self._draw()

    # Looking --------------------------------------------------------------------------------------------

    def arrive(self, state: WizardState) -> None:
        """Look at what is not known for these answers, and go on looking while something is not ok."""
        if self._state is not None and self._state.rehearsal != state.rehearsal:
            # Another world answers: nothing of this one holds there.
            self.board = Board()
            self._has_pointed = False
        self._look(state, is_anew=False)

    def look_anew(self, state: WizardState) -> None:
        """Look at everything, whatever is known; a look that is under way is given up."""
        self._look(state, is_anew=True)

    def leave(self) -> None:
        """End what still runs: nobody looks."""
        self._order = self._next_at = None
        self.workers.cancel_group(self, "checks")
        self._keep_time()

    def _look(self, state: WizardState, *, is_anew: bool) -> None:
        self._state = state
        self._problem = self._refused_at = self._next_at = None
        self._draw()
        # What a look tells that was given up meanwhile is not listened to.
        order = self._order = LookOrder(
            state, self.board, is_anew, self._may_pull, step=self.STEP, mends_itself=self.MENDS_ITSELF
        )
        work = keep_looking(self.post_message, self._seams, self._clock, order)
        self.run_worker(work, group="checks", exclusive=True, exit_on_error=False)

    @on(LookNews)
    def _told(self, event: LookNews) -> None:
        event.stop()
        if event.order is self._order:
            self._next_at = event.next_at
            self.board = event.board
            self._draw()

    @on(LookStopped)
    def _stopped(self, event: LookStopped) -> None:
        event.stop()
        if event.order is self._order:
            self._problem = event.problem
            self.board = event.board
            self._draw()

    # Going on -------------------------------------------------------------------------------------------

    @property
    def verdict(self) -> Verdict:
        """What the results mean for going on."""
        return verdict(self.board.judged)

    @property
    def is_blocked(self) -> bool:
        """True when going on would fail for sure, or nothing could be looked at."""
        return bool(self.verdict.blocking) or self._problem is not None

    @property
    def is_clear(self) -> bool:
        """True when there is nothing to ask before going on."""
        return self.verdict.is_clear and bool(self.board.rows)

    @property
    def is_refused(self) -> bool:
        """True while it is being said what has to be mended first."""
        return self._refused_at is not None

    def refuse(self) -> None:
        """Say what has to be mended first, and go to the first of it."""
        blocking = self.verdict.blocking
        if blocking:
            self._point_at(blocking[0].id)
        self._refused_at = self.query_one(LinesView).cursor
        self._draw()

    # Drawing --------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Board:
        """The rows that this page shows."""
        return self.board

    @on(Resize)
    def _draw(self) -> None:
        board, now = self.shown, self._clock()
        self.query_one(LinesView).show(lambda width: row_lines(board, width, now))
        self.query_one("#checks-state", Still).update(self._state_text(now))
        self._draw_actions()
        self._keep_time()
        self._point_once()
        self.query_one(CheckDetail).show(self._current)

    def _draw_actions(self) -> None:
        """Show the buttons that make sense now."""

    def _keep_time(self) -> None:
        """The seconds count as long as somebody looks, or will."""
        if self._ticking is not None:
            is_counting = self._order is not None and (self.board.is_looking or self._next_at is not None)
            (self._ticking.resume if is_counting else self._ticking.pause)()

    def _state_text(self, now: datetime) -> Content:
        mend = Content("\n".join(hang("", self._mend_sentence(), self._width))).stylize("$error")
        if self._problem is not None:
            problem = problem_content(self._problem, self._width)
            return Content("\n").join([problem, mend]) if self._refused_at is not None else problem
        if self._refused_at is not None and self.is_blocked:
            return mend
        return Content("\n".join(hang("", " ".join(self._sentences(now)), self._width)))

    def _mend_sentence(self) -> str:
        return mend_sentence(self.verdict.blocking)

    def _sentences(self, now: datetime) -> list[str]:
        """How far the checks are, and whose word it is."""
        raise LookupError(now)

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 1)

    @property
    def _is_simulated(self) -> bool:
        return self._state is not None and self._state.rehearsal

    @property
    def _current(self) -> Row | None:
        cursor = self.query_one(LinesView).cursor
        rows = self.shown.rows
        return rows[cursor] if cursor < len(rows) else None

    def _point_once(self) -> None:
        """When all is done for the first time: to the first that is not ok, unless somebody has moved by then."""
        if self._has_pointed or not self.board.has_all or self.board.is_looking:
            return
        self._has_pointed = True
        found = self.verdict
        wrong = (*found.blocking, *found.soft, *found.unknown)
        if wrong and self.query_one(LinesView).cursor == 0:
            self._point_at(wrong[0].id)

    def _point_at(self, check_id: str) -> None:
        for index, result in enumerate(self.shown.results):
            if result.id == check_id:
                self.query_one(LinesView).cursor = index

    @on(LinesView.CursorMoved)
    def _moved(self, event: LinesView.CursorMoved) -> None:
        event.stop()
        self._note("")
        if event.index != self._refused_at:
            self._refused_at = None
            self._draw()
        self.query_one(CheckDetail).show(self._current)

    # What the person can do -----------------------------------------------------------------------------

    def action_next_open(self) -> None:
        """Go to the next check that failed, warns or is unknown; after the last one to the first."""
        view = self.query_one(LinesView)
        found = [index for index, one in enumerate(self.shown.results) if one.status in ("fail", "warn", "unknown")]
        if found:
            view.cursor = next((index for index in found if index > view.cursor), found[0])

    def action_copy(self) -> None:
        """Copy the command that the current check names."""
        row = self._current
        if row is None or not row.result.action:
            self._note("No command here")
            return
        self.app.copy_to_clipboard(row.result.action)
        self._note("Sent to the clipboard")

    def _note(self, text: str) -> None:
        self.query_one("#check-note", Still).update(Content(text))

    def explanation(self) -> tuple[str, Content] | None:
        """Title and text of the current check; None before there is one."""
        row = self._current
        width = min(MAX_READING_WIDTH, self.app.size.width - 10)
        return (safe_text(row.result.title), explanation(row, width)) if row else None

    def action_read(self) -> None:
        """All of the current check on a page of its own."""
        said = self.explanation()
        if said is not None:
            self.app.push_screen(Reading(*said))

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        if self._state is not None:
            state = self._state
            yield SystemCommand("Look again", "Check everything anew", lambda: self.look_anew(state))
        if self._current is not None and self._current.result.action:
            yield SystemCommand("Copy the command", "Of the current check", self.action_copy)
