"""What the wizard asks for Proxmox, step by step, and which checks it shows there. The rest is for the file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lattice_tui.providers.proxmox.fields import BLOCK

ASKED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "connect": ("credentials.proxmox.url", "credentials.proxmox.token_id", "credentials.proxmox.secret"),
        "size": tuple(
            f"{BLOCK}.{key}"
            for key in ("cpCores", "cpMemoryMb", "cpDiskSizeGb", "workerCores", "workerMemoryMb", "workerDiskSizeGb")
        ),
        "build": (
            f"{BLOCK}.sourceNode",
            f"{BLOCK}.templateId",
            "spec.provider.kubernetes.version",
            "spec.provider.kubernetes.bootstrap",
            f"{BLOCK}.storage",
            f"{BLOCK}.allowedNodes",
            f"{BLOCK}.pool",
            f"{BLOCK}.bridge",
            f"{BLOCK}.vlan",
            f"{BLOCK}.sshAuthorizedKeys",
        ),
        "addresses": (
            f"{BLOCK}.ipv4Pool.gateway",
            f"{BLOCK}.ipv4Pool.prefix",
            f"{BLOCK}.ipv4Pool.start",
            f"{BLOCK}.ipv4Pool.end",
            "spec.endpoints.host",
            "spec.networking.lbPool.start",
            "spec.networking.lbPool.end",
            "spec.endpoints.service.type",
            f"{BLOCK}.dnsServers",
            "spec.provider.kubernetes.certSANs",
            "spec.provider.kubernetes.clusterNetwork.podCidr",
            "spec.provider.kubernetes.clusterNetwork.serviceCidr",
        ),
    }
)
STAGES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "connect": (
            "proxmox-credentials",
            "proxmox-name",
            "proxmox-port",
            "proxmox-certificate",
            "proxmox-clock",
            "proxmox-api",
            "proxmox-realm",
            "proxmox-sign-in",
            "proxmox-version",
            "proxmox-token-facts",
            "proxmox-permissions",
            "proxmox-quorum",
            "proxmox-nodes",
            "proxmox-node-status",
            "proxmox-root-ca",
        ),
        "build": (
            "proxmox-permissions",
            "proxmox-nodes",
            "proxmox-template",
            "proxmox-template-boot",
            "proxmox-template-disk",
            "proxmox-template-network",
            "proxmox-template-agent",
            "proxmox-template-image",
            "proxmox-template-lock",
            "proxmox-clone",
            "proxmox-clone-nodes",
            "proxmox-storage",
            "proxmox-storage-room",
            "proxmox-storage-active",
            "proxmox-iso",
            "proxmox-many-clones",
            "proxmox-bridge",
            "proxmox-vlan",
            "proxmox-pool",
            "proxmox-vm-ids",
            "proxmox-names",
            "proxmox-left-behind",
            "proxmox-memory",
            "proxmox-cpu",
        ),
        "addresses": (
            "proxmox-addresses",
            "proxmox-subnet",
            "proxmox-endpoint",
            "proxmox-in-use",
            "proxmox-dhcp",
            "proxmox-route",
            "proxmox-bill",
        ),
    }
)
