"""An applied configuration merged into a live value, list entries matched by their keys.

Source: kubernetes-sigs/structured-merge-diff, typed/merge.go.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.comparing import ABSENT
from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.value_types import ListType, MapType, ValueType


def merged(type_: ValueType, live: Any, config: Any) -> Any:
    """`live` with everything that `config` says; the answer may share with `live`, never with `config`.

    Raises ListEntryError when entries of a live list cannot be told apart.
    """
    if config is ABSENT:
        return live
    form = type_.form(config)
    if form == "map" and type_.map and not type_.map.is_atomic:
        before, after = (value if isinstance(value, dict) else {} for value in (live, config))
        if before or after:
            return _merged_map(type_.map, before, after)
    elif form == "list" and type_.list and type_.list.is_associative:
        before_list, after_list = (value if isinstance(value, list) else [] for value in (live, config))
        if before_list or after_list:
            return _merged_list(type_.list, before_list, after_list)
    return copied(config)


def _merged_map(type_: MapType, live: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    changed = {key: merged(type_.of(key), live.get(key, ABSENT), value) for key, value in config.items()}
    return {**live, **changed}


def _merged_list(type_: ListType, live: list[Any], config: list[Any]) -> list[Any]:
    """The entries in the order of the configuration, with those it does not name where they were between them."""
    wanted = {type_.element(item): item for item in config}
    there: dict[str, Any] = {}
    old = [(type_.element(item), item) for item in live]
    for element, item in old:
        # Entries that are there twice are not merged into: which one would it be?
        there[element] = ABSENT if element in there else item
    result: list[Any] = []
    placed: set[str] = set()
    order = list(wanted)
    shared = [element for element in order if element in there]
    next_old = next_new = next_shared = 0

    def place(element: str) -> None:
        placed.add(element)
        result.append(merged(type_.items, there.get(element, ABSENT), wanted[element]))

    while next_old < len(old) or next_new < len(order):
        if next_old < len(old):
            element = old[next_old][0]
            if next_new < len(order) and element == order[next_new]:
                place(element)
                next_old, next_new, next_shared = next_old + 1, next_new + 1, next_shared + 1
                continue
            if element not in wanted:
                result.append(old[next_old][1])
                next_old += 1
                continue
            if next_new < len(order) and next_shared < len(shared) and shared[next_shared] != element:
                next_old += 1
                continue
            if element in placed:
                next_old += 1
        if next_new < len(order):
            element = order[next_new]
            place(element)
            next_new += 1
            if next_shared < len(shared) and shared[next_shared] == element:
                next_shared += 1
    return result
