"""The MachineSet controller: as many Machines as are wanted, made when the control plane is stable."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import KUBEADM_CONFIG_TEMPLATE, MACHINE, MACHINE_DEPLOYMENT, MACHINE_SET
from lattice_tui.rehearsal.controllers import machine as machine_controller
from lattice_tui.rehearsal.controllers.conditions import Outcome, get_condition, is_true
from lattice_tui.rehearsal.controllers.machine_set_status import report_status
from lattice_tui.rehearsal.controllers.objects import (
    CLONED_KIND,
    CLONED_NAME,
    SET_NAME_LABEL,
    Context,
    controller_of,
    has_finalizer,
    is_deleting,
    rollout_is_due,
)
from lattice_tui.rehearsal.controllers.remediation import remediate_workers
from lattice_tui.rehearsal.controllers.templates import (
    MachineOrder,
    infrastructure_template,
    make_machine,
    missing_text,
    template_group_kind,
)

JsonObject = dict[str, Any]

FINALIZER = "cluster.x-k8s.io/machineset"
PREFLIGHT_AGAIN_S = 15.0
"""When a MachineSet looks again after its preflight checks said no (simulated)."""
TEMPLATE_AGAIN_S = 10.0


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a MachineSet."""
    owned_set = ctx.store.find(MACHINE_SET, name, namespace)
    if owned_set is None:
        return None
    cluster = ctx.cluster_of(owned_set)
    if cluster is None:
        return None
    if not is_deleting(owned_set) and not has_finalizer(owned_set, FINALIZER):
        ctx.store.add_finalizer(MACHINE_SET, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(MACHINE_SET, owned_set, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    machines = ctx.machines_of(owned_set)
    after = copied(owned_set)
    if is_deleting(owned_set):
        return _reconcile_deletion(ctx, owned_set, after, machines)
    _judge(ctx, owned_set, machines)
    infra_template = infrastructure_template(ctx, owned_set["spec"]["template"]["spec"]["infrastructureRef"], namespace)
    missing = missing_templates(ctx, owned_set["spec"]["template"]["spec"], namespace)
    blocked = preflight(ctx, cluster)
    report_status(ctx, after, machines, missing=missing_text(missing), blocked=blocked)
    gap = int(owned_set["spec"].get("replicas", 1)) - len(machines)
    try:
        remediate_workers(ctx, machines)
        if gap > 0 and infra_template is not None and not missing and not blocked:
            for _ in range(gap):
                _add(ctx, owned_set, infra_template)
        elif gap < 0:
            _remove(ctx, owned_set, machines, -gap)
    finally:
        # What is reported is what this reconcile began with, and it comes last, as in the real controller.
        ctx.save(MACHINE_SET, owned_set, after)
    if gap > 0 and missing:
        return TEMPLATE_AGAIN_S
    return PREFLIGHT_AGAIN_S if gap > 0 and blocked else None


def missing_templates(ctx: Context, spec: JsonObject, namespace: str) -> list[str]:
    """The kinds of the templates a Machine's spec names that are not there."""
    missing = []
    config = spec["bootstrap"].get("configRef", {})
    if config and ctx.store.find(KUBEADM_CONFIG_TEMPLATE, config.get("name", ""), namespace) is None:
        missing.append(str(config.get("kind")))
    if infrastructure_template(ctx, spec["infrastructureRef"], namespace) is None:
        missing.append(str(spec["infrastructureRef"].get("kind")))
    return missing


def preflight(ctx: Context, cluster: JsonObject) -> list[str]:
    """Why no Machine may be made now."""
    control_plane = ctx.control_plane_of(cluster)
    if control_plane is None:
        return []
    where = f"KubeadmControlPlane {control_plane['metadata']['namespace']}/{control_plane['metadata']['name']}"
    check = '("ControlPlaneIsStable" preflight check failed)'
    version = control_plane.get("status", {}).get("version")
    if not version:
        return [f"{where} is provisioning {check}"]
    if version != control_plane["spec"]["version"]:
        return [f"{where} is upgrading {check}"]
    return []


def _judge(ctx: Context, owned_set: JsonObject, machines: list[JsonObject]) -> None:
    """Keep the Machines' UpToDate: against the MachineDeployment that owns the set."""
    owner = controller_of(owned_set)
    namespace = owned_set["metadata"]["namespace"]
    deployment = ctx.store.find(MACHINE_DEPLOYMENT, owner["name"], namespace) if owner else None
    if deployment is None:
        return
    reasons = template_differences(owned_set["spec"]["template"]["spec"], deployment["spec"]["template"]["spec"])
    if rollout_is_due(deployment, owned_set, ctx.pace.now()):
        reasons.append("MachineDeployment spec.rollout.after expired")
    message = "\n".join(f"* {reason}" for reason in reasons)
    wanted = Outcome("False", "NotUpToDate", message) if reasons else Outcome("True", "UpToDate")
    for index, machine in enumerate(machines):
        known = get_condition(machine, "UpToDate")
        if known is None or known == wanted or is_deleting(machine):
            continue
        after = copied(machine)
        ctx.outcome(after, "UpToDate", wanted)
        machines[index] = ctx.save(MACHINE, machine, after)


def template_differences(current: JsonObject, wanted: JsonObject) -> list[str]:
    """Why a Machine made from `current` is not what `wanted` would make; other differences need no new Machine."""
    reasons = []
    if current.get("version") != wanted.get("version"):
        reasons.append(f"Version {current.get('version')}, {wanted.get('version')} required")
    if current["bootstrap"].get("configRef") != wanted["bootstrap"].get("configRef"):
        reasons.append("KubeadmConfig is not up-to-date")
    if current["infrastructureRef"] != wanted["infrastructureRef"]:
        reasons.append(f"{current['infrastructureRef']['kind'].removesuffix('Template')} is not up-to-date")
    return reasons


def _add(ctx: Context, owned_set: JsonObject, infra_template: JsonObject) -> None:
    template = owned_set["spec"]["template"]
    namespace, set_name = owned_set["metadata"]["namespace"], owned_set["metadata"]["name"]
    name = f"{set_name}-{ctx.random_suffix()}"
    config = ctx.store.get(KUBEADM_CONFIG_TEMPLATE, template["spec"]["bootstrap"]["configRef"]["name"], namespace)
    rest = {
        field: value
        for field, value in template["spec"].items()
        if field not in ("bootstrap", "infrastructureRef", "clusterName", "version")
    }
    make_machine(
        ctx,
        MachineOrder(
            name=name,
            namespace=namespace,
            cluster=owned_set["spec"]["clusterName"],
            labels={**template.get("metadata", {}).get("labels", {}), SET_NAME_LABEL: set_name},
            owner=owned_set,
            version=template["spec"].get("version", ""),
            config_spec=config["spec"]["template"].get("spec", {}),
            config_annotations={CLONED_NAME: config["metadata"]["name"], CLONED_KIND: template_group_kind(config)},
            infra_template=infra_template,
            config_first=True,
            annotations=dict(template.get("metadata", {}).get("annotations", {})),
            spec=rest,
            finalizers=(machine_controller.FINALIZER,),
        ),
    )
    ctx.event(owned_set, "SuccessfulCreate", f'Created Machine "{name}"')


def _remove(ctx: Context, owned_set: JsonObject, machines: list[JsonObject], count: int) -> None:
    """Any Machines go, but those already going and those that are not well first."""
    shuffled = ctx.pace.rng.sample(machines, len(machines))
    by_priority = sorted(shuffled, key=lambda machine: (not is_deleting(machine), is_true(machine, "Ready")))
    for machine in by_priority[:count]:
        if not is_deleting(machine):
            ctx.delete(MACHINE, machine)
            ctx.event(owned_set, "SuccessfulDelete", f'Deleted Machine "{machine["metadata"]["name"]}"')


def _reconcile_deletion(
    ctx: Context, owned_set: JsonObject, after: JsonObject, machines: list[JsonObject]
) -> float | None:
    for machine in machines:
        ctx.delete(MACHINE, machine)
    report_status(ctx, after, machines, missing="", blocked=[])
    if not machines:
        return ctx.finish(MACHINE_SET, owned_set, after, FINALIZER)
    ctx.save(MACHINE_SET, owned_set, after)
    return 1.0
