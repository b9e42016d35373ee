"""How a document is laid out around a place, so that what is added looks like what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lattice_tui.document.spans import Entry, Span, column, line_end
from lattice_tui.document.value_text import flow_text, styled_text

USUAL_STEP = 2
DASH = "-"


class Layout:
    """Reads indentation, line breaks and styles from a text and its spans."""

    def __init__(self, text: str, root: Span) -> None:
        self._text = text
        self._root = root

    def line_break(self, position: int) -> str:
        """The line break that ends the line of `position`; on a last line without one, the text's first."""
        end = line_end(self._text, position)
        if end == len(self._text):
            end = line_end(self._text, 0)
        return "\r\n" if self._text.startswith("\r\n", end) else self._text[end : end + 1] or "\n"

    def step(self, chain: Sequence[Span]) -> int:
        """Spaces per level: of what hangs below the nearest map of `chain` (outermost first), else of any map."""
        for span in (*reversed(chain), self._root):
            for parent, child in _nested_maps(span):
                return column(self._text, child.entries[0].start) - column(self._text, parent.start)
        return USUAL_STEP

    def list_step(self, chain: Sequence[Span]) -> int:
        """Spaces before the dash of a list, counted from its key: none where the file's own lists have none."""
        for parent, child in _nested(self._root):
            if child.kind == "list" and not child.is_flow and child.entries and parent.key is not None:
                return column(self._text, child.entries[0].start) - column(self._text, parent.start)
        return self.step(chain)

    def is_flow(self, siblings: Sequence[Entry], value: Any) -> bool:
        """Whether `value` goes on one line: as its last sibling of the same kind; lists as any list of the file."""
        kind = "map" if isinstance(value, dict) else "list"
        alike = [entry.value for entry in siblings if entry.value.kind == kind and entry.value.entries]
        if not alike and kind == "list":
            alike = [child for _, child in _nested(self._root) if child.kind == "list" and child.entries]
            return bool(alike) and all(span.is_flow for span in alike)
        return bool(alike) and alike[-1].is_flow

    def padding(self, spans: Sequence[Span]) -> str:
        """The space that stands inside the braces of the last of `spans` that is a map in braces."""
        for span in reversed(spans):
            if span.kind == "map" and span.is_flow and span.entries:
                return " " if self._text[span.start + 1 : span.start + 2] == " " else ""
        return ""


def quotes_of(siblings: Sequence[Entry]) -> str:
    """The quotes around keys, where all siblings' keys have them."""
    styles = {entry.key.style for entry in siblings if entry.key is not None}
    return styles.pop() if len(styles) == 1 else ""


def entry_lines(
    key: str | None, value: Any, indent: int, step: int, list_step: int, *, is_flow: bool = False, style: str = ""
) -> list[str]:
    """The lines of a key with its value, or of a list's entry (no `key`), without line breaks.

    Below a block, maps go one key a line, lists one entry a line; maps within lists stay on one line.
    """
    head = " " * indent + (DASH if key is None else f"{styled_text(key, style)}:")
    if is_flow or not isinstance(value, dict | list) or not value:
        return [f"{head} {flow_text(value, style=style)}"]
    if isinstance(value, list):
        below = indent + (len(DASH) + 1 if key is None else list_step)
        inner = [
            line
            for item in value
            for line in entry_lines(None, item, below, step, list_step, is_flow=True, style=style)
        ]
    else:
        below = indent + (len(DASH) + 1 if key is None else step)
        inner = [
            line
            for name, item in value.items()
            for line in entry_lines(name, item, below, step, list_step, style=style)
        ]
    if key is None:
        return [f"{head} {inner[0].lstrip()}", *inner[1:]]
    return [head, *inner]


def _nested(span: Span) -> Iterator[tuple[Entry, Span]]:
    """Every entry below `span` with its value, from the top."""
    for entry in span.entries:
        yield entry, entry.value
        yield from _nested(entry.value)


def _nested_maps(span: Span) -> Iterator[tuple[Entry, Span]]:
    """Every key below `span` that holds a map in block style."""
    for entry, value in _nested(span):
        if entry.key is not None and value.kind == "map" and not value.is_flow and value.entries:
            yield entry, value
