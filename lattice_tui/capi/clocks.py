"""Clocks that disagree: the hint that saves an hour, for certificates and tokens are only good for a time."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

SKEW_S = 300.0
"""Tokens and certificates survive a few minutes; more than this is worth a word."""


def seconds_of(date: str) -> float | None:
    """The Unix time of an HTTP date; None when it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def clock_hint(date: str, now_s: float | None = None) -> str:
    """What to do when this computer's clock and a server's `Date` differ; empty when they agree."""
    there_s = seconds_of(date)
    if there_s is None:
        return ""
    off_s = (time.time() if now_s is None else now_s) - there_s
    if abs(off_s) < SKEW_S:
        return ""
    return (
        f"Set this computer's clock: it is {duration(abs(off_s))} {'ahead of' if off_s > 0 else 'behind'} the server's."
    )


def duration(seconds: float) -> str:
    """The largest whole unit: `12 minutes`, `1 hour`, `366 days`."""
    for unit, size_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := round(seconds / size_s)) >= 1:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
