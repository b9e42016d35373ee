"""The project's own source, as the house tests read it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.shared import ROOT

PACKAGES = ("lattice_tui", "screens", "schemas")


def product_modules() -> list[Path]:
    """Every module that is shipped."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def all_modules() -> list[Path]:
    """Every module of the project, tests and measurements included."""
    others = [path for folder in ("tests", "bench", "docs") for path in sorted((ROOT / folder).rglob("*.py"))]
    return product_modules() + others


def prose_files() -> list[Path]:
    """What people read: documentation and examples."""
    tops = [ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml")]
    deeper = [
        path for pattern in ("docs/**/*.md", "examples/*.yaml", "lattice_tui/**/*.md") for path in ROOT.glob(pattern)
    ]
    return tops + sorted(deeper)


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def shown(path: Path) -> str:
    """The path from the root of the project, for test ids and messages."""
    return str(path.relative_to(ROOT))
