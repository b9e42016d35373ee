"""What an answer, which is always text, is in the document: by the kind of its key. And back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.wizard.paths import BOOTSTRAP, CONTROL_PLANE, NAME, POOLS, PROVIDER, VERSION, is_under

if TYPE_CHECKING:
    from lattice_tui.providers.key_tree import Key

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
_SWITCH: Final[Mapping[str, bool]] = {"true": True, "yes": True, "false": False, "no": False}
_TEXTS: Final = frozenset({NAME, PROVIDER, VERSION, BOOTSTRAP})
"""Known to be text without a look at the models, which a key press does not wait for."""


def value_of(path: str, text: str) -> Any:
    """Counts are numbers, lists are split at commas; what does not fit its key stays text, for the rules to judge."""
    if path in _TEXTS:
        return text
    kind = "number" if path == CONTROL_PLANE or is_under(path, POOLS) else _kind(path)
    # What was matched is what is read: `strip()` takes more characters for blanks than `int()` does.
    bare = text.strip()
    if kind == "number":
        return int(bare) if _WHOLE_NUMBER.fullmatch(bare) else text
    if kind == "switch":
        return _SWITCH.get(bare.lower(), text)
    if kind == "list":
        return [part for part in re.split(r"[,\s]+", bare) if part] if not _has_blanks(path) else _lines(bare)
    return bare


def text_of(value: Any) -> str:
    """A value of the document as an answer: lists with commas, switches as words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        separator = "\n" if any(" " in str(each) for each in value) else ", "
        return separator.join(map(str, value))
    return "" if value is None else str(value)


@cache
def places() -> Mapping[str, int]:
    """Path of every key -> its place in the order of the document, counted from 1. Some 10 ms, once."""
    return {path: place for place, path in enumerate(_keys(), 1)}


def key_at(path: str) -> Key | None:
    """The key of the document at `path`."""
    return _keys().get(path)


def _kind(path: str) -> str:
    key = key_at(path)
    return key.kind if key is not None else "text"


def _has_blanks(path: str) -> bool:
    """SSH keys have blanks inside: one a line."""
    return path.endswith("sshAuthorizedKeys")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n,]", text) if line.strip()]


@cache
def _keys() -> Mapping[str, Key]:
    from lattice_tui.providers.key_tree import document_tree, every_key  # every provider's models

    return {key.path: key for key in every_key(document_tree())}
