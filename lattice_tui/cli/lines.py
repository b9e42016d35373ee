"""Events as lines for a log: ISO time, step k/n, one stable word, the subject, then words for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import singledispatchmethod

from lattice_tui.text import safe_text
from schemas.events import (
    ApiLink,
    CheckFinished,
    EngineStarted,
    EngineStopped,
    KubernetesEventSeen,
    MachineChanged,
    MachineGone,
    Note,
    ProgressEvent,
    RunFinished,
    RunPlanned,
    StepDone,
    StepFailed,
    StepProgress,
    StepSkipped,
    StepStarted,
    ToolStarted,
)
from schemas.snapshot import Snapshot, StepRow

Said = tuple[str, str, str]
"""Step id (or empty), stable word, text."""


class Lines:
    """Turns each event into at most one line. Holds what was said last, so that only changes are said."""

    def __init__(self) -> None:
        self._progress: dict[str, str] = {}
        self._machines: dict[str, str] = {}

    def line(self, event: ProgressEvent, after: Snapshot) -> str | None:
        """The line for `event`, None when it changes nothing that a log should hold; `after` includes the event."""
        said = self._say(event)
        if said is None:
            return None
        step, word, text = said
        return f"{stamp(event.at)} {step_place(after, step)} {word}  {safe_text(text)}"

    @singledispatchmethod
    def _say(self, _event: ProgressEvent) -> Said | None:
        return None

    @_say.register
    def _(self, event: RunPlanned) -> Said:
        where = " in a simulated world" if event.rehearsal else ""
        return "", "planned", f"{event.cluster} on {event.provider}{where}, Kubernetes {event.kubernetes_version}"

    @_say.register
    def _(self, event: EngineStarted) -> Said:
        return "", "engine", f"{'resumed' if event.resumed else 'started'}, process {event.pid}"

    @_say.register
    def _(self, event: EngineStopped) -> Said:
        return "", "stopped", f"by {event.signal}"

    @_say.register
    def _(self, event: StepStarted) -> Said:
        return event.step, "start", event.step

    @_say.register
    def _(self, event: StepProgress) -> Said | None:
        # Each check has a line of its own.
        if event.step == "checks" or self._progress.get(event.step) == event.text:
            return None
        self._progress[event.step] = event.text
        return event.step, "progress", f"{event.step}  {event.text}"

    @_say.register
    def _(self, event: StepDone) -> Said:
        if event.adopted:
            return event.step, "adopted", f"{event.step}  was done already  {event.summary}".rstrip()
        return event.step, "done", f"{event.step}  {event.elapsed_s:.1f} s  {event.summary}".rstrip()

    @_say.register
    def _(self, event: StepSkipped) -> Said:
        return event.step, "skipped", f"{event.step}  {event.why}"

    @_say.register
    def _(self, event: StepFailed) -> Said:
        return event.step, "failed", f"{event.step}  {event.problem.title}  {event.problem.code}"

    @_say.register
    def _(self, event: CheckFinished) -> Said | None:
        result = event.result
        if result.status == "wait":
            return None
        simulated = "  (simulated)" if result.simulated and "(simulated)" not in result.summary else ""
        return "checks", "check", f"{result.status}  {result.title}: {result.summary}{simulated}"

    @_say.register
    def _(self, event: ToolStarted) -> Said:
        return event.step, "tool", " ".join(event.argv)

    @_say.register
    def _(self, event: MachineChanged) -> Said | None:
        row = event.row
        if self._machines.get(row.uid) == row.state:
            return None
        self._machines[row.uid] = row.state
        why = "" if row.state == "ready" else row.message or row.reason
        return "", "machine", f"{row.name}  {row.state}  {why}".rstrip()

    @_say.register
    def _(self, event: MachineGone) -> Said:
        return "", "machine", f"{event.name}  gone"

    @_say.register
    def _(self, event: KubernetesEventSeen) -> Said | None:
        row = event.row
        if row.type != "Warning" or row.count > 1:
            return None
        return "", "event", f"{row.kind}/{row.name}  {row.reason}  {row.message}"

    @_say.register
    def _(self, event: ApiLink) -> Said | None:
        return ("", "link", f"{event.side}  stale  {event.why}".rstrip()) if event.state == "stale" else None

    @_say.register
    def _(self, event: Note) -> Said:
        return "", event.level, event.text

    @_say.register
    def _(self, event: RunFinished) -> Said:
        return "", "finished", f"{event.outcome}  exit {event.exit_code}  {duration(event.elapsed_s)}"


def stamp(at: datetime) -> str:
    """`2026-11-23T11:22:29Z`"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def step_place(snapshot: Snapshot, step: str = "") -> str:
    """`step 3/13`: of the step named, else of the first one that is running, else how many are done."""
    rows = snapshot.steps
    for number, row in enumerate(rows, start=1):
        if row.info.id == step or (not step and row.state == "running"):
            return f"step {number}/{len(rows)}"
    return f"step {sum(_is_over(row) for row in rows)}/{len(rows)}"


def duration(elapsed_s: float) -> str:
    """`4 min 31 s`"""
    minutes, seconds = divmod(round(elapsed_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _is_over(row: StepRow) -> bool:
    return row.state in ("done", "adopted", "skipped")
