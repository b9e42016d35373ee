"""What an unquoted word means: YAML 1.2's core types, and the words that YAML 1.1 readers take for something else."""

from __future__ import annotations

import re
from typing import Final

from lattice_tui.document.tree import Scalar

_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = r"[-+]?[0-9]+"
_RADIX = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_NUMBER_MAX_LENGTH = 64
"""Longer numbers are left as text: no field takes one, and int() of a megabyte of digits is slow."""

_WORDS: Final = {
    **{word: "true" for base in ("yes", "on", "y") for word in (base, base.capitalize(), base.upper())},
    **{word: "false" for base in ("no", "off", "n") for word in (base, base.capitalize(), base.upper())},
    **{f"{sign}.{word}": "infinity" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "a value that is not a number"),
    "=": "a special sign",
    "<<": "a merge key",
}
"""YAML 1.1's switches (`y` and `n` are among them, though PyYAML leaves them alone), and floats that are no numbers."""
_SPECIAL_WORDS: Final = frozenset({*_CONSTANTS, *_WORDS})
_NUMBER_STARTS: Final = frozenset("0123456789+-.")
# Source: PyYAML's resolver.py, which is YAML 1.1's types repository.
_YAML11_OCTAL = r"[-+]?0[0-7_]+"
_YAML11_UNDERSCORE = r"[-+]?(?:[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[0-9_]*\.[0-9_]*_[0-9_]*)(?:[eE][-+][0-9]+)?"
_YAML11_RADIX = r"[-+]?0(?:b[01_]+|x[0-9a-fA-F_]+)"
_YAML11_SEXAGESIMAL = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
_YAML11_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?"
_YAML11_FLOAT = r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?"
_YAML12_OCTAL = r"0o[0-7]+"
_LEADING_ZERO = r"[-+]?0[0-9]+"

_TRAP_MAX_LENGTH = 64

Value = str | int | float | bool | None


def is_ambiguous(text: str) -> bool:
    """Whether an unquoted text may be anything but text, to any YAML reader."""
    return text in _SPECIAL_WORDS or text[0] in _NUMBER_STARTS


def resolve(scalar: Scalar) -> Value:
    """The value of a scalar by YAML 1.2's core schema. Quoted text is always text."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


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
    """What some YAML reader takes this unquoted word for and another does not, or nothing when all agree.

    `no` is false to one reader and the text `no` to another; `0755` is 493 to one and 755 to another.
    """
    text = scalar.text
    if not scalar.plain or not text:
        return ""
    if (meaning := _WORDS.get(text)) is not None:
        return meaning
    if text[0] not in _NUMBER_STARTS:
        return ""
    if len(text) > _TRAP_MAX_LENGTH:
        return "a number" if text.isascii() and text.isdecimal() else ""
    return "" if text[0] != "0" and text.isascii() and text.isdecimal() else _number_trap(text)


def _number_trap(text: str) -> str:
    if re.fullmatch(_YAML11_OCTAL, text):
        return f"the octal number {int(text.replace('_', ''), 8)}"
    if re.fullmatch(_YAML12_OCTAL, text):
        return f"the octal number {int(text, 8)}"
    if re.fullmatch(_YAML11_DATE, text):
        return "a date"
    if re.fullmatch(_YAML11_SEXAGESIMAL, text):
        return "a number in base 60"
    if re.fullmatch(_YAML11_UNDERSCORE, text) or re.fullmatch(_LEADING_ZERO, text):
        return "a number"
    if re.fullmatch(_YAML11_RADIX, text) and not re.fullmatch(_RADIX, text):
        return "a number"
    if re.fullmatch(_FLOAT, text) and not re.fullmatch(_INT, text) and not re.fullmatch(_YAML11_FLOAT, text):
        return f"the number {float(text):g}"
    return ""


def plain_numbers(text: str) -> tuple[str, ...]:
    """What a number that readers disagree about was probably meant to be, likeliest first: 755 and 493 for `0755`."""
    digits = text.lstrip("+").replace("_", "")
    if re.fullmatch(_YAML12_OCTAL, digits):
        return (str(int(digits, 8)),)
    if re.fullmatch(r"0[0-9]+", digits):
        octal = (str(int(digits, 8)),) if re.fullmatch("[0-7]+", digits) else ()
        return tuple(dict.fromkeys((str(int(digits)), *octal)))
    if re.fullmatch(r"[1-9][0-9]{0,63}", digits):
        return (digits,)
    if len(digits) <= _NUMBER_MAX_LENGTH and re.fullmatch(_FLOAT, digits) and float(digits).is_integer():
        return (str(int(float(digits))),)
    return ()
