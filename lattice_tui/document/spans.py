"""Where every key and value of a YAML text begins and ends, for edits that touch nothing else.

The parser's own end marks of block maps and lists lie behind the comments that follow; here a node ends with its
last character of content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lattice_tui.document.tree import Scalar as Word

_BLANK = " \t"
_NEWLINE = "\r\n"


@dataclass(slots=True)
class Entry:
    """A key with its value, or an entry of a list."""

    start: int
    """Of the key; of the dash in a block list; of the value in a flow list."""
    value: Span
    key: Span | None = None
    colon: int | None = None
    """Index of the colon, or of a block list's dash: an absent value is written behind it."""

    @property
    def end(self) -> int:
        """Just behind the last character of its content."""
        marks = [self.value.end, self.start]
        if self.key is not None:
            marks.append(self.key.end)
        if self.colon is not None:
            marks.append(self.colon + 1)
        return max(marks)


@dataclass(slots=True)
class Span:
    """One node: its place in the text, and what it holds."""

    kind: Literal["map", "list", "scalar"]
    start: int
    """Tags and anchors included."""
    end: int
    """Just behind its last character."""
    is_flow: bool = False
    """In brackets, or a scalar within brackets."""
    style: str = ""
    """Of a scalar: empty (plain), `'`, `"`, `|` or `>`."""
    text: str = ""
    """Of a scalar: its content."""
    is_tagged: bool = False
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_absent(self) -> bool:
        """True for a value that is not written at all: `key:`."""
        return self.kind == "scalar" and self.start == self.end

    @property
    def word(self) -> Word:
        """A scalar as the reader sees it, before it gets a type."""
        return Word(self.text, plain=self.style == "" and not self.is_tagged)

    def entry(self, key: str | int) -> Entry | None:
        """The entry of that key, or at that place of a list."""
        if isinstance(key, int):
            return self.entries[key] if self.kind == "list" and key < len(self.entries) else None
        if self.kind != "map":
            return None
        return next((entry for entry in self.entries if entry.key is not None and entry.key.text == key), None)


def read_spans(text: str) -> Span:
    """The root of the one document in `text`, which `guard.build_tree` has taken before."""
    import yaml

    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            return _Reader(text, events).node(next(events), inside_flow=False)
    raise ValueError("there is no document in the text")


def line_start(text: str, position: int) -> int:
    """Where the line of `position` begins."""
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def line_end(text: str, position: int) -> int:
    """Where the line of `position` ends, before its line break."""
    while position < len(text) and text[position] not in _NEWLINE:
        position += 1
    return position


def line_break_before(text: str, position: int) -> str:
    """The line break that ends just before `position`; nothing when there is none."""
    if text.endswith("\r\n", 0, position):
        return "\r\n"
    return text[position - 1 : position] if position and text[position - 1] in _NEWLINE else ""


def next_line(text: str, position: int) -> int:
    """Behind the line break of the line of `position`; the end of the text on its last line."""
    position = line_end(text, position)
    return position + 2 if text.startswith("\r\n", position) else min(position + 1, len(text))


def past_lines(text: str, end: int) -> int:
    """The start of the first line that content ending at `end` does not reach into."""
    return end if end and text[end - 1] in _NEWLINE else next_line(text, end)


def column(text: str, position: int) -> int:
    """How far `position` is from the start of its line, in characters."""
    return position - line_start(text, position)


def is_first_on_line(text: str, position: int) -> bool:
    """True when only spaces stand before `position` on its line."""
    return not text[line_start(text, position) : position].strip(_BLANK)


def past_blanks(text: str, position: int) -> int:
    """Behind the spaces at `position`, on the same line."""
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def past_space(text: str, position: int) -> int:
    """Behind the spaces, line breaks and comments at `position`."""
    while position < len(text):
        if text[position] == "#":
            position = line_end(text, position)
        elif text[position] in _BLANK or text[position] in _NEWLINE:
            position += 1
        else:
            break
    return position


class _Reader:
    """Turns events into spans; what the events do not tell (colons, dashes, true ends) is read from the text."""

    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self._text = text
        self._events = events

    def node(self, event: Any, *, inside_flow: bool) -> Span:
        """The node that `event` begins."""
        kind = type(event).__name__
        is_tagged = getattr(event, "tag", None) is not None or getattr(event, "anchor", None) is not None
        span = Span("scalar", event.start_mark.index, event.end_mark.index, is_tagged=is_tagged)
        span.is_flow = inside_flow or bool(getattr(event, "flow_style", False))
        if kind == "MappingStartEvent":
            return self._map(span)
        if kind == "SequenceStartEvent":
            return self._list(span)
        span.style = event.style or ""
        span.text = event.value
        if span.style in ("|", ">"):
            span.end = self._block_scalar_end(span)
        return span

    def _map(self, span: Span) -> Span:
        span.kind = "map"
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            key = self.node(event, inside_flow=span.is_flow)
            behind = past_space(self._text, key.end)
            colon = behind if self._text.startswith(":", behind) else None
            value = self.node(next(self._events), inside_flow=span.is_flow)
            span.entries.append(Entry(key.start, value, key, colon))
        return self._closed(span, event)

    def _list(self, span: Span) -> Span:
        span.kind = "list"
        position = self._past_properties(span)
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            if span.is_flow:
                value = self.node(event, inside_flow=True)
                span.entries.append(Entry(value.start, value))
                continue
            dash = past_space(self._text, position)
            value = self.node(event, inside_flow=False)
            span.entries.append(Entry(dash, value, colon=dash))
            position = span.entries[-1].end
        return self._closed(span, event)

    def _closed(self, span: Span, event: Any) -> Span:
        if span.is_flow:
            span.end = event.end_mark.index
        elif span.entries:
            span.end = span.entries[-1].end
        return span

    def _past_properties(self, span: Span) -> int:
        """Behind the tag and the anchor of a list: where its first dash or its bracket is looked for."""
        position = span.start
        while span.is_tagged and self._text[position : position + 1] in ("!", "&"):
            while position < len(self._text) and self._text[position] not in _BLANK + _NEWLINE:
                position += 1
            position = past_space(self._text, position)
        return position

    def _block_scalar_end(self, span: Span) -> int:
        """Behind the last line with text; all blank lines belong to it where its header keeps them (`|+`)."""
        text = self._text[span.start : span.end]
        header = text[: line_end(text, 0)].partition("#")[0]
        return span.end if "+" in header else span.start + len(text.rstrip(_BLANK + _NEWLINE))
