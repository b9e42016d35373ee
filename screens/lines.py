"""Lines of plain text with a tone: what a pane draws, made without a terminal.

Foreign text enters a line through `span()`, which cleans it; nothing in a line is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

from lattice_tui.text import safe_text

Tone = Literal["", "dim", "ok", "now", "warn", "fail", "head", "strong"]
ELLIPSIS = "…"


class Span(NamedTuple):
    """A piece of a line."""

    text: str
    tone: str = ""


Line = tuple[Span, ...]
BLANK: Line = (Span(""),)


def fit(text: str, width: int) -> str:
    """`text` cleaned and made exactly `width` cells wide; what was cut is shown by an ellipsis."""
    clean = safe_text(text)
    if width <= 0:
        return ""
    if cell_len(clean) <= width:
        return clean + " " * (width - cell_len(clean))
    return set_cell_size(clean, width - 1) + ELLIPSIS


def span(text: str, tone: str = "", width: int | None = None) -> Span:
    """Clean text, fitted to `width` cells when one is given."""
    return Span(safe_text(text) if width is None else fit(text, width), tone)


def columns(cells: Sequence[tuple[str, str, int]], gap: int = 2) -> Line:
    """One line from (text, tone, width) cells, with a gap between them; cells of no width are left out."""
    spans: list[Span] = []
    for text, tone, width in cells:
        if width <= 0:
            continue
        if spans:
            spans.append(Span(" " * gap))
        spans.append(span(text, tone, width))
    return tuple(spans)


def hang(label: str, text: str, width: int) -> list[str]:
    """`label` and `text`, cut at words to `width` cells, the further lines indented below the text."""
    import textwrap  # only for messages

    indent = " " * len(label)
    return textwrap.wrap(
        safe_text(text, 2048),
        max(len(label) + 8, width),
        initial_indent=label,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ) or [label]


def plain(line: Line) -> str:
    """The text of a line without its tones."""
    return "".join(piece.text for piece in line)
