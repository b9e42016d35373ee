"""How a Machine goes: drain, hooks, infrastructure, bootstrap configuration, node, finalizer."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_MACHINE, KUBEADM_CONFIG, MACHINE, NODE
from lattice_tui.rehearsal.controllers.conditions import get_condition
from lattice_tui.rehearsal.controllers.machine_status import report_status
from lattice_tui.rehearsal.controllers.objects import CLEANUP_HOOK, Context, is_control_plane, is_deleting

JsonObject = dict[str, Any]

_LAST_WORDS_S = 0.1
"""From a Machine's last conditions to its end, simulated: its owner looks in between and replaces it a second later."""
_HOOK_PREFIX = "pre-terminate.delete.hook.machine.cluster.x-k8s.io"


def reconcile_deletion(ctx: Context, machine: JsonObject, cluster: JsonObject, finalizer: str) -> float | None:
    """One step of a Machine that was asked to go."""
    namespace = machine["metadata"]["namespace"]
    after = copied(machine)
    after.setdefault("status", {})
    config = ctx.store.find(
        KUBEADM_CONFIG, machine["spec"]["bootstrap"].get("configRef", {}).get("name", ""), namespace
    )
    infra = ctx.store.find(DOCKER_MACHINE, machine["spec"]["infrastructureRef"]["name"], namespace)
    known = get_condition(machine, "Deleting")
    if known is None or known.reason != "DeletionCompleted":
        _drain(ctx, after, cluster)
    reason, message = _step(ctx, after, config, infra)
    node = _node(ctx, after, cluster)
    if reason == "DeletionCompleted" and node is not None:
        workload = ctx.stores(cluster["metadata"]["name"])
        if workload is not None:
            workload.delete(NODE, node["metadata"]["name"], actor=ctx.actor)
        node = None
    ctx.condition(after, "Deleting", "True", reason, message)
    report_status(ctx, after, cluster, config, infra, node)
    if reason == "DeletionCompleted":
        return ctx.finish(MACHINE, machine, after, finalizer, last_words_s=_LAST_WORDS_S)
    ctx.save(MACHINE, machine, after)
    return 2.0


def _step(ctx: Context, machine: JsonObject, config: JsonObject | None, infra: JsonObject | None) -> tuple[str, str]:
    hooks = sorted(name for name in machine["metadata"].get("annotations", {}) if name.startswith(_HOOK_PREFIX))
    if hooks:
        listed = ",".join(hooks)
        return "WaitingForPreTerminateHook", f"Waiting for pre-terminate hooks to succeed (hooks: {listed})"
    if infra is not None:
        ctx.delete(DOCKER_MACHINE, infra)
        return "WaitingForInfrastructureDeletion", f"Waiting for {infra['kind']} to be deleted"
    if config is not None:
        ctx.delete(KUBEADM_CONFIG, config)
        return "WaitingForBootstrapDeletion", f"Waiting for {config['kind']} to be deleted"
    return "DeletionCompleted", "Deletion completed"


def _drain(ctx: Context, machine: JsonObject, cluster: JsonObject) -> None:
    """Nothing runs on a simulated node that could refuse to go; what shows is that it was done, at every look."""
    node = machine["status"].get("nodeRef", {}).get("name")
    if not node or is_deleting(cluster):
        return
    if is_control_plane(machine) and CLEANUP_HOOK not in machine["metadata"].get("annotations", {}):
        return
    if "nodeDrainStartTime" not in machine["status"].get("deletion", {}):
        now = ctx.pace.now()
        machine["status"]["deletion"] = {"nodeDrainStartTime": now, "waitForNodeVolumeDetachStartTime": now}
    ctx.event(machine, "SuccessfulDrainNode", f'success draining Machine\'s node "{node}"')
    ctx.event(machine, "NodeVolumesDetached", f'success waiting for node volumes detaching Machine\'s node "{node}"')


def _node(ctx: Context, machine: JsonObject, cluster: JsonObject) -> JsonObject | None:
    workload = ctx.stores(cluster["metadata"]["name"])
    name = machine["status"].get("nodeRef", {}).get("name")
    return workload.find(NODE, name) if workload is not None and name else None
