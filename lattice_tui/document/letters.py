"""Letters that deceive: those that cannot be seen, and those that only look like the ones of a name."""

from __future__ import annotations

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
"""Unicode categories of controls, formatting, surrogates and spaces that are not the space."""
_MAY_BREAK: Final = frozenset("\t\n")
"""Text of several lines has a rule of its own wherever it cannot be."""
_CONTROL_NAMES: Final = {"\x1b": "an escape", "\r": "a carriage return", "\x00": "a null", "\x07": "a bell"}
# Letters of other scripts that are drawn like a Latin one: Cyrillic, then Greek. Source: Unicode TR39, confusables.
_PAIRS: Final = (
    "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS "
    "αa οo ρp νv ιi κk τt υu χx γy ωw ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX"
)
_LOOKS_LIKE: Final = {pair[0]: pair[1] for pair in _PAIRS.split()}


def unseen_letter(text: str) -> str:
    """The first character that nobody can see in `text`, said in words; nothing when all can be seen."""
    if text.isprintable():
        return ""
    for letter in text:
        if not letter.isprintable() and letter not in _MAY_BREAK and unicodedata.category(letter) in _UNSEEN:
            name = _CONTROL_NAMES.get(letter) or unicodedata.name(letter, "a control character").lower()
            return f"{name}, U+{ord(letter):04X}"
    return ""


def foreign_letter(text: str) -> str:
    """Which letter of `text` is not a Latin one, said in words; nothing when all are."""
    if text.isascii():
        return ""
    for position, letter in enumerate(text, 1):
        if not letter.isascii() and letter.isprintable():
            twin = latin(letter)
            script = unicodedata.name(letter, "unnamed").split()[0].capitalize()
            if script == "Latin":
                return f"its letter {position}, `{letter}` (U+{ord(letter):04X}), is no plain letter"
            looks = f", not `{twin}`" if twin.isascii() and twin.isalnum() else ""
            return f"its letter {position}, `{letter}`, is {script} (U+{ord(letter):04X}){looks}"
    return ""


def latin(text: str) -> str:
    """`text` with letters that look Latin made Latin, and accents taken off."""
    if text.isascii():
        return text
    twins = "".join(_LOOKS_LIKE.get(letter, letter) for letter in text)
    return "".join(letter for letter in unicodedata.normalize("NFKD", twins) if not unicodedata.combining(letter))
