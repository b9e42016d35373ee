"""Where a new value is written, as splices: a list of (start, end, text in its place)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lattice_tui.document.layout import Layout, entry_lines, quotes_of
from lattice_tui.document.removals import own_comments, past_own_lines
from lattice_tui.document.spans import (
    Entry,
    Span,
    column,
    is_first_on_line,
    line_break_before,
    line_end,
    line_start,
    past_lines,
    past_space,
)
from lattice_tui.document.value_text import flow_text, kept_text, styled_text

Splice = tuple[int, int, str]
Way = Sequence[Splice]

_BLOCK_SCALAR_HEAD = re.compile(r"(?:[!&]\S*[ \t]+)*[|>][-+0-9]*")


class Additions:
    """Ways to write something new into a text. The first one that reads back as it was meant is taken."""

    def __init__(self, text: str, root: Span) -> None:
        self._text = text
        self._layout = Layout(text, root)

    def added(self, chain: Sequence[tuple[Span, Entry | None]], key: str | None, value: Any) -> Iterator[Way]:
        """Another entry in the innermost container of `chain`; no `key` in a list.

        `chain` holds the containers from the root down, each with the entry that holds it (None for the root).
        """
        container, holder = chain[-1]
        if not container.entries:
            yield from self.filled(chain, [value] if key is None else {key: value})
        elif container.is_flow:
            yield self._added_in_brackets(container, key, value)
        else:
            yield from self._added_below([span for span, _ in chain], key, value, holder)

    def filled(self, chain: Sequence[tuple[Span, Entry | None]], content: Any) -> Iterator[Way]:
        """A single or empty value becomes a map or a list: as a block below its key, in brackets within brackets."""
        node, holder = chain[-1]
        parents = [span for span, _ in chain[:-1]]
        siblings = [entry for span in parents[-1:] for entry in span.entries if entry is not holder]
        in_flow = any(span.is_flow for span in parents)
        if holder is not None and holder.key is not None and holder.colon is not None and not in_flow:
            between = self._text[holder.colon + 1 : node.start]
            if not between.strip(" \t") and not self._layout.is_flow(siblings, content):
                yield self._filled_below(node, holder, parents, content)
        style = quotes_of(parents[-1].entries) if in_flow else ""
        written = flow_text(content, padding=self._layout.padding([*parents, *self._values(parents)]), style=style)
        if self._has_comment_inside(node):
            yield [(node.end - 1, node.end - 1, written[1:-1])]
        yield self._put(node, holder, written)

    def replaced(self, node: Span, holder: Entry | None, value: Any) -> Iterator[Way]:
        """Another single value in the place of one, in the same quotes where they can be kept."""
        if node.style in ("|", ">"):
            yield from self._replaced_below(node, value)
            return
        yield self._put(node, holder, kept_text(value, node.style))

    def _put(self, node: Span, holder: Entry | None, written: str) -> Way:
        if not node.is_absent or holder is None:
            return [(node.start, node.end, written)]
        if holder.colon is None:
            return [(holder.end, holder.end, f": {written}")]
        return [(holder.colon + 1, holder.colon + 1, f" {written}")]

    def _added_below(self, spans: Sequence[Span], key: str | None, value: Any, holder: Entry | None) -> Iterator[Way]:
        """Below the last entry; above it where that is text that would swallow the line."""
        container = spans[-1]
        last = container.entries[-1]
        lines = entry_lines(
            key,
            value,
            column(self._text, container.entries[0].start),
            self._layout.step(spans),
            self._layout.list_step(spans),
            is_flow=self._is_flow(container.entries, key, value),
            style=quotes_of(container.entries),
        )
        yield [self._lines_at(past_own_lines(self._text, last), lines)]
        if is_first_on_line(self._text, last.start):
            floor = container.entries[-2].end if len(container.entries) > 1 else holder.start if holder else 0
            yield [self._lines_at(own_comments(self._text, last.start, floor), lines)]

    def _is_flow(self, siblings: Sequence[Entry], key: str | None, value: Any) -> bool:
        if key is None and isinstance(value, dict):
            # Maps in a list stay on one line, unless the last one of the list is written otherwise.
            maps = [entry.value for entry in siblings if entry.value.kind == "map"]
            return not maps or maps[-1].is_flow
        return isinstance(value, dict | list) and self._layout.is_flow(siblings, value)

    def _filled_below(self, node: Span, holder: Entry, parents: Sequence[Span], content: Any) -> Way:
        assert holder.colon is not None
        assert holder.key is not None
        name = holder.key.text
        lines = entry_lines(
            name,
            content,
            column(self._text, holder.start),
            self._layout.step(parents),
            self._layout.list_step(parents),
        )[1:]
        cut = (holder.colon + 1, max(node.end, holder.colon + 1), "")
        return [cut, self._lines_at(past_lines(self._text, holder.end), lines)]

    def _lines_at(self, position: int, lines: Sequence[str]) -> Splice:
        """Whole lines, put in where a line begins, or behind a last line that has no line break."""
        line_break = line_break_before(self._text, position) or self._layout.line_break(position)
        if position == len(self._text) and not line_break_before(self._text, position):
            return (position, position, "".join(f"{line_break}{line}" for line in lines))
        return (position, position, "".join(f"{line}{line_break}" for line in lines))

    def _added_in_brackets(self, container: Span, key: str | None, value: Any) -> Way:
        text, last = self._text, container.entries[-1]
        style = quotes_of(container.entries)
        padding = self._layout.padding([container, *self._values([container])])
        item = flow_text(value, padding=padding, style=style)
        if key is not None:
            item = f"{styled_text(key, style)}: {item}"
        comma = past_space(text, last.end)
        has_comma = text.startswith(",", comma)
        end_of_line = line_end(text, comma if has_comma else last.end)
        if not is_first_on_line(text, last.start):
            return [(comma + 1, comma + 1, f" {item},")] if has_comma else [(last.end, last.end, f", {item}")]
        below = self._layout.line_break(last.end) + " " * column(text, last.start) + item
        if has_comma:
            place = end_of_line if end_of_line < container.end else comma + 1
            return [(place, place, f"{below},")]
        if last.end < end_of_line < container.end:  # a comment stands behind it
            return [(last.end, last.end, ","), (end_of_line, end_of_line, below)]
        return [(last.end, last.end, f",{below}")]

    def _replaced_below(self, node: Span, value: Any) -> Iterator[Way]:
        """For a literal or folded text: the same style where it can hold the value, else a value on the key's line."""
        head = _BLOCK_SCALAR_HEAD.match(self._text, node.start)
        assert head is not None
        first = line_end(self._text, node.start)
        last = max(first, node.start + len(self._text[node.start : node.end].rstrip(" \t\r\n")))
        lines = _block_lines(value, node.style)
        body = line_start(self._text, last)
        if lines and body > first:
            start = first + len(self._layout.line_break(first))
            indent = re.compile(r" *").match(self._text, start)
            margin = self._layout.line_break(first) + (indent[0] if indent else "")
            indicator = node.style + ("" if str(value).endswith("\n") else "-")
            yield [(node.start, head.end(), indicator), (first, last, "".join(margin + line for line in lines))]
        yield [(node.start, head.end(), kept_text(value, "")), (first, last, "")]

    def _has_comment_inside(self, node: Span) -> bool:
        return node.kind != "scalar" and "#" in self._text[node.start : node.end]

    @staticmethod
    def _values(spans: Sequence[Span]) -> list[Span]:
        return [entry.value for span in spans for entry in span.entries]


def _block_lines(value: Any, style: str) -> list[str]:
    """The lines of a text in literal or folded style; none when the style cannot hold it."""
    if not isinstance(value, str) or not value.strip():
        return []
    lines = value.removesuffix("\n").split("\n")
    fits = all(line.isprintable() and line and not line[0].isspace() for line in lines)
    return lines if fits and (style == "|" or len(lines) == 1) else []
