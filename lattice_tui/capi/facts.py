"""Facts from objects, pure: `(facts, what was seen at once) -> facts`.

What is seen at once is folded at once: a list of 10,000 machines makes one new set of facts, not 10,000.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from lattice_tui.capi.changes import ClusterFacts, NodeFacts, ReplicaFacts
from lattice_tui.capi.objects import ClusterObject, NodeObject, ScaledObject, condition

V = TypeVar("V")


class Seen(NamedTuple):
    """One object by name as it came, and the row made of it; neither when it is gone."""

    name: str
    item: Any = None
    row: Any = None
    is_moved: bool = False
    """Gone from here, and alive in another cluster: nothing that was known of it has become untrue."""


def with_clusters(facts: ClusterFacts, seen: Sequence[Seen]) -> ClusterFacts:
    """What the Cluster says. A Cluster that is gone leaves the counts of its parts to them."""
    last = seen[-1]
    if last.is_moved:
        return replace(facts, moved=True)
    gone = ClusterFacts(
        synced=facts.synced,
        control_plane=facts.control_plane,
        deployments=facts.deployments,
        machines=facts.machines,
    )
    return gone if last.item is None else _with_cluster(facts, last.item)


def _with_cluster(facts: ClusterFacts, cluster: ClusterObject) -> ClusterFacts:
    status = cluster.status
    initialization = status.initialization if status else None
    available = condition(status.conditions, "Available") if status else None
    endpoint = cluster.spec.control_plane_endpoint
    return replace(
        facts,
        exists=True,
        moved=False,
        paused=bool(cluster.spec.paused),
        deleting=bool(cluster.metadata.deletion_timestamp),
        infrastructure_provisioned=bool(initialization and initialization.infrastructure_provisioned),
        control_plane_initialized=bool(initialization and initialization.control_plane_initialized),
        endpoint=(endpoint.host, endpoint.port) if endpoint and endpoint.host else None,
        available=available is not None and available.truth == "True",
    )


def with_control_planes(facts: ClusterFacts, seen: Sequence[Seen]) -> ClusterFacts:
    """A cluster has one control plane: the last word counts."""
    for one in seen:
        if not one.is_moved:
            facts = replace(facts, control_plane=_replicas(one.item) if one.item else ReplicaFacts())
    return facts


def with_deployments(facts: ClusterFacts, seen: Sequence[Seen]) -> ClusterFacts:
    return replace(facts, deployments=_changed(facts.deployments, seen, lambda one: _replicas(one.item)))


def with_machines(facts: ClusterFacts, seen: Sequence[Seen]) -> ClusterFacts:
    return replace(facts, machines=_changed(facts.machines, seen, lambda one: one.row))


def with_nodes(facts: NodeFacts, seen: Sequence[Seen]) -> NodeFacts:
    return replace(facts, ready=_changed(facts.ready, seen, lambda one: _is_ready(one.item)))


def _is_ready(node: NodeObject) -> bool:
    ready = condition(node.status.conditions, "Ready") if node.status else None
    return ready is not None and ready.truth == "True"


def _changed(known: Mapping[str, V], seen: Sequence[Seen], value: Callable[[Seen], V]) -> Mapping[str, V]:
    """A new mapping by name."""
    changed = dict(known)
    for one in seen:
        if one.item is not None:
            changed[one.name] = value(one)
        elif not one.is_moved:
            changed.pop(one.name, None)
    return changed


def _replicas(scaled: ScaledObject) -> ReplicaFacts:
    status = scaled.status
    available = condition(status.conditions, "Available") if status else None
    return ReplicaFacts(
        # A new object's default; MachineDeployments whose replicas an autoscaler keeps have it filled in by the server.
        desired=1 if scaled.spec.replicas is None else scaled.spec.replicas,
        current=(status.replicas if status else None) or 0,
        ready=(status.ready_replicas if status else None) or 0,
        available=(status.available_replicas if status else None) or 0,
        up_to_date=(status.up_to_date_replicas if status else None) or 0,
        is_available=available is not None and available.truth == "True",
    )
