"""The results of `lattice check` in the order of their rows, and as text."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from lattice_tui.checks.runner import LOOKING
from schemas.checks import CheckResult

STATUS_WIDTH = 9
TITLE_WIDTH = 27
LABEL_WIDTH = 8
"""Columns, each with the space after it; the rest of the line is the summary's."""
NARROWEST = 60


class Rows:
    """The newest result of every check, handed on in order: each as soon as all rows before it have an outcome."""

    def __init__(self) -> None:
        self._results: dict[str, CheckResult] = {}
        self._told = 0

    def add(self, result: CheckResult) -> list[CheckResult]:
        """Take a result in; returns what can be told now and was not told before."""
        # A dict keeps the place of a key's first arrival, and every row is announced in order by its first `wait`.
        self._results[result.id] = result
        rows = list(self._results.values())
        ready = rows[self._told :]
        for index, row in enumerate(ready):
            if row.status == "wait":
                ready = ready[:index]
                break
        self._told += len(ready)
        return ready

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """The newest of each, in the order of the rows."""
        return tuple(self._results.values())

    @property
    def running(self) -> list[str]:
        """Titles of the checks that are being looked at."""
        return [row.title for row in self._results.values() if row.status == "wait" and row.summary == LOOKING]


def row_lines(result: CheckResult, width: int) -> Iterator[str]:
    """State word, title and summary; a long summary goes on below itself."""
    indent = STATUS_WIDTH + TITLE_WIDTH
    parts = _wrapped(result.summary, max(width, NARROWEST) - indent)
    yield f"{result.status:<{STATUS_WIDTH}}{result.title + ' ':<{TITLE_WIDTH}}{parts[0]}".rstrip()
    for part in parts[1:]:
        yield f"{'':{indent}}{part}"


def needs_words(result: CheckResult) -> bool:
    """Whether the row alone does not tell what to do."""
    return result.status in ("fail", "warn") or (result.status == "unknown" and bool(result.fix or result.action_id))


def detail_lines(result: CheckResult, width: int) -> Iterator[str]:
    """What, why, do, copy, code of one result, each under its label. A command is never broken: it is to be copied."""
    yield f"{result.status}  {result.title}"
    labelled = (
        ("what", result.summary),
        ("why", result.why),
        ("said", result.evidence),
        ("where", result.field),
        ("do", result.fix),
    )
    for label, text in labelled:
        if text:
            yield from _labelled(label, _wrapped(text, max(width, NARROWEST) - LABEL_WIDTH - 2))
    if result.action:
        yield from _labelled("copy", [result.action])
    if result.code:
        yield from _labelled("code", [result.code])


def sum_line(results: Iterable[CheckResult], elapsed_s: float) -> str:
    """How many checks ended how, in words."""
    counts = Counter(result.status for result in results)
    words = {"fail": "failed", "warn": "with a warning", "skip": "skipped", "unknown": "not known", "ok": "ok"}
    parts = [f"{counts[status]} {word}" for status, word in words.items() if counts[status]]  # type: ignore[index]
    total = counts.total()
    return f"{total} check{'' if total == 1 else 's'} in {elapsed_s:.1f} s: {', '.join(parts) or 'nothing to look at'}"


def _labelled(label: str, parts: list[str]) -> Iterator[str]:
    yield f"  {label:<{LABEL_WIDTH}}{parts[0]}"
    for part in parts[1:]:
        yield f"  {'':{LABEL_WIDTH}}{part}"


def _wrapped(text: str, width: int) -> list[str]:
    # Paths, addresses and commands stay in one piece, even when they are longer than the line.
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
