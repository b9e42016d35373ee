"""Words for states and durations: the same everywhere on the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Types alone: the first screen, which has a use for a few words, is drawn without the modules of a run.
    from collections.abc import Mapping

    from schemas.checks import CheckStatus
    from schemas.rows import MachineState
    from schemas.snapshot import RunState, StepState

STEP_WORDS: Mapping[StepState, str] = {
    "waiting": "wait",
    "running": "now",
    "done": "ok",
    "adopted": "ok",
    "skipped": "skip",
    "failed": "fail",
}
STEP_TONES: Mapping[StepState, str] = {
    "waiting": "dim",
    "running": "now",
    "done": "ok",
    "adopted": "ok",
    "skipped": "dim",
    "failed": "fail",
}
MACHINE_TONES: Mapping[MachineState, str] = {
    "pending": "dim",
    "creating": "now",
    "starting": "now",
    "joining": "now",
    "ready": "ok",
    "deleting": "warn",
    "failed": "fail",
}
CHECK_TONES: Mapping[CheckStatus, str] = {
    "wait": "now",
    "ok": "ok",
    "warn": "warn",
    "fail": "fail",
    "skip": "dim",
    "unknown": "warn",
}
RUN_WORDS: Mapping[RunState, str] = {
    "empty": "not started yet",
    "running": "running",
    "stopped": "stopped",
    "done": "done",
    "failed": "failed",
}


def stopwatch(seconds: float) -> str:
    """`00:08`, `12:31`, `1:02:03`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


def short_duration(seconds: float) -> str:
    """At most six columns: `8 s`, `12 min`, `5 h`, `3 d`."""
    whole = max(0, int(seconds))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= 2 * size or (unit == "min" and whole >= size):
            return f"{whole // size} {unit}"
    return f"{whole} s"


def usual(low_s: float, high_s: float) -> str:
    """A usual range, in the unit that reads best: `20-40 s`, `2-4 min`, `under 1 s`."""
    if high_s < 1:
        return "under 1 s"
    size, unit = (60, "min") if high_s >= 90 else (1, "s")
    low, high = max(1, round(low_s / size)), max(1, round(high_s / size))
    return f"{low} {unit}" if low == high else f"{low}-{high} {unit}"


def count(number: int, noun: str) -> str:
    """`1 machine`, `3 machines`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
