"""The wizard: one step at a time, back and forth, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.reactive import reactive
from textual.widgets import Button, ContentSwitcher, Footer, Static

from lattice_tui.text import safe_text
from lattice_tui.wizard import marks, steps
from lattice_tui.wizard.composing import problems_of, read_answers
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.problem import Problem
from screens.base import LatticeScreen
from screens.computer import ComputerPage, RehearsalAsked
from screens.dialogs import Answer, Question, Reading
from screens.explain import ExplainPane, explanation
from screens.fields import field_at
from screens.page import Answered, NextAsked, Page
from screens.problem_content import problem_content, problem_list
from screens.review import ReviewPage, SaveAsked
from screens.review_facts import review_facts
from screens.seams import REHEARSAL_SPEED
from screens.size import SizePage
from screens.starting import Started, StartNews, Wish, save_and_start
from screens.step_strip import StepMark, StepRail, StepStrip
from screens.version import VersionPage
from screens.where import WherePage
from screens.wizard_dialogs import KEYS, continue_question, leave_question
from screens.yaml_content import yaml_content


class WizardScreen(LatticeScreen):
    """Holds the answers; the pages draw them and say what was answered."""

    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("f1", "explain", "Explain"),
        Binding("f2", "steps", "Steps"),
        Binding("f3", "check_now", "Check now", show=False),
        Binding("f4", "yaml", "cluster.yaml", show=False),
        Binding("ctrl+n", "next", "Next", priority=True),
        Binding("ctrl+q", "leave", "Quit", priority=True),
        Binding("question_mark", "keys", "Keys", show=False),
    ]
    AUTO_FOCUS = ""

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

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Static(Content("lattice-tui"), id="product")
            yield Static("", id="where-am-i", markup=False)
            yield Static("", id="mode", markup=False)
        yield StepStrip("", id="strip", markup=False)
        with Horizontal(id="panes"):
            with VerticalScroll(id="rail", can_focus=False):
                yield StepRail("", markup=False)
            with Vertical(id="middle"):
                yield Static("", id="lead", markup=False)
                yield ContentSwitcher(id="pages")
                with VerticalScroll(id="problems", can_focus=False):
                    yield Static("", id="problem-list", markup=False)
                with Horizontal(id="buttons"):
                    yield Button("Next", id="next", compact=True)
                    yield Button("Back", id="back", compact=True)
            yield ExplainPane(id="explain")
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        self._say(())
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
        self._say(())
        self._arrive(step)
        self.call_after_refresh(self._focus_page)

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
        if self.page is not None:
            self.page.focus_first()

    async def action_next(self) -> None:
        """Go on, or go to the first problem and list all."""
        if isinstance(self.page, ReviewPage):
            self.post_message(SaveAsked(self.page.save_to, "start"))
        elif isinstance(self.page, ComputerPage):
            self._leave_computer(self.page)
        else:
            problems = problems_of(self.state, steps.step(self.state.step))
            self._say(problems)
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

    def _leave_computer(self, page: ComputerPage) -> None:
        self.run_worker(self._ask_about_computer(page), group="leave-computer", exclusive=True, exit_on_error=False)

    async def _ask_about_computer(self, page: ComputerPage) -> None:
        verdict = page.verdict
        if verdict.blocking or page.problem:
            if verdict.blocking:
                page.point_at(verdict.blocking[0].id)
            self._say_text("Mend what failed, then F3 checks again. A rehearsal needs none of it.")
            return
        if verdict.soft or verdict.running or not page.results:
            names = [result.title for result in (*verdict.soft, *verdict.running)]
            answer = await self.app.push_screen_wait(continue_question(names, still_running=bool(verdict.running)))
            if answer != "continue":
                return
        await self._go(steps.after(self.state.step))

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
        step = steps.step(state.step)
        self.query_one("#where-am-i", Static).update(
            Content(f"Step {steps.number(step.id)} of {len(steps.STEPS)}  {step.title}")
        )
        self.query_one("#mode", Static).update(Content("rehearsal: nothing real is made" if state.rehearsal else ""))
        self.query_one("#lead", Static).update(Content(step.lead))
        self.query_one("#next", Button).label = "Start" if step.id == "review" else "Next"
        self.query_one("#next", Button).display = step.id != "review"
        shown = self._marks()
        self.query_one(StepStrip).show(shown)
        self.query_one(StepRail).show(shown)
        self._explain_topic()

    def _marks(self) -> tuple[StepMark, ...]:
        state = self.state
        errors = read_answers(state).errors if state.visited else ()
        return tuple(
            StepMark(step.id, marks.word(state, step.id, errors), marks.answer(state, step.id)) for step in steps.STEPS
        )

    @property
    def _text_width(self) -> int:
        """Cells for a message under a page."""
        return max(40, self.query_one("#middle").size.width - 6)

    # Problems -------------------------------------------------------------------------------------------

    def _say(self, problems: tuple[Problem, ...]) -> None:
        self.query_one("#problem-list", Static).update(problem_list(problems, self._text_width))
        self.query_one("#problems").display = bool(problems)

    def _say_text(self, text: str) -> None:
        self.query_one("#problem-list", Static).update(Content(text))
        self.query_one("#problems").display = True

    # Explaining -----------------------------------------------------------------------------------------

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        self._topic = str(getattr(event.widget, "field_path", ""))
        self._explain_topic()

    def _explained(self) -> tuple[str, Content]:
        topic = self._topic or (self.page.TOPIC if self.page is not None else "")
        field = field_at(topic)
        if field is None:
            step = steps.step(self.state.step)
            return step.title, Content(step.lead)
        return field.label, explanation(field)

    def _explain_topic(self) -> None:
        self.query_one(ExplainPane).show(*self._explained())

    def action_explain(self) -> None:
        """Explain the field that has the focus."""
        self.app.push_screen(Reading(*self._explained()))

    def action_keys(self) -> None:
        """List the keys."""
        self.app.push_screen(Reading("Keys", KEYS))

    # Step list ------------------------------------------------------------------------------------------

    def action_steps(self) -> None:
        """The step list: any step can be reopened."""
        answers = [
            Answer(mark.step, f"{mark.word:<5}{steps.number(mark.step)} {steps.step(mark.step).title}", mark.answer)
            for mark in self._marks()
        ]
        self.app.push_screen(Question("Go to a step", Content(""), answers), self._step_chosen)

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
        self.app.push_screen(Reading("cluster.yaml", body))

    # Review ---------------------------------------------------------------------------------------------

    def _review(self) -> None:
        page = self.page
        if not isinstance(page, ReviewPage):
            return
        speed = REHEARSAL_SPEED if self.state.rehearsal else 1.0
        facts = review_facts(self.state, speed=speed)
        self._say(facts.problems)
        page.show_facts(facts, save_to=self.state.save_to, simulated=self.state.rehearsal)

    @on(SaveAsked)
    def _save_asked(self, event: SaveAsked) -> None:
        self.wizard = replace(self.state, save_to=event.path or "cluster.yaml")
        self._review()
        facts = review_facts(self.state, speed=1.0)
        if facts.problems:
            return
        wish = Wish(self.state.save_to, facts.text.encode(), self.state.rehearsal, event.then == "start")
        work = save_and_start(self, self.lattice.seams, wish)
        self.run_worker(work, group="save", exclusive=True, exit_on_error=False)

    @on(StartNews)
    def _start_news(self, event: StartNews) -> None:
        if isinstance(self.page, ReviewPage):
            self.page.say(
                problem_content(event.problem, self._text_width) if event.problem else Content(safe_text(event.text))
            )

    @on(Started)
    def _started(self, event: Started) -> None:
        self.lattice.show_building(event.folder)

    def action_leave(self) -> None:
        """Quit, after a question when answers would be lost."""
        if not self.state.visited:
            self.lattice.exit(0)
            return
        self.app.push_screen(leave_question(), self._leave_answered)

    def _leave_answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.lattice.exit(0)
