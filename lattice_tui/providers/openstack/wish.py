"""What is wanted of OpenStack: the plain values that its checks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from lattice_tui.providers.openstack.config import CLOUD_NAME, NODE_CIDR

if TYPE_CHECKING:
    from schemas.document import LatticeCluster, WorkerPool
    from schemas.provider_config import ProviderConfig

MAX_COUNT = 5000
MAX_VOLUME_GIB = 16384
"""As the document allows; more is a slip of whoever wrote the parameters."""


@dataclass(frozen=True, slots=True)
class PoolWish:
    """The machines of one worker pool."""

    name: str
    replicas: int
    flavor: str = ""
    """Empty: the one for workers."""
    volume_gib: int = 0
    """0: the one for workers."""
    volume_type: str = ""

    def to_text(self) -> str:
        """For a parameter; no name of OpenStack's can hold a line end."""
        return "\t".join((self.name, str(self.replicas), self.flavor, str(self.volume_gib), self.volume_type))

    @classmethod
    def from_text(cls, text: str) -> PoolWish | None:
        """None for a text that `to_text` does not make."""
        parts = text.split("\t")
        if len(parts) != 5 or not parts[0]:
            return None
        replicas, volume = _count(parts[1], -1, MAX_COUNT), _count(parts[3], 0, MAX_VOLUME_GIB)
        return None if replicas < 0 else cls(parts[0], replicas, parts[2], volume, parts[4])


@dataclass(frozen=True, slots=True)
class OpenStackWish:
    """One cluster in one project. An empty text or 0: nothing chosen yet, or what its key says when it is absent."""

    simulated: bool = False
    name: str = ""
    version: str = ""
    """Kubernetes, without a leading `v`."""
    bootstrap: str = "kubeadm"
    control_planes: int = 3
    pools: tuple[PoolWish, ...] = (PoolWish("default", 2),)
    external_network_id: str = ""
    cp_flavor: str = ""
    worker_flavor: str = ""
    image_name: str = ""
    ssh_key_name: str = ""
    cloud_name: str = CLOUD_NAME
    dns_nameservers: tuple[str, ...] = ()
    node_cidr: str = NODE_CIDR
    load_balancer: bool = True
    load_balancer_flavor: str = ""
    cp_zone: str = ""
    worker_zone: str = ""
    cp_volume_gib: int = 0
    cp_volume_type: str = ""
    worker_volume_gib: int = 0
    worker_volume_type: str = ""
    host: str = ""
    pod_cidr: str = ""
    service_cidr: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> OpenStackWish:
        """Read plain parameters; what is absent or makes no sense becomes the default, nothing is raised."""
        default = cls()
        texts = {
            one.name: params.get(one.name, "").strip() or getattr(default, one.name)
            for one in fields(cls)
            if isinstance(getattr(default, one.name), str)
        }
        texts["version"] = texts["version"].removeprefix("v")
        return cls(
            **texts,
            simulated=params.get("simulated") == "1",
            control_planes=_count(params.get("control_planes", ""), 0, MAX_COUNT) or default.control_planes,
            pools=_pools(params["pools"]) if "pools" in params else default.pools,
            dns_nameservers=tuple(filter(None, map(str.strip, params.get("dns_nameservers", "").split(",")))),
            load_balancer=params.get("load_balancer", "1") == "1",
            cp_volume_gib=_count(params.get("cp_volume_gib", ""), 0, MAX_VOLUME_GIB),
            worker_volume_gib=_count(params.get("worker_volume_gib", ""), 0, MAX_VOLUME_GIB),
        )

    @classmethod
    def of_cluster(cls, cluster: LatticeCluster, config: ProviderConfig) -> OpenStackWish:
        """What this document wants. Raises TypeError for another provider's block."""
        from lattice_tui.providers.openstack.config import OpenStackConfig

        if not isinstance(config, OpenStackConfig):
            raise TypeError("not OpenStack's block")
        spec = cluster.spec
        network = spec.provider.kubernetes.cluster_network
        return cls(
            name=cluster.metadata.name,
            version=spec.provider.kubernetes.version.removeprefix("v"),
            bootstrap=spec.provider.kubernetes.bootstrap,
            control_planes=spec.nodes.control_plane,
            pools=tuple(_pool(name, pool) for name, pool in spec.nodes.worker_pools.items()),
            external_network_id=config.external_network_id,
            cp_flavor=config.cp_flavor,
            worker_flavor=config.worker_flavor,
            image_name=config.image_name,
            ssh_key_name=config.ssh_key_name,
            cloud_name=config.cloud_name,
            dns_nameservers=tuple(config.dns_nameservers),
            node_cidr=config.node_cidr,
            load_balancer=config.api_server_load_balancer,
            load_balancer_flavor=config.api_server_load_balancer_flavor or "",
            cp_zone=config.cp_availability_zone or "",
            worker_zone=config.worker_availability_zone or "",
            cp_volume_gib=config.cp_root_volume_size_gb or 0,
            cp_volume_type=config.cp_root_volume_type or "",
            worker_volume_gib=config.worker_root_volume_size_gb or 0,
            worker_volume_type=config.worker_root_volume_type or "",
            host=spec.endpoints.host or "",
            pod_cidr=network.pod_cidr or "",
            service_cidr=network.service_cidr or "",
        )

    def to_params(self) -> dict[str, str]:
        """Every parameter as text, for `from_params`: two wishes are equal when these are."""
        return {one.name: _text(getattr(self, one.name)) for one in fields(self)}

    def flavor_of(self, pool: PoolWish) -> str:
        """The flavor of a pool's machines; empty when none is chosen yet."""
        return pool.flavor or self.worker_flavor

    def volume_of(self, pool: PoolWish) -> tuple[int, str]:
        """(size in GiB, type) of a pool's root volumes; size 0: none."""
        return pool.volume_gib or self.worker_volume_gib, pool.volume_type or self.worker_volume_type


def _pool(name: str, pool: WorkerPool) -> PoolWish:
    size = pool.size
    if size is None:
        return PoolWish(name, max(pool.replicas, pool.max or 0))
    return PoolWish(
        name,
        # An autoscaled pool may grow to its limit, and its machines have to fit then.
        max(pool.replicas, pool.max or 0),
        size.flavor or "",
        size.root_volume_size_gb or 0,
        size.root_volume_type or "",
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        parts = [part.to_text() if isinstance(part, PoolWish) else str(part) for part in value]
        return ("\n" if any("\t" in part for part in parts) else ",").join(parts)
    return str(value)


def _pools(text: str) -> tuple[PoolWish, ...]:
    return tuple(pool for pool in map(PoolWish.from_text, text.split("\n")) if pool is not None)


def _count(text: str, default: int, most: int) -> int:
    text = text.strip()
    # Python reads thousands of digits only after a fight, and other scripts' digits without one.
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return default
    return int(text) if int(text) <= most else default
