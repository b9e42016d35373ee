"""`Picker`: one of many, as the provider lists them right now; or whatever is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Input

from schemas.choices import LiveChoice
from schemas.fields import Field
from screens.clock import Clock
from screens.dialogs import Dialog, Reading
from screens.explain import explanation
from screens.lines import Line
from screens.lines_view import LinesView
from screens.pick_list import (
    PickList,
    cannot_take,
    choice_lines,
    entry_detail,
    matching,
    offers_typed,
    standing,
    typed_line,
)
from screens.still import Still

SEPARATOR = ", "
"""Between the values of an answer that holds several."""


class FilterInput(Input):
    """Takes letters; where several values are marked, a space is no letter."""

    def __init__(self, text: str, *, is_many: bool) -> None:
        super().__init__(text, placeholder="type to filter, or type a value", max_length=1024, compact=True)
        self._is_many = is_many

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """As asked by the screen, whose own bindings get what is not taken here."""
        return super().check_consume_key(key, character) and not (self._is_many and key == "space")


class Picker(Dialog):
    """Typing filters, Up and Down move, Enter takes. With `is_many`, Space marks and Enter takes all that is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", priority=True, show=False),
        Binding("down", "move(1)", "Down", priority=True, show=False),
        Binding("pageup", "move(-8)", "Page up", priority=True, show=False),
        Binding("pagedown", "move(8)", "Page down", priority=True, show=False),
        Binding("space", "mark", "Mark", priority=True),
        Binding("f1", "explain", "Explain"),
        Binding("f3", "again", "Ask again"),
    ]

    def __init__(
        self,
        field: Field,
        value: str,
        state: PickList,
        clock: Clock,
        again: Callable[[], object],
        *,
        typed: str = "",
        is_many: bool = False,
    ) -> None:
        """`value` is the answer that stands; `again` has the list asked for anew, which comes by `told()`."""
        super().__init__(field.label)
        self._field = field
        self._value = value
        self._chosen = [one.strip() for one in value.split(",") if one.strip()] if is_many else [value]
        self._state = state
        self._clock = clock
        self._again = again
        self._typed = typed
        self._is_many = is_many
        self._entries: tuple[LiveChoice, ...] = ()
        self._has_moved = False
        self._refused = ""
        self._ticking: Timer | None = None
        self.add_class("-picker")

    def contents(self) -> ComposeResult:
        yield FilterInput(self._typed, is_many=self._is_many)
        yield Still("", id="pick-standing", markup=False)
        yield LinesView(has_cursor=True, is_led=True)
        yield Still("", id="pick-detail", markup=False)

    def on_mount(self) -> None:
        self.query_one(LinesView).can_focus = False
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(self._typed)
        self._ticking = self.set_interval(1.0, self._draw, pause=True)
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Marking is for answers that hold several values."""
        return self._is_many if action == "mark" else super().check_action(action, parameters)

    @property
    def field_path(self) -> str:
        """The question that is answered here."""
        return self._field.path

    def told(self, state: PickList) -> None:
        """The list has come, or is being asked for again."""
        self._state = state
        self._draw()

    # Drawing --------------------------------------------------------------------------------------------

    @property
    def typed(self) -> str:
        """What stands in the filter."""
        return self.query_one(Input).value

    @on(Resize)
    def _draw(self) -> None:
        self._entries = matching(self._state.found, self.typed)
        view = self.query_one(LinesView)
        view.show(self._lines)
        if not self._has_moved:
            view.cursor = self._first()
        width = max(20, view.size.width)
        self.query_one("#pick-standing", Still).update(
            standing(self._state, len(self._entries), self.typed, self._clock(), width)
        )
        self._draw_detail()
        if self._ticking is not None:
            (self._ticking.resume if self._state.since is not None else self._ticking.pause)()

    def _lines(self, width: int) -> list[Line]:
        lines = choice_lines(self._entries, self._chosen, width)
        if offers_typed(self._state.found, self.typed):
            lines.append(typed_line(self.typed, width))
        return lines

    def _first(self) -> int:
        """The entry that one most likely means: the one that stands, else what is proposed, else the first."""
        proposed = self._state.found.proposed if self._state.found is not None else ""
        for wanted in (*self._chosen, proposed):
            for index, one in enumerate(self._entries):
                if wanted and one.value == wanted:
                    return index
        return 0

    def _draw_detail(self) -> None:
        current = self._current
        view = self.query_one(LinesView)
        text = Content("")
        if current is not None:
            is_refused = current.value == self._refused
            detail = self.query_one("#pick-detail", Still)
            width = max(20, view.size.width)
            text = cannot_take(current, width) if is_refused else entry_detail(current, width, detail.size.height or 3)
        elif offers_typed(self._state.found, self.typed):
            text = Content("Taken as it is. The checks look at it afterwards.")
        self.query_one("#pick-detail", Still).update(text)

    @property
    def _current(self) -> LiveChoice | None:
        cursor = self.query_one(LinesView).cursor
        return self._entries[cursor] if cursor < len(self._entries) else None

    # What the person does -------------------------------------------------------------------------------

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        event.stop()
        self._has_moved = False
        self._draw()

    @on(LinesView.CursorMoved)
    def _moved(self, event: LinesView.CursorMoved) -> None:
        event.stop()
        self._refused = ""
        self._draw_detail()

    def action_move(self, steps: int) -> None:
        """Move among the entries."""
        self._has_moved = True
        self.query_one(LinesView).action_move(steps)

    def action_mark(self) -> None:
        """Take the current entry among the marked ones, or out of them."""
        wanted = self._wanted()
        if wanted is None:
            return
        if wanted in self._chosen:
            self._chosen.remove(wanted)
        else:
            self._chosen.append(wanted)
        self._has_moved = True
        self._draw()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._is_many:
            self._take_marked()
            return
        wanted = self._wanted()
        if wanted is not None:
            self.dismiss(wanted)

    def _take_marked(self) -> None:
        """Whoever has marked nothing at all means the entry they stand on; whoever took all marks away means none."""
        if not self._chosen and not self._value:
            wanted = self._wanted()
            if wanted is None:
                return
            self._chosen.append(wanted)
        self.dismiss(SEPARATOR.join(self._chosen))

    def _wanted(self) -> str | None:
        """The value at the cursor; None where there is none that can be taken, which is said."""
        current = self._current
        if current is None:
            return self.typed.strip() or None
        if not current.usable:
            self._refused = current.value
            self._draw_detail()
            return None
        return current.value

    def action_again(self) -> None:
        """Have the list asked for anew."""
        self._again()

    def action_explain(self) -> None:
        """What the field means."""
        self.app.push_screen(Reading(self._field.label, explanation(self._field, self._value)))
