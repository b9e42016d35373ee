"""Patterns of schemas and CEL rules: written for RE2, matched with `re`.

What differs and is translated: `$` and `\\z` (the very end), `\\pL`, `[[:alpha:]]`, `\\Q...\\E`, flags in the middle,
`[a--b]`-like classes that `re` warns about. What RE2 has not (back-references, look-around, possessive quantifiers)
is refused. Source: https://github.com/google/re2/wiki/Syntax and the regexp/syntax package.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": r"0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_UNICODE: Final = {"L": r"^\W\d_", "Lu": "A-ZÀ-ÖØ-Þ", "Ll": "a-zß-öø-ÿ", "N": r"\d", "Nd": r"\d"}
"""What the common classes are near enough; a class that is not here is refused."""
_FLAGS: Final = re.compile(r"\(\?([imsU]*)(-[imsU]+)?\)")
_CACHED_PATTERNS = 2000


class PatternError(ValueError):
    """A pattern that RE2 would not take either, or that cannot be translated."""


@lru_cache(maxsize=_CACHED_PATTERNS)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready for `search`. Raises PatternError."""
    translated = _Translation(pattern).text()
    try:
        return re.compile(translated, re.ASCII if pattern.isascii() and "\\p" not in pattern else 0)
    except (re.error, OverflowError, RecursionError) as broken:
        raise PatternError(f"error parsing regexp: {broken}: `{pattern}`") from broken


class _Translation:
    """One walk over one pattern, left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._open: list[int] = [0]
        """Per open group: how many flag groups were opened in it, to be closed at its end."""
        self._multiline = [False]

    def text(self) -> str:
        out: list[str] = []
        while self._at < len(self._pattern):
            out.append(self._next())
        if len(self._open) != 1:
            raise PatternError(f"error parsing regexp: missing closing ): `{self._pattern}`")
        return "".join(out) + ")" * self._open[0]

    def _next(self) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            return self._escape(in_class=False)
        if character == "[":
            return self._class()
        if character == "(":
            return self._group()
        self._at += 1
        if character == ")":
            return self._closed()
        if character == "$":
            return r"(?=\n|\Z)" if self._multiline[-1] else r"\Z"
        if character in "*+?}" and self._pattern[self._at : self._at + 1] == "+":
            raise PatternError(f"error parsing regexp: invalid nested repetition operator: `{self._pattern}`")
        return character

    def _closed(self) -> str:
        if len(self._open) == 1:
            raise PatternError(f"error parsing regexp: unexpected ): `{self._pattern}`")
        self._multiline.pop()
        return ")" * self._open.pop() + ")"

    def _group(self) -> str:
        flags = _FLAGS.match(self._pattern, self._at)
        if flags:
            self._at = flags.end()
            on, off = flags[1].replace("U", ""), (flags[2] or "").replace("U", "")
            self._multiline[-1] = ("m" in on or self._multiline[-1]) and "m" not in off
            off = "" if off == "-" else off
            if not on and not off:
                return ""
            self._open[-1] += 1
            return f"(?{on}{off}:"
        rest = self._pattern[self._at : self._at + 4]
        if rest.startswith(("(?=", "(?!", "(?<=", "(?<!", "(?>", "(?(", "(?P=", "(?#")):
            raise PatternError(f"error parsing regexp: invalid or unsupported Perl syntax: `{rest[:3]}`")
        self._open.append(0)
        self._multiline.append(self._multiline[-1])
        if rest.startswith("(?<"):
            self._at += 3
            return "(?P<"
        self._at += 1
        return "("

    def _escape(self, *, in_class: bool) -> str:
        following = self._pattern[self._at + 1 : self._at + 2]
        if not following:
            raise PatternError("error parsing regexp: trailing backslash at end of expression: ``")
        if following == "Q" and not in_class:
            end = self._pattern.find("\\E", self._at + 2)
            literal = self._pattern[self._at + 2 : end if end >= 0 else None]
            self._at = end + 2 if end >= 0 else len(self._pattern)
            return re.escape(literal)
        if following in "pP":
            return self._unicode(in_class=in_class)
        self._at += 2
        if following == "x" and self._pattern[self._at : self._at + 1] == "{":
            end = self._pattern.find("}", self._at)
            code = self._pattern[self._at + 1 : end]
            self._at = end + 1
            return re.escape(chr(int(code, 16)))
        if following == "z":
            return r"\Z"
        if following.isdigit() and following != "0":
            raise PatternError(f"error parsing regexp: invalid escape sequence: `\\{following}`")
        return "\\" + following

    def _unicode(self, *, in_class: bool) -> str:
        negated = self._pattern[self._at + 1] == "P"
        if self._pattern[self._at + 2 : self._at + 3] == "{":
            end = self._pattern.find("}", self._at)
            name = self._pattern[self._at + 3 : end]
        else:
            end, name = self._at + 2, self._pattern[self._at + 2 : self._at + 3]
        known = _UNICODE.get(name)
        if known is None or (in_class and known.startswith("^")):
            raise PatternError(f"error parsing regexp: this character class range is not known here: `{name}`")
        self._at = end + 1
        if in_class:
            return known
        negative = known.startswith("^") != negated
        return f"[{'^' if negative else ''}{known.removeprefix('^')}]"

    def _class(self) -> str:
        self._at += 1
        out = "["
        if self._pattern[self._at : self._at + 1] == "^":
            out, self._at = "[^", self._at + 1
        first = True
        while True:
            character = self._pattern[self._at : self._at + 1]
            if not character:
                raise PatternError(f"error parsing regexp: missing closing ]: `{self._pattern}`")
            if character == "]" and not first:
                self._at += 1
                return out + "]"
            out += self._class_member(character)
            first = False

    def _class_member(self, character: str) -> str:
        if character == "\\":
            return self._escape(in_class=True)
        if self._pattern.startswith("[:", self._at):
            end = self._pattern.find(":]", self._at)
            name = self._pattern[self._at + 2 : end] if end >= 0 else ""
            if name in _POSIX:
                self._at = end + 2
                return _POSIX[name]
        self._at += 1
        if character == "-" and self._pattern[self._at : self._at + 1] == "-":
            return r"\-"
        return f"\\{character}" if character in "[]&~|" else character
