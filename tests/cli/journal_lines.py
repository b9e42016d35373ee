"""Journal lines made by hand, and an engine that is nothing but a list of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.events import EVENT, ProgressEvent
from schemas.plan import StepInfo
from schemas.rows import MachineRow

BEGAN = datetime(2026, 11, 23, 11, 22, 29, tzinfo=UTC)
STEPS = (
    StepInfo(id="checks", title="Check this computer", needs=(), usual_s=(1, 5)),
    StepInfo(id="images", title="Fetch the node image", needs=("checks",), usual_s=(20, 90)),
)
PLANNED = {
    "event": "run.planned",
    "run_id": "0123abcd",
    "cluster": "demo",
    "provider": "docker",
    "kubernetes_version": "1.35.5",
    "rehearsal": True,
    "steps": STEPS,
    "control_plane_replicas": 1,
    "pools": (("demo-default", 2),),
}
STARTED = {"event": "engine.started", "pid": 4242, "resumed": False}
DONE = {"event": "run.finished", "outcome": "done", "exit_code": 0, "elapsed_s": 271.0, "kubeconfig": "/k/target"}
STOPPED = {"event": "engine.stopped", "signal": "SIGINT"}
FAILED = {
    "event": "run.finished",
    "outcome": "failed",
    "exit_code": 42,
    "elapsed_s": 9.5,
    "problem": {"code": "LT-RUN-900", "title": "A machine did not come", "fix": "Look at it"},
}


def event(seq: int, **fields: Any) -> ProgressEvent:
    """The event with that number, one second after the one before."""
    return EVENT.validate_python({"seq": seq, "at": BEGAN + timedelta(seconds=seq), **fields})


def lines(*events: dict[str, Any], first: int = 1) -> list[bytes]:
    """The events as journal lines, numbered from `first`."""
    return [EVENT.dump_json(event(seq, **fields)) for seq, fields in enumerate(events, start=first)]


def machine(name: str, state: str, **more: Any) -> MachineRow:
    blank = dict.fromkeys(MachineRow.__slots__, "")
    return MachineRow(**{**blank, "uid": f"uid-{name}", "name": name, "role": "worker", "state": state, **more})


class FakeEngine:
    """A run whose journal grows by one batch at every poll; `Link` of the watcher."""

    def __init__(self, *batches: Sequence[bytes], alive_after: bool = False) -> None:
        self._batches = list(batches)
        self._alive_after = alive_after
        self.looks = 0
        self.signals: list[int] = []
        self.on_signal: Callable[[int], list[bytes]] = lambda _signum: []

    def read_new_lines(self) -> list[bytes]:
        return list(self._batches.pop(0)) if self._batches else []

    def write(self, batch: list[bytes]) -> None:
        """One more batch for the next poll."""
        self._batches.append(batch)

    def is_alive(self) -> bool:
        return bool(self._batches) or self._alive_after

    def send(self, signum: int) -> bool:
        self.signals.append(signum)
        self.write(self.on_signal(signum))
        return True


class FakeTime:
    """A clock that only moves when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.on_pause: Callable[[float], None] = lambda _now_s: None

    def clock(self) -> float:
        return self.now_s

    def pause(self, wait_s: float) -> None:
        self.now_s += wait_s
        self.on_pause(self.now_s)
