"""Functions of CEL on lists and sets. Source: k8s.io/apiserver/pkg/cel/library/lists.go and cel-go ext/sets.go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final


def _is_sorted(values: list[Any]) -> bool:
    return all(one <= other for one, other in pairwise(values))


def _extreme(values: list[Any], choose: Callable[[list[Any]], Any], name: str) -> Any:
    if not values:
        raise ValueError(f"{name} called on empty list")
    return choose(values)


def _index_of(values: list[Any], wanted: Any) -> int:
    return next((place for place, value in enumerate(values) if value == wanted), -1)


def _last_index_of(values: list[Any], wanted: Any) -> int:
    return next((place for place in range(len(values) - 1, -1, -1) if values[place] == wanted), -1)


def _contains(values: list[Any], wanted: list[Any]) -> bool:
    return all(each in values for each in wanted)


def _of_anything(name: str, does: Callable[..., Any]) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
    """The library tells overloads apart by the value's type, and has no overload for any of them."""
    types = ("string", "int", "double", "bool", "map", "list")
    return tuple((name, f"list.({each})->int", does) for each in types)


FUNCTIONS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("isSorted", "list.()->bool", _is_sorted),
    ("sum", "list.()->dyn", sum),
    ("min", "list.()->dyn", lambda values: _extreme(values, min, "min")),
    ("max", "list.()->dyn", lambda values: _extreme(values, max, "max")),
    *_of_anything("indexOf", _index_of),
    *_of_anything("lastIndexOf", _last_index_of),
    ("sets.contains", "(list,list)->bool", _contains),
    ("sets.equivalent", "(list,list)->bool", lambda one, two: _contains(one, two) and _contains(two, one)),
    ("sets.intersects", "(list,list)->bool", lambda one, two: any(each in two for each in one)),
)
