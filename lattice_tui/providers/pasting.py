"""Readers of what people paste: lines of a shell, an INI file, a YAML or JSON file. Nothing is run and nothing asked.

They never raise: what they do not understand is left out, and whoever offers the paste says what was understood.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

MAX_PASTED_CHARACTERS = 64 * 1024
"""More than any file of credentials holds; longer texts are not read at all."""
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
"""Bounded: a long line of letters is looked at once, not once a letter."""
MAX_BRACKETS = 400
"""Flow style nested deeper than any file of credentials would keep a YAML reader busy for seconds."""
_PAIR = re.compile(rf"({_NAME})=(.*)", re.DOTALL)
_POWERSHELL = re.compile(rf"\$env:({_NAME})\s*=\s*(.*)", re.IGNORECASE)
_FISH = re.compile(rf"set\s+(?:-{{1,2}}[A-Za-z-]+\s+)+({_NAME})\s+(.*)")
_WINDOWS = re.compile(rf"set\s+(\"?)({_NAME})=(.*)", re.IGNORECASE)
_CSH = re.compile(rf"setenv\s+({_NAME})\s+(.*)")
_SPACED = re.compile(rf"\b((?:export\s+)?{_NAME})\s*=[ \t]+(?=\S)|\b((?:export\s+)?{_NAME})[ \t]+=\s*")
_BEFORE = ("export", "declare", "typeset", "env", "-x", "-gx")
_PROMPT = re.compile(r"(?:\$|>|%|PS[^>]*>|[A-Z]:\\[^>]*>)\s+(?=\S)")
_ELSEWHERE = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|\$\(.*\)|`.*`", re.DOTALL)
"""A value that only names another one, which we do not have: `$OS_PASSWORD_INPUT`."""
_COMMAND = re.compile(r"\$\([^)]*\)|`[^`]*`")
_LITERAL = "\udfff"
"""Stands for a $ that means itself, until the value has been looked at. No text that can be encoded holds it."""
# What editors and web pages make of quotes and spaces.
_TYPOGRAPHY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\ufeff": None})


def exports(text: str) -> dict[str, str]:
    """Names and values of lines that set variables: sh, fish, csh, PowerShell, cmd, or a plain `NAME=value` file.

    Quotes, comments, prompts and several pairs in a line are understood. A value that only refers to another variable
    or to a command is left out, for nothing is run. The last of several lines for one name counts, as in a shell.
    """
    found: dict[str, str] = {}
    if len(text) <= MAX_PASTED_CHARACTERS:
        for line in text.translate(_TYPOGRAPHY).splitlines():
            pairs = _pairs(_PROMPT.sub("", line.strip(), count=1))
            said = ((name, value) for name, value in pairs if not _ELSEWHERE.fullmatch(value))
            found.update((name, value.replace(_LITERAL, "$")) for name, value in said)
    return found


def ini_sections(text: str) -> dict[str, dict[str, str]]:
    """The sections of an INI file and their keys, in lower case; what stands before the first one is under "".

    Of a key in twice the first counts. Indented lines belong to a nested block, as in AWS's own file, and are left out.
    """
    sections: dict[str, dict[str, str]] = {}
    if len(text) > MAX_PASTED_CHARACTERS:
        return sections
    name = ""
    for line in textwrap.dedent(text.translate(_TYPOGRAPHY)).splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and "]" in stripped:
            name = stripped[1 : stripped.index("]")].strip()
            sections.setdefault(name, {})
        elif stripped and stripped[0] not in "#;" and not line[0].isspace() and "=" in stripped:
            key, _, value = stripped.partition("=")
            sections.setdefault(name, {}).setdefault(key.strip().lower(), value.strip())
    return sections


def mapping(text: str) -> dict[str, Any] | None:
    """The mapping that a YAML or JSON text writes, None when it writes none. Aliases are not followed."""
    if not text.strip() or len(text) > MAX_PASTED_CHARACTERS or max(map(text.count, "[{")) > MAX_BRACKETS:
        return None
    said = _json(text) if text.lstrip().startswith("{") else None
    if said is None:
        said = _yaml(text)
    return said if isinstance(said, dict) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Not JSON; a flow mapping of YAML begins the same way.
        return None


def _yaml(text: str) -> Any:
    import yaml  # only when somebody pastes a file

    try:
        # A few lines with aliases can stand for gigabytes.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            return None
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        # Not YAML, or a date or number that is none: nothing to understand here.
        return None


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    if (match := _POWERSHELL.match(line)) or (match := _FISH.match(line) or _CSH.match(line)):
        yield match[1], _joined(match[2])
    elif match := _WINDOWS.match(line):
        # cmd keeps everything to the end of the line; quotes stand around the whole pair.
        yield match[2], match[3].rstrip().removesuffix('"') if match[1] else match[3].rstrip()
    else:
        statement = _SPACED.sub(lambda spaced: f"{spaced[1] or spaced[2]}=", line, count=1)
        for words in _statements(statement):
            yield from _leading_pairs(words)


def _leading_pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    left = iter(words)
    for word in left:
        if match := _PAIR.fullmatch(word):
            yield match[1], match[2]
        elif word not in _BEFORE:
            # From here on it is a command with its arguments.
            return


def _joined(text: str) -> str:
    first = next(_statements(text), [])
    return " ".join(first)


def _statements(line: str) -> Iterator[list[str]]:
    """The words of each statement of a line, quotes taken off. An open quote ends with the line."""
    words: list[str] = []
    word: str | None = None
    quote = ""
    at = 0
    while at < len(line):
        mark = line[at]
        if quote:
            if mark == quote:
                quote = ""
            elif mark == "\\" and quote == '"' and line[at + 1 : at + 2] in ('"', "\\", "$", "`"):
                at += 1
                word = (word or "") + line[at].replace("$", _LITERAL)
            else:
                word = (word or "") + (_LITERAL if mark == "$" and quote == "'" else mark)
        elif command := _COMMAND.match(line, at):
            word, at = (word or "") + command[0], command.end() - 1
        elif mark in "'\"":
            quote, word = mark, word or ""
        elif mark == "\\" and at + 1 < len(line):
            at += 1
            word = (word or "") + line[at]
        elif mark == "#" and word is None:
            break
        elif mark.isspace() or mark == ";":
            if word is not None:
                words.append(word)
                word = None
            if mark == ";":
                yield words
                words = []
        else:
            word = (word or "") + mark
        at += 1
    yield [*words, word] if word is not None else words
