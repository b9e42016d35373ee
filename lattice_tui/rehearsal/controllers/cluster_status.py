"""A Cluster's conditions, counters and phase, out of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.controllers.conditions import (
    Outcome,
    Owned,
    aggregate,
    get_condition,
    is_true,
    mirror,
    owned_condition,
    summary,
)
from lattice_tui.rehearsal.controllers.objects import Context, initialized, is_deleting
from lattice_tui.rehearsal.controllers.remediation import remediating

JsonObject = dict[str, Any]

_COUNTERS = ("replicas", "readyReplicas", "availableReplicas", "upToDateReplicas")
_AVAILABLE_TYPES = (
    "Deleting",
    "RemoteConnectionProbe",
    "InfrastructureReady",
    "ControlPlaneAvailable",
    "WorkersAvailable",
)


@dataclass(frozen=True, slots=True)
class ClusterParts:
    """Everything that belongs to one Cluster, as it is in the store."""

    infrastructure: JsonObject | None
    control_plane: JsonObject | None
    deployments: list[JsonObject]
    sets: list[JsonObject]
    control_plane_machines: list[JsonObject]
    workers: list[JsonObject]


def report_status(
    ctx: Context, cluster: JsonObject, parts: ClusterParts, deleting: Outcome | None, *, is_connected: bool
) -> None:
    """Set conditions, counters and phase in place."""
    cluster.setdefault("status", {})
    outcomes = {
        "RemoteConnectionProbe": _probe(cluster, is_connected=is_connected),
        "InfrastructureReady": _infrastructure(cluster, parts),
        "ControlPlaneInitialized": _initialized(cluster),
        "ControlPlaneAvailable": _control_plane(cluster, parts),
        "WorkersAvailable": _workers(parts),
        "Remediating": remediating([*parts.control_plane_machines, *parts.workers]),
        "ControlPlaneMachinesReady": machines_ready(parts.control_plane_machines),
        "WorkerMachinesReady": machines_ready(parts.workers),
        "ControlPlaneMachinesUpToDate": machines_up_to_date(parts.control_plane_machines),
        "WorkerMachinesUpToDate": machines_up_to_date(parts.workers),
        "Deleting": deleting or Outcome("False", "NotDeleting"),
    }
    for type_ in ("RollingOut", "ScalingDown", "ScalingUp"):
        outcomes[type_] = _movement(parts, type_)
    for type_, outcome in outcomes.items():
        ctx.outcome(cluster, type_, outcome)
    ctx.outcome(cluster, "Available", _available(cluster))
    _count(cluster, parts)
    cluster["status"]["phase"] = _phase(cluster)
    cluster["status"]["observedGeneration"] = cluster["metadata"].get("generation", 1)


def machines_ready(machines: list[JsonObject]) -> Outcome:
    """The Ready of many Machines as one; none at all is well."""
    if not machines:
        return Outcome("True", "NoReplicas")
    return aggregate((owned_condition(m, "Ready") for m in machines), ("NotReady", "ReadyUnknown", "Ready"))


def machines_up_to_date(machines: list[JsonObject]) -> Outcome:
    """The UpToDate of many Machines as one; those nobody has judged yet do not count."""
    judged = [machine for machine in machines if get_condition(machine, "UpToDate") is not None]
    if not judged:
        return Outcome("True", "NoReplicas")
    reasons = ("NotUpToDate", "UpToDateUnknown", "UpToDate")
    return aggregate((owned_condition(m, "UpToDate") for m in judged), reasons)


def _probe(cluster: JsonObject, *, is_connected: bool) -> Outcome:
    # A lost connection is reported after a while only, and a cluster that goes is gone by then.
    if is_connected or (is_deleting(cluster) and is_true(cluster, "RemoteConnectionProbe")):
        return Outcome("True", "ProbeSucceeded")
    return Outcome("False", "ProbeFailed", "Remote connection not established yet")


def _infrastructure(cluster: JsonObject, parts: ClusterParts) -> Outcome:
    kind = cluster["spec"].get("infrastructureRef", {}).get("kind", "DockerCluster")
    if parts.infrastructure is None:
        if is_deleting(cluster) and initialized(cluster, "infrastructureProvisioned"):
            return Outcome("False", "ObjectDeleted", f"{kind} has been deleted")
        return Outcome("False", "ObjectDoesNotExist", f"{kind} does not exist")
    if initialized(cluster, "infrastructureProvisioned"):
        return mirror(parts.infrastructure, "Ready", Outcome("True", "Ready"))
    waiting = Outcome("False", "NotReady", f"{kind} status.initialization.provisioned is false")
    return mirror(parts.infrastructure, "Ready", waiting)


def _initialized(cluster: JsonObject) -> Outcome:
    if initialized(cluster, "controlPlaneInitialized"):
        return Outcome("True", "Initialized")
    return Outcome("False", "NotInitialized", "Control plane not yet initialized")


def _control_plane(cluster: JsonObject, parts: ClusterParts) -> Outcome:
    kind = cluster["spec"].get("controlPlaneRef", {}).get("kind", "KubeadmControlPlane")
    if parts.control_plane is None:
        if is_deleting(cluster):
            return Outcome("False", "ObjectDeleted", f"{kind} has been deleted")
        return Outcome("False", "ObjectDoesNotExist", f"{kind} does not exist")
    text = f"{kind} status.initialization.controlPlaneInitialized is false"
    return mirror(parts.control_plane, "Available", Outcome("False", "NotAvailable", text))


def _workers(parts: ClusterParts) -> Outcome:
    if not parts.deployments:
        return Outcome("True", "NoWorkers")
    reasons = ("NotAvailable", "AvailableUnknown", "Available")
    return aggregate((owned_condition(d, "Available") for d in parts.deployments), reasons)


def _movement(parts: ClusterParts, type_: str) -> Outcome:
    """RollingOut, ScalingUp or ScalingDown of the control plane and every MachineDeployment; False is well."""
    sources: list[Owned] = [owned_condition(deployment, type_) for deployment in parts.deployments]
    # A control plane says nothing of itself before its infrastructure is there, and that is no open question.
    if parts.control_plane is not None and get_condition(parts.control_plane, type_) is not None:
        sources.append(owned_condition(parts.control_plane, type_))
    reasons = (type_, f"{type_}Unknown", f"Not{type_}")
    return aggregate(sources, reasons, issue_status="True", good="False")


def _available(cluster: JsonObject) -> Outcome:
    deleting = is_deleting(cluster)
    return summary(
        cluster,
        _AVAILABLE_TYPES,
        ("NotAvailable", "AvailableUnknown", "Available"),
        negative={"Deleting"},
        is_info=lambda type_, outcome: (
            deleting and (outcome.reason in ("ObjectDeleted", "ObjectDoesNotExist") or type_ == "RemoteConnectionProbe")
        ),
    )


def _count(cluster: JsonObject, parts: ClusterParts) -> None:
    status = cluster["status"]
    for name, sources in (
        ("controlPlane", [parts.control_plane] if parts.control_plane is not None else []),
        ("workers", parts.deployments),
    ):
        if not sources:
            status.pop(name, None)
            continue
        counts = {"desiredReplicas": sum(int(source["spec"].get("replicas", 1)) for source in sources)}
        for counter in _COUNTERS:
            known = [source["status"][counter] for source in sources if counter in source.get("status", {})]
            if known:
                counts[counter] = sum(known)
        status[name] = counts


def _phase(cluster: JsonObject) -> str:
    if is_deleting(cluster):
        return "Deleting"
    if initialized(cluster, "infrastructureProvisioned") and cluster["spec"].get("controlPlaneEndpoint", {}).get(
        "host"
    ):
        return "Provisioned"
    return "Provisioning" if cluster["spec"].get("infrastructureRef") else "Pending"
