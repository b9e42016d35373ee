"""Small questions in front of a screen. Each answers by `dismiss(value)`; Esc answers None and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer, with what it leads to."""

    id: str
    label: str
    what: str = ""


class Dialog(ModalScreen[str | None]):
    """A titled box; subclasses put in what it asks."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield from self.contents()
        yield Footer(show_command_palette=False)

    def contents(self) -> ComposeResult:
        """The part under the title."""
        yield from ()


class Question(Dialog):
    """A text and a few answers to choose from. A text that is too long for the screen is read on page by page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "read_on(1)", "Read on", priority=True),
        Binding("pageup", "read_on(-1)", "Read back", priority=True, show=False),
    ]

    def __init__(self, title: str, body: Content, answers: Sequence[Answer], current: int = 0) -> None:
        """`current` is the index of the answer that is highlighted first."""
        super().__init__(title)
        self._body = body
        self._answers = tuple(answers)
        self._current = current

    def contents(self) -> ComposeResult:
        if self._body.plain:
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield Static(self._body)
        yield OptionList(*(Option(_prompt(answer), id=answer.id) for answer in self._answers), markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._current
        self.query_one(OptionList).focus()
        # How long the text is shows once it has been laid out, here and at every other size.
        for body in self.query(".dialog-body"):
            self.watch(body, "show_vertical_scrollbar", self.refresh_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Reading on is offered where there is more to read; elsewhere the keys are the answers' own."""
        if action == "read_on":
            return any(body.show_vertical_scrollbar for body in self.query(".dialog-body").results(VerticalScroll))
        return super().check_action(action, parameters)

    def action_read_on(self, pages: int) -> None:
        """Scroll the text."""
        body = self.query_one(".dialog-body", VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)


class Reading(Dialog):
    """A text to read: a file, an explanation. Arrow keys scroll it."""

    def __init__(self, title: str, body: Content, *, is_wide: bool = False) -> None:
        super().__init__(title)
        self._body = body
        self.set_class(is_wide, "-as-wide-as-can-be")

    def contents(self) -> ComposeResult:
        with VerticalScroll(classes="dialog-reading"):
            yield Static(self._body)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


class PathQuestion(Dialog):
    """Asks for the path of a file."""

    def __init__(self, title: str, hint: str, value: str) -> None:
        super().__init__(title)
        self._hint = hint
        self._value = value

    def contents(self) -> ComposeResult:
        yield Static(Content(self._hint), classes="dialog-hint")
        yield Input(self._value, max_length=4096, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())


def _prompt(answer: Answer) -> Content:
    if not answer.what:
        return Content(answer.label)
    return Content.assemble(answer.label, "\n", (f"  {answer.what}", "$dim"))
