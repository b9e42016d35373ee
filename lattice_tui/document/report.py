"""`Report`: collects problems while a file is read, each with its place."""

from __future__ import annotations

from collections.abc import Iterable

from lattice_tui.document.tree import Mapping, Scalar, Sequence
from lattice_tui.text import safe_text
from schemas.problem import Problem, Severity

MAX_PROBLEMS = 100
"""More than anybody reads at once."""
_MAX_FOUND = 5 * MAX_PROBLEMS
"""Looking ends here: those that are listed are the first of the file, and a hostile one must not make a million."""

_SHOWN_MAX_LENGTH = 60


def shown(text: object) -> str:
    """A value from the file, made safe and short enough to stand inside a message."""
    return safe_text(str(text), _SHOWN_MAX_LENGTH)


def because(reason: str) -> str:
    """`: it has capitals`, for the end of a title; nothing when there is no reason to give."""
    return f": {reason}" if reason else ""


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By place in the file; what has no place comes first, what was left out last."""
    return tuple(
        sorted(problems, key=lambda problem: (problem.code == "LT-DOC-032", problem.line or 0, problem.column or 0))
    )


class Report:
    """The problems of one file, in the order they were found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: list[Problem] = []

    def error(
        self,
        code: str,
        title: str,
        fix: str,
        *,
        at: Scalar | Sequence | Mapping | None,
        path: str = "",
        detail: str = "",
    ) -> None:
        """Something that has to be mended before anything can be built."""
        self._add(code, title, fix, at, path, detail, "error")

    def warning(
        self,
        code: str,
        title: str,
        fix: str,
        *,
        at: Scalar | Sequence | Mapping | None,
        path: str = "",
        detail: str = "",
    ) -> None:
        """Something that works, and is better known."""
        self._add(code, title, fix, at, path, detail, "warning")

    def error_at(self, code: str, title: str, fix: str, line: int | None, column: int | None, detail: str = "") -> None:
        """A problem of the text itself, found before there is a tree."""
        self._add(code, title, fix, Scalar("", False, line, column), "", detail, "error")

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self._problems)

    @property
    def is_full(self) -> bool:
        """Whether looking on is of no use."""
        return len(self._problems) >= _MAX_FOUND

    def problems(self) -> tuple[Problem, ...]:
        """Everything found, in order of place; a last entry says when reading stopped at the limit."""
        found = in_order(self._problems)
        if len(found) <= MAX_PROBLEMS:
            return found
        rest = Problem(
            code="LT-DOC-032",
            title=f"there are more problems: these are the first {MAX_PROBLEMS}",
            fix="Mend them first, then validate again.",
            file=self.file,
            # The ones that are left out may hold the only error.
            severity="error" if self.has_errors else "warning",
        )
        return (*found[:MAX_PROBLEMS], rest)

    def _add(
        self,
        code: str,
        title: str,
        fix: str,
        at: Scalar | Sequence | Mapping | None,
        path: str,
        detail: str,
        severity: Severity,
    ) -> None:
        if self.is_full:
            return
        line, column = (at.line, at.column) if at is not None else (None, None)
        self._problems.append(
            Problem(code, title, fix, detail, path=path, file=self.file, line=line, column=column, severity=severity)
        )
