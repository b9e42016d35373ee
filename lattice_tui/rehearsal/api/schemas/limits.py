"""The single checks on a value: lengths, patterns, bounds, counts, enumerations. One function per kind of value.

Source: k8s.io/kube-openapi/pkg/validation/validate/values.go and .../errors/schema.go (the words).
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.schemas import patterns
from lattice_tui.rehearsal.api.schemas.nodes import Node
from lattice_tui.rehearsal.api.schemas.words import Violation, invalid, not_supported, number, too_long, too_many
from lattice_tui.rehearsal.api.schemas.words import quoted as quoted

Found = list[Violation]


def check_text(node: Node, value: str, path: str, found: Found) -> None:
    """maxLength, minLength and pattern; the first that fails is told."""
    raw = node.raw
    at_most, at_least, pattern = raw.get("maxLength"), raw.get("minLength"), raw.get("pattern")
    if at_most is not None and len(value) > at_most:
        found.append(too_long(path, at_most))
    elif at_least is not None and len(value) < at_least:
        found.append(invalid(path, value, f"{path} in body should be at least {at_least} chars long"))
    elif pattern:
        try:
            matches = patterns.compiled(pattern).search(value) is not None
        except patterns.PatternError as broken:
            matches, pattern = False, f"{pattern}, but pattern is invalid: {broken}"
        if not matches:
            found.append(invalid(path, value, f"{path} in body should match '{pattern}'"))


def check_number(node: Node, value: float, path: str, found: Found) -> None:
    """multipleOf, minimum and maximum."""
    raw = node.raw
    step, low, high = raw.get("multipleOf"), raw.get("minimum"), raw.get("maximum")
    if step and value % step:
        found.append(invalid(path, value, f"{path} in body should be a multiple of {number(step)}"))
    if low is not None and (value < low or (raw.get("exclusiveMinimum") is True and value == low)):
        words = "greater than" if raw.get("exclusiveMinimum") is True else "greater than or equal to"
        found.append(invalid(path, value, f"{path} in body should be {words} {number(low)}"))
    if high is not None and (value > high or (raw.get("exclusiveMaximum") is True and value == high)):
        words = "less than" if raw.get("exclusiveMaximum") is True else "less than or equal to"
        found.append(invalid(path, value, f"{path} in body should be {words} {number(high)}"))


def check_list(node: Node, value: list[Any], path: str, found: Found) -> None:
    """minItems, maxItems and uniqueItems."""
    raw, count = node.raw, len(value)
    at_least, at_most = raw.get("minItems"), raw.get("maxItems")
    if at_least is not None and count < at_least:
        found.append(invalid(path, count, f"{path} in body should have at least {at_least} items"))
    if at_most is not None and count > at_most:
        found.append(too_many(path, count, at_most))
    if raw.get("uniqueItems") is True and any(alike(one, other) for one, other in _pairs(value)):
        found.append(invalid(path, "", f"{path} in body shouldn't contain duplicates"))


def check_object(node: Node, value: dict[str, Any], path: str, found: Found) -> None:
    """minProperties and maxProperties."""
    raw, count = node.raw, len(value)
    at_least, at_most = raw.get("minProperties"), raw.get("maxProperties")
    if at_least is not None and count < at_least:
        found.append(invalid(path, count, f"{path} in body should have at least {at_least} properties"))
    if at_most is not None and count > at_most:
        found.append(too_many(path, count, at_most))


def check_enum(node: Node, value: Any, path: str, found: Found) -> None:
    """enum; null is never in one, whatever it lists."""
    if value is None or not any(alike(value, allowed) for allowed in node.enum):
        found.append(not_supported(path, value, node.enum))


def alike(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1 here."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    try:
        return bool(one == other)
    except RecursionError:
        return False


def _pairs(value: list[Any]) -> list[tuple[Any, Any]]:
    return [(one, other) for place, one in enumerate(value) for other in value[:place]]
