"""The steps of a run as lines, and the header over them."""

from __future__ import annotations

from datetime import datetime

from schemas.snapshot import Snapshot, StepRow
from screens import words
from screens.estimate import ENDED, over_usual, time_left
from screens.lines import Line, columns


def step_lines(snapshot: Snapshot, now: datetime, width: int) -> list[Line]:
    """One line a step: number, word, title, time, and what it does now."""
    title = max((len(step.info.title) for step in snapshot.steps), default=0)
    title = min(title, max(16, width - 19))
    rest = width - 2 - 4 - title - 7 - 8
    lines = []
    for number, step in enumerate(snapshot.steps, 1):
        text_width = rest if rest >= 12 else 0
        lines.append(
            columns(
                [
                    (f"{number:>2}", "dim", 2),
                    (_word(step, now), _tone(step, now), 4),
                    (step.info.title, "dim" if step.state in ("waiting", "skipped") else "", title),
                    (_time(step, now).rjust(7), "dim", 7),
                    (_text(step), "dim", text_width),
                ]
            )
        )
    return lines


def headline(snapshot: Snapshot, now: datetime) -> tuple[str, str, str]:
    """What is built where, the step it is at, and the time: the three parts of the header."""
    name = f"{snapshot.cluster} on {snapshot.provider}" if snapshot.cluster else "waiting for the engine"
    return name, _where(snapshot), _elapsed(snapshot, now)


def now_doing(snapshot: Snapshot) -> str:
    """What the running steps do or wait for, one line; empty when nothing runs."""
    doing = [step.text + _progress(step) for step in snapshot.steps if step.state == "running"]
    return "; ".join(filter(None, doing))


def current_step(snapshot: Snapshot) -> int:
    """Index of the last step that runs or failed; the last one that ended when none does."""
    indexes = [index for index, step in enumerate(snapshot.steps) if step.state in ("running", "failed")]
    ended = [index for index, step in enumerate(snapshot.steps) if step.state in ENDED]
    return (indexes or ended or [0])[-1]


def _where(snapshot: Snapshot) -> str:
    total = len(snapshot.steps)
    if snapshot.state == "done":
        return "done"
    at = [(number, step) for number, step in enumerate(snapshot.steps, 1) if step.state in ("running", "failed")]
    if not at:
        ended = sum(step.state in ENDED for step in snapshot.steps)
        return f"{words.RUN_WORDS[snapshot.state]}, {ended} of {total} steps done" if total else ""
    number, step = at[0]
    verb = "failed at step" if step.state == "failed" else "step"
    return f"{verb} {number} of {total}  {step.info.title}"


def _elapsed(snapshot: Snapshot, now: datetime) -> str:
    if snapshot.planned_at is None:
        return ""
    if snapshot.state != "running":
        end = snapshot.last_at or now
        spent = snapshot.elapsed_s if snapshot.elapsed_s is not None else (end - snapshot.planned_at).total_seconds()
        return f"{words.stopwatch(spent)} elapsed"
    spent = (now - snapshot.planned_at).total_seconds()
    low, high = time_left(snapshot.steps, now)
    left = f", about {words.usual(low, high)} left" if high >= 1 else ", nearly done"
    return f"{words.stopwatch(spent)} elapsed{left}"


def _word(step: StepRow, now: datetime) -> str:
    return "slow" if over_usual(step, now) else words.STEP_WORDS[step.state]


def _tone(step: StepRow, now: datetime) -> str:
    return "warn" if over_usual(step, now) else words.STEP_TONES[step.state]


def _time(step: StepRow, now: datetime) -> str:
    if step.elapsed_s is not None:
        return words.stopwatch(step.elapsed_s)
    if step.state == "running" and step.started_at is not None:
        return words.stopwatch((now - step.started_at).total_seconds())
    return ""


def _text(step: StepRow) -> str:
    if step.state == "waiting" and not step.text:
        return f"usual {words.usual(*step.info.usual_s)}"
    return step.text + _progress(step)


def _progress(step: StepRow) -> str:
    return f" ({step.done} of {step.total})" if step.total and step.state == "running" else ""
