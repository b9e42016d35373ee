"""A shortcut for single values: one function per schema that says yes to a right value without looking any further.

What it does not say yes to is checked in full. Most of what is written all day is right: this is where the time goes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas import patterns
from lattice_tui.rehearsal.api.served import JsonObject

Accepts = Callable[[Any], bool]
COUNTS: Final = {str: 7, bool: 6, int: 8}
"""How many checks of a value succeed when all do, as `validation.check` counts them, by the value's type."""
_NOT_QUICK: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


def quick(raw: JsonObject, types: tuple[str, ...], format_check: Callable[[str], bool] | None) -> Accepts | None:
    """The shortcut of a schema; None where there is none: lists, objects, alternatives, formats."""
    if len(types) != 1 or format_check is not None or not _NOT_QUICK.isdisjoint(raw):
        return None
    if types[0] == "string":
        return _text(raw)
    if raw.get("enum"):
        return None
    if types[0] == "integer":
        return _integer(raw.get("minimum"), raw.get("maximum"))
    return _is_boolean if types[0] == "boolean" else None


def _is_boolean(value: Any) -> bool:
    return value is True or value is False


def _integer(low: float | None, high: float | None) -> Accepts:
    least = float("-inf") if low is None else low
    most = float("inf") if high is None else high
    return lambda value: type(value) is int and least <= value <= most


def _text(raw: JsonObject) -> Accepts:
    least, most = raw.get("minLength") or 0, raw.get("maxLength", sys.maxsize)
    pattern, enum = raw.get("pattern"), raw.get("enum")
    if most is None or (enum and not all(isinstance(each, str) for each in enum)):
        return lambda _value: False
    if enum:
        allowed = frozenset(enum)
        return lambda value: type(value) is str and value in allowed and not pattern and least <= len(value) <= most
    if pattern:
        return lambda value: type(value) is str and least <= len(value) <= most and _matches(pattern, value)
    return lambda value: type(value) is str and least <= len(value) <= most


def _matches(pattern: str, value: str) -> bool:
    try:
        return patterns.compiled(pattern).search(value) is not None
    except patterns.PatternError:
        return False
