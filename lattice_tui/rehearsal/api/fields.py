"""Field paths: what managers own, in the form of `metadata.managedFields[].fieldsV1`.

A path is a tuple of the elements that fieldsV1 uses: `f:spec` for a field, `k:{"type":"Ready"}` for an entry of a list
with keys, `v:"text"` for a member of a set. A manager's fields are a set of such paths; a path of a map or an entry
among them means "that it is there", not what is below it.
Source: kubernetes-sigs/structured-merge-diff, fieldpath/serialize.go and element.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from typing import Any, Final

JsonObject = dict[str, Any]
Path = tuple[str, ...]
Tree = dict[str, Any]
"""Paths as nested dicts by element, where `MEMBER` marks a path that is in the set itself."""

MEMBER: Final = "."
_KINDS: Final = {"f": 0, "k": 1, "v": 2, "i": 3}
_HTML: Final = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"))


def key_element(keys: JsonObject) -> str:
    """The element of a list's entry, by the values of its keys."""
    if len(keys) == 1:
        [(name, value)] = keys.items()
        if isinstance(value, str):
            return _text_key_element(name, value)
    return f"k:{_json({name: keys[name] for name in sorted(keys)})}"


@lru_cache(maxsize=8192)
def _text_key_element(name: str, value: str) -> str:
    return f"k:{_json({name: value})}"


def value_element(value: Any) -> str:
    """The element of a set's member."""
    return f"v:{_json(value)}"


def tree_of(paths: Iterable[Path]) -> Tree:
    """The paths as nested dicts, in the order in which the server writes them."""
    root: Tree = {}
    for path in sorted(paths, key=_position):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node[MEMBER] = {}
    return root


def holds(fields_v1: JsonObject, path: Path) -> bool:
    """Whether fieldsV1 holds this very path."""
    node = fields_v1
    for element in path:
        inner = node.get(element)
        if not isinstance(inner, dict):
            return False
        node = inner
    return not node or MEMBER in node


def encoded(paths: Iterable[Path]) -> JsonObject:
    """A set of paths as fieldsV1."""
    return _without_lone_marks(tree_of(paths))


def decoded(fields_v1: JsonObject) -> set[Path]:
    """The set of paths that fieldsV1 holds; what is not understood is left out."""
    return set(_decoded(fields_v1, ()))


def in_order(paths: Set[Path]) -> list[Path]:
    """The paths as the server lists them: at every level those that end there, then those that go deeper."""
    return list(_listed(tree_of(paths), ()))


def as_text(path: Path) -> str:
    """A path as messages write it: `.spec.replicas`, `.status.conditions[type="Ready"].status`."""
    return "".join(map(element_text, path))


def element_text(element: str) -> str:
    """One element of a path as messages write it."""
    kind, _, rest = element.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        pairs = ",".join(f"{key}={_value_text(value)}" for key, value in json.loads(rest).items())
        return f"[{pairs}]"
    return f"[={_value_text(json.loads(rest))}]" if kind == "v" else f"[{rest}]"


def _value_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter, escaped in _HTML:
        text = text.replace(letter, escaped)
    return text


def _listed(node: Tree, path: Path) -> Iterator[Path]:
    inner = [(element, below) for element, below in node.items() if element != MEMBER]
    yield from ((*path, element) for element, below in inner if MEMBER in below)
    for element, below in inner:
        yield from _listed(below, (*path, element))


def _without_lone_marks(node: Tree) -> JsonObject:
    return {} if node.keys() == {MEMBER} else {key: _without_lone_marks(inner) for key, inner in node.items()}


def _decoded(node: JsonObject, path: Path) -> Iterator[Path]:
    if not node and path:
        yield path
    for element, inner in node.items():
        if element == MEMBER:
            yield path
        elif isinstance(inner, dict) and element[:1] in _KINDS and element[1:2] == ":":
            yield from _decoded(inner, (*path, element))


def _position(path: Path) -> tuple[tuple[int, Any], ...]:
    return tuple(map(_element_position, path))


@lru_cache(maxsize=8192)
def _element_position(element: str) -> tuple[int, Any]:
    kind, _, rest = element.partition(":")
    if kind == "k":
        return _KINDS[kind], tuple((name, _value_position(value)) for name, value in json.loads(rest).items())
    if kind == "v":
        return _KINDS[kind], _value_position(json.loads(rest))
    return _KINDS.get(kind, len(_KINDS)), rest.encode()


def _value_position(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    if isinstance(value, str):
        return 1, value.encode()
    return 3, _json(value)
