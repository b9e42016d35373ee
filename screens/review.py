"""Step 5: read what will be done, save it, start it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TabbedContent, TabPane

from lattice_tui.text import safe_text
from schemas.plan import StepInfo
from screens import words
from screens.page import NextAsked, Page
from screens.problem_content import problem_list
from screens.review_facts import ReviewFacts
from screens.yaml_content import yaml_content


@dataclass
class PathGiven(Message):
    """The person says where cluster.yaml is to be saved."""

    path: str


class ReviewPage(Page):
    """A sentence, the plan, the file and the command."""

    STEP = "review"

    def compose(self) -> ComposeResult:
        yield Static("", id="sentence", markup=False)
        with Horizontal(classes="field"):
            yield Static(Content("Save as"), classes="field-label")
            yield Input("cluster.yaml", id="save-to", max_length=4096, compact=True)
        yield Static("", id="review-state", markup=False)
        with TabbedContent(id="review-tabs"):
            with TabPane("What will be done", id="tab-steps"), VerticalScroll():
                yield Static("", id="plan", markup=False)
            with TabPane("cluster.yaml", id="tab-file"), VerticalScroll():
                yield Static("", id="yaml", markup=False)
            with TabPane("Command", id="tab-command"), VerticalScroll():
                yield Static("", id="command", markup=False)

    def show_facts(self, facts: ReviewFacts, *, save_to: str, simulated: bool) -> None:
        """Draw a review, or what stands in its way."""
        path = self.query_one("#save-to", Input)
        if not path.has_focus:
            with path.prevent(Input.Changed):
                path.value = save_to
        self.query_one("#sentence", Static).update(Content(safe_text(facts.sentence, 2048)))
        self.query_one("#plan", Static).update(
            _plan(facts.steps, simulated=simulated) if facts.can_start else Content(safe_text(facts.note, 2048))
        )
        self.query_one("#yaml", Static).update(yaml_content(facts.text))
        self.query_one("#command", Static).update(_command(facts.command))
        self.say(problem_list(facts.warnings, max(40, self.size.width - 4)))

    def say(self, content: Content) -> None:
        """News about saving or starting."""
        state = self.query_one("#review-state", Static)
        state.update(content)
        state.display = bool(content.plain)

    def questions(self) -> list[Widget]:
        # The next thing to do is below the page: starting.
        return []

    @on(Input.Changed, "#save-to")
    def _path_typed(self, event: Input.Changed) -> None:
        self.post_message(PathGiven(event.value.strip()))

    @on(Input.Submitted)
    def _path_given(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(NextAsked())

    @property
    def save_to(self) -> str:
        """The path as it stands in the field."""
        return self.query_one("#save-to", Input).value.strip()


def _plan(steps: Sequence[StepInfo], *, simulated: bool) -> Content:
    width = max((len(step.title) for step in steps), default=0)
    lines = [
        Content.assemble((f"{number:>2}  ", "$dim"), step.title.ljust(width + 3), words.usual(*step.usual_s))
        for number, step in enumerate(steps, 1)
    ]
    note = "Times are estimates, shortened for the rehearsal." if simulated else "Times are estimates."
    undo = (
        "Only simulated machines are made."
        if simulated
        else "Makes containers on this computer. The control planes may use its Docker, which is as much as root."
    )
    return Content("\n").join([*lines, Content(""), Content.assemble((note, "$dim")), Content.assemble((undo, "$dim"))])


def _command(command: str) -> Content:
    return Content.assemble(
        ("The same from a shell, once the file is saved:", "$dim"), "\n\n", safe_text(command, 4096)
    )
