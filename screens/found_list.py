"""`FoundList`: credentials that were found, each with its source. Enter picks; moving picks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lattice_tui.text import safe_text
from lattice_tui.wizard.signing_in import given
from lattice_tui.wizard.state import WizardState

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Found

NONE_OF_THESE = "None of these: type it below, or paste it"


class FoundList(OptionList):
    """Nothing that was found is used before it is picked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "Pick", show=False)]

    @dataclass
    class Picked(Message):
        """One was picked. None: none of them."""

        found: Found | None

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)
        self._found: tuple[Found, ...] = ()
        self._picked: int | None = None

    @property
    def has_picked(self) -> bool:
        """Whether the state signs in with one of these, as it was found."""
        return self._picked is not None

    def offer(self, found: Sequence[Found], state: WizardState) -> None:
        """Show these; the one that the state signs in with is marked."""
        highlighted = self.highlighted
        self._found = tuple(found)
        self._picked = self._of(state)
        options = [Option(_prompt(one, is_picked=index == self._picked)) for index, one in enumerate(self._found)]
        self.set_options([*options, Option(_none(is_picked=self._picked is None and any(map(bool, given(state)))))])
        self.highlighted = highlighted if highlighted is not None else 0

    def show(self, state: WizardState) -> None:
        """Mark the one that the state signs in with."""
        if self._of(state) != self._picked or self._picked is None:
            self.offer(self._found, state)

    def _of(self, state: WizardState) -> int | None:
        """Which one the answers are, secrets and all."""
        values, secrets = given(state)
        for index, one in enumerate(self._found):
            known = {name: value for name, value in one.values.items() if value.strip()}
            if known == values and dict(one.secrets) == secrets and (values or secrets):
                return index
        return None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        found = self._found[event.option_index] if event.option_index < len(self._found) else None
        self.post_message(self.Picked(found))


def _prompt(one: Found, *, is_picked: bool) -> Content:
    mark = "(x)" if is_picked else "( )"
    remarks = "; ".join(safe_text(remark) for remark in one.remarks)
    return Content.assemble(f" {mark} {safe_text(one.label)}", (f"\n     {remarks}" if remarks else "", "$warning"))


def _none(*, is_picked: bool) -> Content:
    return Content(f" {'(x)' if is_picked else '( )'} {NONE_OF_THESE}")
