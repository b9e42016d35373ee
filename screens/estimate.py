"""How long a run still takes, from the usual times of its steps. An estimate, and shown as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from schemas.snapshot import StepRow

Range = tuple[float, float]
ENDED = ("done", "adopted", "skipped")


def time_left(steps: Sequence[StepRow], now: datetime) -> Range:
    """The longest way through the steps that are left, in seconds, at the fast and the slow end of what is usual."""
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for step in steps:
        step_low, step_high = remaining(step, now)
        low[step.info.id] = step_low + max((low.get(need, 0.0) for need in step.info.needs), default=0.0)
        high[step.info.id] = step_high + max((high.get(need, 0.0) for need in step.info.needs), default=0.0)
    return max(low.values(), default=0.0), max(high.values(), default=0.0)


def remaining(step: StepRow, now: datetime) -> Range:
    """What one step still takes, in seconds; a step beyond its usual time counts as nearly done."""
    if step.state in ENDED:
        return 0.0, 0.0
    low_s, high_s = step.info.usual_s
    if step.state != "running" or step.started_at is None:
        return low_s, high_s
    spent_s = (now - step.started_at).total_seconds()
    return max(0.0, low_s - spent_s), max(0.0, high_s - spent_s)


def over_usual(step: StepRow, now: datetime) -> bool:
    """True when a running step takes more than one and a half times its usual time."""
    if step.state != "running" or step.started_at is None:
        return False
    return (now - step.started_at).total_seconds() > 1.5 * step.info.usual_s[1]
