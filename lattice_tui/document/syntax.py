"""What a YAML parser's complaint means in plain words."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from lattice_tui.document.report import Report, shown

if TYPE_CHECKING:
    from yaml.error import MarkedYAMLError

_COLON = 'Text that holds ": " needs quotes, and every key starts a line of its own.'
_INDENT = "Put keys that belong together under each other: same number of spaces, two per level."

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|(?<=[^\r\n])\Z)")
"""One line with its end: a megabyte of lines is looked through, never held."""

# What libyaml and PyYAML say -> (code, what is wrong, what to do).
_KNOWN: Final = (
    ("mapping values are not allowed", "LT-YAML-007", "there is a colon where a value was already begun", _COLON),
    ("could not find expected ':'", "LT-YAML-007", "this line has no colon after its key", "Write it as `key: value`."),
    ("did not find expected key", "LT-YAML-007", "this line does not line up with the ones before it", _INDENT),
    ("expected <block end>", "LT-YAML-007", "this line does not line up with the ones before it", _INDENT),
    ("block sequence entries are not allowed", "LT-YAML-007", "a list entry `- ` cannot begin here", _INDENT),
    ("did not find expected '-'", "LT-YAML-007", "this line does not line up with the list before it", _INDENT),
    (
        "end of stream",
        "LT-YAML-016",
        "a quote or a bracket is opened and never closed",
        "Add the closing \", ' or bracket.",
    ),
    ("document indicator", "LT-YAML-016", "a quote is opened and never closed", "Add the closing quote."),
    ("expected ',' or", "LT-YAML-016", "a comma or the closing bracket is missing", "Add it: [a, b] or {a: 1, b: 2}."),
    ("unknown escape character", "LT-YAML-007", "there is an unknown backslash escape", "Use single quotes: 'a\\b'."),
    (
        "Unicode character escape",
        "LT-YAML-007",
        "there is a backslash escape of half a character",
        "Write the character itself, or its whole number: \\U0001F600.",
    ),
    ("undefined tag handle", "LT-YAML-011", "there is a tag (`!...`)", "Delete it and keep the value behind it."),
    ("cannot start any token", "LT-YAML-007", "a value cannot begin with this character", "Put the value in quotes."),
)


def report_syntax(error: MarkedYAMLError, text: str, report: Report) -> None:
    """Add one problem for the place where the parser gave up."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
    said = str(error.problem or error.context or "")
    if line is not None and (tab := _tab_column(text, line, column or 1)) is not None:
        report.error_at("LT-YAML-006", "there is a tab", "Indent with spaces: two per level.", line, tab)
        return
    for needle, code, title, fix in _KNOWN:
        if needle in said:
            report.error_at(code, title, fix, line, column, detail=f"The YAML reader says: {shown(said)}.")
            return
    report.error_at(
        "LT-YAML-007",
        "this is not YAML",
        "Compare with examples/docker.yaml.",
        line,
        column,
        detail=f"The YAML reader says: {shown(said)}.",
    )


def _tab_column(text: str, line: int, column: int) -> int | None:
    """Column of the tab that stopped the parser: in the indentation of its line, or right where it stopped."""
    lines = (match[0] for match in _LINE.finditer(text))
    content = next(islice(lines, line - 1, None), None)
    if content is None:
        return None
    indentation = content[: len(content) - len(content.lstrip(" \t"))]
    if "\t" in indentation:
        return indentation.index("\t") + 1
    return column if content[column - 1 : column] == "\t" else None
