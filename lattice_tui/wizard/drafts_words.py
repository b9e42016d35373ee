"""A draft in words: what it is, when it was left and where."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from lattice_tui.text import safe_text
from lattice_tui.wizard.steps import step

if TYPE_CHECKING:
    from lattice_tui.wizard.drafts import DraftInfo

CLOCK_SLACK_S = 60
"""A clock that was set back by less than this is not worth a word."""
_DAYS_COUNTED = 60
"""Older than this, a date says more."""
NAME_WIDTH = 40


def left_at(info: DraftInfo, now: datetime) -> str:
    """`you left 2 days ago at Size`."""
    return f"you left {ago(info.changed_at, now)} at {step(info.step).short}"


def title(info: DraftInfo) -> str:
    """What the draft is called, safe to print."""
    if info.is_newer:
        return "A draft of a newer version"
    if info.is_broken:
        return "A draft that cannot be read"
    return safe_text(info.name, NAME_WIDTH) or "A cluster without a name"


def facts(info: DraftInfo, now: datetime) -> str:
    """Where it runs, whether it is a rehearsal, and where it was left: one line, safe to print."""
    if info.is_broken:
        return f"{safe_text(info.id, NAME_WIDTH)}, last written {ago(info.changed_at, now)}"
    kind = f"{safe_text(info.provider, 20)}, rehearsal" if info.rehearsal else safe_text(info.provider, 20)
    return f"{kind}, {left_at(info, now)}"


def belongs_to(info: DraftInfo) -> str:
    """The file it was opened from or saved to, in a few words; empty for neither."""
    if info.saved_to:
        return f"saved to {_file(info.saved_to)}"
    return f"opened from {_file(info.file)}" if info.file else ""


def ago(then: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `2 days ago`, `on 2026-05-03`; a moment that is still to come is a date."""
    passed_s = (now - then).total_seconds()
    if passed_s < -CLOCK_SLACK_S:
        # The clock was wrong then, or is wrong now: the date shows which.
        return f"on {_day(then)} (clock ahead)"
    if passed_s < 60:
        return "just now"
    for size_s, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if passed_s >= size_s:
            count = int(passed_s // size_s)
            if unit == "day" and count > _DAYS_COUNTED:
                return f"on {_day(then)}"
            return f"{count} {unit} ago" if count == 1 else f"{count} {unit}s ago"
    return "just now"


def _day(moment: datetime) -> str:
    try:
        return moment.astimezone().date().isoformat()
    except (OverflowError, ValueError, OSError):
        # The far ends of the calendar have no local time.
        return moment.date().isoformat()


def _file(path: str) -> str:
    return safe_text(os.path.basename(path) or path, NAME_WIDTH)
