"""Typed reading of versions.toml, the one place where versions are pinned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

VERSIONS_FILE = Path(__file__).resolve().parent.parent / "versions.toml"

Minor = tuple[int, int]
"""(1, 35): a Kubernetes minor version, comparable."""


class NodeImage(NamedTuple):
    """A kindest/node image: what a Docker machine runs."""

    version: str
    """`1.35.5`"""
    repository: str
    sha256: str
    """Hex digits; empty when no source gives the digest."""

    @property
    def tag(self) -> str:
        """`kindest/node:v1.35.5`"""
        return f"{self.repository}:v{self.version}"

    @property
    def reference(self) -> str:
        """`kindest/node:v1.35.5@sha256:...`, or the tag alone when the digest is unknown."""
        return f"{self.tag}@sha256:{self.sha256}" if self.sha256 else self.tag


class Chart(NamedTuple):
    """A Helm chart."""

    name: str
    version: str
    repository: str
    kubernetes_min: Minor
    kubernetes_max: Minor


class KubernetesPins(NamedTuple):
    """What is known of each Kubernetes version."""

    min: Minor
    max: Minor
    proposed: Mapping[str, str]
    """Provider -> version that its wizard proposes."""
    proposed_reason: str
    support_ends: Mapping[str, str]
    """`1.35` -> ISO date of the upstream end of life."""
    node_images: Mapping[str, NodeImage]
    """`1.35.5` -> image, newest first."""

    def supports(self, minor: Minor) -> bool:
        return self.min <= minor <= self.max

    def newest_patch(self, minor: Minor) -> str:
        """The newest known version of a minor one, `1.35.5`; `1.35.0` when none is known."""
        prefix = f"{minor[0]}.{minor[1]}."
        return next((version for version in self.node_images if version.startswith(prefix)), f"{prefix}0")


class Pins(NamedTuple):
    """Every version this product installs."""

    capi: str
    cert_manager: str
    kind: str
    bootstrap_node_image: NodeImage
    """Node image of the temporary cluster."""
    haproxy_image: str
    cilium: Chart
    kube_vip: str
    helm: str
    kubectl: str
    providers: Mapping[str, str]
    """clusterctl's other providers: proxmox, openstack, aws, rke2, in_cluster_ipam, orc."""
    kubernetes: KubernetesPins

    def node_image(self, version: str) -> NodeImage:
        """The node image of a Kubernetes version, with or without a leading `v`; an unknown one has no digest."""
        plain = version.removeprefix("v")
        return self.kubernetes.node_images.get(plain) or NodeImage(plain, self.bootstrap_node_image.repository, "")


def minor_of(version: str) -> Minor:
    """(1, 35) of `1.35`, `1.35.5`, `v1.35.5` or `1.35.5+rke2r1`. Raises ValueError for anything else."""
    major, minor, *_ = version.removeprefix("v").split(".")
    return int(major), int(minor)


@cache
def pins() -> Pins:
    """Read versions.toml, once a process."""
    import tomllib  # 5 ms that a command without a document need not pay

    with VERSIONS_FILE.open("rb") as stream:
        return _pins_from(tomllib.load(stream))


def _pins_from(table: dict[str, Any]) -> Pins:
    repository = table["kind"]["node_repository"]
    images = {
        version: NodeImage(version, repository, sha) for version, sha in table["kubernetes"]["node_images"].items()
    }
    proposed = dict(table["kubernetes"]["proposed"])
    cilium = table["cilium"]
    return Pins(
        capi=table["capi"]["version"],
        cert_manager=table["cert_manager"]["version"],
        kind=table["kind"]["version"],
        bootstrap_node_image=images[table["kind"]["bootstrap_node"]],
        haproxy_image=table["haproxy"]["image"],
        cilium=Chart(
            cilium["chart"],
            cilium["version"],
            cilium["repository"],
            minor_of(cilium["kubernetes_min"]),
            minor_of(cilium["kubernetes_max"]),
        ),
        kube_vip=table["kube_vip"]["version"],
        helm=table["tools"]["helm"],
        kubectl=table["tools"]["kubectl"],
        providers=table["providers"],
        kubernetes=KubernetesPins(
            min=minor_of(table["kubernetes"]["min"]),
            max=minor_of(table["kubernetes"]["max"]),
            proposed_reason=proposed.pop("reason"),
            proposed=proposed,
            support_ends=table["kubernetes"]["support_ends"],
            node_images=images,
        ),
    )
