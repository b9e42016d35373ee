"""cluster.yaml as coloured text: keys and comments told apart without a parser."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.content import Content

from lattice_tui.text import safe_text

_KEY = re.compile(r"^(\s*(?:- )?)([\w./\"'-]+:)(.*)$")


def yaml_content(text: str) -> Content:
    """The whole text, line by line."""
    return Content("\n").join(_line(line) for line in text.splitlines())


def diff_content(lines: Iterable[str]) -> Content:
    """The lines of a unified diff, as `difference()` makes them."""
    return Content("\n").join(Content.assemble((safe_text(line), _diff_tone(line))) for line in lines)


def _line(line: str) -> Content:
    if line.lstrip().startswith("#"):
        return Content.assemble((_clean(line), "$dim"))
    if match := _KEY.match(line):
        indent, key, rest = match.groups()
        return Content.assemble(indent, (_clean(key), "$accent"), _value(rest))
    return Content(_clean(line))


def _value(rest: str) -> Content:
    value, mark, comment = rest.partition(" #")
    return Content.assemble(_clean(value), (_clean(mark + comment), "$dim"))


def _clean(text: str) -> str:
    return safe_text(text, 2048)


def _diff_tone(line: str) -> str:
    return {"+": "$success", "-": "$error", "@": "$dim"}.get(line[:1], "")
