"""Which fields a value has, which differ between two values, and a value without some of its fields.

Source: kubernetes-sigs/structured-merge-diff, typed/compare.go, tofieldset.go and remove.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from lattice_tui.rehearsal.api.fields import MEMBER, Path, Tree, tree_of
from lattice_tui.rehearsal.api.value_types import Form, ListEntryError, ListType, MapType, ValueType

ABSENT: Final[Any] = object()
"""No value at all, which is not null."""


@dataclass(slots=True)
class Differences:
    """What is other in the new value. No path is in two of the sets."""

    added: set[Path] = field(default_factory=set)
    changed: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)


def differences(type_: ValueType, old: Any, new: Any) -> Differences:
    """What lies between two values of a type."""
    found = Differences()
    _compare(found, type_, old, new, ())
    return found


def _compare(found: Differences, type_: ValueType, old: Any, new: Any, path: Path) -> None:
    if old is not ABSENT and new is not ABSENT and old == new:
        return
    form = type_.form(old if new is ABSENT else new)
    if old is not ABSENT and new is not ABSENT and (before := type_.form(old)) != form:
        _compare_as(found, before, type_, old, new, path)
    is_leaf = _compare_as(found, form, type_, old, new, path)
    if not is_leaf and old is ABSENT:
        found.added.add(path)
    elif not is_leaf and new is ABSENT:
        found.removed.add(path)


def _compare_as(found: Differences, form: Form, type_: ValueType, old: Any, new: Any, path: Path) -> bool:
    """Compares two values as one form of their type; whether they are one value there."""
    if form == "map" and type_.map and not type_.map.is_atomic:
        before, after = (value if isinstance(value, dict) else {} for value in (old, new))
        if before or after:
            for key in [*before, *(key for key in after if key not in before)]:
                below, inner = (*path, f"f:{key}"), type_.map.of(key)
                _compare(found, inner, before.get(key, ABSENT), after.get(key, ABSENT), below)
            return False
    if form == "list" and type_.list and type_.list.is_associative:
        before_list, after_list = (value if isinstance(value, list) else [] for value in (old, new))
        if before_list or after_list:
            _compare_entries(found, type_.list, before_list, after_list, path)
            return False
    (found.added if old is ABSENT else found.removed if new is ABSENT else found.changed).add(path)
    return True


def _compare_entries(found: Differences, type_: ListType, old: list[Any], new: list[Any], path: Path) -> None:
    before, after = entries_of(type_, old), entries_of(type_, new)
    for element in [*before, *(element for element in after if element not in before)]:
        olds, news = before.get(element, []), after.get(element, [])
        below = (*path, element)
        if len(olds) <= 1 and len(news) <= 1:
            first, second = (items[0] if items else ABSENT for items in (olds, news))
            _compare(found, type_.items, first, second, below)
        elif len(olds) > 1 and len(news) > 1:
            if olds != news:
                found.changed.add(below)
        elif len(olds) > 1:
            if news:
                _compare(found, type_.items, ABSENT, news[0], below)
            found.removed.add(below)
        else:
            if olds:
                _compare(found, type_.items, olds[0], ABSENT, below)
            found.added.add(below)


def entries_of(type_: ListType, items: list[Any]) -> dict[str, list[Any]]:
    """The entries of an associative list by what tells them apart; what cannot be told apart is left out."""
    entries: dict[str, list[Any]] = {}
    for item in items:
        try:
            entries.setdefault(type_.element(item), []).append(item)
        except ListEntryError:
            continue
    return entries


def fields_of(type_: ValueType, value: Any) -> set[Path]:
    """Every field of a value: what a manager owns that applies it."""
    found: set[Path] = set()
    _collect(found, type_, value, ())
    return found


def _collect(found: set[Path], type_: ValueType, value: Any, path: Path) -> None:
    form = type_.form(value)
    if form == "map" and type_.map and not type_.map.is_atomic:
        for key, inner in value.items() if isinstance(value, dict) else ():
            below = (*path, f"f:{key}")
            _collect(found, type_.map.of(key), inner, below)
            if inner is None or inner == {} or key not in type_.map.fields:
                found.add(below)
    elif form == "list" and type_.list and type_.list.is_associative:
        for element, items in entries_of(type_.list, value if isinstance(value, list) else []).items():
            below = (*path, element)
            if len(items) == 1:
                _collect(found, type_.list.items, items[0], below)
            found.add(below)
    else:
        found.add(path)


def with_declared(type_: ValueType, paths: Iterable[Path]) -> set[Path]:
    """The paths, and those of every declared field above them."""
    found = set(paths)
    for path in tuple(found):
        inner: ValueType | None = type_
        for depth, element in enumerate(path[:-1], 1):
            fields: MapType | None = inner.map if inner else None
            if element.startswith("f:"):
                if fields and element[2:] in fields.fields:
                    found.add(path[:depth])
                inner = fields.of(element[2:]) if fields else None
            elif inner:
                inner = inner.list.items if inner.list and element.startswith("k:") else None
    return found


def without(type_: ValueType, value: Any, paths: Iterable[Path]) -> Any:
    """A value without some of its fields; None when nothing is left. The rest is shared with `value`."""
    return _without(type_, value, tree_of(paths))


def _without(type_: ValueType, value: Any, gone: Tree) -> Any:
    form = type_.form(value)
    if form == "scalar":
        return value
    if form == "map" and type_.map and isinstance(value, dict) and not type_.map.is_atomic:
        kept = {key: _rest(type_.map.of(key), item, gone.get(f"f:{key}")) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not ABSENT} or None
    if form == "list" and type_.list and isinstance(value, list) and type_.list.is_associative:
        items = [_rest(type_.list.items, item, gone.get(_element(type_.list, item))) for item in value]
        return [item for item in items if item is not ABSENT] or None
    return None


def _rest(type_: ValueType, value: Any, gone: Tree | None) -> Any:
    if not gone:
        return value
    return ABSENT if MEMBER in gone else _without(type_, value, gone)


def _element(type_: ListType, item: Any) -> str:
    try:
        return type_.element(item)
    except ListEntryError:
        return ""
