"""Machines made from templates: the three objects of one machine, and what is missing for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import DOCKER_MACHINE, DOCKER_MACHINE_TEMPLATE, KUBEADM_CONFIG, MACHINE, Kind
from lattice_tui.rehearsal.controllers.objects import (
    CLONED_KIND,
    CLONED_NAME,
    Context,
    clone_metadata,
    owner_reference,
    set_owner,
)

JsonObject = dict[str, Any]

NODE_DELETION_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class MachineOrder:
    """One machine to make."""

    name: str
    namespace: str
    cluster: str
    labels: dict[str, str]
    owner: JsonObject
    """The MachineSet or KubeadmControlPlane."""
    version: str
    config_spec: JsonObject
    config_annotations: dict[str, str]
    infra_template: JsonObject
    """The DockerMachineTemplate."""
    annotations: dict[str, str]
    spec: JsonObject
    """Further fields of the Machine's spec."""
    finalizers: tuple[str, ...] = ()
    config_first: bool = False
    """Make the bootstrap configuration before the infrastructure machine, as a MachineSet does."""


def make_machine(ctx: Context, order: MachineOrder) -> JsonObject:
    """Create infrastructure machine, bootstrap configuration and Machine, as Cluster API does: the parts first."""
    template = order.infra_template
    infra = clone_metadata(order.name, order.namespace, order.labels, order.owner)
    infra["annotations"] = {CLONED_NAME: template["metadata"]["name"], CLONED_KIND: template_group_kind(template)}
    config = clone_metadata(order.name, order.namespace, order.labels, order.owner)
    if order.config_annotations:
        config["annotations"] = order.config_annotations
    parts: list[tuple[Kind, JsonObject]] = [
        (DOCKER_MACHINE, {"metadata": infra, "spec": copied(template["spec"]["template"].get("spec", {}))}),
        (KUBEADM_CONFIG, {"metadata": config, "spec": copied(order.config_spec)}),
    ]
    for kind, part in reversed(parts) if order.config_first else parts:
        ctx.create(kind, part)
    metadata = clone_metadata(order.name, order.namespace, order.labels, order.owner)
    metadata["ownerReferences"] = [owner_reference(order.owner, controller=True)]
    if order.annotations:
        metadata["annotations"] = order.annotations
    if order.finalizers:
        metadata["finalizers"] = list(order.finalizers)
    spec = {
        "bootstrap": {"configRef": _reference(KUBEADM_CONFIG.group, KUBEADM_CONFIG.kind, order.name)},
        "clusterName": order.cluster,
        "deletion": {"nodeDeletionTimeoutSeconds": NODE_DELETION_TIMEOUT_S},
        "infrastructureRef": _reference(DOCKER_MACHINE.group, DOCKER_MACHINE.kind, order.name),
        "version": order.version,
    }
    return ctx.create(MACHINE, {"metadata": metadata, "spec": {**spec, **order.spec}})


def infrastructure_template(ctx: Context, reference: JsonObject, namespace: str) -> JsonObject | None:
    """The DockerMachineTemplate a reference names, None when it (or its kind) is not there."""
    if reference.get("kind") != DOCKER_MACHINE_TEMPLATE.kind:
        return None
    return ctx.store.find(DOCKER_MACHINE_TEMPLATE, reference.get("name", ""), namespace)


def adopt_template(ctx: Context, kind: Kind, name: str, cluster: JsonObject) -> None:
    """Make the Cluster an owner of a template, so that the template goes where the Cluster goes.

    Source: CAPI reconcileExternalTemplateReference and KCP's reconcileExternalReference.
    """
    template = ctx.store.find(kind, name, cluster["metadata"]["namespace"])
    if template is None:
        return
    uid = cluster["metadata"]["uid"]
    if any(owner["uid"] == uid for owner in template["metadata"].get("ownerReferences", [])):
        return
    after = copied(template)
    set_owner(after, cluster, controller=False, instead_of="Cluster")
    ctx.save(kind, template, after)


def missing_text(kinds: list[str]) -> str:
    """Cluster API's words for templates that are not there; empty when all are."""
    if not kinds:
        return ""
    return f"{' and '.join(kinds)} {'does' if len(kinds) == 1 else 'do'} not exist"


def template_group_kind(template: JsonObject) -> str:
    """`DockerMachineTemplate.infrastructure.cluster.x-k8s.io`."""
    return f"{template['kind']}.{template['apiVersion'].partition('/')[0]}"


def _reference(group: str, kind: str, name: str) -> JsonObject:
    return {"apiGroup": group, "kind": kind, "name": name}
