"""`ProgressEvent -> reduce -> Snapshot`: pure, cheap, and safe to replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from schemas import events as e
from schemas.events import ProgressEvent
from schemas.rows import MachineRow, ObjectRow
from schemas.snapshot import LogRow, Snapshot, StepRow, StepState

MAX_EVENTS = 200
MAX_LOG = 500
STOPPED_TEXT = "stopped here; resuming looks at what is done and goes on"

EMPTY = Snapshot()
Row = TypeVar("Row", MachineRow, ObjectRow)


def fold(events: Iterable[ProgressEvent], start: Snapshot = EMPTY) -> Snapshot:
    """The state after `events`."""
    snapshot = start
    for event in events:
        snapshot = reduce(snapshot, event)
    return snapshot


def reduce(snapshot: Snapshot, event: ProgressEvent) -> Snapshot:
    """The state after one more event. An event that was folded in before changes nothing."""
    if event.seq <= snapshot.seq:
        return snapshot
    after = _REDUCERS[event.event](snapshot, event)
    return replace(after, seq=event.seq, last_at=event.at)


def _planned(snapshot: Snapshot, event: e.RunPlanned) -> Snapshot:
    return replace(
        snapshot,
        cluster=event.cluster,
        run_id=event.run_id,
        provider=event.provider,
        kubernetes_version=event.kubernetes_version,
        rehearsal=event.rehearsal,
        state="running",
        planned_at=event.at,
        steps=tuple(StepRow(info=info) for info in event.steps),
        control_plane_replicas=event.control_plane_replicas,
        pools=event.pools,
    )


def _engine_started(snapshot: Snapshot, event: e.EngineStarted) -> Snapshot:
    resumed = replace(
        _halted(snapshot), state="running", engine_pid=event.pid, problem=None, exit_code=None, elapsed_s=None
    )
    text = f"resumed by process {event.pid}" if event.resumed else f"started, process {event.pid}"
    return _log(resumed, event, "engine", "info", text)


def _engine_stopped(snapshot: Snapshot, event: e.EngineStopped) -> Snapshot:
    stopped = replace(_halted(snapshot), state="stopped", engine_pid=None)
    return _log(stopped, event, "engine", "warning", f"stopped by {event.signal}; it can be resumed")


def _step_started(snapshot: Snapshot, event: e.StepStarted) -> Snapshot:
    return _step(
        snapshot,
        event.step,
        lambda row: StepRow(info=row.info, state="running", started_at=event.at),
    )


def _step_progress(snapshot: Snapshot, event: e.StepProgress) -> Snapshot:
    return _step(snapshot, event.step, lambda row: replace(row, text=event.text, done=event.done, total=event.total))


def _step_done(snapshot: Snapshot, event: e.StepDone) -> Snapshot:
    def done(row: StepRow) -> StepRow:
        state: StepState = "adopted" if event.adopted else "done"
        return replace(
            row,
            state=state,
            started_at=row.started_at or event.at,
            elapsed_s=event.elapsed_s,
            text=event.summary,
            done=None,
            total=None,
        )

    after = _step(snapshot, event.step, done)
    how = "was done already" if event.adopted else "done"
    return _log(after, event, "engine", "info", f"{event.step}: {how}. {event.summary}".rstrip(". "))


def _step_skipped(snapshot: Snapshot, event: e.StepSkipped) -> Snapshot:
    return _step(snapshot, event.step, lambda row: replace(row, state="skipped", text=event.why))


def _step_failed(snapshot: Snapshot, event: e.StepFailed) -> Snapshot:
    after = _step(
        snapshot,
        event.step,
        lambda row: replace(row, state="failed", elapsed_s=event.elapsed_s, text=event.problem.title),
    )
    return _log(after, event, "engine", "error", f"{event.step}: {event.problem.title}")


def _check_finished(snapshot: Snapshot, event: e.CheckFinished) -> Snapshot:
    known = [check.id for check in snapshot.checks]
    if event.result.id not in known:
        return replace(snapshot, checks=(*snapshot.checks, event.result))
    return replace(
        snapshot,
        checks=tuple(event.result if check.id == event.result.id else check for check in snapshot.checks),
    )


def _tool_started(snapshot: Snapshot, event: e.ToolStarted) -> Snapshot:
    return _log(snapshot, event, event.tool, "info", "$ " + " ".join(event.argv))


def _tool_output(snapshot: Snapshot, event: e.ToolOutput) -> Snapshot:
    return _log(snapshot, event, event.tool, "info", event.line)


def _tool_exited(snapshot: Snapshot, event: e.ToolExited) -> Snapshot:
    if event.exit_code == 0:
        return snapshot
    how = f"died by signal {-event.exit_code}" if event.exit_code < 0 else f"ended with exit code {event.exit_code}"
    return _log(snapshot, event, event.tool, "error", how)


def _machine_changed(snapshot: Snapshot, event: e.MachineChanged) -> Snapshot:
    return replace(snapshot, machines=_put(snapshot.machines, event.row))


def _machine_gone(snapshot: Snapshot, event: e.MachineGone) -> Snapshot:
    return replace(snapshot, machines=_without(snapshot.machines, event.uid))


def _object_changed(snapshot: Snapshot, event: e.ObjectChanged) -> Snapshot:
    return replace(snapshot, objects=_put(snapshot.objects, event.row))


def _object_gone(snapshot: Snapshot, event: e.ObjectGone) -> Snapshot:
    return replace(snapshot, objects=_without(snapshot.objects, event.uid))


def _kubernetes_event(snapshot: Snapshot, event: e.KubernetesEventSeen) -> Snapshot:
    others = tuple(row for row in snapshot.events if row.uid != event.row.uid)
    return replace(snapshot, events=(*others, event.row)[-MAX_EVENTS:])


def _api_link(snapshot: Snapshot, event: e.ApiLink) -> Snapshot:
    return replace(snapshot, links={**snapshot.links, event.side: event.state})


def _view_moved(snapshot: Snapshot, event: e.ViewMoved) -> Snapshot:
    return replace(snapshot, side=event.side)


def _inventory_added(snapshot: Snapshot, event: e.InventoryAdded) -> Snapshot:
    return _log(snapshot, event, "engine", "info", f"made {event.kind} {event.name} on {event.where}")


def _note(snapshot: Snapshot, event: e.Note) -> Snapshot:
    return _log(snapshot, event, "engine", event.level, event.text)


def _run_finished(snapshot: Snapshot, event: e.RunFinished) -> Snapshot:
    return replace(
        _halted(snapshot),
        state=event.outcome,
        engine_pid=None,
        problem=event.problem,
        exit_code=event.exit_code,
        elapsed_s=event.elapsed_s,
        kubeconfig=event.kubeconfig,
    )


def _step(snapshot: Snapshot, step: str, change: Callable[[StepRow], StepRow]) -> Snapshot:
    return replace(snapshot, steps=tuple(change(row) if row.info.id == step else row for row in snapshot.steps))


def _halted(snapshot: Snapshot) -> Snapshot:
    """No engine works on it now: what was running waits to be taken up again."""
    return replace(
        snapshot,
        steps=tuple(
            StepRow(info=row.info, text=STOPPED_TEXT) if row.state == "running" else row for row in snapshot.steps
        ),
    )


def _log(snapshot: Snapshot, event: ProgressEvent, source: str, level: Any, text: str) -> Snapshot:
    return replace(snapshot, log=(*snapshot.log, LogRow(event.at, source, level, text))[-MAX_LOG:])


def _put(rows: Mapping[str, Row], row: Row) -> dict[str, Row]:
    """`rows` with `row` in them. The same name under another uid is the same thing after a move, or made anew."""
    twins = [uid for uid, old in rows.items() if uid == row.uid or _is_same_name(old, row)]
    if not twins or twins == [row.uid]:
        return {**rows, row.uid: row}
    # It takes the place of the first, so that a list on a screen does not jump.
    kept = {uid: old for uid, old in rows.items() if uid not in twins[1:]}
    return {row.uid if uid == twins[0] else uid: row if uid == twins[0] else old for uid, old in kept.items()}


def _is_same_name(one: MachineRow | ObjectRow, other: MachineRow | ObjectRow) -> bool:
    if isinstance(one, ObjectRow) and isinstance(other, ObjectRow) and one.kind != other.kind:
        return False
    return one.name == other.name and one.namespace == other.namespace


def _without(rows: Mapping[str, Row], uid: str) -> Mapping[str, Row]:
    return {key: row for key, row in rows.items() if key != uid} if uid in rows else rows


_REDUCERS: dict[str, Callable[[Snapshot, Any], Snapshot]] = {
    "run.planned": _planned,
    "engine.started": _engine_started,
    "engine.stopped": _engine_stopped,
    "step.started": _step_started,
    "step.progress": _step_progress,
    "step.done": _step_done,
    "step.skipped": _step_skipped,
    "step.failed": _step_failed,
    "check.finished": _check_finished,
    "tool.started": _tool_started,
    "tool.output": _tool_output,
    "tool.exited": _tool_exited,
    "machine.changed": _machine_changed,
    "machine.gone": _machine_gone,
    "object.changed": _object_changed,
    "object.gone": _object_gone,
    "kubernetes.event": _kubernetes_event,
    "api.link": _api_link,
    "view.moved": _view_moved,
    "inventory.added": _inventory_added,
    "note": _note,
    "run.finished": _run_finished,
}
