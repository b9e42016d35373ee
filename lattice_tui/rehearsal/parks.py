"""A provider's machines as simulated controllers ask for them: made in the provider's stand-in, so its API lists them.

The room is the park of containers. A park of virtual machines wraps one stand-in; both live in the world's process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class MachineOrder:
    """One machine that a controller wants."""

    cluster: str
    namespace: str
    name: str
    """The infrastructure machine's name, which the provider shows too."""
    role: Literal["control-plane", "worker"]
    spec: Mapping[str, object] = field(default_factory=dict)
    """The infrastructure machine's own spec."""
    address: str = ""
    """A fixed address, where the provider does not give one."""


@dataclass(frozen=True, slots=True)
class ParkedMachine:
    """One machine that the provider has."""

    id: str
    """The provider's own: a VM id, a server's UUID, `i-...`."""
    provider_id: str
    """As the infrastructure machine's `spec.providerID` says it: `proxmox://<uuid>`."""
    address: str
    place: str
    """A node, a zone."""
    is_running: bool = True


class Park(Protocol):
    """One provider's machines, and what stands before its control planes. Nothing here waits: controllers do that."""

    def machine(self, cluster: str, name: str) -> ParkedMachine | None:
        """The machine of that name, None when there is none."""
        ...

    def make_machine(self, order: MachineOrder) -> ParkedMachine:
        """Make and start it, or return the one that is there. Raises ValueError with the provider's own words."""
        ...

    def remove_machine(self, cluster: str, name: str) -> None:
        """Stop and remove it, with what it brought along; one that is gone is fine."""
        ...

    def make_endpoint(self, cluster: str, wanted: str) -> str:
        """Make networks, a load balancer or an address for the control plane; returns the host that clients use.

        Idempotent. `wanted`: the address that the objects ask for, empty for any. Raises ValueError.
        """
        ...

    def remove_endpoint(self, cluster: str) -> None:
        """Take away what `make_endpoint` made; nothing left is fine."""
        ...

    def count(self, cluster: str) -> int:
        """How many things of that cluster the provider still has, machines and everything else."""
        ...
