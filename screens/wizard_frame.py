"""The frame around the wizard's pages: where one is, what is wrong, what the field means, and the buttons."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, ContentSwitcher, Footer, Static

from lattice_tui.wizard import marks, steps
from lattice_tui.wizard.composing import read_answers
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem
from screens.base import LatticeScreen
from screens.explain import ExplainPane, explanation
from screens.fields import field_at
from screens.problem_content import problem_list
from screens.step_strip import StepMark, StepRail, StepStrip


class WizardFrame(LatticeScreen):
    """Draws what it is told; the wizard itself decides."""

    CSS_PATH = "wizard.tcss"

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
                    yield Button("Save and start", id="start", compact=True)
                    yield Button("Save only", id="save", compact=True)
                    yield Button("Back", id="back", compact=True)
            yield ExplainPane(id="explain")
        yield Footer(show_command_palette=False)

    def draw_frame(self, state: WizardState) -> None:
        """Say which step this is, and how the others stand."""
        step = steps.step(state.step)
        is_last = step.id == "review"
        self.query_one("#where-am-i", Static).update(
            Content(f"Step {steps.number(step.id)} of {len(steps.STEPS)}  {step.title}")
        )
        self.query_one("#mode", Static).update(Content("rehearsal: nothing real is made" if state.rehearsal else ""))
        self.query_one("#lead", Static).update(Content(step.lead))
        self.query_one("#lead").display = not is_last
        for button, is_shown in (("next", not is_last), ("start", is_last), ("save", is_last)):
            self.query_one(f"#{button}", Button).display = is_shown
        shown = step_marks(state)
        self.query_one(StepStrip).show(shown)
        self.query_one(StepRail).show(shown)

    @property
    def text_width(self) -> int:
        """Cells for a message under a page."""
        return max(40, self.query_one("#middle").size.width - 6)

    def say(self, problems: tuple[Problem, ...]) -> None:
        """List what is wrong under the page; nothing takes the list away."""
        self.query_one("#problem-list", Static).update(problem_list(problems, self.text_width))
        self.query_one("#problems").display = bool(problems)

    def say_text(self, text: str) -> None:
        """A remark in the place of problems."""
        self.query_one("#problem-list", Static).update(Content(text))
        self.query_one("#problems").display = True


def step_marks(state: WizardState) -> tuple[StepMark, ...]:
    """How every step stands."""
    errors = read_answers(state).errors if state.visited else ()
    return tuple(
        StepMark(step.id, marks.word(state, step.id, errors), marks.answer(state, step.id)) for step in steps.STEPS
    )


def explained(topic: str, state: WizardState) -> tuple[str, Content]:
    """Title and text for the field at `topic`; for the step where no field is declared."""
    field = field_at(topic)
    if field is None:
        step = steps.step(state.step)
        return step.title, Content(step.about)
    return field.label, explanation(field, state.answer(topic))
