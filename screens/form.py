"""`FormPage`: a step of questions, and under them what the provider says to the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import DescendantBlur, DescendantFocus
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input

from lattice_tui.text import safe_text
from lattice_tui.wizard.board import Board
from lattice_tui.wizard.signing_in import form_problems, given
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.choices import LiveChoices
from schemas.problem import Problem
from screens.check_detail import CheckDetail
from screens.check_lines import state_sentences
from screens.checking_page import CheckingPage
from screens.clock import Clock
from screens.dialogs import Reading
from screens.form_fields import SecretInput
from screens.form_rows import FormRows
from screens.lines_view import LinesView
from screens.making import (
    AGREED,
    MAKE,
    MakingEnded,
    MakingOffered,
    MakingTold,
    find_offer,
    make,
    making_question,
    request_to_list,
)
from screens.problem_content import problem_content
from screens.seams import Seams
from screens.still import Still

AFTER_S = 0.6
"""After the last answer, before it is looked at: nobody signs in with half a name."""
NOT_ENOUGH = "Nobody is asked before there is something to sign in with."


@dataclass
class KnownBoard:
    """What is known of the provider's checks: the steps hand it on, so that nothing is looked at twice."""

    board: Board = field(default_factory=Board)
    state: WizardState | None = None
    """What was looked at last."""


class FormPage(CheckingPage):
    """Questions above, check rows below; each row that fails names the question it is about."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("g", "go_to_field", "Go to its field", show=False)]
    # A wrong secret that is tried again and again locks its owner out.
    MENDS_ITSELF = False

    def __init__(
        self, step: StepId, title: str, seams: Seams, clock: Clock, known: KnownBoard, versions: LiveChoices | None
    ) -> None:
        """`title`: the provider's name for people. `versions`: the Kubernetes versions to choose from."""
        super().__init__(seams, clock)
        self.STEP = step  # type: ignore[misc]  # one class for several steps
        self._title = title
        self._known = known
        self._rows = FormRows(step, seams, clock, versions)
        self._is_here = False
        self._shown_state: WizardState | None = None
        self._form_problems: tuple[Problem, ...] = ()
        self._later: Timer | None = None
        self._looked_at: WizardState | None = None
        """What this page's rows were asked for with."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False):
            yield from self.before_rows()
            yield self._rows
        yield from self.after_rows()
        with Horizontal(id="form-actions"):
            yield from self.buttons()
            yield Button("Make what is missing", id="make", compact=True)
            yield Still("", id="check-note", markup=False)
        yield Still("", id="checks-state", markup=False)
        yield LinesView(has_cursor=True)
        yield CheckDetail(id="check-detail")

    def before_rows(self) -> ComposeResult:
        """What stands above the questions."""
        yield from ()

    def after_rows(self) -> ComposeResult:
        """What stands below the questions."""
        yield from ()

    def buttons(self) -> ComposeResult:
        """What can be done here."""
        yield from ()

    # Coming and going -----------------------------------------------------------------------------------

    def show(self, state: WizardState) -> None:
        """Draw the answers, and have them looked at once nobody types any more."""
        self._shown_state = state
        self._rows.show(state)
        if self._is_here:
            self._look_later()

    def arrive(self, state: WizardState) -> None:
        self._is_here = True
        self._shown_state = state
        if self._known.state is not None and not _is_same(self._known.state, state):
            self._known.board = Board() if _is_elsewhere(self._known.state, state) else self._known.board
        self.board = self._known.board
        self._rows.arrive()
        self._look_now()

    def leave(self) -> None:
        self._is_here = False
        self._rows.leave()
        super().leave()

    def look_anew(self, state: WizardState) -> None:
        self._shown_state = state
        self._rows.fetch_anew()
        self._look_now(is_anew=True)

    def _look_later(self) -> None:
        if self.is_up_to_date:
            return
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(AFTER_S, self._look_now)

    def look_soon(self) -> None:
        """Look without waiting for more letters."""
        self._look_now()

    def _look_now(self, *, is_anew: bool = False) -> None:
        if self._is_here and not isinstance(self.app.focused, SecretInput):
            work = self._look_if_possible(is_anew=is_anew)
            self.run_worker(work, group="form", exclusive=True, exit_on_error=False)

    async def _look_if_possible(self, *, is_anew: bool) -> None:
        """Look at the answers, once they are in a form that one can sign in with."""
        state = self._shown_state
        if state is None:
            return
        self._state = state
        values, secrets = given(state)
        self._form_problems = await asyncio.to_thread(form_problems, state) if values or secrets else ()
        if not self._is_here or self._shown_state is not state:
            return
        if self._form_problems or not (values or secrets):
            self.workers.cancel_group(self, "checks")
            self._order = None
            self.board = self._known.board = Board()
            self._known.state = self._looked_at = None
            self._draw()
            return
        if not is_anew and self.is_up_to_date and self.board.has_all:
            self._draw()
            return
        before = self._known.state
        has_other_secret = before is not None and before.secrets != state.secrets
        self._known.state = self._looked_at = state
        self._look(state, is_anew=is_anew or has_other_secret)

    @property
    def is_up_to_date(self) -> bool:
        """Whether what is shown was asked for with the answers that stand now."""
        looked_at, shown = self._looked_at, self._shown_state
        return looked_at is not None and shown is not None and _is_same(looked_at, shown)

    @property
    def is_clear(self) -> bool:
        return super().is_clear and self.is_up_to_date

    def watch_board(self, board: Board) -> None:
        self._known.board = board

    @on(SecretInput.Left)
    def _secret_given(self, event: SecretInput.Left) -> None:
        event.stop()
        self._look_later()

    # Drawing --------------------------------------------------------------------------------------------

    def questions(self) -> list[Widget]:
        return [*self._rows.controls(), self.query_one(LinesView)]

    @property
    def shown(self) -> Board:
        """This step's own rows; of the steps before, what is in the way."""
        own = self._own_ids()
        rows = tuple(row for row in self.board.rows if row.result.id in own or row.result.status == "fail")
        return replace(self.board, rows=rows)

    def _own_ids(self) -> frozenset[str]:
        from lattice_tui.providers import registry  # its folder: a provider was chosen

        state = self._shown_state
        return frozenset(registry.load(state.provider).stages.get(self.STEP, ())) if state is not None else frozenset()

    def _sentences(self, now: datetime) -> list[str]:
        if self._form_problems:
            return [f"{safe_text(problem.title)}. {safe_text(problem.fix)}." for problem in self._form_problems[:1]]
        if not self.board.rows and self._order is None:
            return [self.nothing_asked]
        who = f"a simulated {self._title}" if self._is_simulated else self._title
        source = f"Answers come from {who}."
        if not self._own_ids() and not self.shown.rows:
            return [source]
        return state_sentences(
            self.shown if self.shown.rows else self.board,
            now,
            simulated=self._is_simulated,
            next_at=self._next_at,
            source=source,
        )

    @property
    def nothing_asked(self) -> str:
        """Said as long as nothing can be looked at."""
        return f"{NOT_ENOUGH} The step Connect does that; values can be typed all the same."

    def _mend_sentence(self) -> str:
        names = ", ".join(safe_text(result.title) for result in self.verdict.blocking[:3])
        return f"Mend what failed: {names}. F3 looks again; Ctrl-N once more offers to go on all the same."

    def on_resize(self) -> None:
        # What a text asks for while the page itself is being laid out is not heard.
        self.call_after_refresh(self._lay_out_texts)

    def focus_path(self, path: str) -> None:
        super().focus_path(path)
        # The list of problems takes its room first.
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        focused = self.screen.focused
        if focused is not None and focused in self.questions():
            focused.scroll_visible(animate=False)

    def _lay_out_texts(self) -> None:
        for text in self.query(Still):
            if text.parent is self:
                text.refresh(layout=True)

    def _draw_actions(self) -> None:
        self.query_one("#make").display = bool(self._makeable)
        self.query_one(CheckDetail).set_class(not self.shown.rows, "-empty")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Whoever reads the rows gets more of them."""
        self.set_class(isinstance(event.widget, LinesView), "-at-checks")

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        self.remove_class("-at-checks")

    def say_note(self, text: str) -> None:
        """A remark beside the buttons."""
        self._note(text)

    # Making what is missing -----------------------------------------------------------------------------

    @property
    def _makeable(self) -> str:
        """What the first of this page's rows lacks that can be made: `keypair`; empty for none."""
        wanted = (row.result.action_id for row in self.shown.rows if row.result.status in ("fail", "warn"))
        return next((each.removeprefix(MAKE) for each in wanted if each.startswith(MAKE)), "")

    @on(Button.Pressed, "#make")
    def action_make(self) -> None:
        """Show what would be done; nothing is made before it was agreed to."""
        state, wanted = self._shown_state, self._makeable
        if state is not None and wanted:
            self.run_worker(self._find_offer(state, wanted), group="make", exclusive=True, exit_on_error=False)

    async def _find_offer(self, state: WizardState, wanted: str) -> None:
        request = await asyncio.to_thread(request_to_list, state)
        await find_offer(self.post_message, self._seams.prepare, request, wanted, state.name)

    @on(MakingOffered)
    def _offered_to_make(self, event: MakingOffered) -> None:
        event.stop()
        self._note("")

        def answered(answer: str | None) -> None:
            state = self._shown_state
            if answer == AGREED and state is not None:
                work = make(self.post_message, self._seams.prepare, event.request, state.name)
                self.run_worker(work, group="make", exclusive=True, exit_on_error=False)

        self.app.push_screen(making_question(event.offer, self.app.size.width), answered)

    @on(MakingTold)
    def _told_while_making(self, event: MakingTold) -> None:
        event.stop()
        self._note(safe_text(event.text, 200))

    @on(MakingEnded)
    def _made(self, event: MakingEnded) -> None:
        event.stop()
        if event.problem is not None:
            self._note("")
            width = max(40, min(self.app.size.width - 12, 72))
            self.app.push_screen(Reading("It was not made", problem_content(event.problem, width)))
        elif self._shown_state is not None:
            self._note(safe_text(event.text, 200))
            self.look_anew(self._shown_state)

    # What the person can do -----------------------------------------------------------------------------

    def action_go_to_field(self) -> None:
        """Go to the question that the current check is about."""
        row = self._current
        asked = {str(getattr(widget, "field_path", "")) for widget in self.questions()}
        if row is not None and row.result.field in asked:
            self.focus_path(row.result.field)
        else:
            self._note("No field of this page")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def commands(self) -> Iterable[SystemCommand]:
        yield from super().commands()
        yield SystemCommand("Go to the field of this check", "The question it is about", self.action_go_to_field)

    @property
    def has_nothing(self) -> bool:
        """True when there is nothing to sign in with."""
        return self._shown_state is None or not any(map(bool, given(self._shown_state)))


def _is_same(one: WizardState, other: WizardState) -> bool:
    """Whether nothing has changed that a check could depend on."""
    return one.answers == other.answers and one.secrets == other.secrets and one.rehearsal == other.rehearsal


def _is_elsewhere(one: WizardState, other: WizardState) -> bool:
    """Whether the answers come from somewhere else altogether."""
    return one.rehearsal != other.rehearsal or one.provider != other.provider
