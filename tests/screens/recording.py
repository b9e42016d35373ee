"""A run as its journal tells it, at fixed times: what the progress screens are tested with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lattice_tui.install.plan_steps import STEPS
from schemas.events import EVENT, ProgressEvent
from schemas.rows import EventRow, MachineRow

START = datetime(2026, 5, 4, 9, 0, 0, tzinfo=UTC)
CLUSTER = "my-cluster"


class Recorder:
    """Collects events with counted numbers; `at(seconds)` moves the clock."""

    def __init__(self) -> None:
        self.events: list[ProgressEvent] = []
        self._now = START

    def at(self, seconds: float) -> Recorder:
        self._now = START + timedelta(seconds=seconds)
        return self

    def say(self, event: str, **facts: Any) -> Recorder:
        record = {"event": event, "seq": len(self.events) + 1, "at": self._now, **facts}
        self.events.append(EVENT.validate_python(record))
        return self

    def step(self, step: str, start_s: float, end_s: float, summary: str) -> Recorder:
        self.at(start_s).say("step.started", step=step)
        return self.at(end_s).say("step.done", step=step, elapsed_s=end_s - start_s, summary=summary)

    def until(self, moment: datetime) -> Recorder:
        """Move the clock to a moment of its own."""
        self._now = moment
        return self

    @property
    def now(self) -> datetime:
        return self._now


def machine(name: str, **changes: Any) -> MachineRow:
    """A machine row; a control plane unless told otherwise."""
    facts: dict[str, Any] = {
        "uid": f"uid-{name}",
        "namespace": f"capi-{CLUSTER}",
        "name": name,
        "role": "control-plane",
        "pool": f"{CLUSTER}-control-plane",
        "state": "ready",
        "phase": "Running",
        "ready": "True",
        "reason": "Ready",
        "message": "",
        "since": "2026-05-04T09:00:40Z",
        "created_at": "2026-05-04T09:00:20Z",
        "node": name,
        "address": "172.18.0.4",
        "provider_id": f"docker:////{name}",
        "version": "v1.35.5",
    }
    return MachineRow(**{**facts, **changes})


def worker(name: str, **changes: Any) -> MachineRow:
    return machine(name, **{"role": "worker", "pool": f"{CLUSTER}-default", "address": "172.18.0.5", **changes})


def planned() -> Recorder:
    """Nothing has begun."""
    return Recorder().say(
        "run.planned",
        run_id="3f9a2c1d",
        cluster=CLUSTER,
        provider="docker",
        kubernetes_version="1.35.5",
        rehearsal=True,
        steps=[
            {"id": step.id, "title": step.title, "needs": step.needs, "usual_s": [usual / 10 for usual in step.usual_s]}
            for step in STEPS
        ],
        control_plane_replicas=1,
        pools=((f"{CLUSTER}-default", 2),),
    )


def at_work() -> Recorder:
    """The control plane is up; the workers join."""
    recorder = planned().say("engine.started", pid=4242, resumed=False)
    recorder.step("checks", 0.1, 0.6, "7 checks, all ok").step("tools", 0.2, 0.9, "kind, clusterctl, helm found")
    recorder.step("images", 0.6, 4.1, "kindest/node:v1.35.5 is here")
    recorder.at(4.2).say("tool.started", tool_run=1, step="bootstrap", tool="kind", argv=["kind", "create", "cluster"])
    for line in ('Creating cluster "lattice-3f9a2c1d" ...', " * Preparing nodes", " * Starting control-plane"):
        recorder.say("tool.output", tool_run=1, tool="kind", stream="stderr", line=line)
    recorder.step("bootstrap", 4.2, 7.9, "lattice-3f9a2c1d answers").step("reach", 8, 8.4, "")
    recorder.step("providers", 8.4, 17.6, "Cluster API v1.13.5, kubeadm, docker")
    recorder.step("objects", 17.6, 18.0, "11 objects applied")
    recorder.say("api.link", side="bootstrap", state="live")
    recorder.at(18.0).say("step.started", step="control-plane")
    recorder.at(20).say("machine.changed", row=machine(f"{CLUSTER}-control-plane-x7k2p"))
    recorder.say(
        "kubernetes.event",
        row=EventRow(
            "e1", "2026-05-04T09:00:24Z", "Machine", f"{CLUSTER}-control-plane-x7k2p", "Normal",
            "SuccessfulSetNodeRef", "Node my-cluster-control-plane-x7k2p is set", 1,
        ),
    )  # fmt: skip
    recorder.at(26).say("step.done", step="control-plane", elapsed_s=8.0, summary="the API answers")
    recorder.step("network", 26.0, 27.2, "Cilium 1.19.1")
    recorder.at(27.2).say("step.started", step="nodes").say("step.started", step="management")
    recorder.say("step.progress", step="nodes", text="waiting for 2 machines", done=1, total=3)
    recorder.say("step.progress", step="management", text="cert-manager is starting")
    recorder.say(
        "machine.changed",
        row=worker(
            f"{CLUSTER}-default-7c9fd-4mzqx", state="starting", ready="False", node="", since="2026-05-04T09:00:29Z",
            reason="BootstrapFailed", message="kubeadm join has not finished yet", phase="Provisioned",
        ),
    )  # fmt: skip
    recorder.say(
        "kubernetes.event",
        row=EventRow(
            "e2", "2026-05-04T09:00:29Z", "MachineSet", f"{CLUSTER}-default-7c9fd", "Normal",
            "SuccessfulCreate", "Created machine my-cluster-default-7c9fd-4mzqx", 2,
        ),
    )  # fmt: skip
    return recorder.at(31)


def done() -> Recorder:
    """Everything stands."""
    recorder = at_work()
    recorder.say("machine.changed", row=worker(f"{CLUSTER}-default-7c9fd-4mzqx"))
    recorder.say("machine.changed", row=worker(f"{CLUSTER}-default-7c9fd-tt8vn", address="172.18.0.6"))
    recorder.at(37).say("step.done", step="nodes", elapsed_s=9.8, summary="3 nodes ready")
    recorder.at(38).say("step.done", step="management", elapsed_s=10.8, summary="Cluster API v1.13.5")
    recorder.step("move", 38, 41, "14 objects moved").at(41).say("view.moved", side="target")
    recorder.step("finish", 41, 43, "the bootstrap cluster is gone")
    return recorder.at(43).say(
        "run.finished",
        outcome="done",
        exit_code=0,
        elapsed_s=43.0,
        kubeconfig="/home/ada/.local/state/lattice-tui/rehearsals/my-cluster/target.kubeconfig",
    )


def failed() -> Recorder:
    """A machine never joined."""
    problem = {
        "code": "LT-MCH-003",
        "title": "my-cluster-default-7c9fd-4mzqx did not join in time",
        "detail": "Waiting for a Node with spec.providerID docker:////my-cluster-default-7c9fd-4mzqx to exist",
        "fix": "Delete the machine, so that a new one takes its place: kubectl delete machine ...",
        "check": "lattice status my-cluster",
    }
    recorder = at_work().at(90)
    recorder.say("step.failed", step="nodes", elapsed_s=62.8, problem=problem, exit_code=42)
    return recorder.say("run.finished", outcome="failed", exit_code=42, elapsed_s=90.0, problem=problem)
