"""Field paths: who owns what, in the form of `metadata.managedFields[].fieldsV1`.

A path is a tuple of the elements fieldsV1 uses: `f:spec`, `k:{"type":"Ready"}` for an entry of a list that is keyed,
`v:"text"` for a member of a set. Source: kubernetes-sigs/structured-merge-diff, fieldpath/serialize.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

JsonObject = dict[str, Any]
Path = tuple[str, ...]

LIST_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "ports": ("name",),
    "volumes": ("name",),
}
"""Lists whose entries are owned one by one, by the name of their field. Every other list is owned as a whole."""

SETS: Final = frozenset({"finalizers"})
ENTRY: Final = object()
"""The value of a path that only says "this entry is there"."""


def owned_paths(value: JsonObject) -> dict[Path, Any]:
    """Every leaf of an object, and every entry of its keyed lists, with its value."""
    return dict(_leaves(value, (), ""))


def _leaves(value: Any, path: Path, field: str) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and (value or not path):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, f"f:{key}"), key)
        return
    if isinstance(value, list) and (elements := keyed(field, value)) is not None:
        for element, entry in elements.items():
            yield (*path, element), ENTRY
            if isinstance(entry, dict):
                yield from _leaves(entry, (*path, element), "")
        return
    yield path, value


def keyed(field: str, items: list[Any]) -> dict[str, Any] | None:
    """The entries of a list by their path element; None for a list that is owned as a whole.

    A list that should be keyed and is not (an entry without its key, or two with one) is owned as a whole too.
    """
    if not items:
        return None
    elements: dict[str, Any]
    if field in SETS:
        elements = {f"v:{json.dumps(item)}": item for item in items if isinstance(item, str)}
    elif keys := LIST_KEYS.get(field):
        elements = {
            f"k:{json.dumps({key: item[key] for key in keys}, separators=(',', ':'))}": item
            for item in items
            if isinstance(item, dict) and all(key in item for key in keys)
        }
    else:
        return None
    return elements if len(elements) == len(items) else None


def is_key_field(path: Path) -> bool:
    """Whether a path is the key of a list's entry, which lives and goes with the entry."""
    if len(path) < 2 or not path[-2].startswith("k:"):
        return False
    return path[-1].removeprefix("f:") in json.loads(path[-2][2:])


def prefixes(paths: Iterable[Path]) -> set[Path]:
    """The paths and everything above them."""
    found: set[Path] = set()
    for path in paths:
        above = path
        while above and above not in found:
            found.add(above)
            above = above[:-1]
    return found


def encoded(paths: Iterable[Path]) -> JsonObject:
    """A set of paths as fieldsV1."""
    root: JsonObject = {}
    for path in sorted(paths):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return _without_lone_dots(root)


def _without_lone_dots(node: JsonObject) -> JsonObject:
    return {} if node.keys() == {"."} else {key: _without_lone_dots(inner) for key, inner in node.items()}


def decoded(fields_v1: JsonObject) -> set[Path]:
    """The set of paths that fieldsV1 holds."""
    return set(_decoded(fields_v1, ()))


def _decoded(node: JsonObject, path: Path) -> Iterator[Path]:
    if not node and path:
        yield path
    for element, inner in node.items():
        if element == ".":
            yield path
        elif isinstance(inner, dict):
            yield from _decoded(inner, (*path, element))


def as_text(path: Path) -> str:
    """A path as conflict messages write it: `.spec.replicas`, `.status.conditions[type="Ready"].status`."""
    parts: list[str] = []
    for element in path:
        kind, _, rest = element.partition(":")
        if kind == "f":
            parts.append(f".{rest}")
        elif kind == "k":
            pairs = ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(rest).items())
            parts.append(f"[{pairs}]")
        else:
            parts.append(f"[={rest}]")
    return "".join(parts)
