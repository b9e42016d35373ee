"""`Page`: one step of the wizard. It is given the state and says what was answered; it holds no rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input

from lattice_tui.wizard.paths import is_under
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from screens.choice_list import ChoiceList


@dataclass
class Answered(Message):
    """The person gave answers: paths in cluster.yaml and their texts."""

    answers: dict[str, str]


@dataclass
class NextAsked(Message):
    """Enter was pressed in the last question of a page."""


class FieldInput(Input):
    """A line of text that answers one question."""

    # Its width is fixed: what is typed never moves anything else on the screen.
    virtual_size = Reactive(Size(0, 0), layout=False)

    def __init__(self, field_path: str, *, placeholder: str = "", max_length: int = 253, width: int = 40) -> None:
        super().__init__(placeholder=placeholder, max_length=max_length, select_on_focus=False)
        self.field_path = field_path
        self.styles.width = width

    def fill(self, text: str) -> None:
        """Show `text` without reporting it as an answer.

        Not while somebody types here: what comes back is what they had typed a moment ago.
        """
        if self.value != text and not self.has_focus:
            with self.prevent(Input.Changed):
                self.value = text


class Page(VerticalScroll, can_focus=False):
    """One step's questions."""

    STEP: ClassVar[StepId]
    TOPIC: ClassVar[str] = ""
    """The path that is explained when no question has the focus."""

    def show(self, state: WizardState) -> None:
        """Draw the answers given so far."""

    def arrive(self, state: WizardState) -> None:
        """Somebody looks at the page now."""

    def leave(self) -> None:
        """Nobody looks any more."""

    def focus_path(self, path: str) -> None:
        """Go to the question that a problem at `path` is about."""
        asked = {widget: str(getattr(widget, "field_path", "")) for widget in self.questions()}
        matching = [widget for widget, field in asked.items() if is_under(path, field) or is_under(field, path)]
        if matching:
            # The presets stand for all of spec.nodes; the number itself is nearer to the problem.
            max(matching, key=lambda widget: len(asked[widget])).focus()
        else:
            self.focus_first()

    def focus_first(self) -> None:
        """Go to the first question; a page without one leaves the focus to the buttons."""
        for widget in self.questions():
            widget.focus()
            return

    def questions(self) -> list[Widget]:
        """The widgets that ask something, from top to bottom."""
        return [widget for widget in self.query("*").results(Widget) if getattr(widget, "field_path", "")]

    @on(ChoiceList.Chosen)
    def _chosen(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.screen.post_message(Answered({event.choice_list.field_path: event.value}))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if isinstance(event.input, FieldInput):
            self.screen.post_message(Answered({event.input.field_path: event.value}))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        asked = self.questions()
        if asked and asked[-1] is event.input:
            self.post_message(NextAsked())
        else:
            self.screen.focus_next()
