"""How a Kubernetes server writes the age of a thing: `42s`, `3m20s`, `5h`, `12d`, `2y40d`.

Source: k8s.io/apimachinery/pkg/util/duration.HumanDuration.
"""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_H = 24
YEAR_H = 365 * DAY_H
CLOCK_TOLERANCE_S = -1
UNKNOWN = "<unknown>"
INVALID = "<invalid>"


def age(timestamp: str | None, now: datetime) -> str:
    """The time since a timestamp as an object carries it; `<unknown>` where there is none."""
    if not timestamp:
        return UNKNOWN
    moment = parsed(timestamp)
    return human(now - moment) if moment is not None else INVALID


def parsed(timestamp: str) -> datetime | None:
    """A timestamp of an object; None when it is none."""
    try:
        return datetime.fromisoformat(timestamp)
    except ValueError:
        return None


def human(duration: timedelta) -> str:
    """Two or three significant figures of a duration; `<invalid>` for one that is clearly negative."""
    total_s = int(duration.total_seconds())
    if total_s < 0:
        return "0s" if total_s >= CLOCK_TOLERANCE_S else INVALID
    if total_s < 2 * MINUTE_S:
        return f"{total_s}s"
    minutes = total_s // MINUTE_S
    if minutes < 10:
        return _two(minutes, "m", total_s % MINUTE_S, "s")
    if minutes < 3 * 60:
        return f"{minutes}m"
    return _long(total_s // HOUR_S, minutes)


def _long(hours: int, minutes: int) -> str:
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 2 * DAY_H:
        return f"{hours}h"
    if hours < 8 * DAY_H:
        return _two(hours // DAY_H, "d", hours % DAY_H, "h")
    if hours < 2 * YEAR_H:
        return f"{hours // DAY_H}d"
    if hours < 8 * YEAR_H:
        return _two(hours // YEAR_H, "y", hours // DAY_H % 365, "d")
    return f"{hours // YEAR_H}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"
