"""The Cluster controller: adopt infrastructure and control plane, follow them, and delete in order."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DOCKER_CLUSTER,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    Kind,
)
from lattice_tui.rehearsal.controllers.cluster_status import ClusterParts, report_status
from lattice_tui.rehearsal.controllers.conditions import Outcome
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    Context,
    has_finalizer,
    initialized,
    is_control_plane,
    is_deleting,
    set_initialized,
    set_label,
    set_owner,
)

JsonObject = dict[str, Any]

FINALIZER = "cluster.cluster.x-k8s.io"


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a Cluster."""
    cluster = ctx.store.find(CLUSTER, name, namespace)
    if cluster is None:
        return None
    if not is_deleting(cluster) and not has_finalizer(cluster, FINALIZER):
        ctx.store.add_finalizer(CLUSTER, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(CLUSTER, cluster, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    after = copied(cluster)
    parts = _parts(ctx, cluster)
    deleting = None
    if is_deleting(cluster):
        deleting = _delete_next(ctx, parts)
    else:
        _adopt(ctx, cluster, parts)
        parts = _parts(ctx, cluster)
        _follow(ctx, after, parts)
    report_status(ctx, after, parts, deleting, is_connected=ctx.stores(name) is not None)
    if cluster.get("status", {}).get("phase") != after["status"]["phase"]:
        phase = after["status"]["phase"]
        ctx.event(after, phase, f"Cluster {name} is {phase}")
    if deleting is not None and deleting.reason == "DeletionCompleted":
        ctx.event(after, "Deleted", f"Cluster {name} has been deleted")
        return ctx.finish(CLUSTER, cluster, after, FINALIZER)
    ctx.save(CLUSTER, cluster, after)
    return 1.0 if deleting is not None else None


def _parts(ctx: Context, cluster: JsonObject) -> ClusterParts:
    namespace = cluster["metadata"]["namespace"]
    labels = {CLUSTER_NAME_LABEL: cluster["metadata"]["name"]}
    infra_name = cluster["spec"].get("infrastructureRef", {}).get("name", "")
    machines = ctx.store.list(MACHINE, namespace, labels)
    deployments = ctx.store.list(MACHINE_DEPLOYMENT, namespace)
    return ClusterParts(
        infrastructure=ctx.store.find(DOCKER_CLUSTER, infra_name, namespace) if infra_name else None,
        control_plane=ctx.control_plane_of(cluster),
        deployments=[d for d in deployments if d["spec"].get("clusterName") == cluster["metadata"]["name"]],
        sets=ctx.store.list(MACHINE_SET, namespace, labels),
        control_plane_machines=[machine for machine in machines if is_control_plane(machine)],
        workers=[machine for machine in machines if not is_control_plane(machine)],
    )


def _adopt(ctx: Context, cluster: JsonObject, parts: ClusterParts) -> None:
    """Infrastructure and control plane become the Cluster's own; both do nothing before."""
    pairs: tuple[tuple[Kind, JsonObject | None], ...] = (
        (DOCKER_CLUSTER, parts.infrastructure),
        (KUBEADM_CONTROL_PLANE, parts.control_plane),
    )
    for kind, part in pairs:
        uid = cluster["metadata"]["uid"]
        if part is None or any(owner["uid"] == uid for owner in part["metadata"].get("ownerReferences", [])):
            continue
        after = copied(part)
        set_owner(after, cluster, controller=False, instead_of="Cluster")
        set_label(after, CLUSTER_NAME_LABEL, cluster["metadata"]["name"])
        ctx.save(kind, part, after)


def _follow(ctx: Context, cluster: JsonObject, parts: ClusterParts) -> None:
    name = cluster["metadata"]["name"]
    infra = parts.infrastructure
    if infra is not None and initialized(infra, "provisioned") and infra["spec"].get("controlPlaneEndpoint"):
        if not cluster["spec"].get("controlPlaneEndpoint", {}).get("host"):
            cluster["spec"]["controlPlaneEndpoint"] = dict(infra["spec"]["controlPlaneEndpoint"])
        if not initialized(cluster, "infrastructureProvisioned"):
            ctx.event(cluster, "InfrastructureReady", f"Cluster {name} InfrastructureProvisioned is now True")
            set_initialized(cluster, "infrastructureProvisioned")
    if initialized(parts.control_plane, "controlPlaneInitialized") and not initialized(
        cluster, "controlPlaneInitialized"
    ):
        ctx.event(cluster, "ControlPlaneInitialized", f"Cluster {name} ControlPlaneInitialized is now True")
        set_initialized(cluster, "controlPlaneInitialized")


def _delete_next(ctx: Context, parts: ClusterParts) -> Outcome:
    """Ask the next group to go: workers, then the control plane, then the infrastructure."""
    if parts.deployments or parts.sets or parts.workers:
        groups: tuple[tuple[str, Kind, list[JsonObject]], ...] = (
            ("MachineDeployments", MACHINE_DEPLOYMENT, parts.deployments),
            ("MachineSets", MACHINE_SET, parts.sets),
            ("Worker Machines", MACHINE, parts.workers),
        )
        lines = []
        for title, kind, objects in groups:
            if objects:
                lines.append(f"* {title}: {', '.join(sorted(obj['metadata']['name'] for obj in objects))}")
            for obj in objects if kind != MACHINE else []:
                ctx.delete(kind, obj)
        if not parts.deployments and not parts.sets:
            for machine in parts.workers:
                ctx.delete(MACHINE, machine)
        return Outcome("True", "WaitingForWorkersDeletion", "\n".join(lines))
    if parts.control_plane is not None:
        ctx.delete(KUBEADM_CONTROL_PLANE, parts.control_plane)
        return Outcome("True", "WaitingForControlPlaneDeletion", "Waiting for KubeadmControlPlane to be deleted")
    if parts.infrastructure is not None:
        ctx.delete(DOCKER_CLUSTER, parts.infrastructure)
        return Outcome("True", "WaitingForInfrastructureDeletion", "Waiting for DockerCluster to be deleted")
    return Outcome("True", "DeletionCompleted", "Deletion completed")
