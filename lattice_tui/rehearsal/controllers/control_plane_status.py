"""A KubeadmControlPlane's conditions and counters."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.controllers.cluster_status import machines_ready, machines_up_to_date
from lattice_tui.rehearsal.controllers.conditions import Outcome, Owned, aggregate, get_condition, is_true
from lattice_tui.rehearsal.controllers.control_plane_health import MEMBER, PODS, WAITING, etcd_members
from lattice_tui.rehearsal.controllers.deployment_status import rolling_out
from lattice_tui.rehearsal.controllers.machine_set_status import counters
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    CONTROL_PLANE_LABEL,
    WAITING_FOR_INFRASTRUCTURE,
    Context,
    initialized,
    is_deleting,
)
from lattice_tui.rehearsal.controllers.remediation import remediating
from lattice_tui.rehearsal.controllers.templates import infrastructure_template, missing_text

JsonObject = dict[str, Any]

_NOT_READY_YET = (
    ("waiting for control plane components to become healthy", tuple(PODS)),
    ("waiting for etcd cluster to become healthy", (MEMBER,)),
)


def report_status(ctx: Context, control_plane: JsonObject, cluster: JsonObject, machines: list[JsonObject]) -> None:
    """Set them in place from the Machines as they are."""
    deleting = is_deleting(control_plane)
    desired = 0 if deleting else int(control_plane["spec"].get("replicas", 1))
    reference = control_plane["spec"]["machineTemplate"]["spec"]["infrastructureRef"]
    template = infrastructure_template(ctx, reference, control_plane["metadata"]["namespace"])
    missing = "" if template is not None else missing_text([reference["kind"]])
    blocked = _blocked(machines)
    done = initialized(control_plane, "controlPlaneInitialized")
    outcomes = {
        "Initialized": Outcome("True", "Initialized") if done else Outcome("False", "NotInitialized"),
        "EtcdClusterHealthy": _health(control_plane, cluster, machines, (MEMBER,), "EtcdMemberHealthy"),
        "ControlPlaneComponentsHealthy": _health(
            control_plane, cluster, machines, tuple(PODS), "Control plane components"
        ),
        "RollingOut": rolling_out(machines),
        "Remediating": remediating(machines),
        "ScalingDown": _scaling_down(len(machines), desired, [] if deleting else blocked),
        "ScalingUp": _scaling_up(len(machines), desired, missing, blocked),
        "MachinesReady": machines_ready(machines),
        "MachinesUpToDate": machines_up_to_date(machines),
        "Deleting": _deleting(machines) if deleting else Outcome("False", "NotDeleting"),
        "Available": _available(control_plane, machines),
    }
    for type_, outcome in outcomes.items():
        # Of Machines that are all gone nothing new can be found out.
        if machines or not deleting or type_ not in ("EtcdClusterHealthy", "ControlPlaneComponentsHealthy"):
            ctx.outcome(control_plane, type_, outcome)
    status = control_plane["status"]
    status.update(counters(machines))
    versions = [machine["spec"]["version"] for machine in machines if machine["spec"].get("version")]
    if versions:
        status["version"] = min(versions, key=_version_key)
    status["selector"] = f"{CLUSTER_NAME_LABEL}={cluster['metadata']['name']},{CONTROL_PLANE_LABEL}"
    if done:
        status["observedGeneration"] = control_plane["metadata"].get("generation", 1)


def _available(control_plane: JsonObject, machines: list[JsonObject]) -> Outcome:
    if not initialized(control_plane, "controlPlaneInitialized"):
        return Outcome("False", "NotAvailable", "Control plane not yet initialized")
    known = etcd_members(machines)
    if is_deleting(control_plane) and known is not None:
        return Outcome("False", "NotAvailable", "* Control plane metadata.deletionTimestamp is set")
    if known is None:
        return Outcome("False", "NotAvailable", "Waiting for etcd to report the list of members")
    members, healthy = known
    quorum = members // 2 + 1
    problems = []
    if healthy < quorum:
        verb = "is" if healthy == 1 else "are"
        problems.append(
            f"* {healthy} of {members} etcd members {verb} healthy, "
            f"at least {quorum} healthy member required for etcd quorum"
        )
    if not any(all(is_true(machine, type_) for type_ in PODS) for machine in machines):
        problems.append("* There are no Machines with healthy control plane components, at least 1 required")
    return Outcome("False", "NotAvailable", "\n".join(problems)) if problems else Outcome("True", "Available")


def _health(
    control_plane: JsonObject, cluster: JsonObject, machines: list[JsonObject], types: tuple[str, ...], title: str
) -> Outcome:
    """Health of etcd, or of the pods, over all Machines that have a node."""
    if not initialized(cluster, "infrastructureProvisioned"):
        return Outcome("Unknown", "InspectionFailed", WAITING_FOR_INFRASTRUCTURE)
    judged = [machine for machine in machines if (get_condition(machine, types[0]) or WAITING) != WAITING]
    if not initialized(control_plane, "controlPlaneInitialized") or (machines and not judged):
        return WAITING
    sources = []
    for machine in judged:
        worst = _worst(machine, types)
        # Nothing is expected of a Machine before it says which node is to be its own.
        if worst.status == "Unknown" and not machine["spec"].get("providerID"):
            continue
        message = f"* {title}: {worst.message}" if worst.message else ""
        sources.append(Owned("Machine", machine["metadata"]["name"], Outcome(worst.status, worst.reason, message)))
    return aggregate(sources, ("NotHealthy", "HealthUnknown", "Healthy"))


def _worst(machine: JsonObject, types: tuple[str, ...]) -> Outcome:
    outcomes = [get_condition(machine, type_) or WAITING for type_ in types]
    return min(outcomes, key=lambda outcome: ("False", "Unknown", "True").index(outcome.status))


def _blocked(machines: list[JsonObject]) -> list[str]:
    if any(is_deleting(machine) for machine in machines):
        return ["waiting for a control plane Machine to complete deletion"]
    return [
        reason
        for reason, types in _NOT_READY_YET
        if any(
            not machine.get("status", {}).get("nodeRef") or _worst(machine, types).status != "True"
            for machine in machines
        )
    ]


def _scaling_up(current: int, desired: int, missing: str, blocked: list[str]) -> Outcome:
    if current >= desired:
        return Outcome("False", "NotScalingUp", f"Scaling up would be blocked because {missing}" if missing else "")
    text = f"Scaling up from {current} to {desired} replicas"
    return Outcome("True", "ScalingUp", text + _reasons([*([missing] if missing else []), *blocked]))


def _scaling_down(current: int, desired: int, blocked: list[str]) -> Outcome:
    if current <= desired:
        return Outcome("False", "NotScalingDown")
    waits = [reason for reason in blocked if "complete deletion" not in reason]
    return Outcome("True", "ScalingDown", f"Scaling down from {current} to {desired} replicas" + _reasons(waits))


def _reasons(reasons: list[str]) -> str:
    return " is blocked because:\n" + "\n".join(f"* {reason}" for reason in reasons) if reasons else ""


def _deleting(machines: list[JsonObject]) -> Outcome:
    if machines:
        plural = "s" if len(machines) > 1 else ""
        return Outcome("True", "WaitingForMachineDeletion", f"Deleting {len(machines)} Machine{plural}")
    return Outcome("True", "DeletionCompleted", "Deletion completed")


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").partition("-")[0].partition("+")[0].split("."))
