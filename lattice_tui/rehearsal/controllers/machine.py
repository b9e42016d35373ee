"""The Machine controller: adopt the parts, follow them, find the node, and take everything apart on deletion."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_MACHINE, KUBEADM_CONFIG, MACHINE, NODE
from lattice_tui.rehearsal.controllers.machine_deletion import reconcile_deletion
from lattice_tui.rehearsal.controllers.machine_status import report_status
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    Context,
    controller_of,
    has_finalizer,
    initialized,
    is_deleting,
    set_initialized,
    set_label,
    set_owner,
)

JsonObject = dict[str, Any]

FINALIZER = "machine.cluster.x-k8s.io"
NODE_POLL_S = 2.0
"""How often a machine that waits for its node looks again, simulated; node changes are heard of too."""


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a Machine; the answer is when to look again (simulated seconds) when nothing would say so."""
    machine = ctx.store.find(MACHINE, name, namespace)
    if machine is None:
        return None
    cluster = ctx.cluster_of(machine)
    if cluster is None:
        return None
    if not is_deleting(machine) and not has_finalizer(machine, FINALIZER):
        ctx.store.add_finalizer(MACHINE, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(MACHINE, machine, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    if is_deleting(machine):
        return reconcile_deletion(ctx, machine, cluster, FINALIZER)
    return _reconcile_normal(ctx, machine, cluster)


def _reconcile_normal(ctx: Context, machine: JsonObject, cluster: JsonObject) -> float | None:
    after = copied(machine)
    set_label(after, CLUSTER_NAME_LABEL, cluster["metadata"]["name"])
    config = _adopt(ctx, machine, KUBEADM_CONFIG, machine["spec"]["bootstrap"].get("configRef", {}).get("name", ""))
    infra = _adopt(ctx, machine, DOCKER_MACHINE, machine["spec"]["infrastructureRef"]["name"])
    _follow_bootstrap(after, config)
    _follow_infrastructure(after, infra)
    node = _follow_node(ctx, after, cluster)
    report_status(ctx, after, cluster, config, infra, node)
    ctx.save(MACHINE, machine, after)
    waits_for_node = after["spec"].get("providerID") and not after["status"].get("nodeRef")
    return NODE_POLL_S if waits_for_node else None


def _adopt(ctx: Context, machine: JsonObject, kind: Any, name: str) -> JsonObject | None:
    """Make the Machine the owner of its part, in place of what made the part."""
    part = ctx.store.find(kind, name, machine["metadata"]["namespace"]) if name else None
    if part is None or (controller_of(part) or {}).get("uid") == machine["metadata"]["uid"]:
        return part
    set_owner(part, machine, controller=True, instead_of="MachineSet KubeadmControlPlane")
    return ctx.save(kind, ctx.store.get(kind, name, machine["metadata"]["namespace"]), part)


def _follow_bootstrap(machine: JsonObject, config: JsonObject | None) -> None:
    if initialized(config, "dataSecretCreated"):
        machine["spec"]["bootstrap"]["dataSecretName"] = (config or {})["status"]["dataSecretName"]
    # After a move the config's status is empty for a moment; the name in the spec says that the secret was made.
    if machine["spec"]["bootstrap"].get("dataSecretName"):
        set_initialized(machine, "bootstrapDataSecretCreated")


def _follow_infrastructure(machine: JsonObject, infra: JsonObject | None) -> None:
    if infra is None or not initialized(infra, "provisioned") or not infra["spec"].get("providerID"):
        return
    machine["spec"]["providerID"] = infra["spec"]["providerID"]
    set_initialized(machine, "infrastructureProvisioned")
    addresses = infra["status"].get("addresses")
    if addresses:
        machine["status"]["addresses"] = addresses


def _follow_node(ctx: Context, machine: JsonObject, cluster: JsonObject) -> JsonObject | None:
    """The Node with the Machine's provider ID, in the workload cluster."""
    provider_id = machine["spec"].get("providerID")
    workload = ctx.stores(cluster["metadata"]["name"])
    if not provider_id or workload is None:
        return None
    node = next((node for node in workload.list(NODE) if node["spec"].get("providerID") == provider_id), None)
    if node is None:
        return None
    name = node["metadata"]["name"]
    if machine.setdefault("status", {}).get("nodeRef", {}).get("name") != name:
        machine["status"]["nodeRef"] = {"name": name}
        ctx.event(machine, "SuccessfulSetNodeRef", name)
    machine["status"]["nodeInfo"] = node["status"].get("nodeInfo", {})
    return node
