"""What can be changed in a document, and what each change means for its data.

EditError (a DocumentError, exit code 10)   the change cannot be made, or not without touching something else
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, TypeVar

from lattice_tui.document.places import Keys, keys_of, path_of
from lattice_tui.document.report import shown
from lattice_tui.document.value_text import QuotedText
from lattice_tui.errors import DocumentError
from schemas.problem import Problem

Single = str | int | bool | None
Value = Single | Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class SetValue:
    """Give the key at `path` a value; the key and its parents are written when they are not there.

    A map or a list only takes the place of a single or an empty value: whoever means to replace one removes it first.
    """

    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class Remove:
    """Take away a key with all below it, or a list's entry (`...certSANs[1]`)."""

    path: str


@dataclass(frozen=True, slots=True)
class Append:
    """Add an entry to the end of a list, which is made when there is none."""

    path: str
    value: Value


Edit = SetValue | Remove | Append


class EditError(DocumentError):
    """The file cannot be changed like that. Nothing was written."""


class Absent(Enum):
    """Stands for what is not written."""

    ABSENT = auto()


ABSENT: Final = Absent.ABSENT
_V = TypeVar("_V")


def wished(edit: Edit) -> Edit:
    """The edit with plain data in it, versions marked: they are always written in quotes."""
    if isinstance(edit, Remove):
        return edit
    key = next((key for key in reversed(keys_of(edit.path)) if isinstance(key, str)), "")
    return type(edit)(edit.path, _plain(edit.value, key))


def applied(data: Any, edit: Edit) -> Any:
    """The data once `edit` is made. Raises EditError when the data have no such place."""
    if isinstance(edit, Remove):
        return _at(data, keys_of(edit.path), (), lambda old: _removed(old, edit.path))
    if isinstance(edit, Append):
        return _at(data, keys_of(edit.path), (), lambda old: _appended(old, edit))
    return _at(data, keys_of(edit.path), (), lambda old: _set(old, edit))


def is_same(one: Any, other: Any) -> bool:
    """Equal in value and type: to a document, `1`, `1.0`, `true` and "1" are four things."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return type(one) is type(other) and bool(one == other)


def _at(data: Any, keys: Keys, above: Keys, change: Callable[[Any], Any]) -> Any:
    """`data` with the value below `keys` changed; ABSENT given and returned for what is not there."""
    if not keys:
        return change(data)
    key = keys[0]
    here = (*above, key)
    if isinstance(key, int):
        if not isinstance(data, list) or key >= len(data):
            raise _not_there(path_of(here))
        inner = _at(data[key], keys[1:], here, change)
        return [*data[:key], *(() if inner is ABSENT else (inner,)), *data[key + 1 :]]
    if data is None or data is ABSENT:
        data = {}
    if not isinstance(data, dict):
        raise _wrong_kind(path_of(above), "single keys", data)
    inner = _at(data.get(key, ABSENT), keys[1:], here, change)
    if inner is ABSENT:
        return {name: item for name, item in data.items() if name != key}
    return {**data, key: inner}


def _removed(old: Any, path: str) -> Absent:
    if old is ABSENT:
        raise _not_there(path)
    return ABSENT


def _appended(old: Any, edit: Append) -> list[Any]:
    if old is ABSENT or old is None:
        return [edit.value]
    if not isinstance(old, list):
        raise _wrong_kind(edit.path, "a list", old)
    return [*old, edit.value]


def _set(old: Any, edit: SetValue) -> Any:
    if isinstance(old, dict | list) and old and not is_same(old, edit.value):
        raise _wrong_kind(edit.path, "a single value", old)
    return edit.value


def _plain(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item, str(name)) for name, item in value.items()}
    if isinstance(value, str):
        return QuotedText(value) if key == "version" else value
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return value


def _not_there(path: str) -> EditError:
    return EditError(
        Problem(
            code="LT-EDT-002",
            title=f"there is nothing at {shown(path)}",
            fix="Look at the file as it is now: it may have been changed meanwhile.",
            path=shown(path),
        )
    )


def _wrong_kind(path: str, wanted: str, found: Any) -> EditError:
    kind = "a map of keys" if isinstance(found, dict) else "a list" if isinstance(found, list) else "a single value"
    return EditError(
        Problem(
            code="LT-EDT-001",
            title=f"{shown(path) or 'the document'} holds {kind}, where {wanted} would be written",
            fix="Remove it first, or change what is in it one by one.",
            path=shown(path),
        )
    )
