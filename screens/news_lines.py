"""Kubernetes events and the log as lines, newest last. Long messages go on below themselves."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from schemas.rows import EventRow
from schemas.snapshot import Snapshot
from screens.clock import read_time
from screens.lines import Line, columns, hang

LEVEL_TONES = {"info": "", "warning": "warn", "error": "fail"}
CLOCK_WIDTH = 8
SOURCE_WIDTH = 10
MOST_LINES = 4
"""Of one message; a tool can print a screenful in one line."""


def event_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """The time, about what, and what was said."""
    about = 30 if width >= 100 else 18
    lines: list[Line] = []
    for row in snapshot.events:
        name = f"{row.kind}/{row.name.removeprefix(snapshot.cluster + '-')}"
        tone = "warn" if row.type == "Warning" else ""
        lines += _message(_clock(read_time(row.at)), name, about, _said(row), tone, width)
    return lines


def log_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """The time, who said it, and what."""
    lines: list[Line] = []
    for row in snapshot.log:
        lines += _message(_clock(row.at), row.source, SOURCE_WIDTH, row.text, LEVEL_TONES[row.level], width)
    return lines


@lru_cache(maxsize=4096)
def _message(clock: str, source: str, source_width: int, text: str, tone: str, width: int) -> tuple[Line, ...]:
    text_width = max(16, width - CLOCK_WIDTH - source_width - 4)
    first, *rest = hang("", text, text_width)[:MOST_LINES]
    head = columns([(clock, "dim", CLOCK_WIDTH), (source, "dim", source_width), (first, tone, text_width)])
    margin = CLOCK_WIDTH + source_width + 2
    return (head, *(columns([("", "", margin), (part, tone, text_width)]) for part in rest))


def _clock(moment: datetime | None) -> str:
    """The time of day where the person is."""
    return moment.astimezone().strftime("%H:%M:%S") if moment else "-"


def _said(row: EventRow) -> str:
    times = f" (x{row.count})" if row.count > 1 else ""
    return f"{row.reason}{times}: {row.message}" if row.message else f"{row.reason}{times}"
