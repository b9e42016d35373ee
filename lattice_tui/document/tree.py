"""The YAML tree with the place of every key and value: what the guard builds and the reader walks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Scalar:
    """A single value, not yet given a type."""

    text: str
    plain: bool
    """Written without quotes: the text alone decides the type."""
    line: int | None = None
    """1-based, as editors count; None when it did not come from the file."""
    column: int | None = None
    """1-based, in characters."""


@dataclass(slots=True)
class Sequence:
    """A list."""

    items: list[Node] = field(default_factory=list)
    line: int | None = None
    column: int | None = None


@dataclass(slots=True)
class Mapping:
    """A map, in the order of the file."""

    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    """Where each key is written."""
    line: int | None = None
    column: int | None = None


Node = Scalar | Sequence | Mapping


def find(node: Node | None, *path: str) -> Node | None:
    """The node at `path` below `node`, or None."""
    for key in path:
        if not isinstance(node, Mapping):
            return None
        node = node.entries.get(key)
    return node


def key_place(node: Node | None, *path: str) -> Scalar | None:
    """Where the last key of `path` is written, or None."""
    parent = find(node, *path[:-1])
    return parent.keys.get(path[-1]) if isinstance(parent, Mapping) else None
