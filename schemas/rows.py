"""Rows: what the panes show of an object in the cluster.

A row holds only what the API server said, never our clock: a fold over the journal and a fresh list
give equal rows. All text in a row has been through `safe_text()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["control-plane", "worker"]
MachineState = Literal[
    "pending",  # no status yet, or waiting for its turn
    "creating",  # the machine itself is being made
    "starting",  # it is on; Kubernetes installs itself
    "joining",  # it has a node, which is not healthy yet
    "ready",
    "deleting",
    "failed",  # the infrastructure reported a terminal failure
]


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One CAPI Machine. Source: CAPI v1beta2 Machine spec and status; conditions decide, phases do not."""

    uid: str
    namespace: str
    name: str
    role: Role
    pool: str
    """The MachineDeployment's or control plane's name."""
    state: MachineState
    phase: str
    """Machine.status.phase as CAPI says it, for experts; empty before CAPI has set one."""
    ready: Literal["True", "False", "Unknown", ""]
    reason: str
    """Reason of the condition that decides the state."""
    message: str
    """Why it is in this state, one line."""
    since: str
    """RFC 3339 time of the deciding condition's last transition, else the creation time."""
    created_at: str
    node: str
    address: str
    provider_id: str
    version: str


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One Cluster, control plane, MachineDeployment, infrastructure object or Node, for the tree."""

    uid: str
    kind: str
    namespace: str
    name: str
    parent: str
    """`Kind/name` of what it belongs to, empty at the root."""
    desired: int | None
    current: int | None
    """Ready replicas; None for things that have none."""
    phase: str
    status: Literal["True", "False", "Unknown", ""]
    """The Available (Cluster, control plane, MachineDeployment) or Ready condition."""
    reason: str
    message: str
    since: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One Kubernetes Event; a repeated one arrives again with a higher count."""

    uid: str
    at: str
    kind: str
    """Kind of the object it is about."""
    name: str
    type: Literal["Normal", "Warning"]
    reason: str
    message: str
    count: int
