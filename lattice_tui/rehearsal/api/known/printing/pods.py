"""A pod's cells: how many containers are ready, what it is doing, how often it was restarted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import age, parsed
from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    NAME,
    NONE,
    Printed,
    age_of,
    has_condition,
    is_leaving,
    name_of,
    part,
    text,
)
from lattice_tui.rehearsal.api.served import JsonObject

UNREACHABLE = "NodeLost"
FINISHED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


@dataclass(slots=True)
class _Told:
    """What is read off the containers of a pod, one after the other."""

    reason: str
    restarts: int = 0
    ready: int = 0
    last_restart: str = ""

    def count_restarts(self, status: JsonObject) -> None:
        self.restarts += status.get("restartCount", 0)
        finished = part(status, "lastState", "terminated").get("finishedAt", "")
        if finished and (not self.last_restart or _is_later(finished, self.last_restart)):
            self.last_restart = finished


def _is_later(left: str, right: str) -> bool:
    first, second = parsed(left), parsed(right)
    return first is not None and (second is None or first > second)


def pod_cells(pod: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a pod."""
    spec, status = part(pod, "spec"), part(pod, "status")
    stays = {one["name"] for one in spec.get("initContainers") or [] if one.get("restartPolicy") == "Always"}
    told = _told(pod, stays)
    total = len(spec.get("containers") or []) + len(stays)
    restarts = str(told.restarts)
    if told.restarts and told.last_restart:
        restarts = f"{told.restarts} ({age(told.last_restart, now)} ago)"
    addresses = status.get("podIPs") or [{}]
    return [
        name_of(pod),
        f"{told.ready}/{total}",
        told.reason,
        restarts,
        age_of(pod, now),
        addresses[0].get("ip") or NONE,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _readiness_gates(pod),
    ]


def _told(pod: JsonObject, stays: set[str]) -> _Told:
    status = part(pod, "status")
    phase = status.get("phase", "")
    gated = any(
        one.get("type") == "PodScheduled" and one.get("reason") == "SchedulingGated"
        for one in status.get("conditions") or []
    )
    told = _Told("SchedulingGated" if gated else status.get("reason") or phase)
    beside = _Told("")
    initializing = _read_init_containers(pod, stays, told, beside)
    if not initializing or has_condition(pod, "Initialized"):
        told.restarts, told.last_restart = beside.restarts, beside.last_restart
        _read_containers(pod, told)
    if is_leaving(pod) and status.get("reason") == UNREACHABLE:
        told.reason = "Unknown"
    elif is_leaving(pod) and phase not in FINISHED:
        told.reason = "Terminating"
    return told


def _read_init_containers(pod: JsonObject, stays: set[str], told: _Told, beside: _Told) -> bool:
    """Whether the pod is still initialising; `beside` counts the containers that stay for the pod's life."""
    for index, status in enumerate(part(pod, "status").get("initContainerStatuses") or []):
        told.count_restarts(status)
        if status.get("name") in stays:
            beside.count_restarts(status)
        ended = part(status, "state").get("terminated")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if status.get("name") in stays and status.get("started"):
            told.ready += bool(status.get("ready"))
            continue
        waiting = part(status, "state", "waiting").get("reason", "")
        if ended is not None:
            told.reason = f"Init:{_end_of(ended)}"
        elif waiting and waiting != "PodInitializing":
            told.reason = f"Init:{waiting}"
        else:
            told.reason = f"Init:{index}/{len(part(pod, 'spec').get('initContainers') or [])}"
        return True
    return False


def _read_containers(pod: JsonObject, told: _Told) -> None:
    is_running, error = False, ""
    for status in reversed(part(pod, "status").get("containerStatuses") or []):
        told.count_restarts(status)
        state = part(status, "state")
        ended = state.get("terminated")
        if part(state, "waiting").get("reason"):
            told.reason = state["waiting"]["reason"]
        elif ended is not None:
            told.reason = _end_of(ended)
            error = told.reason if ended.get("exitCode", 0) else error
        elif status.get("ready") and "running" in state:
            is_running = True
            told.ready += 1
    if told.reason == "Completed":
        if is_running and has_condition(pod, "Ready"):
            told.reason = "Running"
        elif error or is_running:
            told.reason = error or "NotReady"


def _end_of(terminated: JsonObject) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _readiness_gates(pod: JsonObject) -> str:
    gates = part(pod, "spec").get("readinessGates") or []
    if not gates:
        return NONE
    return f"{sum(has_condition(pod, gate.get('conditionType', '')) for gate in gates)}/{len(gates)}"


def pod_conditions(pod: JsonObject) -> list[JsonObject]:
    """A finished pod's row says that it is completed, so that clients may hide it."""
    phase = part(pod, "status").get("phase", "")
    if phase not in FINISHED:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": FINISHED[phase]}]


PODS = Printed(
    (
        NAME,
        text("Ready", "How many of the pod's containers are ready for work."),
        text("Status", "What the pod's containers are doing, taken together."),
        text("Restarts", "How often containers were restarted, and when the last time was."),
        AGE_TEXT,
        text("IP", "The pod's address.", wide=True),
        text("Node", "The node the pod runs on.", wide=True),
        text("Nominated Node", "The node on which room is being made for the pod.", wide=True),
        text("Readiness Gates", "How many of the conditions that others set hold.", wide=True),
    ),
    pod_cells,
    pod_conditions,
)
