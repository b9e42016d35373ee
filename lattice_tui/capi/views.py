"""`View`: one kind of object as we look at it.

Observers watch views and listing.py lists them, so that both make the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from lattice_tui.capi import facts
from lattice_tui.capi.changes import ClusterFacts, NodeFacts
from lattice_tui.capi.facts import Seen
from lattice_tui.capi.objects import (
    ClusterObject,
    ControlPlaneObject,
    DeploymentObject,
    EventObject,
    InfraMachineObject,
    InfraObject,
    MachineObject,
    NodeObject,
)
from lattice_tui.capi.resources import (
    CLUSTER,
    CLUSTER_NAME_LABEL,
    EVENT,
    MACHINE,
    MACHINE_DEPLOYMENT,
    NODE,
    InfrastructureKinds,
    Resource,
)
from lattice_tui.capi.rows import (
    cluster_row,
    control_plane_row,
    deployment_row,
    event_row,
    infrastructure_row,
    machine_row,
    node_row,
)
from schemas.rows import EventRow, MachineRow, ObjectRow

FactsT = TypeVar("FactsT")


def unchanged(known: FactsT, _seen: Sequence[Seen]) -> FactsT:
    """The fold of a kind that decides nothing."""
    return known


@dataclass(frozen=True, slots=True)
class View(Generic[FactsT]):
    """Where a kind is served, which of its objects concern us, and what we make of them."""

    resource: Resource
    item_type: type[Any]
    row: Callable[[Any], MachineRow | ObjectRow | EventRow]
    fold: Callable[[FactsT, Sequence[Seen]], FactsT] = unchanged
    namespace: str = ""
    label_selector: str = ""
    field_selector: str = ""


def cluster_views(
    namespace: str, cluster: str, *, control_plane: Resource, infrastructure: InfrastructureKinds
) -> tuple[View[ClusterFacts], ...]:
    """The objects of one cluster at its management cluster. Events carry no labels: the whole namespace is ours."""
    ours = f"{CLUSTER_NAME_LABEL}={cluster}"

    def view(resource: Resource, item_type: type[Any], row: Any, fold: Any = unchanged) -> View[ClusterFacts]:
        return View(resource, item_type, row, fold, namespace=namespace, label_selector=ours)

    infra_row = partial(infrastructure_row, kind=infrastructure.cluster.kind)
    infra_machine_row = partial(infrastructure_row, kind=infrastructure.machine.kind)
    return (
        View(
            CLUSTER,
            ClusterObject,
            cluster_row,
            facts.with_clusters,
            namespace,
            field_selector=f"metadata.name={cluster}",
        ),
        view(infrastructure.cluster, InfraObject, infra_row),
        view(
            control_plane,
            ControlPlaneObject,
            partial(control_plane_row, kind=control_plane.kind),
            facts.with_control_planes,
        ),
        view(MACHINE_DEPLOYMENT, DeploymentObject, deployment_row, facts.with_deployments),
        view(MACHINE, MachineObject, machine_row, facts.with_machines),
        view(infrastructure.machine, InfraMachineObject, infra_machine_row),
    )


def event_view(namespace: str) -> View[ClusterFacts]:
    """The Events of the cluster's namespace."""
    return View(EVENT, EventObject, event_row, namespace=namespace)


def node_view(cluster: str) -> View[NodeFacts]:
    """The Nodes of the new cluster, at its own API."""
    return View(NODE, NodeObject, partial(node_row, cluster=cluster), facts.with_nodes)
