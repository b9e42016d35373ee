"""Duplicates in lists that are sets or maps.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype: of three equal entries the second is told.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.schemas.nodes import Node
from lattice_tui.rehearsal.api.schemas.words import Violation, as_json, duplicate, invalid


def check(node: Node, value: Any, path: str, found: list[Violation]) -> None:
    """Add to `found` every duplicate at or below `value`."""
    if not node.listed_deep:
        return
    if type(value) is list:
        if len(value) > 1 and node.list_type == "set":
            found.extend(duplicate(f"{path}[{place}]", value[place]) for place in _repeated(value))
        elif node.list_type == "map":
            _check_map(node, value, path, found)
        if node.items is not None and node.items.listed_deep:
            for place, inner in enumerate(value):
                check(node.items, inner, f"{path}[{place}]", found)
    elif type(value) is dict:
        for name, inner in value.items():
            below = node.properties.get(name)
            if below is not None:
                check(below, inner, f"{path}.{name}" if path else name, found)
            elif node.additional is not None:
                check(node.additional, inner, f"{path}[{name}]", found)


def _check_map(node: Node, value: list[Any], path: str, found: list[Violation]) -> None:
    for place, entry in enumerate(value):
        if entry is not None and type(entry) is not dict:
            found.append(invalid(f"{path}[{place}]", entry, "must be an object for an array of list-type map"))
            return
    keys = [{name: entry[name] for name in node.list_keys if name in entry} if entry else {} for entry in value]
    if len(keys) > 1:
        found.extend(duplicate(f"{path}[{place}]", keys[place]) for place in _repeated(keys))


def _repeated(entries: list[Any]) -> list[int]:
    """The places of the second of each equal entries."""
    seen: dict[tuple[type, str], int] = {}
    repeated: list[int] = []
    for place, entry in enumerate(entries):
        key = (type(entry), as_json(entry))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:
            repeated.append(place)
    return repeated
