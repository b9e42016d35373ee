"""Paths of values in a document: `spec.nodes.workerPools.default.labels."example.com/team"`, `...certSANs[1]`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Keys = tuple[str | int, ...]
"""Keys of maps are text, places in lists are numbers from 0."""

_BARE = re.compile(r'[^."\[\]\\\s]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_INDEX = re.compile(r"\[([0-9]{1,6})\]")
_ESCAPED = re.compile(r'\\(["\\])')


def path_of(keys: Iterable[str | int]) -> str:
    """The written form; `keys_of()` reads it back."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        else:
            path += ("." if path else "") + _written(key)
    return path


def keys_of(path: str) -> Keys:
    """The keys of a written path. Raises ValueError when it is none: a program's mistake, not a person's."""
    keys: list[str | int] = []
    position = 0
    while position < len(path):
        if (index := _INDEX.match(path, position)) is not None:
            keys.append(int(index[1]))
            position = index.end()
            continue
        if keys:
            if path[position] != ".":
                raise ValueError(f"not a path in a document: {path!r}")
            position += 1
        key, position = _key(path, position)
        keys.append(key)
    return tuple(keys)


def _key(path: str, position: int) -> tuple[str, int]:
    if (quoted := _QUOTED.match(path, position)) is not None:
        return _ESCAPED.sub(r"\1", quoted[1]), quoted.end()
    if (bare := _BARE.match(path, position)) is not None:
        return bare[0], bare.end()
    raise ValueError(f"not a path in a document: {path!r}")


def _written(key: str) -> str:
    if _BARE.fullmatch(key):
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
