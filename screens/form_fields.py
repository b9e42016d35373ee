"""The widgets that ask one question of a form: a secret, one of a few, one of many. Each has a `field_path`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Blur, Focus, Key
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input

from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.choices import LiveChoice
from schemas.fields import Choice
from screens.still import Still

GIVEN = "given, not shown"


@dataclass
class SecretGiven(Message):
    """A secret was typed. None: it was taken away."""

    path: str
    secret: Secret | None


class SecretInput(Input):
    """Takes a secret and hands it on; what was given is never shown, and not kept here once one goes on."""

    # Its width is fixed: what is typed never moves anything else on the screen.
    virtual_size = Reactive(Size(0, 0), layout=False)

    @dataclass
    class Left(Message):
        """Nobody types here any more."""

        path: str

    def __init__(self, field_path: str) -> None:
        super().__init__(password=True, max_length=8192, select_on_focus=False)
        self.field_path = field_path

    def fill(self, *, is_given: bool) -> None:
        """Say whether there is one."""
        self.placeholder = GIVEN if is_given else ""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_focus:
            self.screen.post_message(SecretGiven(self.field_path, Secret(event.value) if event.value else None))

    def on_blur(self, _event: Blur) -> None:
        with self.prevent(Input.Changed):
            self.value = ""
        self.post_message(self.Left(self.field_path))


class ChoiceRow(Still, can_focus=True):
    """One of a few, in one line: Left and Right choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Before", show=False),
        Binding("right,space", "step(1)", "Next one", show=False),
        Binding("enter", "go_on", "Go on", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Another one was chosen."""

        path: str
        value: str

    def __init__(self, field_path: str, choices: Sequence[Choice]) -> None:
        super().__init__("", markup=False)
        self.field_path = field_path
        self._choices = tuple(choices)
        self._value = ""

    @property
    def whole_width(self) -> int:
        """Cells that all of them take."""
        return sum(len(choice.label) + 7 for choice in self._choices)

    def fill(self, value: str) -> None:
        """Mark `value`."""
        self._value = value
        self._draw()

    def _draw(self) -> None:
        whole = Content("   ").join(self._one(choice, "( ) ") for choice in self._choices)
        short = Content("  ").join(self._one(choice, "") for choice in self._choices)
        fitting = [text for text in (whole, short) if text.cell_length <= self.size.width]
        self.update(fitting[0] if fitting else self._alone())

    def _one(self, choice: Choice, otherwise: str) -> Content:
        text = f"{'(x) ' if choice.value == self._value else otherwise}{safe_text(choice.label)}"
        return Content(text) if choice.usable else Content.assemble((text, "$dim"))

    def _alone(self) -> Content:
        """Where there is no room for all: the one that is chosen."""
        for number, choice in enumerate(self._choices, 1):
            if choice.value == self._value:
                return Content.assemble(self._one(choice, ""), (f"  {number} of {len(self._choices)}", "$dim"))
        return Content.assemble(("empty: Right chooses", "$dim"))

    def on_resize(self) -> None:
        self._draw()

    def action_step(self, by: int) -> None:
        """Choose the next one, or the one before."""
        usable = [choice.value for choice in self._choices if choice.usable]
        if usable:
            at = usable.index(self._value) if self._value in usable else -1 if by > 0 else 0
            self.post_message(self.Chosen(self.field_path, usable[(at + by) % len(usable)]))

    def action_go_on(self) -> None:
        """To the next question."""
        self.screen.focus_next()


class PickRow(Still, can_focus=True):
    """One of many: Enter opens the list, a letter opens it with that letter typed, Backspace takes the answer away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "Choose", show=False),
        Binding("backspace,delete", "clear", "Leave empty", show=False),
    ]

    @dataclass
    class Asked(Message):
        """The list is to be opened."""

        path: str
        typed: str = ""

    @dataclass
    class Cleared(Message):
        """The answer is to be taken away."""

        path: str

    def __init__(self, field_path: str) -> None:
        super().__init__("", markup=False, classes="pick-row")
        self.field_path = field_path

    def fill(self, text: Content) -> None:
        """Show the answer as it stands."""
        self.update(text)

    def on_key(self, event: Key) -> None:
        if event.character is not None and event.character.isalnum():
            event.stop()
            event.prevent_default()
            self.post_message(self.Asked(self.field_path, event.character))

    def action_pick(self) -> None:
        """Open the list."""
        self.post_message(self.Asked(self.field_path))

    def action_clear(self) -> None:
        """Leave it empty."""
        self.post_message(self.Cleared(self.field_path))

    def on_click(self) -> None:
        self.action_pick()

    def on_focus(self, _event: Focus) -> None:
        self.scroll_visible(animate=False)


def picked_text(value: str, found: Sequence[LiveChoice], *, empty: str) -> Content:
    """The answer of a `PickRow`: its name over there, what is written, its facts; `empty` when there is none."""
    if not value.strip():
        return Content.assemble((safe_text(empty), "$dim"))
    values = [one.strip() for one in value.split(",")]
    known = {one.value: one for one in found}
    if len(values) > 1 or values[0] not in known:
        return Content(safe_text(value))
    one = known[values[0]]
    parts: list[str | tuple[str, str]] = [safe_text(one.label)]
    if one.label != one.value:
        parts.append((f"  {safe_text(one.value)}", "$dim"))
    if one.why:
        parts.append((f"  {'cannot be: ' if not one.usable else ''}{safe_text(one.why)}", "$warning"))
    else:
        parts.append((f"  {', '.join(safe_text(fact) for fact in one.facts if fact)}", "$dim"))
    return Content.assemble(*parts)
