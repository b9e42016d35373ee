"""What one provider wants of the machines that join a cluster, whether kubeadm or RKE2 makes them nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

RegistrationMethod = Literal["control-plane-endpoint", "internal-first"]


@dataclass(frozen=True, slots=True)
class BootFile:
    """A file that is written before Kubernetes starts."""

    path: str
    content: str
    owner: str = "root:root"
    permissions: str = "0644"


@dataclass(frozen=True, slots=True)
class Joining:
    """Input of the control plane's object and of each pool's bootstrap template."""

    cert_sans: tuple[str, ...] = ()
    kubelet_args: Mapping[str, str] = field(default_factory=dict)
    """Of every machine: `provider-id` -> `proxmox://'{{ ds.meta_data.instance_id }}'`."""
    node_name: str = ""
    """A cloud-init template, `'{{ local_hostname }}'`; empty: the host's name."""
    is_cloud_provider_external: bool = False
    """A cloud controller manager will say what the nodes are: kubelets and controller manager are told so."""
    control_plane_files: tuple[BootFile, ...] = ()
    control_plane_commands: tuple[str, ...] = ()
    """Run before kubeadm or RKE2 on control planes."""
    commands: tuple[str, ...] = ()
    """Run before kubeadm or RKE2 on every machine, first."""
    ssh_authorized_keys: tuple[str, ...] = ()
    ssh_user: str = "root"
    registration_method: RegistrationMethod = "control-plane-endpoint"
    """RKE2 alone; it cannot be changed afterwards."""
    api_server_args: Mapping[str, str] = field(default_factory=dict)
