"""What goes when an entry is removed, as splices.

An entry's own lines are those of its content, the comment lines directly above it at its own indentation, and the
comments below it that are indented deeper than it. A comment above a blank line speaks of the section, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from lattice_tui.document.spans import (
    Entry,
    Span,
    column,
    is_first_on_line,
    line_break_before,
    line_end,
    line_start,
    next_line,
    past_blanks,
    past_lines,
    past_space,
)

Splice = tuple[int, int, str]
Way = Sequence[Splice]


def removed(text: str, container: Span, holder: Entry | None, index: int) -> Way:
    """The entry at `index` of `container`, taken out; `holder` is the entry that holds the container."""
    if container.is_flow:
        return [_removed_in_brackets(text, container, index)]
    entry = container.entries[index]
    if len(container.entries) == 1:
        return _emptied(text, container, holder, entry)
    if not is_first_on_line(text, entry.start):
        # The first key behind a dash: what follows it moves up to the dash.
        return [(entry.start, _next_content(text, past_own_lines(text, entry)), "")]
    floor = container.entries[index - 1].end if index else _floor(holder)
    return [(own_comments(text, entry.start, floor), past_own_lines(text, entry), "")]


def own_comments(text: str, start: int, floor: int) -> int:
    """Where the lines of the entry at `start` begin: above its own comments, never above `floor`."""
    own = column(text, start)
    first = line_start(text, start)
    while first > floor:
        above = line_start(text, first - len(line_break_before(text, first)))
        mark = past_blanks(text, above)
        if above < floor or not text.startswith("#", mark) or mark - above != own:
            break
        first = above
    return first


def past_own_lines(text: str, entry: Entry) -> int:
    """Behind the entry's last line, and the deeper comments under it."""
    own = column(text, entry.start)
    end = position = past_lines(text, entry.end)
    while position < len(text):
        mark = past_blanks(text, position)
        is_comment = text.startswith("#", mark)
        if (not is_comment and mark != line_end(text, position)) or (is_comment and mark - position <= own):
            break
        position = next_line(text, position)
        if is_comment:
            end = position
    return end


def _emptied(text: str, container: Span, holder: Entry | None, entry: Entry) -> Way:
    """The last entry goes: what is left is written as `{}` or `[]`."""
    empty = "{}" if container.kind == "map" else "[]"
    is_behind_dash = not is_first_on_line(text, entry.start)
    first = entry.start if is_behind_dash else own_comments(text, entry.start, _floor(holder))
    last = past_own_lines(text, entry)
    if holder is None or holder.colon is None or is_behind_dash:
        return [(first, last, empty + line_break_before(text, last))]
    behind = holder.colon + 1
    return [(behind, behind, f" {empty}"), (first, last, "")]


def _removed_in_brackets(text: str, container: Span, index: int) -> Splice:
    entry = container.entries[index]
    comma = past_space(text, entry.end)
    stop = comma + 1 if text.startswith(",", comma) else entry.end
    rest = past_blanks(text, stop)
    has_comment = text.startswith("#", rest)
    before = container.entries[index - 1].end if index else container.start + 1
    if is_first_on_line(text, entry.start) and (has_comment or rest == line_end(text, stop)):
        return (own_comments(text, entry.start, before), next_line(text, stop), "")
    is_last = index + 1 == len(container.entries)
    if is_last and index and "#" not in text[before : entry.start]:
        return (before, entry.end, "")
    if has_comment:
        rest = line_end(text, rest)
    if is_last or rest == line_end(text, stop):
        start = entry.start
        while index and start > before and text[start - 1] in " \t":
            start -= 1
        return (start, stop if is_last else rest, "")
    return (entry.start, rest, "")


def _next_content(text: str, position: int) -> int:
    """The next key or comment from the line that begins at `position`."""
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _floor(holder: Entry | None) -> int:
    return 0 if holder is None else (holder.colon if holder.colon is not None else holder.start) + 1
