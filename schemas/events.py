"""`ProgressEvent`: the closed union that the engine writes to the journal and every door folds.

One JSON object a line. Field `v` is the version of this schema; `seq` counts from 1 without gaps;
`at` is the engine's wall clock in UTC. No event carries a Snapshot: a Snapshot is a fold.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from schemas.checks import CheckResult
from schemas.plan import StepInfo
from schemas.problem import Problem
from schemas.rows import EventRow, MachineRow, ObjectRow

JOURNAL_VERSION: Literal[1] = 1

Side = Literal["bootstrap", "target"]
"""The temporary cluster on this machine, and the cluster being built."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = JOURNAL_VERSION
    seq: int
    at: AwareDatetime


class RunPlanned(_Event):
    """First record of a run: everything needed to draw the empty screen."""

    event: Literal["run.planned"] = "run.planned"
    run_id: str
    cluster: str
    provider: str
    kubernetes_version: str
    rehearsal: bool
    steps: tuple[StepInfo, ...]
    control_plane_replicas: int
    pools: tuple[tuple[str, int], ...]
    """(MachineDeployment name, replicas) in the order of the document."""


class EngineStarted(_Event):
    event: Literal["engine.started"] = "engine.started"
    pid: int
    resumed: bool


class EngineStopped(_Event):
    """The engine stopped on purpose; the run can be resumed."""

    event: Literal["engine.stopped"] = "engine.stopped"
    signal: str


class StepStarted(_Event):
    """Written and fsynced before the step's first side effect."""

    event: Literal["step.started"] = "step.started"
    step: str


class StepProgress(_Event):
    event: Literal["step.progress"] = "step.progress"
    step: str
    text: str
    """What it does or waits for now."""
    done: int | None = None
    total: int | None = None


class StepDone(_Event):
    """Written and fsynced after the step's last side effect."""

    event: Literal["step.done"] = "step.done"
    step: str
    elapsed_s: float
    adopted: bool = False
    """True when the probe found the work already done in the real world."""
    summary: str = ""


class StepSkipped(_Event):
    event: Literal["step.skipped"] = "step.skipped"
    step: str
    why: str


class StepFailed(_Event):
    event: Literal["step.failed"] = "step.failed"
    step: str
    elapsed_s: float
    problem: Problem
    exit_code: int


class CheckFinished(_Event):
    event: Literal["check.finished"] = "check.finished"
    result: CheckResult


class ToolStarted(_Event):
    event: Literal["tool.started"] = "tool.started"
    tool_run: int
    """Counts from 1 within one engine process."""
    step: str
    tool: str
    argv: tuple[str, ...]
    """Redacted."""


class ToolOutput(_Event):
    event: Literal["tool.output"] = "tool.output"
    tool_run: int
    tool: str
    stream: Literal["stdout", "stderr"]
    line: str
    """Redacted and safe to print."""


class ToolExited(_Event):
    event: Literal["tool.exited"] = "tool.exited"
    tool_run: int
    tool: str
    exit_code: int
    """Negative: died by that signal."""
    elapsed_s: float


class MachineChanged(_Event):
    event: Literal["machine.changed"] = "machine.changed"
    row: MachineRow


class MachineGone(_Event):
    event: Literal["machine.gone"] = "machine.gone"
    uid: str
    name: str


class ObjectChanged(_Event):
    event: Literal["object.changed"] = "object.changed"
    row: ObjectRow


class ObjectGone(_Event):
    event: Literal["object.gone"] = "object.gone"
    uid: str
    kind: str
    name: str


class KubernetesEventSeen(_Event):
    event: Literal["kubernetes.event"] = "kubernetes.event"
    row: EventRow


class ApiLink(_Event):
    """The state of our connection to one API server; `stale` means the panes may be out of date."""

    event: Literal["api.link"] = "api.link"
    side: Side
    state: Literal["live", "stale", "closed"]
    why: str = ""


class ViewMoved(_Event):
    """From now on the rows come from this side (after the move: `target`)."""

    event: Literal["view.moved"] = "view.moved"
    side: Side


class InventoryAdded(_Event):
    """Something was made that uninstall has to find again."""

    event: Literal["inventory.added"] = "inventory.added"
    kind: str
    name: str
    where: str


class Note(_Event):
    event: Literal["note"] = "note"
    level: Literal["info", "warning"]
    text: str


class RunFinished(_Event):
    event: Literal["run.finished"] = "run.finished"
    outcome: Literal["done", "failed"]
    exit_code: int
    elapsed_s: float
    """Since the run was planned."""
    problem: Problem | None = None
    kubeconfig: str = ""
    """Path of the new cluster's kubeconfig, empty unless done."""


ProgressEvent = Annotated[
    RunPlanned
    | EngineStarted
    | EngineStopped
    | StepStarted
    | StepProgress
    | StepDone
    | StepSkipped
    | StepFailed
    | CheckFinished
    | ToolStarted
    | ToolOutput
    | ToolExited
    | MachineChanged
    | MachineGone
    | ObjectChanged
    | ObjectGone
    | KubernetesEventSeen
    | ApiLink
    | ViewMoved
    | InventoryAdded
    | Note
    | RunFinished,
    Field(discriminator="event"),
]

EVENT: TypeAdapter[ProgressEvent] = TypeAdapter(ProgressEvent)
"""`EVENT.validate_json(line)` reads one journal line; `event.model_dump_json()` writes one."""
