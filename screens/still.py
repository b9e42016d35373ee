"""`Still`: a text that costs nothing as long as it says the same."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content, Span
from textual.visual import VisualType
from textual.widgets import Static


class Still(Static):
    """A Static whose `update` with the text it shows already lays nothing out and paints nothing.

    Screens draw everything that follows from their state on each change; most of it is what it was.
    """

    _shown: tuple[str, Sequence[Span]] | None = None

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        shown = (content.plain, content.spans) if isinstance(content, Content) else None
        if shown is not None and shown == self._shown:
            return
        self._shown = shown
        super().update(content, layout=layout)
