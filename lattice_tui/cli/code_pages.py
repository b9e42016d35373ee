"""The sections of docs/codes*.md: what a problem code means, found by the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lattice_tui

CODE = re.compile(r"LT-[A-Z]+-[0-9]{3}")
_AREA = re.compile(r"## (.+)")
_SECTION = re.compile(r"### (LT-[A-Z]+-[0-9]{3}):? (.+)")
_ROW = re.compile(r"\| *`?(LT-[A-Z]+-[0-9]{3})`? *\|(.+)\|")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")


@dataclass(frozen=True, slots=True)
class CodePage:
    """What the documentation says about one code."""

    code: str
    title: str
    text: tuple[str, ...]
    """Paragraphs."""
    area: str
    page: str
    """`docs/codes.md`"""


def code_pages() -> dict[str, CodePage]:
    """Code -> what is said about it, from every page that is shipped."""
    return {found.code: found for page in _pages() for found in _sections(page)}


def _pages() -> list[Path]:
    """In the wheel, or beside the packages in a source tree."""
    package = Path(lattice_tui.__file__).parent
    in_wheel = package / "docs"
    folder = in_wheel if in_wheel.is_dir() else package.parent / "docs"
    return sorted(folder.glob("codes*.md"))


def _sections(page: Path) -> Iterator[CodePage]:
    """Headings with text below them, and rows of tables: both are in use."""
    shown = f"docs/{page.name}"
    area, code, title = "", "", ""
    text: list[str] = []
    for line in [*page.read_text("utf-8").splitlines(), "## end"]:
        heading = _AREA.fullmatch(line) or _SECTION.fullmatch(line)
        if heading is None:
            if row := _ROW.match(line):
                what, *rest = [_plain(cell.strip()) for cell in _CELL.split(row[2])]
                yield CodePage(row[1], what, tuple(f"What to do: {part}" for part in rest if part), area, shown)
            elif code:
                text.append(line)
            continue
        if code:
            yield CodePage(code, title, _paragraphs(text), area, shown)
        if heading.re is _AREA:
            area, code = heading[1], ""
        else:
            code, title, text = heading[1], _plain(heading[2]), []


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Lines joined to paragraphs; `What to do:` begins one of its own."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip() or line.startswith("What to do:"):
            paragraphs.append([])
        if line.strip():
            paragraphs[-1].append(_plain(line.strip()))
    return tuple(" ".join(paragraph) for paragraph in paragraphs if paragraph)


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text).replace("\\|", "|")
