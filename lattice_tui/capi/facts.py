"""Facts from objects, pure: `(facts, object) -> facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from lattice_tui.capi.changes import ClusterFacts, NodeFacts, ReplicaFacts
from lattice_tui.capi.objects import ClusterObject, MachineObject, NodeObject, ScaledObject, condition
from lattice_tui.capi.rows import machine_row

V = TypeVar("V")


def with_cluster(facts: ClusterFacts, cluster: ClusterObject, is_gone: bool) -> ClusterFacts:
    """What the Cluster says. A Cluster that is gone leaves the counts of its parts to them."""
    status = None if is_gone else cluster.status
    initialization = status.initialization if status else None
    available = condition(status.conditions, "Available") if status else None
    endpoint = cluster.spec.control_plane_endpoint
    return replace(
        facts,
        exists=not is_gone,
        paused=bool(cluster.spec.paused),
        deleting=bool(cluster.metadata.deletion_timestamp),
        infrastructure_provisioned=bool(initialization and initialization.infrastructure_provisioned),
        control_plane_initialized=bool(initialization and initialization.control_plane_initialized),
        endpoint=(endpoint.host, endpoint.port) if endpoint and endpoint.host and not is_gone else None,
        available=available is not None and available.truth == "True",
    )


def with_control_plane(facts: ClusterFacts, control_plane: ScaledObject, is_gone: bool) -> ClusterFacts:
    return replace(facts, control_plane=ReplicaFacts() if is_gone else _replicas(control_plane))


def with_deployment(facts: ClusterFacts, deployment: ScaledObject, is_gone: bool) -> ClusterFacts:
    name = deployment.metadata.name
    return replace(facts, deployments=_put(facts.deployments, name, None if is_gone else _replicas(deployment)))


def with_machine(facts: ClusterFacts, machine: MachineObject, is_gone: bool) -> ClusterFacts:
    name = machine.metadata.name
    return replace(facts, machines=_put(facts.machines, name, None if is_gone else machine_row(machine)))


def with_node(facts: NodeFacts, node: NodeObject, is_gone: bool) -> NodeFacts:
    ready = condition(node.status.conditions, "Ready") if node.status else None
    is_ready = ready is not None and ready.truth == "True"
    return replace(facts, ready=_put(facts.ready, node.metadata.name, None if is_gone else is_ready))


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


def _put(known: Mapping[str, V], name: str, value: V | None) -> Mapping[str, V]:
    rest = {key: one for key, one in known.items() if key != name}
    return rest if value is None else {**rest, name: value}
