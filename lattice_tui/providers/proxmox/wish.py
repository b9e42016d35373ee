"""What is wanted of Proxmox: the plain values that its checks and pick-lists are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from lattice_tui.providers.credentials import PARAM

if TYPE_CHECKING:
    from lattice_tui.checks.capacity import MachineNeed
    from lattice_tui.checks.networks import Pool
    from schemas.document import LatticeCluster
    from schemas.provider_config import ProviderConfig

DEFAULT_ADJUSTMENT = 100
"""Per cent. Source: CAPMOX, schedulerHints.memoryAdjustment."""
CONTROL_PLANE = "control plane"
_OF_CONFIG = {
    "source_node": "source_node", "template_id": "template_id", "bridge": "bridge", "vlan": "vlan",
    "storage": "storage", "pool": "pool", "interface": "virtual_ip_network_interface",
    "memory_adjustment": "memory_adjustment",
}  # fmt: skip
_LISTS = ("template_tags", "dns_servers", "allowed_nodes")
_NUMBERS = {
    "template_id": 100, "vlan": 1, "vmid_start": 100, "vmid_end": 100, "memory_adjustment": 0, "control_planes": 1,
    "pool_prefix": 1, "pool6_prefix": 1,
}  # fmt: skip
"""Name -> the least that makes sense."""
_TEXTS = (
    "source_node", "bridge", "storage", "pool", "interface", "pool_start", "pool_end", "pool_gateway", "pool6_start",
    "pool6_end", "pool6_gateway", "host", "lb_start", "lb_end", "pod_cidr", "service_cidr", "name", "version",
    "bootstrap", "management",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Machines that are alike."""

    role: str
    """`control plane`, or the worker pool's name."""
    count: int
    cores: int
    memory_mib: int
    disk_gib: int


@dataclass(frozen=True, slots=True)
class ProxmoxWish:
    """One cluster on one Proxmox. What is not chosen yet is empty, or None."""

    url: str = ""
    token_id: str = ""
    fingerprint: str = ""
    """SHA-256 in hex without colons, of a certificate that was trusted once."""
    ca_pem: str = ""
    credentials_missing: str = ""
    """Why there are none; a sentence without a secret."""
    simulated: bool = False
    source_node: str = ""
    template_id: int | None = None
    template_tags: tuple[str, ...] = ()
    bridge: str = ""
    vlan: int | None = None
    pool_start: str = ""
    pool_end: str = ""
    pool_gateway: str = ""
    pool_prefix: int | None = None
    pool6_start: str = ""
    pool6_end: str = ""
    pool6_gateway: str = ""
    pool6_prefix: int | None = None
    dns_servers: tuple[str, ...] = ()
    storage: str = ""
    """Empty: linked clones on the template's own."""
    pool: str = ""
    """Proxmox's resource pool."""
    allowed_nodes: tuple[str, ...] = ()
    """Empty: the template's own node."""
    interface: str = ""
    vmid_start: int | None = None
    vmid_end: int | None = None
    memory_adjustment: int | None = None
    control_planes: int | None = None
    groups: tuple[Group, ...] = ()
    """The control plane first."""
    host: str = ""
    """The API's address, or a name of it."""
    lb_start: str = ""
    lb_end: str = ""
    pod_cidr: str = ""
    service_cidr: str = ""
    name: str = ""
    version: str = ""
    bootstrap: str = "kubeadm"
    management: str = "self"

    @property
    def machines(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def surge(self) -> int:
        """Machines that exist beside the others while every group is renewed one by one."""
        return len(self.groups)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where machines may run, as far as the document says: the template's node may still have to be found."""
        return self.allowed_nodes or ((self.source_node,) if self.source_node else ())

    @property
    def address_pool(self) -> Pool | None:
        """The machines' IPv4 addresses; None where they are not chosen yet, or are none."""
        return _pool(self.pool_start, self.pool_end, self.pool_gateway, self.pool_prefix)

    @property
    def vip(self) -> IPv4Address | IPv6Address | None:
        """The API's address, where it is written as one."""
        return _address(self.host)

    @property
    def lb_range(self) -> tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address] | None:
        start, end = _address(self.lb_start), _address(self.lb_end)
        return None if start is None or end is None else (start, end)

    def needs(self) -> tuple[MachineNeed, ...]:
        """What the machines take, for sums."""
        from lattice_tui.checks.capacity import MachineNeed

        return tuple(
            MachineNeed(group.role, group.count, 1, group.cores, group.memory_mib, group.disk_gib)
            for group in self.groups
        )

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> ProxmoxWish:
        """Read plain parameters; what is absent or makes no sense is not chosen yet, nothing is raised."""
        said: dict[str, Any] = {name: params[name].strip() for name in _TEXTS if params.get(name, "").strip()}
        said |= {name: _parts(params[name]) for name in _LISTS if name in params}
        said |= {name: _number(params[name], least) for name, least in _NUMBERS.items() if name in params}
        credentials = ("url", "token_id", "fingerprint", "ca_pem")
        said |= {name: params[PARAM + name].strip() for name in credentials if PARAM + name in params}
        said["version"] = said.get("version", "").removeprefix("v")
        said["groups"] = _groups(params.get("groups", ""))
        said["simulated"] = params.get("simulated") == "1"
        said["credentials_missing"] = params.get(f"{PARAM}missing", "")
        return cls(**said)

    @classmethod
    def of_cluster(cls, cluster: LatticeCluster, config: ProviderConfig) -> ProxmoxWish:
        """What this document wants. A part that is not there yet counts as not chosen."""
        spec = cluster.spec
        network, lb = spec.provider.kubernetes.cluster_network, spec.networking.lb_pool
        said = {name: getattr(config, attribute, None) for name, attribute in _OF_CONFIG.items()}
        lists: dict[str, Any] = {name: tuple(getattr(config, name, None) or ()) for name in _LISTS}
        chosen: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        return cls(
            **chosen,
            **lists,
            **_range_of("pool", getattr(config, "ipv4_pool", None)),
            **_range_of("pool6", getattr(config, "ipv6_pool", None)),
            **_range_of("vmid", getattr(config, "vm_id_range", None)),
            **_range_of("lb", lb),
            control_planes=spec.nodes.control_plane,
            groups=_groups_of(cluster, config),
            host=spec.endpoints.host or "",
            pod_cidr=network.pod_cidr or "",
            service_cidr=network.service_cidr or "",
            name=cluster.metadata.name,
            version=spec.provider.kubernetes.version.removeprefix("v"),
            bootstrap=spec.provider.kubernetes.bootstrap,
            management=spec.management,
        )

    def to_params(self) -> dict[str, str]:
        """What the document says, as text for `from_params`; credentials and rehearsing are added by whoever asks."""
        names = (*_TEXTS, *_LISTS, *_NUMBERS)
        said = {name: _text(getattr(self, name)) for name in names}
        return {**said, "groups": json.dumps([astuple(group) for group in self.groups])}


def _groups_of(cluster: LatticeCluster, config: ProviderConfig) -> tuple[Group, ...]:
    def own(attribute: str) -> int:
        return int(getattr(config, attribute, None) or 0)

    nodes = cluster.spec.nodes
    groups = [Group(CONTROL_PLANE, nodes.control_plane, own("cp_cores"), own("cp_memory_mb"), own("cp_disk_size_gb"))]
    for name, pool in nodes.worker_pools.items():
        size = pool.size
        groups.append(
            Group(
                name,
                pool.replicas,
                (size.cores if size else None) or own("worker_cores"),
                (size.memory_mb if size else None) or own("worker_memory_mb"),
                (size.disk_size_gb if size else None) or own("worker_disk_size_gb"),
            )
        )
    return tuple(groups)


def _range_of(name: str, model: object) -> dict[str, Any]:
    keys = ("start", "end", "gateway", "prefix")
    said = {f"{name}_{key}": getattr(model, key, None) for key in keys}
    return {key: value for key, value in said.items() if value is not None}


def _text(value: object) -> str:
    if value is None:
        return ""
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(",", "\n").split("\n") if part.strip())


def _number(text: str, least: int) -> int | None:
    text = text.strip()
    # Python reads other scripts' digits too, and thousands of digits only after a fight.
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        return None
    return int(text) if int(text) >= least else None


def _groups(text: str) -> tuple[Group, ...]:
    try:
        said = json.loads(text) if text else []
    except ValueError:
        return ()
    groups = [_group(one) for one in said] if isinstance(said, list) else []
    return tuple(group for group in groups if group is not None)


def _group(said: object) -> Group | None:
    if not isinstance(said, Sequence) or isinstance(said, str) or len(said) != 5 or not isinstance(said[0], str):
        return None
    numbers = said[1:]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers):
        return None
    return Group(said[0], *numbers)


def _pool(start: str, end: str, gateway: str, prefix: int | None) -> Pool | None:
    from lattice_tui.checks.networks import Pool

    first, last, router = _address(start), _address(end), _address(gateway)
    if first is None or last is None or router is None or prefix is None or prefix > router.max_prefixlen:
        return None
    return Pool(first, last, router, prefix)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text) if text and "%" not in text else None
    except ValueError:
        return None
