"""What a management cluster gets beside the cluster's own objects, as data: providers of Cluster API, add-ons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lattice_tui.capi.resources import JsonObject


@dataclass(frozen=True, slots=True)
class WantedProvider:
    """One provider as clusterctl knows it. Source: CAPI v1.13.5 cmd/clusterctl/api/v1alpha3."""

    type: str
    name: str
    version: str
    flag: str

    @property
    def argument(self) -> str:
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class AddOn:
    """One Helm release on the new cluster, and what tells that it works."""

    release: str
    chart: str
    repository: str
    version: str
    """The chart's."""
    namespace: str
    title: str
    """For people: `Cilium 1.19.1`."""
    values: JsonObject = field(default_factory=dict)
    """Without secrets: they go into Secrets of their own."""
    stage: Literal["network", "after-network"] = "after-network"
    """`network`: nodes are not ready without it, installed alone and first."""
    after: tuple[JsonObject, ...] = ()
    """Objects applied once the release stands: an address pool, a default StorageClass."""
