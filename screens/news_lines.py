"""Kubernetes events and the log as lines, newest last."""

from __future__ import annotations

from datetime import datetime

from schemas.rows import EventRow
from schemas.snapshot import Snapshot
from screens.clock import read_time
from screens.lines import Line, columns

LEVEL_TONES = {"info": "", "warning": "warn", "error": "fail"}


def event_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """One line an event: the time, about what, and what was said."""
    about = 30 if width >= 100 else 18
    text = max(10, width - 8 - about - 4)
    return [
        columns(
            [
                (_clock(read_time(row.at)), "dim", 8),
                (f"{row.kind}/{row.name.removeprefix(snapshot.cluster + '-')}", "dim", about),
                (_said(row, snapshot.cluster), "warn" if row.type == "Warning" else "", text),
            ]
        )
        for row in snapshot.events
    ]


def log_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """One line a message: the time, who said it, and what."""
    return [
        columns(
            [
                (_clock(row.at), "dim", 8),
                (row.source, "dim", 10),
                (row.text, LEVEL_TONES[row.level], max(10, width - 8 - 10 - 4)),
            ]
        )
        for row in snapshot.log
    ]


def _clock(moment: datetime | None) -> str:
    """The time of day where the person is."""
    return moment.astimezone().strftime("%H:%M:%S") if moment else "-"


def _said(row: EventRow, cluster: str) -> str:
    times = f" (x{row.count})" if row.count > 1 else ""
    return f"{row.message.replace(f'{cluster}-', '') or row.reason}{times}"
