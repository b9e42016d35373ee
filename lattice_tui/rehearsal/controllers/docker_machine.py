"""The DockerMachine controller: a machine's container, and the bootstrap script run in it once.

The provider ID and `provisioned` are reported when the container runs, as the infrastructure contract allows; so a
Machine is Provisioned while Kubernetes installs itself, and what happens inside shows in BootstrapExecSucceeded.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_MACHINE, MACHINE, MACHINE_DEPLOYMENT
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, is_true, summary
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    Context,
    controller_of,
    has_finalizer,
    initialized,
    is_control_plane,
    is_deleting,
    set_initialized,
)
from lattice_tui.rehearsal.room import Container
from lattice_tui.rehearsal.room_boot import BootOrder

JsonObject = dict[str, Any]

FINALIZER = "dockermachine.infrastructure.cluster.x-k8s.io"


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a DockerMachine."""
    infra = ctx.store.find(DOCKER_MACHINE, name, namespace)
    if infra is None:
        return None
    cluster = ctx.cluster_of(infra)
    if not is_deleting(infra) and not has_finalizer(infra, FINALIZER):
        ctx.store.add_finalizer(DOCKER_MACHINE, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    owner = controller_of(infra)
    machine = ctx.store.find(MACHINE, owner["name"], namespace) if owner else None
    if cluster is None:
        return None
    if machine is None and not is_deleting(infra):
        return None
    if ctx.paused(DOCKER_MACHINE, infra, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    if is_deleting(infra):
        return _reconcile_deletion(ctx, infra, cluster)
    after = copied(infra)
    _provision(ctx, after, machine or {}, cluster)
    types = ("ContainerProvisioned", "BootstrapExecSucceeded")
    ctx.outcome(after, "Ready", summary(after, types, ("NotReady", "ReadyUnknown", "Ready")))
    ctx.save(DOCKER_MACHINE, infra, after)
    return None


def container_name(cluster: str, machine: str) -> str:
    """The container of a Machine; a name that does not begin with the cluster's gets it in front."""
    return machine if machine.startswith(cluster) else f"{cluster}-{machine}"


def _reconcile_deletion(ctx: Context, infra: JsonObject, cluster: JsonObject) -> float | None:
    """Stop first, remove a moment later: the node is gone before the DockerMachine is."""
    name = container_name(cluster["metadata"]["name"], infra["metadata"]["name"])
    container = ctx.room.containers.get(name)
    ctx.room.forget_machine(name)
    if container is not None and container.state != "exited":
        ctx.room.stop_container(name)
        return 1.0
    ctx.room.remove_container(name)
    namespace = infra["metadata"]["namespace"]
    ctx.store.remove_finalizer(DOCKER_MACHINE, infra["metadata"]["name"], namespace, FINALIZER, actor=ctx.actor)
    return None


def _provision(ctx: Context, infra: JsonObject, machine: JsonObject, cluster: JsonObject) -> None:
    if not initialized(cluster, "infrastructureProvisioned"):
        _not_provisioned(ctx, infra, "WaitingForClusterInfrastructureReady")
        return
    name = container_name(cluster["metadata"]["name"], machine["metadata"]["name"])
    image = _image(infra, machine)
    if infra["spec"].get("providerID") and name not in ctx.room.containers:
        if ctx.room.ensure_adopted(_order(ctx, machine, cluster, name), image):
            return
        ctx.condition(
            infra, "ContainerProvisioned", "False", "NotProvisioned", f"Container {name} does not exist anymore"
        )
        set_initialized(infra, "provisioned")
        return
    if not machine["spec"]["bootstrap"].get("dataSecretName"):
        initialized_or_first = is_control_plane(machine) or is_true(cluster, "ControlPlaneInitialized")
        waiting = "WaitingForBootstrapData" if initialized_or_first else "WaitingForControlPlaneInitialized"
        _not_provisioned(ctx, infra, waiting)
        return
    container = ctx.room.ensure_machine(
        cluster["metadata"]["name"],
        name,
        image,
        role="control-plane" if is_control_plane(machine) else "worker",
        mounts=tuple(mount["hostPath"] for mount in infra["spec"].get("extraMounts", [])),
    )
    if container is None:
        if get_condition(infra, "ContainerProvisioned") is None:
            _not_provisioned(ctx, infra, "WaitingForBootstrapData")
        return
    _report_container(ctx, infra, container)
    _bootstrap(ctx, infra, machine, cluster, name)


def _image(infra: JsonObject, machine: JsonObject) -> str:
    version = machine["spec"].get("version", "").removeprefix("v")
    return str(infra["spec"].get("customImage") or f"kindest/node:v{version}")


def _not_provisioned(ctx: Context, infra: JsonObject, reason: str) -> None:
    ctx.condition(infra, "ContainerProvisioned", "False", reason)


def _report_container(ctx: Context, infra: JsonObject, container: Container) -> None:
    ctx.condition(infra, "ContainerProvisioned", "True", "Provisioned")
    infra["spec"]["providerID"] = f"docker:////{container.name}"
    infra["status"]["addresses"] = [
        {"type": "Hostname", "address": container.name},
        {"type": "InternalIP", "address": container.address},
        {"type": "ExternalIP", "address": container.address},
    ]
    set_initialized(infra, "provisioned")


def _bootstrap(ctx: Context, infra: JsonObject, machine: JsonObject, cluster: JsonObject, name: str) -> None:
    if infra["spec"].get("bootstrapped"):
        ctx.condition(infra, "BootstrapExecSucceeded", "True", "Succeeded")
        return
    boot = ctx.room.booted(name) or ctx.room.ensure_boot(_order(ctx, machine, cluster, name))
    if boot.state == "succeeded":
        infra["spec"]["bootstrapped"] = True
        ctx.condition(infra, "BootstrapExecSucceeded", "True", "Succeeded")
    else:
        ctx.outcome(infra, "BootstrapExecSucceeded", Outcome("False", "NotSucceeded", boot.message))


def _order(ctx: Context, machine: JsonObject, cluster: JsonObject, name: str) -> BootOrder:
    network = cluster["spec"].get("clusterNetwork", {})
    endpoint = cluster["spec"].get("controlPlaneEndpoint", {})
    return BootOrder(
        cluster=cluster["metadata"]["name"],
        machine=name,
        version=machine["spec"].get("version", "").removeprefix("v"),
        is_control_plane=is_control_plane(machine),
        endpoint=f"{endpoint.get('host', '')}:{endpoint.get('port', '')}",
        pod_cidr=",".join(network.get("pods", {}).get("cidrBlocks", [])),
        service_cidr=",".join(network.get("services", {}).get("cidrBlocks", [])),
        is_last_worker=_is_last_worker(ctx, machine),
    )


def _is_last_worker(ctx: Context, machine: JsonObject) -> bool:
    """Whether this is the newest of all the workers that were asked for (a tie goes to the last name)."""
    if is_control_plane(machine):
        return False
    namespace, name = machine["metadata"]["namespace"], machine["spec"]["clusterName"]
    labels = {CLUSTER_NAME_LABEL: name}
    workers = [other for other in ctx.store.list(MACHINE, namespace, labels) if not is_control_plane(other)]
    deployments = ctx.store.list(MACHINE_DEPLOYMENT, namespace, labels)
    wanted = sum(deployment["spec"].get("replicas", 1) for deployment in deployments)
    newest = max(workers, key=lambda other: (other["metadata"]["creationTimestamp"], other["metadata"]["name"]))
    return len(workers) >= wanted and bool(newest["metadata"]["uid"] == machine["metadata"]["uid"])
