"""`LinesView`: a scrolling pane of one-line rows that repaints only the lines that changed.

A DataTable at ten updates a second takes most of a core, because each update repaints the whole pane; a line that
did not change costs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.lines import Line, Span, fit

Builder = Callable[[int], Sequence[Line]]
"""Width in cells -> the lines to show. Called again when the pane changes its width."""


def _nothing(_width: int) -> Sequence[Line]:
    return ()


class LinesView(ScrollView, can_focus=True):
    """Draws lines; with `has_cursor` one of them is current."""

    DEFAULT_CSS = """
    LinesView { height: 1fr; background: transparent; scrollbar-size-vertical: 1; overflow-x: hidden; }
    LinesView > .lines--dim { color: $dim; }
    LinesView > .lines--head { color: $dim; text-style: bold; }
    LinesView > .lines--strong { text-style: bold; }
    LinesView > .lines--ok { color: $success; }
    LinesView > .lines--now { color: $accent; text-style: bold; }
    LinesView > .lines--warn { color: $warning; }
    LinesView > .lines--fail { color: $error; text-style: bold; }
    LinesView > .lines--cursor { background: $panel; }
    LinesView:focus > .lines--cursor, LinesView.-led > .lines--cursor { background: $current; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--dim",
        "lines--head",
        "lines--strong",
        "lines--ok",
        "lines--now",
        "lines--warn",
        "lines--fail",
        "lines--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move(-10)", "Page up", show=False),
        Binding("pagedown", "move(10)", "Page down", show=False),
        Binding("home", "move(-100000)", "First", show=False),
        Binding("end", "move(100000)", "Last", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the current line, header lines not counted."""

    @dataclass
    class CursorMoved(Message):
        """The current line is another one."""

        view: LinesView
        index: int

        @property
        def control(self) -> LinesView:
            return self.view

    def __init__(
        self,
        *,
        has_cursor: bool = False,
        header_lines: int = 0,
        follow: bool = False,
        is_led: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        """`header_lines` stay above the cursor; `follow` keeps the newest line in view until one scrolls up.

        `is_led`: another widget takes the keys for it, so that its current line shows without the focus.
        """
        super().__init__(id=id, classes="-led" if is_led else None)
        self._has_cursor = has_cursor
        self._header_lines = header_lines
        self._follow = follow
        self._is_led = is_led
        self._sticks_to_end = follow
        self._revealed = 0
        self._build: Builder = _nothing
        self._lines: list[Line] = []
        self.repainted: int = 0
        """Lines repainted so far."""

    def show(self, build: Builder) -> None:
        """Draw what `build` makes from now on."""
        self._build = build
        self._rebuild()

    def reveal(self, index: int) -> None:
        """Scroll to line `index` when it has become another one; after that the person scrolls freely."""
        if index != self._revealed:
            self._revealed = index
            self.call_after_refresh(
                self.scroll_to_region, Region(0, index, 1, 1), animate=False, immediate=True, force=True
            )

    def _rebuild(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        before, self._lines = self._lines, list(self._build(width))
        if len(before) != len(self._lines):
            self.virtual_size = Size(width, len(self._lines))
        self._refresh_changed(before)
        if self._sticks_to_end:
            # Only after the next layout does the pane know how far it can scroll.
            self.call_after_refresh(self.scroll_end, animate=False, immediate=True)
        if self._has_cursor:
            self.cursor = self._clamp(self.cursor)

    def _refresh_changed(self, before: Sequence[Line]) -> None:
        for index in range(max(len(before), len(self._lines))):
            old = before[index] if index < len(before) else None
            new = self._lines[index] if index < len(self._lines) else None
            if old != new:
                self._refresh_line(index)

    def _refresh_line(self, index: int) -> None:
        self.repainted += 1
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))

    def on_resize(self, _event: Resize) -> None:
        self._rebuild()
        if self._has_cursor:
            self.call_after_refresh(self._show_cursor, in_the_middle=True)

    def _show_cursor(self, *, in_the_middle: bool = False) -> None:
        """Scroll as little as brings the current line into view, or so that it has as much above as below."""
        row, height = self.cursor + self._header_lines, self.scrollable_content_region.height
        top = self.scroll_offset.y
        wanted = row - height // 2 if in_the_middle else max(row - height + 1, min(top, row))
        self.scroll_to(y=max(0, min(wanted, self.max_scroll_y)), animate=False, immediate=True, force=True)

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        # A bar that comes after the scrolling was not told of it.
        if shown:
            self.vertical_scrollbar.position = self.scroll_y

    def _clamp(self, index: int) -> int:
        return max(0, min(index, len(self._lines) - self._header_lines - 1))

    def action_move(self, steps: int) -> None:
        """Move the current line, or scroll when there is none."""
        if self._has_cursor:
            self.cursor = self._clamp(self.cursor + steps)
        else:
            row = max(0, min(self.scroll_offset.y + steps, self.max_scroll_y))
            self._sticks_to_end = self._follow and row >= self.max_scroll_y
            self.scroll_to(y=row, animate=False)

    def watch_cursor(self, old: int, new: int) -> None:
        for index in (old, new):
            self._refresh_line(index + self._header_lines)
        self._show_cursor(in_the_middle=abs(new - old) > 1)
        self.post_message(self.CursorMoved(self, new))

    def on_click(self, event: Click) -> None:
        if self._has_cursor:
            self.cursor = self._clamp(event.y + self.scroll_offset.y - self._header_lines)

    def on_focus(self) -> None:
        self._refresh_line(self.cursor + self._header_lines)

    def on_blur(self) -> None:
        self._refresh_line(self.cursor + self._header_lines)

    def render_line(self, y: int) -> Strip:
        """The strip at row `y` of the pane."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if not 0 <= index < len(self._lines):
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        is_current = self._has_cursor and index == self.cursor + self._header_lines
        if is_current and (self.has_focus or self._is_led):
            base += self.get_component_rich_style("lines--cursor")
        segments = [Segment(piece.text, base + self._tone(piece)) for piece in self._lines[index]]
        return Strip(segments).adjust_cell_length(width, base)

    def _tone(self, piece: Span) -> Style:
        if not piece.tone:
            return Style.null()
        return self.get_component_rich_style(f"lines--{piece.tone}", partial=True)

    def text_lines(self) -> list[str]:
        """What is drawn, line by line, without tones."""
        return [fit("".join(piece.text for piece in line), 512).rstrip() for line in self._lines]
