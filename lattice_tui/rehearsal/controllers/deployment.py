"""The MachineDeployment controller: one MachineSet per template, rolled over with surge and patience."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import (
    DOCKER_MACHINE_TEMPLATE,
    KUBEADM_CONFIG_TEMPLATE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
)
from lattice_tui.rehearsal.controllers.deployment_status import max_surge, max_unavailable, report_status
from lattice_tui.rehearsal.controllers.machine_set import missing_templates, template_differences
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    DEPLOYMENT_NAME_LABEL,
    TEMPLATE_HASH_LABEL,
    Context,
    controller_of,
    has_finalizer,
    is_deleting,
    owner_reference,
    rollout_is_due,
    set_label,
    set_owner,
)
from lattice_tui.rehearsal.controllers.templates import adopt_template, missing_text

JsonObject = dict[str, Any]

FINALIZER = "cluster.x-k8s.io/machinedeployment"
_REVISION = "machinedeployment.clusters.x-k8s.io/revision"
_TEMPLATE_AGAIN_S = 10.0


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a MachineDeployment."""
    deployment = ctx.store.find(MACHINE_DEPLOYMENT, name, namespace)
    cluster = ctx.cluster_of(deployment) if deployment is not None else None
    if deployment is None or cluster is None:
        return None
    if not is_deleting(deployment) and not has_finalizer(deployment, FINALIZER):
        ctx.store.add_finalizer(MACHINE_DEPLOYMENT, name, namespace, FINALIZER, actor=ctx.actor)
        return 0.5
    if ctx.paused(MACHINE_DEPLOYMENT, deployment, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    after = copied(deployment)
    if is_deleting(deployment):
        return _reconcile_deletion(ctx, deployment, after)
    set_owner(after, cluster, controller=False, instead_of="Cluster")
    set_label(after, CLUSTER_NAME_LABEL, cluster["metadata"]["name"])
    spec = deployment["spec"]["template"]["spec"]
    adopt_template(ctx, KUBEADM_CONFIG_TEMPLATE, spec["bootstrap"].get("configRef", {}).get("name", ""), cluster)
    adopt_template(ctx, DOCKER_MACHINE_TEMPLATE, spec["infrastructureRef"].get("name", ""), cluster)
    missing = missing_templates(ctx, spec, namespace)
    if not missing:
        _roll(ctx, after)
    sets = sets_of(ctx, deployment)
    report_status(ctx, after, sets, _machines(ctx, deployment), missing_text(missing))
    if missing:
        # What could not be acted upon was not observed.
        after["status"].pop("observedGeneration", None)
        if "observedGeneration" in deployment.get("status", {}):
            after["status"]["observedGeneration"] = deployment["status"]["observedGeneration"]
    ctx.save(MACHINE_DEPLOYMENT, deployment, after)
    return _TEMPLATE_AGAIN_S if missing else None


def sets_of(ctx: Context, deployment: JsonObject) -> list[JsonObject]:
    """The MachineSets a MachineDeployment controls, oldest first."""
    uid = deployment["metadata"]["uid"]
    sets = ctx.store.list(MACHINE_SET, deployment["metadata"]["namespace"])
    owned = [owned_set for owned_set in sets if (controller_of(owned_set) or {}).get("uid") == uid]
    return sorted(
        owned, key=lambda owned_set: (owned_set["metadata"]["creationTimestamp"], owned_set["metadata"]["name"])
    )


def _machines(ctx: Context, deployment: JsonObject) -> list[JsonObject]:
    labels = {DEPLOYMENT_NAME_LABEL: deployment["metadata"]["name"]}
    return ctx.store.list(MACHINE, deployment["metadata"]["namespace"], labels)


def _roll(ctx: Context, deployment: JsonObject) -> None:
    """Bring the MachineSets one step nearer to the template."""
    sets = sets_of(ctx, deployment)
    wanted = deployment["spec"]["template"]["spec"]
    now = ctx.pace.now()
    current = next(
        (
            owned_set
            for owned_set in sets
            if not template_differences(owned_set["spec"]["template"]["spec"], wanted)
            and not rollout_is_due(deployment, owned_set, now)
        ),
        None,
    )
    olds = [owned_set for owned_set in sets if owned_set is not current]
    desired = int(deployment["spec"].get("replicas", 1))
    if current is None:
        _make_set(ctx, deployment, _new_replicas(deployment, 0, sets), len(sets) + 1)
        return
    revision = current["metadata"].get("annotations", {}).get(_REVISION, "1")
    deployment["metadata"].setdefault("annotations", {})[_REVISION] = revision
    replicas = int(current["spec"]["replicas"])
    target = desired if not olds or replicas > desired else _new_replicas(deployment, replicas, sets)
    if target != replicas:
        _scale(ctx, deployment, current, target)
    elif olds:
        _scale_down_old(ctx, deployment, current, olds)


def _new_replicas(deployment: JsonObject, replicas: int, sets: list[JsonObject]) -> int:
    """How many the new set may have: no more than the surge allows beside what is still there."""
    desired = int(deployment["spec"].get("replicas", 1))
    room = desired + max_surge(deployment) - sum(_present(owned_set) for owned_set in sets)
    return min(desired, replicas + max(0, room))


def _scale_down_old(ctx: Context, deployment: JsonObject, current: JsonObject, olds: list[JsonObject]) -> None:
    """Take as many from the old sets as are available beyond the least that must be; drop the empty ones."""
    least = int(deployment["spec"].get("replicas", 1)) - max_unavailable(deployment)
    sets = [current, *olds]
    missing_new = int(current["spec"]["replicas"]) - _counted(current, "availableReplicas")
    spare = sum(int(owned_set["spec"]["replicas"]) for owned_set in sets) - least - max(0, missing_new)
    for owned_set in olds:
        replicas = int(owned_set["spec"]["replicas"])
        if replicas == 0 and _counted(owned_set, "replicas") == 0 and not is_deleting(owned_set):
            ctx.delete(MACHINE_SET, owned_set)
            ctx.event(deployment, "SuccessfulDelete", f'Deleted MachineSet "{owned_set["metadata"]["name"]}"')
        elif replicas > 0 and spare > 0:
            taken = min(replicas, spare)
            spare -= taken
            _scale(ctx, deployment, owned_set, replicas - taken)


def _scale(ctx: Context, deployment: JsonObject, owned_set: JsonObject, replicas: int) -> None:
    before = int(owned_set["spec"]["replicas"])
    after = copied(owned_set)
    after["spec"]["replicas"] = replicas
    ctx.save(MACHINE_SET, owned_set, after)
    direction = "up" if replicas > before else "down"
    name = owned_set["metadata"]["name"]
    ctx.event(deployment, "SuccessfulScale", f"Scaled {direction} MachineSet {name}: {before} -> {replicas}")


def _make_set(ctx: Context, deployment: JsonObject, replicas: int, revision: int) -> None:
    metadata, spec = deployment["metadata"], deployment["spec"]
    suffix = ctx.random_suffix()
    text = json.dumps(spec["template"], sort_keys=True)
    value = f"{int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)}-{suffix}"
    template = copied(spec["template"])
    template_labels = template.setdefault("metadata", {}).setdefault("labels", {})
    template_labels.update(
        {
            CLUSTER_NAME_LABEL: spec["clusterName"],
            DEPLOYMENT_NAME_LABEL: metadata["name"],
            TEMPLATE_HASH_LABEL: value,
        }
    )
    selector = {**spec["selector"].get("matchLabels", {}), TEMPLATE_HASH_LABEL: value}
    name = f"{metadata['name']}-{suffix}"
    desired = int(spec.get("replicas", 1))
    metadata.setdefault("annotations", {})[_REVISION] = str(revision)
    ctx.create(
        MACHINE_SET,
        {
            "metadata": {
                "name": name,
                "namespace": metadata["namespace"],
                "labels": dict(template_labels),
                "annotations": {
                    "cluster.x-k8s.io/disable-machine-create": "false",
                    "machinedeployment.clusters.x-k8s.io/desired-replicas": str(desired),
                    "machinedeployment.clusters.x-k8s.io/max-replicas": str(desired + max_surge(deployment)),
                    _REVISION: str(revision),
                },
                "ownerReferences": [owner_reference(deployment, controller=True)],
            },
            "spec": {
                "clusterName": spec["clusterName"],
                "replicas": replicas,
                "selector": {"matchLabels": selector},
                "template": template,
            },
        },
    )
    text = f"Created MachineSet {metadata['namespace']}/{name} with {replicas} replicas"
    ctx.event(deployment, "SuccessfulCreate", text)


def _present(owned_set: JsonObject) -> int:
    return max(int(owned_set["spec"]["replicas"]), _counted(owned_set, "replicas"))


def _counted(owned_set: JsonObject, counter: str) -> int:
    return int(owned_set.get("status", {}).get(counter, 0))


def _reconcile_deletion(ctx: Context, deployment: JsonObject, after: JsonObject) -> float | None:
    sets = sets_of(ctx, deployment)
    for owned_set in sets:
        ctx.delete(MACHINE_SET, owned_set)
    report_status(ctx, after, sets, _machines(ctx, deployment), "")
    if not sets:
        return ctx.finish(MACHINE_DEPLOYMENT, deployment, after, FINALIZER)
    ctx.save(MACHINE_DEPLOYMENT, deployment, after)
    return 1.0
