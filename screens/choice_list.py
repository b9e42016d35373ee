"""`ChoiceList`: one of a few; what is highlighted is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lattice_tui.text import safe_text


@dataclass(frozen=True, slots=True)
class Line:
    """One option: a title and a remark beside it."""

    id: str
    title: str
    remark: str = ""


class ChoiceList(OptionList):
    """Up and Down choose, Enter goes on to the next question."""

    @dataclass
    class Chosen(Message):
        """Another option was chosen."""

        choice_list: ChoiceList
        value: str

        @property
        def control(self) -> ChoiceList:
            return self.choice_list

    def __init__(self, lines: Sequence[Line], field_path: str, title_width: int = 0) -> None:
        super().__init__(markup=False)
        self.field_path = field_path
        """The answer that is chosen here."""
        self._choices = tuple(lines)
        self._title_width = title_width or max((len(line.title) for line in lines), default=0)
        self.value = ""
        self._refill()

    def _refill(self) -> None:
        self.set_options(Option(self._prompt(line), id=line.id) for line in self._choices)

    def _prompt(self, line: Line) -> Content:
        mark = "(x)" if line.id == self.value else "( )"
        title = safe_text(line.title).ljust(self._title_width)
        return Content.assemble(f" {mark} {title}  ", (safe_text(line.remark), "$dim"))

    def remark(self, line_id: str, remark: str) -> None:
        """Say something else beside one option."""
        for index, line in enumerate(self._choices):
            if line.id == line_id and line.remark != remark:
                changed = replace(line, remark=remark)
                self._choices = (*self._choices[:index], changed, *self._choices[index + 1 :])
                self.replace_option_prompt_at_index(index, self._prompt(changed))

    def choose(self, value: str) -> None:
        """Mark `value`, as if it had been chosen before."""
        if value == self.value:
            return
        before, self.value = self.value, value
        for index, line in enumerate(self._choices):
            if line.id in (before, value):
                self.replace_option_prompt_at_index(index, self._prompt(line))
            if line.id == value:
                self.highlighted = index
        if value not in {line.id for line in self._choices}:
            self.highlighted = None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        chosen = event.option_id or ""
        if chosen != self.value:
            self.choose(chosen)
            self.post_message(self.Chosen(self, chosen))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.screen.focus_next()
