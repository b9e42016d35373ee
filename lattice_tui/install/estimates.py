"""How long steps take in all: an estimate from the usual times, and shown as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from schemas.plan import StepInfo

Range = tuple[float, float]
"""Seconds at the fast and at the slow end of what is usual."""


def longest_way(steps: Iterable[StepInfo], takes: Callable[[StepInfo], Range] = lambda step: step.usual_s) -> Range:
    """Seconds until the last step is done, when each begins as soon as what it needs is.

    `steps` come in order: what a step needs stands before it, and what is not among them counts as done.
    """
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for step in steps:
        low_s, high_s = takes(step)
        low[step.id] = low_s + max((low.get(need, 0.0) for need in step.needs), default=0.0)
        high[step.id] = high_s + max((high.get(need, 0.0) for need in step.needs), default=0.0)
    return max(low.values(), default=0.0), max(high.values(), default=0.0)
