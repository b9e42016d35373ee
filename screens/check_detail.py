"""`CheckDetail`: what the current check means, always in the same place below the rows."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize

from lattice_tui.wizard.board import Row
from screens.check_lines import detail
from screens.still import Still


class CheckDetail(VerticalScroll, can_focus=False):
    """Keeps its height whatever it says, so that the rows above stand still."""

    _row: Row | None = None

    def compose(self) -> ComposeResult:
        yield Still("", id="check-text", markup=False)

    def show(self, row: Row | None) -> None:
        """Tell of another check, or of the same one again."""
        is_another = row is None or self._row is None or row.result.id != self._row.result.id
        self._row = row
        self._draw()
        if is_another:
            self.scroll_home(animate=False)

    @property
    def text_width(self) -> int:
        """Without the scroll bar, which comes and goes."""
        return max(20, self.content_size.width - 1)

    @property
    def _height(self) -> int:
        return self.content_size.height

    def _draw(self) -> None:
        text = Content("")
        if self._row is not None and self._height > 0:
            text = detail(self._row, self.text_width, is_cut=False)
            if text.plain.count("\n") >= self._height:
                text = detail(self._row, self.text_width, is_cut=True)
        self.query_one(Still).update(text)

    def on_resize(self, _event: Resize) -> None:
        self._draw()
