"""`Board`: what is known of every check, kept from one look to the next. Pure: it holds no clock and asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.checks import CheckResult

KNOWN = ("ok", "warn")
"""Outcomes that hold until something they stand on changes."""
OPEN = ("fail", "unknown")
"""Outcomes that are looked at again by themselves: somebody may be mending them in another window."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check. `result` is its newest outcome, `wait` only as long as there has been none."""

    result: CheckResult
    since: datetime | None = None
    """When the look that is under way began; None when none is."""


@dataclass(frozen=True, slots=True)
class Board:
    """The rows in a stable order: as they were announced, or else as they came."""

    rows: tuple[Row, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    """What the outcomes were found with."""
    under_way: Mapping[str, str] | None = None
    """What the look that is under way is made with."""
    is_anew: bool = False
    """Whether that look asks everything, whatever is known."""
    announced: frozenset[str] = frozenset()
    """Ids that it has named."""
    heard: frozenset[str] = frozenset()
    """Ids that it has answered."""

    @property
    def results(self) -> tuple[CheckResult, ...]:
        return tuple(row.result for row in self.rows)

    @property
    def outcomes(self) -> tuple[CheckResult, ...]:
        """What the next look may build on; nothing, when that would be the word of two different worlds."""
        return () if self.is_anew or self._is_mixed else tuple(one for one in self.results if one.status != "wait")

    @property
    def judged(self) -> tuple[CheckResult, ...]:
        """The results as they count for going on: what was skipped and is being looked at now is not known yet."""
        asked = self.announced - self.heard if self.is_looking else frozenset()
        return tuple(
            replace(result, status="wait") if result.status == "skip" and result.id in asked else result
            for result in self.results
        )

    @property
    def is_looking(self) -> bool:
        return self.under_way is not None

    @property
    def has_all(self) -> bool:
        """True when every check has an outcome."""
        return bool(self.rows) and all(result.status != "wait" for result in self.results)

    @property
    def open_ids(self) -> tuple[str, ...]:
        """What is worth another look although nothing was changed here."""
        return tuple(result.id for result in self.results if result.status in OPEN)

    @property
    def _is_mixed(self) -> bool:
        """True when a look was cut short that was made with something else than the one before."""
        return self.under_way is not None and self.under_way != self.params

    def begun(self, params: Mapping[str, str], *, anew: bool = False) -> Board:
        """A look begins. One that was cut short is given up; its outcomes stay where they fit."""
        return replace(
            self,
            rows=tuple(replace(row, since=None) for row in self.rows),
            params=self.params if self.rows else params,
            under_way=params,
            is_anew=anew or self.is_anew or self._is_mixed,
            announced=frozenset(),
            heard=frozenset(),
        )

    def told(self, result: CheckResult, now: datetime) -> Board:
        """A check is announced (its first `wait`), begins (its second) or has an outcome.

        An outcome stays in its row until the next one is there: no row goes back to `wait`.
        """
        known = next((row for row in self.rows if row.result.id == result.id), None)
        if result.status != "wait":
            row = Row(result)
        else:
            since = now if result.id in self.announced else None
            row = Row(result if known is None or known.result.status == "wait" else known.result, since)
        rows = self.rows if known is not None else (*self.rows, row)
        return replace(
            self,
            rows=tuple(row if one.result.id == result.id else one for one in rows),
            announced=self.announced | {result.id},
            heard=self.heard if result.status == "wait" else self.heard | {result.id},
        )

    def ended(self) -> Board:
        """The look is over: what it did not answer is dropped, or `unknown` where it had begun."""
        return Board(
            rows=tuple(Row(_closed(row.result)) for row in self.rows if self._stays(row)),
            params=self.under_way if self.under_way is not None else self.params,
        )

    def _stays(self, row: Row) -> bool:
        if row.result.id in self.heard or row.result.status == "wait":
            return True
        return row.result.status in KNOWN and not self.is_anew


def _closed(result: CheckResult) -> CheckResult:
    if result.status != "wait":
        return result
    return CheckResult(result.id, result.title, "unknown", "was not looked at to the end", simulated=result.simulated)
