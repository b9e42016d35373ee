"""The page that takes the place of a screen in a terminal below 60x20, and waits."""

from __future__ import annotations

from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.widgets import Static

LEAST = Size(60, 20)


def is_too_small(size: Size) -> bool:
    """True when nothing useful fits. A terminal that does not tell its size (0x0) is taken for 80x24 by Textual."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmall(Static):
    """Says how large the terminal is and how large it has to be."""

    def on_resize(self, _event: Resize) -> None:
        size = self.app.size
        self.update(
            Content(
                f"This terminal is {size.width}x{size.height}.\n"
                f"Make it {LEAST.width}x{LEAST.height} or larger.\n"
                "Nothing is lost; q leaves."
            )
        )
