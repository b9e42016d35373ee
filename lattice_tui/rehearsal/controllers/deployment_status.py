"""A MachineDeployment's conditions, counters and phase."""

from __future__ import annotations

import math
from typing import Any

from lattice_tui.rehearsal.controllers.cluster_status import machines_ready, machines_up_to_date
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition
from lattice_tui.rehearsal.controllers.machine_set_status import deletion, scaling_down, selector_text
from lattice_tui.rehearsal.controllers.objects import Context, is_deleting
from lattice_tui.rehearsal.controllers.remediation import remediating

JsonObject = dict[str, Any]

_COUNTERS = ("replicas", "readyReplicas", "availableReplicas", "upToDateReplicas")


def report_status(
    ctx: Context, deployment: JsonObject, sets: list[JsonObject], machines: list[JsonObject], missing: str
) -> None:
    """Set them in place: counters from the MachineSets' own status, conditions from those and the Machines."""
    deleting = is_deleting(deployment)
    desired = 0 if deleting else int(deployment["spec"].get("replicas", 1))
    status = deployment.setdefault("status", {})
    counted = [owned_set["status"] for owned_set in sets if "replicas" in owned_set.get("status", {})]
    for counter in _COUNTERS:
        status.pop(counter, None)
        if counted:
            status[counter] = sum(int(entry.get(counter, 0)) for entry in counted)
    current = int(status.get("replicas", 0))
    outcomes = {
        "Available": _available(deployment),
        "RollingOut": rolling_out(machines),
        "Remediating": remediating(machines),
        "ScalingDown": scaling_down(current, desired),
        "ScalingUp": _scaling_up(current, desired, missing),
        "MachinesReady": machines_ready(machines),
        "MachinesUpToDate": machines_up_to_date(machines),
        "Deleting": deletion(len(machines), len(sets)) if deleting else Outcome("False", "NotDeleting"),
    }
    for type_, outcome in outcomes.items():
        ctx.outcome(deployment, type_, outcome)
    status["phase"] = "ScalingUp" if desired > current else "ScalingDown" if desired < current else "Running"
    status["selector"] = selector_text(deployment)
    status["observedGeneration"] = deployment["metadata"].get("generation", 1)


def rolling_out(machines: list[JsonObject]) -> Outcome:
    """The RollingOut condition of an owner of Machines: how many are not up to date, and why."""
    reasons: list[str] = []
    count = 0
    for machine in machines:
        outcome = get_condition(machine, "UpToDate")
        if outcome is not None and outcome.status == "False":
            count += 1
            reasons += [line for line in outcome.message.split("\n") if line not in reasons]
    if not count:
        return Outcome("False", "NotRollingOut")
    return Outcome("True", "RollingOut", "\n".join([f"Rolling out {count} not up-to-date replicas", *reasons]))


def max_surge(deployment: JsonObject) -> int:
    """spec.rollout.strategy.rollingUpdate.maxSurge as a count; 1 when unset."""
    return _scaled(deployment, "maxSurge", default=1, up=True)


def max_unavailable(deployment: JsonObject) -> int:
    """spec.rollout.strategy.rollingUpdate.maxUnavailable as a count; 0 when unset."""
    return _scaled(deployment, "maxUnavailable", default=0, up=False)


def _scaled(deployment: JsonObject, field: str, *, default: int, up: bool) -> int:
    strategy = deployment["spec"].get("rollout", {}).get("strategy", {})
    value = strategy.get("rollingUpdate", {}).get(field, default)
    if isinstance(value, str) and value.endswith("%"):
        share = int(value[:-1]) * int(deployment["spec"].get("replicas", 1)) / 100
        return math.ceil(share) if up else math.floor(share)
    return int(value)


def _available(deployment: JsonObject) -> Outcome:
    available = deployment["status"].get("availableReplicas")
    if available is None:
        return Outcome("Unknown", "WaitingForAvailableReplicasSet", "Waiting for status.availableReplicas set")
    replicas = int(deployment["spec"].get("replicas", 1))
    unavailable = max_unavailable(deployment)
    if available >= replicas - unavailable:
        return Outcome("True", "Available")
    if is_deleting(deployment):
        return Outcome("False", "NotAvailable", "Deletion in progress")
    message = (
        f"{available} available replicas, at least {replicas - unavailable} required "
        f"(spec.strategy.rollout.maxUnavailable is {unavailable}, spec.replicas is {replicas})"
    )
    return Outcome("False", "NotAvailable", message)


def _scaling_up(current: int, desired: int, missing: str) -> Outcome:
    if current >= desired:
        return Outcome("False", "NotScalingUp", f"Scaling up would be blocked because {missing}" if missing else "")
    blocked = f" is blocked because {missing}" if missing else ""
    return Outcome("True", "ScalingUp", f"Scaling up from {current} to {desired} replicas{blocked}")
