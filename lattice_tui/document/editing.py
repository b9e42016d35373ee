"""Changing a person's file: text splices that leave every other byte as it is, read back before they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lattice_tui.document.additions import Additions, Way
from lattice_tui.document.decoding import UTF8_BOM, decode
from lattice_tui.document.edits import ABSENT, Append, Edit, EditError, Remove, SetValue, applied, is_same, wished
from lattice_tui.document.guard import build_tree
from lattice_tui.document.places import Keys, keys_of, path_of
from lattice_tui.document.removals import removed
from lattice_tui.document.report import Report, shown
from lattice_tui.document.scalars import resolve
from lattice_tui.document.spans import Entry, Span, read_spans
from lattice_tui.document.tree import Mapping, Node, Scalar
from schemas.problem import Problem

__all__ = ["ABSENT", "Append", "Edit", "EditError", "Remove", "SetValue", "edit", "keys_of", "path_of", "value_at"]

Place = list[tuple[Span, Entry | None]]
"""The nodes on the way to a value, each with the entry that holds it (None for the root)."""


def edit(data: bytes, edits: Sequence[Edit], file: str = "cluster.yaml") -> bytes:
    """`data` with the edits made one after the other; an edit that changes nothing changes no byte.

    Comments, order, quotes, line ends and everything else stay. `file` is the name that problems show.
    Raises EditError when the text cannot be read, has no such place, or when the result would not read back as
    exactly the changed document.
    """
    text = _text(data, file)
    for each in map(wished, edits):
        text = _edited(text, each, file)
    mark = UTF8_BOM if data.startswith(UTF8_BOM) else b""
    return mark + text.encode()


def value_at(data: bytes, path: str, file: str = "cluster.yaml") -> Any:
    """What is written at `path` as plain data; ABSENT when nothing is. Raises EditError when the text is no YAML."""
    value = _data(_tree(_text(data, file), file))
    for key in keys_of(path):
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):  # not written, or something else stands there
            return ABSENT
    return value


def _edited(text: str, change: Edit, file: str) -> str:
    before = _data(_tree(text, file))
    wanted = applied(before, change)
    if is_same(before, wanted):
        return text
    for way in _ways(text, change):
        after = _spliced(text, way)
        if _reads_as(after, wanted):
            return after
    raise EditError(
        Problem(
            code="LT-EDT-003",
            title=f"{shown(change.path)} cannot be changed without touching more of the file",
            fix="Make this change in an editor, then open the file again.",
            path=shown(change.path),
            file=file,
        )
    )


def _ways(text: str, change: Edit) -> Iterator[Way]:
    """How the change could be written, the best way first."""
    root = read_spans(text)
    place, missing = _walk(root, keys_of(change.path))
    node, holder = place[-1]
    if isinstance(change, Remove):
        container, above = place[-2]
        index = next(index for index, entry in enumerate(container.entries) if entry is holder)
        yield removed(text, container, above, index)
        return
    additions = Additions(text, root)
    if missing:
        value: Any = [change.value] if isinstance(change, Append) else change.value
        for key in reversed(missing[1:]):
            value = {key: value}
        yield from additions.added(place, str(missing[0]), value)
    elif isinstance(change, Append):
        yield from additions.added(place, None, change.value)
    elif isinstance(change.value, dict | list) and change.value:
        yield from additions.filled(place, change.value)
    else:
        yield from additions.replaced(node, holder, change.value)


def _walk(root: Span, keys: Keys) -> tuple[Place, Keys]:
    """The way to the value as far as it is written, and the keys that are not."""
    place: Place = [(root, None)]
    for number, key in enumerate(keys):
        entry = place[-1][0].entry(key)
        if entry is None:
            return place, keys[number:]
        place.append((entry.value, entry))
    return place, ()


def _spliced(text: str, way: Way) -> str:
    for start, end, written in sorted(way, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _reads_as(text: str, wanted: Any) -> bool:
    report = Report("")
    # What is written is read as a stranger's file would be: limits, control characters and all.
    decoded = decode(text.encode("utf-8", "surrogatepass"), report)
    tree = build_tree(decoded, report) if decoded is not None else None
    return tree is not None and not report.has_errors and is_same(_data(tree), wanted)


def _text(data: bytes, file: str) -> str:
    report = Report(file)
    text = decode(data, report)
    if text is None:
        raise EditError(report.problems())
    return text


def _tree(text: str, file: str) -> Node:
    report = Report(file)
    tree = build_tree(text, report)
    if report.has_errors:
        raise EditError(report.problems())
    if tree is None:
        problem = Problem("LT-EDT-002", "the file is empty", "Start from a cluster.yaml: lattice-tui", file=file)
        raise EditError(problem)
    return tree


def _data(node: Node) -> Any:
    """A tree as plain data, typed as the reader types it."""
    if isinstance(node, Scalar):
        return resolve(node)
    if isinstance(node, Mapping):
        return {key: _data(value) for key, value in node.entries.items()}
    return [_data(item) for item in node.items]
