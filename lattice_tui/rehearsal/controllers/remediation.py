"""What the owners of Machines do about those that a MachineHealthCheck has found unhealthy: delete them, with care."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import MACHINE
from lattice_tui.rehearsal.controllers.conditions import Outcome, aggregate, get_condition, owned_condition
from lattice_tui.rehearsal.controllers.objects import Context, initialized, is_deleting

JsonObject = dict[str, Any]

CHECKED, REMEDIATED = "HealthCheckSucceeded", "OwnerRemediated"
WAITING = Outcome("False", "WaitingForRemediation", "Waiting for remediation")
_DELETING = Outcome("False", "MachineDeleting", "Machine is deleting")
_THE_ONLY_ONE = Outcome(
    "False",
    "CannotBeRemediated",
    "KubeadmControlPlane can't remediate if current replicas are less or equal to 1",
)
_ANOTHER_GOES = Outcome(
    "False",
    "RemediationDeferred",
    "KubeadmControlPlane waiting for control plane Machine deletion to complete before triggering remediation",
)


def remediate_workers(ctx: Context, machines: list[JsonObject]) -> None:
    """Delete the Machines of a MachineSet that are to be replaced; the set makes others when they are gone."""
    for machine in _unhealthy(machines):
        _report(ctx, machine, _DELETING)
        ctx.delete(MACHINE, machine)


def remediate_control_plane(ctx: Context, control_plane: JsonObject, machines: list[JsonObject]) -> bool:
    """Delete at most one control-plane Machine; True when one was. The only one of a control plane that runs stays."""
    for machine in _unhealthy(machines):
        if len(machines) <= 1 and initialized(control_plane, "controlPlaneInitialized"):
            _report(ctx, machine, _THE_ONLY_ONE)
        elif any(is_deleting(other) for other in machines):
            _report(ctx, machine, _ANOTHER_GOES)
        else:
            _report(ctx, machine, _DELETING)
            ctx.delete(MACHINE, machine)
            return True
    return False


def remediating(machines: list[JsonObject]) -> Outcome:
    """The Remediating condition of an owner of Machines."""
    marked = [machine for machine in machines if _is_marked(machine)]
    if not marked:
        return Outcome("False", "NotRemediating")
    message = aggregate((owned_condition(m, REMEDIATED) for m in marked), ("NotReady", "Unknown", "Ready")).message
    return Outcome("True", "Remediating", message)


def _unhealthy(machines: list[JsonObject]) -> list[JsonObject]:
    return [machine for machine in machines if _is_marked(machine) and not is_deleting(machine)]


def _is_marked(machine: JsonObject) -> bool:
    marks = [get_condition(machine, type_) for type_ in (CHECKED, REMEDIATED)]
    return all(mark is not None and mark.status == "False" for mark in marks)


def _report(ctx: Context, machine: JsonObject, outcome: Outcome) -> None:
    if get_condition(machine, REMEDIATED) != outcome:
        after = copied(machine)
        ctx.outcome(after, REMEDIATED, outcome)
        ctx.save(MACHINE, machine, after)
