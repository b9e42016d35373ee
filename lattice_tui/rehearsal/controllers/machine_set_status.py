"""A MachineSet's conditions and counters."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.controllers.cluster_status import machines_ready, machines_up_to_date
from lattice_tui.rehearsal.controllers.conditions import Outcome, is_true
from lattice_tui.rehearsal.controllers.objects import Context, is_deleting
from lattice_tui.rehearsal.controllers.remediation import remediating

JsonObject = dict[str, Any]


def report_status(
    ctx: Context, owned_set: JsonObject, machines: list[JsonObject], *, missing: str, blocked: list[str]
) -> None:
    """Set them in place from the Machines as they are; `missing` and `blocked` say why none can be made."""
    deleting = is_deleting(owned_set)
    desired = 0 if deleting else int(owned_set["spec"].get("replicas", 1))
    outcomes = {
        "Remediating": remediating(machines),
        "ScalingDown": scaling_down(len(machines), desired),
        "ScalingUp": _scaling_up(len(machines), desired, missing, blocked),
        "MachinesReady": machines_ready(machines),
        "MachinesUpToDate": machines_up_to_date(machines),
        "Deleting": deletion(len(machines), 0) if deleting else Outcome("False", "NotDeleting"),
    }
    for type_, outcome in outcomes.items():
        ctx.outcome(owned_set, type_, outcome)
    owned_set["status"].update(counters(machines))
    owned_set["status"]["selector"] = selector_text(owned_set)
    owned_set["status"]["observedGeneration"] = owned_set["metadata"].get("generation", 1)


def counters(machines: list[JsonObject]) -> dict[str, int]:
    """The four replica counters of an owner of Machines."""
    return {
        "replicas": len(machines),
        "readyReplicas": sum(is_true(machine, "Ready") for machine in machines),
        "availableReplicas": sum(is_true(machine, "Available") for machine in machines),
        "upToDateReplicas": sum(is_true(machine, "UpToDate") for machine in machines),
    }


def scaling_down(current: int, desired: int) -> Outcome:
    """The ScalingDown condition."""
    if current > desired:
        return Outcome("True", "ScalingDown", f"Scaling down from {current} to {desired} replicas")
    return Outcome("False", "NotScalingDown")


def deletion(machines: int, sets: int) -> Outcome:
    """The Deleting condition of an owner that was asked to go."""
    if machines:
        return Outcome("True", "Deleting", f"Deleting {machines} Machines")
    if sets:
        return Outcome("True", "Deleting", f"Deleting {sets} MachineSets")
    return Outcome("True", "Deleting", "Deletion completed")


def selector_text(owner: JsonObject) -> str:
    """status.selector, as the scale subresource wants it."""
    labels = owner["spec"]["selector"].get("matchLabels", {})
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))


def _scaling_up(current: int, desired: int, missing: str, blocked: list[str]) -> Outcome:
    if current >= desired:
        message = f"Scaling up would be blocked because {missing}" if missing else ""
        return Outcome("False", "NotScalingUp", message)
    message = f"Scaling up from {current} to {desired} replicas"
    reasons = [*blocked, *([missing] if missing else [])]
    if reasons:
        message += " is blocked because:\n" + "\n".join(f"* {reason}" for reason in reasons)
    return Outcome("True", "ScalingUp", message)
