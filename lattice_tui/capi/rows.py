"""From object to row, pure. Foreign text is cleaned here and nowhere later."""

from __future__ import annotations

from typing import Literal

from lattice_tui.capi.machine_state import state_of
from lattice_tui.capi.messages import plain_message
from lattice_tui.capi.objects import (
    ClusterObject,
    Condition,
    Conditions,
    Counters,
    EventObject,
    InfraObject,
    MachineObject,
    Meta,
    NodeObject,
    ScaledObject,
    condition,
)
from lattice_tui.capi.resources import (
    CLUSTER_NAME_LABEL,
    CONTROL_PLANE_LABEL,
    CONTROL_PLANE_NAME_LABEL,
    DEPLOYMENT_NAME_LABEL,
)
from lattice_tui.text import safe_text
from schemas.rows import EventRow, MachineRow, ObjectRow, Role

NAME_LIMIT = 253
"""The longest name Kubernetes allows."""
_WORD_LIMIT = 100
_ADDRESS_ORDER = ("InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS", "Hostname")


def machine_row(machine: MachineObject) -> MachineRow:
    """The row of one Machine."""
    meta, status = machine.metadata, machine.status
    found = state_of(machine)
    ready = condition(status.conditions, "Ready") if status else None
    return MachineRow(
        uid=_name(meta.uid),
        namespace=_name(meta.namespace),
        name=_name(meta.name),
        role=_role(meta),
        pool=_name(_pool(meta)),
        state=found.state,
        phase=_word(status.phase if status else None),
        ready=ready.truth if ready else "",
        reason=_word(found.reason),
        message=plain_message(found.message),
        since=_word(found.since or meta.creation_timestamp),
        created_at=_word(meta.creation_timestamp),
        node=_name(status.node_ref.name if status and status.node_ref else ""),
        address=_name(_address(machine)),
        provider_id=_name(machine.spec.provider_id or ""),
        version=_word(machine.spec.version),
    )


def cluster_row(cluster: ClusterObject) -> ObjectRow:
    """The root of the tree; its counts are those of all machines, control planes and workers together."""
    status = cluster.status
    counted = [one for one in (status.control_plane, status.workers) if one is not None] if status else []
    return _row(
        cluster.metadata,
        "Cluster",
        parent="",
        told_by=condition(status.conditions, "Available") if status else None,
        phase=(status.phase if status else None) or "",
        desired=sum(_count(one, "desired_replicas") for one in counted) if counted else None,
        current=sum(_count(one, "ready_replicas") for one in counted) if counted else None,
    )


def control_plane_row(control_plane: ScaledObject, kind: str = "KubeadmControlPlane") -> ObjectRow:
    """A control plane of any kind."""
    return _scaled_row(control_plane, kind)


def deployment_row(deployment: ScaledObject) -> ObjectRow:
    """A MachineDeployment: one pool of workers."""
    return _scaled_row(deployment, "MachineDeployment")


def infrastructure_row(infrastructure: InfraObject, kind: str) -> ObjectRow:
    """An infrastructure cluster or machine; a machine's parent is its Machine."""
    meta = infrastructure.metadata
    machine = meta.owner("Machine")
    conditions = infrastructure.status.conditions if infrastructure.status else None
    parent = f"Machine/{machine}" if machine else _cluster_parent(meta)
    return _row(meta, kind, parent=parent, told_by=condition(conditions, "Ready"))


def node_row(node: NodeObject, cluster: str) -> ObjectRow:
    """A Node of the new cluster; Nodes do not know its name, so it is given."""
    conditions = node.status.conditions if node.status else None
    return _row(node.metadata, "Node", parent=f"Cluster/{cluster}", told_by=condition(conditions, "Ready"))


def event_row(event: EventObject) -> EventRow:
    """One Kubernetes Event, from the old recorder or the new one."""
    series = event.series
    at = event.last_timestamp or (series.last_observed_time if series else None) or event.event_time
    return EventRow(
        uid=_name(event.metadata.uid),
        at=_word(at or event.metadata.creation_timestamp),
        kind=_word(event.involved_object.kind),
        name=_name(event.involved_object.name),
        type="Warning" if event.type == "Warning" else "Normal",
        reason=_word(event.reason),
        message=plain_message(event.message or ""),
        count=event.count or (series.count if series else None) or 1,
    )


def _scaled_row(scaled: ScaledObject, kind: str) -> ObjectRow:
    status = scaled.status
    conditions = status.conditions if status else None
    available = condition(conditions, "Available")
    told_by = _blocked(conditions) if available is None or available.truth != "True" else None
    return _row(
        scaled.metadata,
        kind,
        parent=_cluster_parent(scaled.metadata),
        told_by=told_by or available,
        status=available.truth if available else "",
        phase=(status.phase if status else None) or "",
        desired=scaled.spec.replicas,
        current=(status.ready_replicas if status else None) or 0,
    )


def _blocked(conditions: Conditions) -> Condition | None:
    """A template that does not exist is told by ScalingUp alone: no Machine, no Event, no warning."""
    found = condition(conditions, "ScalingUp")
    return found if found is not None and found.truth == "True" and "is blocked because" in found.message else None


def _row(
    meta: Meta,
    kind: str,
    *,
    parent: str,
    told_by: Condition | None,
    status: Literal["True", "False", "Unknown", ""] | None = None,
    phase: str = "",
    desired: int | None = None,
    current: int | None = None,
) -> ObjectRow:
    return ObjectRow(
        uid=_name(meta.uid),
        kind=kind,
        namespace=_name(meta.namespace),
        name=_name(meta.name),
        parent=_name(parent),
        desired=desired,
        current=current,
        phase=_word(phase),
        status=status if status is not None else told_by.truth if told_by else "",
        reason=_word(told_by.reason if told_by else ""),
        message=plain_message(told_by.message if told_by else ""),
        since=_word((told_by.last_transition_time if told_by else None) or meta.creation_timestamp),
    )


def _cluster_parent(meta: Meta) -> str:
    cluster = meta.label(CLUSTER_NAME_LABEL) or meta.owner("Cluster")
    return f"Cluster/{cluster}" if cluster else ""


def _role(meta: Meta) -> Role:
    return "control-plane" if CONTROL_PLANE_LABEL in (meta.labels or {}) else "worker"


def _pool(meta: Meta) -> str:
    return meta.label(DEPLOYMENT_NAME_LABEL) or meta.label(CONTROL_PLANE_NAME_LABEL)


def _address(machine: MachineObject) -> str:
    addresses = (machine.status.addresses if machine.status else None) or ()
    by_type = {one.type: one.address for one in reversed(addresses)}
    return next((by_type[type_] for type_ in _ADDRESS_ORDER if by_type.get(type_)), "")


def _count(counters: Counters, name: Literal["desired_replicas", "ready_replicas"]) -> int:
    return getattr(counters, name) or 0


def row_uid(uid: str) -> str:
    """An object's uid as its row has it."""
    return _name(uid)


def _name(text: str) -> str:
    return safe_text(text, NAME_LIMIT)


def _word(text: str | None) -> str:
    return safe_text(text or "", _WORD_LIMIT)
