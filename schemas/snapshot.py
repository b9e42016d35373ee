"""`Snapshot`: everything a door draws, a pure fold over the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from schemas.checks import CheckResult
from schemas.plan import StepInfo
from schemas.problem import Problem
from schemas.rows import EventRow, MachineRow, ObjectRow

if TYPE_CHECKING:
    # Building the models of the events takes a third of the time to the first screen, which reads none.
    from schemas.events import Side

StepState = Literal["waiting", "running", "done", "adopted", "skipped", "failed"]
RunState = Literal["empty", "running", "stopped", "done", "failed"]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as it stands."""

    info: StepInfo
    state: StepState = "waiting"
    started_at: datetime | None = None
    elapsed_s: float | None = None
    """Set once the step has ended."""
    text: str = ""
    """What it does or waits for now, or its summary once done."""
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    at: datetime
    source: str
    """`engine`, or the tool's name."""
    level: Literal["info", "warning", "error"]
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of one run. `machines` and `objects` are keyed by uid, oldest first."""

    cluster: str = ""
    run_id: str = ""
    provider: str = ""
    kubernetes_version: str = ""
    rehearsal: bool = False
    state: RunState = "empty"
    seq: int = 0
    """Of the last event folded in."""
    planned_at: datetime | None = None
    last_at: datetime | None = None
    engine_pid: int | None = None
    steps: tuple[StepRow, ...] = ()
    control_plane_replicas: int = 0
    pools: tuple[tuple[str, int], ...] = ()
    checks: tuple[CheckResult, ...] = ()
    machines: Mapping[str, MachineRow] = field(default_factory=dict)
    objects: Mapping[str, ObjectRow] = field(default_factory=dict)
    events: tuple[EventRow, ...] = ()
    """The newest 200, oldest first."""
    log: tuple[LogRow, ...] = ()
    """The newest 500, oldest first."""
    side: Side = "bootstrap"
    links: Mapping[str, str] = field(default_factory=dict)
    """Side -> `live`, `stale` or `closed`."""
    problem: Problem | None = None
    exit_code: int | None = None
    elapsed_s: float | None = None
    kubeconfig: str = ""
