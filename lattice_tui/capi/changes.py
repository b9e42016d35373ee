"""What an observer reports: rows that changed, things that are gone, the state of the link, and facts to wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.rows import EventRow, MachineRow, ObjectRow

LinkState = Literal["live", "stale", "closed"]


@dataclass(frozen=True, slots=True)
class Gone:
    """An object was deleted. `kind` is `Machine` for machines, else the ObjectRow's kind."""

    uid: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An object was deleted here because `clusterctl move` took it to another cluster: its row stays as it was."""

    uid: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The connection to the API server changed; `stale` means that the rows may be out of date."""

    state: LinkState
    why: str = ""


Change = MachineRow | ObjectRow | EventRow | Gone | Moved | LinkChange


@dataclass(frozen=True, slots=True)
class ReplicaFacts:
    """Counters of a control plane or a MachineDeployment; 0 until the controller has reported."""

    desired: int = 0
    current: int = 0
    ready: int = 0
    available: int = 0
    up_to_date: int = 0
    is_available: bool = False
    """Its Available condition is True."""

    @property
    def is_complete(self) -> bool:
        """Exactly the wished-for machines exist, and all are ready, available and of the wished-for shape."""
        return self.desired == self.current == self.ready == self.available == self.up_to_date


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What the steps of an install wait for. Replaced as a whole on change, never edited."""

    synced: bool = False
    """Every list has been read once; until then, absence proves nothing."""
    exists: bool = False
    moved: bool = False
    """The Cluster has been moved to another management cluster: all else is what was last seen of it here."""
    paused: bool = False
    deleting: bool = False
    infrastructure_provisioned: bool = False
    endpoint: tuple[str, int] | None = None
    control_plane_initialized: bool = False
    available: bool = False
    """The Cluster's Available condition is True."""
    control_plane: ReplicaFacts = ReplicaFacts()
    deployments: Mapping[str, ReplicaFacts] = field(default_factory=dict)
    """By name of the MachineDeployment."""
    machines: Mapping[str, MachineRow] = field(default_factory=dict)
    """By name of the Machine."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Nodes of the new cluster: name -> Ready condition is True."""

    synced: bool = False
    ready: Mapping[str, bool] = field(default_factory=dict)
