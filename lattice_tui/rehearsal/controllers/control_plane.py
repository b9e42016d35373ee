"""The KubeadmControlPlane controller: certificates, kubeconfig, and control-plane Machines one at a time."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DOCKER_MACHINE_TEMPLATE, KUBEADM_CONTROL_PLANE, MACHINE
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.controllers.control_plane_health import inspect, preflight, release_hooks
from lattice_tui.rehearsal.controllers.control_plane_machines import (
    add_machine,
    is_outdated,
    judge,
    select_for_deletion,
)
from lattice_tui.rehearsal.controllers.control_plane_status import report_status
from lattice_tui.rehearsal.controllers.objects import (
    CLEANUP_HOOK,
    Context,
    has_finalizer,
    initialized,
    is_deleting,
    set_initialized,
)
from lattice_tui.rehearsal.controllers.queue import Deferred
from lattice_tui.rehearsal.controllers.remediation import remediate_control_plane
from lattice_tui.rehearsal.controllers.secrets import make_certificates, make_kubeconfig
from lattice_tui.rehearsal.controllers.templates import adopt_template, infrastructure_template

JsonObject = dict[str, Any]

FINALIZER = "kubeadm.controlplane.cluster.x-k8s.io"
PREFLIGHT_AGAIN_S = 5.0
"""How often it looks again while its preflight checks say no (simulated)."""
INSPECT_AGAIN_S = 10.0


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a KubeadmControlPlane."""
    control_plane = ctx.store.find(KUBEADM_CONTROL_PLANE, name, namespace)
    cluster = ctx.cluster_of(control_plane) if control_plane is not None else None
    if control_plane is None or cluster is None or not control_plane["metadata"].get("ownerReferences"):
        return None
    if not is_deleting(control_plane) and not has_finalizer(control_plane, FINALIZER):
        ctx.store.add_finalizer(KUBEADM_CONTROL_PLANE, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(KUBEADM_CONTROL_PLANE, control_plane, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    after = copied(control_plane)
    after.setdefault("status", {})
    machines = ctx.machines_of(control_plane)
    if initialized(cluster, "infrastructureProvisioned") and not is_deleting(control_plane):
        reference = control_plane["spec"]["machineTemplate"]["spec"]["infrastructureRef"]
        adopt_template(ctx, DOCKER_MACHINE_TEMPLATE, reference.get("name", ""), cluster)
        make_certificates(ctx, control_plane, cluster)
        make_kubeconfig(ctx, control_plane, cluster)
        ctx.condition(after, "CertificatesAvailable", "True", "Available")
    workload = ctx.stores(cluster["metadata"]["name"])
    if workload is not None and workload.find(CONFIG_MAP, "kubeadm-config", "kube-system") is not None:
        set_initialized(after, "controlPlaneInitialized")
    machines = [judge(ctx, after, machine) for machine in machines]
    machines = inspect(ctx, cluster, machines, workload, all_go=is_deleting(control_plane))
    report_status(ctx, after, cluster, machines)
    if is_deleting(control_plane) and not machines:
        return ctx.finish(KUBEADM_CONTROL_PLANE, control_plane, after, FINALIZER)
    try:
        if is_deleting(control_plane):
            _delete_machines(ctx, machines)
            return 1.0
        if not initialized(cluster, "infrastructureProvisioned"):
            return None
        if release_hooks(ctx, machines, workload) or remediate_control_plane(ctx, control_plane, machines):
            return 1.0
        return _act(ctx, control_plane, cluster, machines, workload)
    finally:
        # What is reported is what this reconcile began with, and it comes last, as in the real controller.
        ctx.save(KUBEADM_CONTROL_PLANE, control_plane, after)


def _act(
    ctx: Context, control_plane: JsonObject, cluster: JsonObject, machines: list[JsonObject], workload: Store | None
) -> float | None:
    """Make or take away at most one Machine."""
    reference = control_plane["spec"]["machineTemplate"]["spec"]["infrastructureRef"]
    template = infrastructure_template(ctx, reference, control_plane["metadata"]["namespace"])
    outdated = [machine for machine in machines if is_outdated(machine)]
    change = _wanted_change(control_plane, len(machines), len(outdated))
    if not change or (change > 0 and template is None):
        return INSPECT_AGAIN_S
    problems = preflight(machines)
    if problems:
        if not any(is_deleting(machine) for machine in machines):
            text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
            words = f"Waiting for control plane to pass preflight checks to continue reconciliation: {text}"
            ctx.event(control_plane, "ControlPlaneUnhealthy", words, "Warning")
        return Deferred(PREFLIGHT_AGAIN_S)
    if change > 0 and template is not None:
        made = add_machine(ctx, control_plane, cluster, template, first=not machines)
        # Seen before any other controller has: what is not known yet of it is Unknown, not missing.
        inspect(ctx, cluster, [judge(ctx, control_plane, made)], workload)
    else:
        ctx.delete(MACHINE, select_for_deletion(machines, outdated))
    return 1.0


def _wanted_change(control_plane: JsonObject, count: int, outdated: int) -> int:
    """1 to make a Machine, -1 to take one away, 0 to leave them as they are."""
    desired = int(control_plane["spec"].get("replicas", 1))
    strategy = control_plane["spec"].get("rollout", {}).get("strategy", {}).get("rollingUpdate", {})
    surge = int(strategy.get("maxSurge", 1))
    if count < desired or (outdated and count - outdated < desired and count < desired + surge):
        return 1
    return -1 if count > desired or outdated else 0


def _delete_machines(ctx: Context, machines: list[JsonObject]) -> None:
    for machine in machines:
        if not is_deleting(machine):
            # The whole of etcd goes: no member needs to leave it in good order.
            after = copied(machine)
            if after["metadata"].get("annotations", {}).pop(CLEANUP_HOOK, None) is not None:
                ctx.save(MACHINE, machine, after)
            ctx.delete(MACHINE, machine)
        elif CLEANUP_HOOK in machine["metadata"].get("annotations", {}):
            after = copied(machine)
            after["metadata"]["annotations"].pop(CLEANUP_HOOK)
            ctx.save(MACHINE, machine, after)
