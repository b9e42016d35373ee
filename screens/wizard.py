"""The wizard: one step at a time, back and forth, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus
from textual.reactive import reactive
from textual.widgets import Button, ContentSwitcher

from lattice_tui.text import safe_text
from lattice_tui.wizard import steps
from lattice_tui.wizard.composing import problems_of, read_answers
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from screens.computer import ComputerPage, RehearsalAsked
from screens.dialogs import Answer, Question, Reading
from screens.explain import ExplainPane
from screens.page import Answered, NextAsked, Page
from screens.problem_content import problem_content, problem_list
from screens.review import ReviewPage
from screens.review_facts import review_facts
from screens.seams import REHEARSAL_SPEED
from screens.size import SizePage
from screens.starting import Started, StartNews, Wish, save_and_start
from screens.version import VersionPage
from screens.where import WherePage
from screens.wizard_dialogs import KEYS, continue_question, leave_question
from screens.wizard_frame import WizardFrame, explained, step_marks
from screens.yaml_content import yaml_content


class WizardScreen(WizardFrame):
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

    wizard: reactive[WizardState | None] = reactive(None, init=False)
    """The answers so far. Everything drawn follows from them."""

    def __init__(self, state: WizardState) -> None:
        super().__init__()
        self._first = state
        self._topic = ""

    @property
    def state(self) -> WizardState:
        """The answers so far."""
        return self.wizard or self._first

    async def on_mount(self) -> None:
        self.say(())
        # The first look at the answers imports the document's models; nobody waits for it here.
        state = self.state
        self.run_worker(lambda: read_answers(state), thread=True, exit_on_error=False, group="warm-up")
        await self._go(self.state.step)

    # Moving ---------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        """The page that is shown; None until the first one is there."""
        return self.query_one(f"#page-{self.state.step}", Page) if self.query(f"#page-{self.state.step}") else None

    async def _go(self, step: StepId) -> None:
        """Show a step; its page is made at the first visit."""
        switcher = self.query_one(ContentSwitcher)
        page_id = f"page-{step}"
        if not switcher.query(f"#{page_id}"):
            page = self._make_page(step)
            page.id = page_id
            await switcher.add_content(page, set_current=True)
        switcher.current = page_id
        self.wizard = self.state.at(step)
        self.say(())
        self._arrive(step)
        # Before the page is painted: whoever sees it may type at once.
        self._focus_page()

    def _make_page(self, step: StepId) -> Page:
        makers: dict[StepId, Callable[[], Page]] = {
            "where": WherePage,
            "computer": lambda: ComputerPage(self.lattice.seams),
            "size": lambda: SizePage(self.state.pools),
            "version": lambda: VersionPage(self.lattice.version_choices(self.state)),
            "review": ReviewPage,
        }
        return makers[step]()

    def _arrive(self, step: StepId) -> None:
        page = self.page
        if isinstance(page, ComputerPage) and not page.results:
            page.check(simulated=self.state.rehearsal)
        if step == "review":
            self._review()

    def _focus_page(self) -> None:
        if self.page is not None and self.page.questions():
            self.page.focus_first()
        else:
            self.query_one("#start" if self.state.step == "review" else "#next", Button).focus()

    async def action_next(self) -> None:
        """Go on, or go to the first problem and list all."""
        if isinstance(self.page, ReviewPage):
            # Starting takes a key of its own: a Ctrl-N too many starts nothing.
            self.query_one("#start", Button).focus()
            self.page.say(Content("Enter saves the file and starts. Tab goes to the other choices."))
        elif isinstance(self.page, ComputerPage):
            await self._leave_computer(self.page)
        else:
            problems = problems_of(self.state, steps.step(self.state.step))
            self.say(problems)
            if problems and self.page is not None:
                self.page.focus_path(problems[0].path)
            else:
                await self._go(steps.after(self.state.step))

    async def action_back(self) -> None:
        """The step before; from the first one to the welcome. Nothing is lost."""
        before = steps.before(self.state.step)
        if before is not None:
            await self._go(before)
        else:
            self.lattice.show_welcome(self.state)

    async def _leave_computer(self, page: ComputerPage) -> None:
        verdict = page.verdict
        if verdict.blocking or page.problem:
            if verdict.blocking:
                page.point_at(verdict.blocking[0].id)
            self.say_text("Mend what failed, then F3 checks again. A rehearsal needs none of it.")
        elif verdict.soft or verdict.running or not page.results:
            names = [result.title for result in (*verdict.soft, *verdict.running)]
            question = continue_question(names, still_running=bool(verdict.running) or not names)
            self.app.push_screen(question, self._continue_answered)
        else:
            await self._go(steps.after(self.state.step))

    async def _continue_answered(self, answer: str | None) -> None:
        if answer == "continue":
            await self._go(steps.after("computer"))

    # Answers --------------------------------------------------------------------------------------------

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        state = self.state
        for path, text in event.answers.items():
            state = state.with_answer(path, text)
        self.wizard = state

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
        self.wizard = replace(self.state, rehearsal=True)
        self.action_check_now()

    def watch_wizard(self) -> None:
        """Draw what follows from the answers."""
        state = self.state
        if self.page is not None:
            self.page.show(state)
        self.draw_frame(state)
        self._explain_topic()

    # Explaining -----------------------------------------------------------------------------------------

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        self._topic = str(getattr(event.widget, "field_path", ""))
        self._explain_topic()

    def _explained(self) -> tuple[str, Content]:
        return explained(self._topic or (self.page.TOPIC if self.page is not None else ""), self.state)

    def _explain_topic(self) -> None:
        self.query_one(ExplainPane).show(*self._explained())

    def action_explain(self) -> None:
        """Explain the field that has the focus."""
        self.app.push_screen(Reading(*self._explained()))

    # Step list ------------------------------------------------------------------------------------------

    def action_steps(self) -> None:
        """The step list: any step can be reopened."""
        answers = [
            Answer(mark.step, f"{mark.word:<5}{steps.number(mark.step)} {steps.step(mark.step).title}", mark.answer)
            for mark in step_marks(self.state)
        ]
        current = steps.number(self.state.step) - 1
        self.app.push_screen(Question("Go to a step", Content(""), answers, current), self._step_chosen)

    async def _step_chosen(self, step_id: str | None) -> None:
        if step_id in steps.ORDER:
            await self._go(next(step for step in steps.ORDER if step == step_id))

    def action_check_now(self) -> None:
        """Check this computer again."""
        if isinstance(self.page, ComputerPage):
            self.page.check(simulated=self.state.rehearsal)

    def action_yaml(self) -> None:
        """Show cluster.yaml as it would be written now."""
        facts = review_facts(self.state, speed=1.0)
        body = problem_list(facts.problems, 68) if facts.problems else yaml_content(facts.text)
        self.app.push_screen(Reading("cluster.yaml", body, is_wide=True))

    def commands(self) -> Iterable[SystemCommand]:
        for step in steps.STEPS:
            yield SystemCommand(f"Go to {step.title}", step.lead, partial(self._step_chosen, step.id))
        yield SystemCommand("Show cluster.yaml", "As it would be written now", self.action_yaml)

    # Review ---------------------------------------------------------------------------------------------

    def _review(self) -> None:
        page = self.page
        if not isinstance(page, ReviewPage):
            return
        speed = REHEARSAL_SPEED if self.state.rehearsal else 1.0
        facts = review_facts(self.state, speed=speed)
        self.say(facts.problems)
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
        wish = Wish(self.state.save_to, facts.text.encode(), self.state.rehearsal, starts)
        work = save_and_start(self, self.lattice.seams, wish)
        self.run_worker(work, group="save", exclusive=True, exit_on_error=False)

    @on(StartNews)
    def _start_news(self, event: StartNews) -> None:
        if isinstance(self.page, ReviewPage):
            self.page.say(
                problem_content(event.problem, self.text_width) if event.problem else Content(safe_text(event.text))
            )

    @on(Started)
    def _started(self, event: Started) -> None:
        self.lattice.show_building(event.folder)

    def action_leave(self) -> None:
        """Quit, after a question when answers would be lost."""
        if not self.state.visited and self.state.answers == self._first.answers:
            self.lattice.leave(0)
            return
        self.app.push_screen(leave_question(), self._leave_answered)

    def _leave_answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.lattice.leave(0)
