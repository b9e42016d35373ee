"""The first-time failures: what goes wrong, the check that catches it, and how a test makes it happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lattice_tui.checks.runner import Check
from schemas.checks import CheckResult


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failure that people meet, and who tells them beforehand."""

    numbers: tuple[int, ...]
    """Rows of the list of first-time failures."""
    failure: str
    """What a person would have met, a few words."""
    check: str
    """Id of the check that catches it."""
    status: Literal["fail", "warn", "unknown"]
    code: str
    """LT code of the result; empty for `unknown`."""
    fix: str
    """A part of the fix or of the command to copy that has to be there."""
    toggle: str
    """Name of the counterpart's toggle that makes it happen."""


def catches(row: FailureRow, results: Iterable[CheckResult]) -> bool:
    """Whether the row's check says so, with its fix."""
    return any(
        result.id == row.check
        and result.status == row.status
        and result.code == row.code
        and row.fix in f"{result.fix}\n{result.action}\n{result.evidence}"
        for result in results
    )


def without(checks: Sequence[Check], check_id: str) -> tuple[Check, ...]:
    """The checks with one switched off, and none waiting for it."""
    return tuple(
        Check(
            check.id,
            check.title,
            tuple(need for need in check.needs if need != check_id),
            check.timeout_s,
            check.run,
            check.simulated,
            check.inputs,
        )
        for check in checks
        if check.id != check_id
    )
