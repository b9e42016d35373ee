"""`Violation`: one reason why an object is refused, in the words of a real API server.

Source: k8s.io/apimachinery/pkg/util/validation/field (reasons, words) and Go's strconv.Quote and encoding/json.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_ESCAPES: Final = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
_HTML: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
OMITTED: Final = object()
"""Stands for a value that is not repeated in the words."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One cause of a 422 answer."""

    field: str
    """`spec.ports[0].name`."""
    reason: str
    """As in `Status.details.causes`: `FieldValueRequired`, `FieldValueInvalid` ..."""
    message: str
    """`Required value`, `Invalid value: "x": ...`; without the field."""


def quoted(text: str) -> str:
    """A string in Go's double quotes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(_quoted_character(character) for character in text)}"'


def _quoted_character(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def as_json(value: Any) -> str:
    """Compact JSON as Go writes it: keys sorted, `<`, `>` and `&` escaped. Too deep a value is told, not shown."""
    try:
        text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=str)
    except (RecursionError, TypeError, ValueError):
        return "(a value that cannot be shown)"
    for character, escaped in _HTML.items():
        if character in text:
            text = text.replace(character, escaped)
    return text


def number(value: Any) -> str:
    """A number as Go's `%v` prints it."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return repr(value)
    return str(value)


def shown(value: Any) -> str:
    """A refused value as the words repeat it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    return as_json(value)


def _said(words: str, value: Any, detail: str) -> str:
    text = words if value is OMITTED else f"{words}: {shown(value)}"
    return f"{text}: {detail}" if detail else text


def required(field: str, detail: str = "") -> Violation:
    """A value that is missing."""
    return Violation(field, "FieldValueRequired", _said("Required value", OMITTED, detail))


def invalid(field: str, value: Any, detail: str) -> Violation:
    """A value that breaks a rule."""
    return Violation(field, "FieldValueInvalid", _said("Invalid value", value, detail))


def wrong_type(field: str, value: Any, detail: str) -> Violation:
    """A value of another type than the schema's."""
    return Violation(field, "FieldValueTypeInvalid", _said("Invalid value", value, detail))


def not_supported(field: str, value: Any, allowed: Sequence[Any]) -> Violation:
    """A value outside an enumeration."""
    names = ", ".join(quoted(each if isinstance(each, str) else as_json(each)) for each in allowed)
    return Violation(field, "FieldValueNotSupported", _said("Unsupported value", value, f"supported values: {names}"))


def too_long(field: str, at_most: int) -> Violation:
    """A string of too many characters; the server says bytes."""
    unit = "byte" if at_most == 1 else "bytes"
    return Violation(field, "FieldValueTooLong", _said("Too long", OMITTED, f"may not be more than {at_most} {unit}"))


def too_many(field: str, count: int, at_most: int) -> Violation:
    """A list or map of too many entries."""
    unit = "item" if at_most == 1 else "items"
    return Violation(field, "FieldValueTooMany", _said("Too many", count, f"must have at most {at_most} {unit}"))


def duplicate(field: str, value: Any) -> Violation:
    """An entry that is there already."""
    return Violation(field, "FieldValueDuplicate", _said("Duplicate value", value, ""))


def forbidden(field: str, detail: str) -> Violation:
    """A value that may not be there now."""
    return Violation(field, "FieldValueForbidden", _said("Forbidden", OMITTED, detail))


def internal(field: str, detail: str) -> Violation:
    """Something that the server itself could not do."""
    return Violation(field, "InternalError", _said("Internal error", OMITTED, detail))
