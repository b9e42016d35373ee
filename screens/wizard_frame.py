"""The frame around the wizard's pages: where one is, what is wrong, what the field means, and the buttons."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, ContentSwitcher, Footer

from lattice_tui.text import safe_text
from lattice_tui.wizard import marks, steps
from lattice_tui.wizard.composing import read_answers
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from schemas.problem import Problem
from screens.base import LatticeScreen
from screens.explain import ExplainPane, explanation
from screens.fields import explained_field
from screens.lines import hang
from screens.problem_content import problem_list
from screens.step_strip import StepMark, StepRail, StepStrip
from screens.still import Still


class WizardFrame(LatticeScreen):
    """Draws what it is told; the wizard itself decides."""

    CSS_PATH = ["wizard.tcss", "computer.tcss", "form.tcss"]  # noqa: RUF012 - as the base class declares it
    _drawn: tuple[StepId, str, bool] | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Still(Content("lattice-tui"), id="product")
            yield Still("", id="where-am-i", markup=False)
            yield Still("", id="mode", markup=False)
        yield StepStrip("", id="strip", markup=False)
        with Horizontal(id="panes"):
            with VerticalScroll(id="rail", can_focus=False):
                yield StepRail("", markup=False)
            with Vertical(id="middle"):
                yield Still("", id="lead", markup=False)
                yield ContentSwitcher(id="pages")
                with VerticalScroll(id="problems", can_focus=False):
                    yield Still("", id="problem-list", markup=False)
                yield Still("", id="keeping", markup=False)
                with Horizontal(id="buttons"):
                    yield Button("Next", id="next", compact=True)
                    yield Button("Save and start", id="start", compact=True)
                    yield Button("Save only", id="save", compact=True)
                    yield Button("Back", id="back", compact=True)
            yield ExplainPane(id="explain")
        yield Footer(show_command_palette=False)

    def draw_frame(self, state: WizardState) -> None:
        """Say which step this is, and how the others stand."""
        place = (state.step, state.provider, state.rehearsal)
        if place != self._drawn:
            self._drawn = place
            self._draw_place(*place)
        shown = step_marks(state)
        self.query_one(StepStrip).show(shown)
        self.query_one(StepRail).show(shown)

    def _draw_place(self, step_id: StepId, provider: str, is_rehearsal: bool) -> None:
        step = steps.step(step_id)
        is_last = step.id == "review"
        self.query_one("#where-am-i", Still).update(
            Content(f"Step {steps.number(step.id, provider)} of {len(steps.way(provider))}  {step.title}")
        )
        self.query_one("#mode", Still).update(Content("rehearsal: nothing real is made" if is_rehearsal else ""))
        self.query_one("#lead", Still).update(Content(step.lead))
        # The review says so in its own words, and where there are checks they need every row.
        self.query_one("#lead").display = step.id in ("where", "size", "version")
        for button, is_shown in (("next", not is_last), ("start", is_last), ("save", is_last)):
            self.query_one(f"#{button}", Button).display = is_shown

    @property
    def text_width(self) -> int:
        """Cells for a message under a page."""
        return max(40, self.query_one("#middle").size.width - 6)

    def say(self, problems: tuple[Problem, ...]) -> None:
        """List what is wrong under the page; nothing takes the list away."""
        self.query_one("#problem-list", Still).update(problem_list(problems, self.text_width))
        self.query_one("#problems").display = bool(problems)

    def say_keeping(self, problem: Problem | None) -> None:
        """Say that answers are not being kept, for as long as they are not."""
        text = f"{safe_text(problem.title)}: {safe_text(problem.detail)}" if problem is not None else ""
        self.query_one("#keeping", Still).update(Content("\n".join(hang("", text, self.text_width)) if text else ""))
        self.query_one("#keeping").display = problem is not None

    def say_text(self, text: str) -> None:
        """A remark in the place of problems."""
        self.query_one("#problem-list", Still).update(Content(text))
        self.query_one("#problems").display = True


def step_marks(state: WizardState) -> tuple[StepMark, ...]:
    """How every step stands."""
    errors = read_answers(state).errors if state.visited else ()
    ids = [step.id for step in steps.way(state.provider)]
    return tuple(StepMark(each, marks.word(state, each, errors), marks.answer(state, each)) for each in ids)


def explained(topic: str, state: WizardState) -> tuple[str, Content]:
    """Title and text for the field at `topic`; for the step where no field is declared."""
    field = explained_field(topic, state.provider)
    if field is None:
        step = steps.step(state.step)
        return step.title, Content(step.about)
    return field.label, explanation(field, state.answer(topic))
