"""The YAML tree with the place of every key and value: what the guard builds and the reader walks.

Plain classes: making four dataclasses costs `lattice validate` more than reading a file.
"""

from __future__ import annotations


class Scalar:
    """A single value, not yet given a type."""

    __slots__ = ("column", "line", "plain", "text")

    def __init__(self, text: str, plain: bool, line: int | None = None, column: int | None = None) -> None:
        self.text = text
        self.plain = plain
        """Written without quotes: the text alone decides the type."""
        self.line = line
        """1-based, as editors count; None when it did not come from the file."""
        self.column = column
        """1-based, in characters."""


class Sequence:
    """A list."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int | None = None, column: int | None = None) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


class Mapping:
    """A map, in the order of the file."""

    __slots__ = ("column", "entries", "keys", "line")

    def __init__(self, line: int | None = None, column: int | None = None) -> None:
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Scalar] = {}
        """Where each key is written."""
        self.line = line
        self.column = column


Node = Scalar | Sequence | Mapping


def find(node: Node | None, *path: str) -> Node | None:
    """The node at `path` below `node`, or None."""
    for key in path:
        if type(node) is not Mapping:
            return None
        node = node.entries.get(key)
    return node


def key_place(node: Node | None, *path: str) -> Scalar | None:
    """Where the last key of `path` is written, or None."""
    parent = find(node, *path[:-1])
    return parent.keys.get(path[-1]) if isinstance(parent, Mapping) else None
