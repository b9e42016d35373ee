"""What an unquoted word means: YAML 1.2's core types, and the words that YAML 1.1 readers take for something else."""

from __future__ import annotations

import re
from typing import Final

from lattice_tui.document.tree import Scalar

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = r"[-+]?[0-9]+"
_RADIX = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_NUMBER_MAX_LENGTH = 40
"""Longer numbers are left as text: no field takes one, and int() of a megabyte of digits is slow."""

_YAML11_BOOL: Final = frozenset(
    word for base in ("yes", "no", "on", "off") for word in (base, base.capitalize(), base.upper())
)
# Source: PyYAML's resolver.py, which is YAML 1.1's types repository.
_YAML11_OCTAL = r"[-+]?0[0-7_]+"
_YAML11_UNDERSCORE = r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?"
_YAML11_BINARY = r"[-+]?0b[01_]+"
_YAML11_SEXAGESIMAL = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
_YAML11_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?"

_TRAP_MAX_LENGTH = 40

Value = str | int | float | bool | None


def resolve(scalar: Scalar) -> Value:
    """The value of a scalar by YAML 1.2's core schema. Quoted text is always text."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] in "0123456789+-.":
        return _number(text)
    return text


def _number(text: str) -> str | int | float:
    if len(text) > _NUMBER_MAX_LENGTH:
        return text
    if (text.isascii() and text.isdecimal()) or re.fullmatch(_INT, text):
        return int(text)
    if re.fullmatch(_RADIX, text):
        return int(text, 0)
    if re.fullmatch(_FLOAT, text):
        return float(text)
    return text


def trap(scalar: Scalar) -> str:
    """What a YAML 1.1 reader takes this unquoted word for, or nothing when all readers agree.

    `no` is false to one reader and the text `no` to another; `0755` is 493 to one and 755 to another.
    """
    text = scalar.text
    if not scalar.plain or not text or len(text) > _TRAP_MAX_LENGTH:
        return ""
    if text in _YAML11_BOOL:
        return "true" if text.lower() in ("yes", "on") else "false"
    if text[0] not in "0123456789+-" or (text.isdigit() and text[0] != "0"):
        return ""
    return _number_trap(text)


def _number_trap(text: str) -> str:
    if re.fullmatch(_YAML11_OCTAL, text) and text.lstrip("+-") != "0":
        return f"the octal number {int(text.replace('_', ''), 8)}"
    if re.fullmatch(_YAML11_DATE, text):
        return "a date"
    if re.fullmatch(_YAML11_SEXAGESIMAL, text):
        return "a number in base 60"
    if re.fullmatch(_YAML11_UNDERSCORE, text) or re.fullmatch(_YAML11_BINARY, text):
        return "a number"
    if len(text) > 1 and text.isdigit() and text[0] == "0":
        return "a number"
    return ""
