"""What the checks of this computer mean for going on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.checks import CheckResult


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results, sorted by what they ask of the person."""

    blocking: tuple[CheckResult, ...]
    """Proven wrong: the install would fail."""
    soft: tuple[CheckResult, ...]
    """Works, with a consequence to know."""
    running: tuple[CheckResult, ...]

    @property
    def is_clear(self) -> bool:
        return not (self.blocking or self.soft or self.running)


def verdict(results: Iterable[CheckResult]) -> Verdict:
    """`unknown` and `skip` never block: they are shown, and what they wait on is blocking by itself."""
    by_status: dict[str, list[CheckResult]] = {"fail": [], "warn": [], "wait": []}
    for result in results:
        by_status.setdefault(result.status, []).append(result)
    return Verdict(tuple(by_status["fail"]), tuple(by_status["warn"]), tuple(by_status["wait"]))
