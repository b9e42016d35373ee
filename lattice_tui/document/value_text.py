"""One value as text that YAML 1.1 and YAML 1.2 readers take for the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lattice_tui.document.scalars import resolve, trap
from lattice_tui.document.tree import Scalar

_PLAIN = re.compile(r"[A-Za-z][-A-Za-z0-9_./]*")
# Addresses, ranges and versions: what a person may have written without quotes, and is text to every reader.
_PLAIN_TO_KEEP = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_./+@:]*(?<!:)")
_YAML11_LETTERS = frozenset("yYnN")
"""True and false to strict YAML 1.1 readers, though not to PyYAML."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class QuotedText(str):
    """Text that is written in quotes whatever it looks like."""

    __slots__ = ()


def value_text(value: Any) -> str:
    """One value, or an empty map or list, as it is written fresh."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        # `1e+16` is a number to YAML 1.2 alone, `1.0e+16` to every reader.
        written = repr(value)
        return written if "." in written else written.replace("e", ".0e")
    if value in ({}, []):
        return "{}" if isinstance(value, dict) else "[]"
    is_plain = not isinstance(value, QuotedText) and _PLAIN.fullmatch(value) and _is_text_to_all(value)
    return str(value) if is_plain else quoted(value)


def flow_text(value: Any, *, padding: str = "", style: str = "") -> str:
    """A value on one line: `{replicas: 2, labels: {team: web}}`.

    `padding` stands inside the braces of a map; keys and texts are written in `style`, as in `styled_text()`.
    """
    if isinstance(value, Mapping) and value:
        inner = ", ".join(
            f"{styled_text(key, style)}: {flow_text(item, padding=padding, style=style)}" for key, item in value.items()
        )
        return f"{{{padding}{inner}{padding}}}"
    if isinstance(value, Sequence) and value and not isinstance(value, str):
        return "[" + ", ".join(flow_text(item, padding=padding, style=style) for item in value) + "]"
    return styled_text(value, style)


def styled_text(value: Any, style: str) -> str:
    """A value in the quotes `style` (`'` or `"`) where it is text, fresh otherwise."""
    if not isinstance(value, str) or style not in ("'", '"'):
        return value_text(value)
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return quoted(value)


def kept_text(value: Any, style: str) -> str:
    """A value in the style of the one it replaces: without quotes where that was, and it is text to every reader."""
    if style:
        return styled_text(value, style)
    keeps = isinstance(value, str) and not isinstance(value, QuotedText) and _PLAIN_TO_KEEP.fullmatch(value)
    return value if keeps and _is_text_to_all(value) else value_text(value)


def quoted(text: str) -> str:
    """In double quotes, with everything that does not print escaped."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _is_text_to_all(text: str) -> bool:
    scalar = Scalar(text, plain=True)
    return text not in _YAML11_LETTERS and isinstance(resolve(scalar), str) and not trap(scalar)


def _escaped(character: str) -> str:
    if (known := _ESCAPES.get(character)) is not None:
        return known
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
