"""What stands of a cluster at its provider, whatever Kubernetes knows of it: looked up and deleted by tag, or by name
and identity, through the provider's own API.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnedScope:
    """Whose things are meant."""

    cluster: str
    namespace: str
    run_id: str
    """Empty when the state folder is gone: the cluster's name and tags have to do."""
    provider_ids: tuple[str, ...] = ()
    """`spec.providerID` of every machine that is known, from the inventory: `proxmox://<uuid>`."""


@dataclass(frozen=True, slots=True)
class OwnedThing:
    """One thing at the provider."""

    kind: str
    """In the provider's words: `VM`, `server`, `load balancer`, `NAT gateway`, `container`."""
    id: str
    name: str
    place: str
    """`node pve1`, `eu-central-1`, `Docker on this computer`."""
    mark: str = ""
    """What proves whose it is: the SMBIOS UUID, the tag, the label."""
    is_ours: bool = True
    """False: it looks like ours, and is not proven to be. It is shown and never deleted."""
    why: str = ""
    """Why it is not ours, or not deleted: `the UUID is another one`, `a volume: name it to delete it`."""
    order: int = 0
    """Things of a lower number are deleted first."""
