"""The wizard: one step at a time, back and forth, with nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Button

from lattice_tui.text import safe_text
from lattice_tui.wizard import steps
from lattice_tui.wizard.answering import answered
from lattice_tui.wizard.composing import read_answers
from lattice_tui.wizard.drafts_keeping import DraftKeeper
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem
from screens.checking_page import CheckingPage
from screens.computer import ComputerPage, RehearsalAsked
from screens.connect import SignInWith, signed_in
from screens.dialogs import Answer, Question, Reading
from screens.draft_dialogs import leave_question
from screens.explain import ExplainPane
from screens.form import FormPage
from screens.form_fields import SecretGiven
from screens.leaving import leave_wizard, may_leave
from screens.lines_view import LinesView
from screens.page import Answered, NextAsked
from screens.problem_content import problem_content, problem_list
from screens.review import PathGiven, ReviewPage
from screens.review_facts import review_facts
from screens.saving import LastSeen
from screens.seams import REHEARSAL_SPEED
from screens.size import PoolRemoved
from screens.starting import Saved, Started, StartNews, Wish, save_and_start
from screens.wizard_dialogs import FORM_KEYS, KEYS
from screens.wizard_frame import explained, step_marks
from screens.wizard_moves import WizardMoves
from screens.yaml_content import yaml_content

LOOK_AT_KEEPING_S = 0.5
"""How soon the screen says that answers are not being kept."""


class WizardScreen(WizardMoves):
    """Holds the answers; the pages draw them and say what was answered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("f1", "explain", "Explain"),
        Binding("f2", "steps", "Steps"),
        Binding("f3", "check_now", "Check now", show=False),
        Binding("f4", "yaml", "cluster.yaml", show=False),
        Binding("ctrl+n", "next", "Next", priority=True),
        Binding("ctrl+q", "leave", "Quit", priority=True),
    ]
    AUTO_FOCUS = ""
    KEYS_HELP = KEYS

    def __init__(self, state: WizardState, keeper: DraftKeeper, remark: str = "") -> None:
        """`keeper` is handed every state; `remark` is said first, under the page."""
        super().__init__(state)
        self._keeper = keeper
        self._remark = remark
        self._is_asked_to_leave = False
        self._said_of_keeping: Problem | None = None
        # Who goes on with a draft was asked already, if its file has changed.
        opened = state.opened if not keeper.draft_id else None
        self._last_seen = LastSeen(opened.file, opened.data) if opened else None
        self._topic = ""

    async def on_mount(self) -> None:
        self.say(())
        # The first look at the answers imports the document's models; nobody waits for it here.
        state = self.state
        self.run_worker(lambda: read_answers(state), thread=True, exit_on_error=False, group="warm-up")
        await self.go(self.state.step)
        if self._remark:
            self.say_text(self._remark)
        self.set_interval(LOOK_AT_KEEPING_S, self._look_at_keeping)

    def _look_at_keeping(self) -> None:
        problem = self._keeper.problem
        if problem != self._said_of_keeping:
            self._said_of_keeping = problem
            self.say_keeping(problem)

    # Answers --------------------------------------------------------------------------------------------

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        event.stop()
        self.wizard = answered(self.state, event.answers)

    @on(PoolRemoved)
    def _pool_removed(self, event: PoolRemoved) -> None:
        self.wizard = self.state.without_pool(event.pool)

    @on(PathGiven)
    def _path_given(self, event: PathGiven) -> None:
        self.wizard = replace(self.state, save_to=event.path)

    @on(SecretGiven)
    def _secret_given(self, event: SecretGiven) -> None:
        event.stop()
        self.wizard = self.state.with_secret(event.path, event.secret)

    @on(SignInWith)
    def _sign_in_with(self, event: SignInWith) -> None:
        event.stop()
        self.wizard = signed_in(self.state, event.found)

    @on(NextAsked)
    async def _next_asked(self) -> None:
        await self.action_next()

    @on(Button.Pressed, "#next")
    async def _next_pressed(self) -> None:
        await self.action_next()

    @on(Button.Pressed, "#start")
    def _start_pressed(self) -> None:
        self._save(starts=True)

    @on(Button.Pressed, "#save")
    def _save_pressed(self) -> None:
        self._save(starts=False)

    @on(Button.Pressed, "#back")
    async def _back_pressed(self) -> None:
        await self.action_back()

    @on(RehearsalAsked)
    def _rehearse(self) -> None:
        self.wizard = replace(signed_in(self.state, None), rehearsal=True)
        self.arrived()
        self.focus_page()

    def watch_wizard(self) -> None:
        """Draw what follows from the answers."""
        state = self.state
        self._keeper.keep(state)
        if self.page is not None:
            self.page.show(state)
        self.draw_frame(state)
        self._explain_topic()

    # Explaining -----------------------------------------------------------------------------------------

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        # News of a focus that has moved on may come late, from deep within a page.
        self._topic = str(getattr(self.focused or event.widget, "field_path", ""))
        self._explain_topic()

    def _explained(self, *, of_check: bool = False) -> tuple[str, Content]:
        is_at_checks = isinstance(self.page, ComputerPage) or isinstance(self.focused, LinesView)
        said = self.page.explanation() if of_check and is_at_checks and isinstance(self.page, CheckingPage) else None
        return said or explained(self._topic or (self.page.TOPIC if self.page is not None else ""), self.state)

    def _explain_topic(self) -> None:
        self.query_one(ExplainPane).show(self._explained)

    def action_explain(self) -> None:
        """Explain the field that has the focus."""
        self.app.push_screen(Reading(*self._explained(of_check=True)))

    # Step list ------------------------------------------------------------------------------------------

    def action_steps(self) -> None:
        """The step list: any step can be reopened."""
        answers = [
            Answer(mark.step, f"{mark.word:<5}{number} {steps.step(mark.step).title}", mark.answer)
            for number, mark in enumerate(step_marks(self.state), 1)
        ]
        current = steps.number(self.state.step, self.state.provider) - 1
        self.app.push_screen(Question("Go to a step", Content(""), answers, current), self._step_chosen)

    async def _step_chosen(self, step_id: str | None) -> None:
        if step_id in steps.ORDER:
            await self.go(next(step for step in steps.ORDER if step == step_id))

    def action_keys(self) -> None:
        keys = FORM_KEYS if isinstance(self.page, FormPage) else KEYS
        self.app.push_screen(Reading("Keys", Content(keys)))

    def action_check_now(self) -> None:
        """Check again what this page looks at."""
        if isinstance(self.page, CheckingPage):
            self.page.look_anew(self.state)

    def action_yaml(self) -> None:
        """Show cluster.yaml as it would be written now."""
        facts = review_facts(self.state, speed=1.0)
        body = problem_list(facts.problems, 68) if facts.problems else yaml_content(facts.text)
        self.app.push_screen(Reading("cluster.yaml", body, is_wide=True))

    def commands(self) -> Iterable[SystemCommand]:
        for step in steps.way(self.state.provider):
            yield SystemCommand(f"Go to {step.title}", step.lead, partial(self._step_chosen, step.id))
        yield SystemCommand("Show cluster.yaml", "As it would be written now", self.action_yaml)
        yield from self._rehearsal_command()
        if isinstance(self.page, CheckingPage):
            yield from self.page.commands()

    def _rehearsal_command(self) -> Iterable[SystemCommand]:
        if self.state.rehearsal:
            yield SystemCommand("Build for real", "The same answers, no longer a rehearsal", self._toggle_rehearsal)
        else:
            yield SystemCommand("Rehearse instead", "The same answers in a simulated world", self._toggle_rehearsal)

    def _toggle_rehearsal(self) -> None:
        # What signs in to the one world is no business of the other.
        self.wizard = replace(signed_in(self.state, None), rehearsal=not self.state.rehearsal)
        self.arrived()

    def arrived(self) -> None:
        super().arrived()
        self._review()

    # Review ---------------------------------------------------------------------------------------------

    def _review(self) -> None:
        page = self.page
        if not isinstance(page, ReviewPage):
            return
        speed = REHEARSAL_SPEED if self.state.rehearsal else 1.0
        facts = review_facts(self.state, speed=speed)
        self.say(facts.problems)
        self.query_one("#start", Button).display = facts.can_start
        page.show_facts(facts, save_to=self.state.save_to, simulated=self.state.rehearsal)

    def _save(self, *, starts: bool) -> None:
        page = self.page
        if not isinstance(page, ReviewPage):
            return
        self.wizard = replace(self.state, save_to=page.save_to or "cluster.yaml")
        self._review()
        facts = review_facts(self.state, speed=1.0)
        if facts.problems:
            return
        wish = Wish(
            self.state.save_to,
            facts.text.encode(),
            self.state.rehearsal,
            starts,
            is_fresh=self.state.opened is None,
            last_seen=self._last_seen,
        )
        work = save_and_start(self, self.lattice.seams, wish)
        self.run_worker(work, group="save", exclusive=True, exit_on_error=False)

    @on(StartNews)
    def _start_news(self, event: StartNews) -> None:
        if isinstance(self.page, ReviewPage):
            self.page.say(
                problem_content(event.problem, self.text_width) if event.problem else Content(safe_text(event.text))
            )

    @on(Saved)
    def _saved(self, event: Saved) -> None:
        self._last_seen = LastSeen(event.path, event.data)
        self._keeper.mark_saved(self.state, event.path, event.data)

    @on(Started)
    async def _started(self, event: Started) -> None:
        # The run holds the document from here on.
        await asyncio.to_thread(self._keeper.finish)
        self.lattice.show_building(event.folder)

    # Leaving --------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Quit; the answers are kept as a draft. Asked twice, or where no question could be read, it is done."""
        is_told = self._keeper.problem is not None  # then leaving asks a question of its own
        if self._is_asked_to_leave or is_told or self.is_cramped or self.state == self._first:
            self._leave_program("leave")
        else:
            self._is_asked_to_leave = True
            self.app.push_screen(leave_question(), self._leave_answered)

    def _leave_answered(self, answer: str | None) -> None:
        self._is_asked_to_leave = False
        if answer in ("leave", "discard"):
            self._leave_program(answer)

    def _leave_program(self, how: str) -> None:
        work = leave_wizard(self.lattice, self._keeper, self.state, discards=how == "discard", asks=not self.is_cramped)
        self.run_worker(work, group="leave", exclusive=True, exit_on_error=False)

    def leave_for_welcome(self) -> None:
        self.run_worker(self._leave_for_welcome(), group="leave", exclusive=True, exit_on_error=False)

    async def _leave_for_welcome(self) -> None:
        if await may_leave(self.lattice, self._keeper):
            self.lattice.show_welcome()
