"""How long a run still takes, from the usual times of its steps. An estimate, and shown as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lattice_tui.install.estimates import Range, longest_way
from schemas.snapshot import StepRow

ENDED = ("done", "adopted", "skipped")


def time_left(steps: Sequence[StepRow], now: datetime) -> Range:
    """The longest way through the steps that are left, in seconds, at the fast and the slow end of what is usual."""
    left = {step.info.id: remaining(step, now) for step in steps}
    return longest_way((step.info for step in steps), lambda info: left[info.id])


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
