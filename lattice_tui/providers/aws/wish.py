"""What is wanted of AWS: the plain values that its checks are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lattice_tui.providers.aws.fields import CONTROL_PLANE_PROFILE, NODES_PROFILE

if TYPE_CHECKING:
    from lattice_tui.providers.aws.config import AwsConfig
    from schemas.document import LatticeCluster, WorkerPool
    from schemas.provider_config import ProviderConfig

MAX_COUNT = 5000
"""As many machines as the document allows; more is a slip of whoever wrote the parameters."""
MAX_ZONES = 3
ROOT_VOLUME_GIB = 80
ROOT_VOLUME_TYPE = "gp3"


@dataclass(frozen=True, slots=True)
class Pool:
    """Machines that are alike; the control plane is one, too."""

    name: str
    replicas: int
    """As many as there may be: the autoscaler's upper limit where there is one."""
    instance_type: str
    """Empty: not chosen yet."""
    volume_gib: int = ROOT_VOLUME_GIB
    volume_type: str = ROOT_VOLUME_TYPE
    field: str = ""
    """Where the instance type is written."""

    @property
    def with_surge(self) -> int:
        """One more stands while machines are replaced; a pool of none needs none."""
        return self.replicas + 1 if self.replicas else 0


@dataclass(frozen=True, slots=True)
class AwsWish:
    """One cluster in one region. The defaults are a wish that nobody has begun to say."""

    region: str = ""
    name: str = ""
    version: str = ""
    """Kubernetes, without a leading `v`, with RKE2's suffix where it is written."""
    bootstrap: str = "kubeadm"
    control_planes: int = 1
    cp_instance_type: str = ""
    cp_volume_gib: int = ROOT_VOLUME_GIB
    cp_volume_type: str = ROOT_VOLUME_TYPE
    pools: tuple[Pool, ...] = ()
    """The workers'."""
    ssh_key_name: str | None = None
    """Empty: none is wanted; None: not said yet."""
    cp_profile: str = CONTROL_PLANE_PROFILE
    worker_profile: str = NODES_PROFILE
    vpc_id: str = ""
    cp_subnet_ids: tuple[str, ...] = ()
    worker_subnet_ids: tuple[str, ...] = ()
    ami_id: str = ""
    zone_count: int = MAX_ZONES
    internal_load_balancer: bool = False
    pod_cidr: str = ""
    service_cidr: str = ""
    """Empty: chosen by us, free of clashes."""
    simulated: bool = False

    @property
    def control_plane(self) -> Pool:
        """The control plane as a pool."""
        field = "spec.provider.config.aws.cpInstanceType"
        return Pool(
            "control plane",
            self.control_planes,
            self.cp_instance_type,
            self.cp_volume_gib,
            self.cp_volume_type,
            field,
        )

    @property
    def groups(self) -> tuple[Pool, ...]:
        """Control plane and workers."""
        return (self.control_plane, *self.pools)

    @property
    def plain_version(self) -> str:
        """Without RKE2's suffix."""
        return self.version.partition("+")[0]

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        """Every subnet that is named, once."""
        return tuple(dict.fromkeys((*self.cp_subnet_ids, *self.worker_subnet_ids)))

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> AwsWish:
        """Read plain parameters; what is absent or makes no sense becomes the default, nothing is raised."""
        return cls(
            region=params.get("region", "").strip(),
            name=params.get("name", "").strip(),
            version=params.get("version", "").strip().removeprefix("v"),
            bootstrap="rke2" if params.get("bootstrap") == "rke2" else "kubeadm",
            control_planes=_count(params.get("control_planes", ""), 1, least=1),
            cp_instance_type=params.get("cp_instance_type", "").strip(),
            cp_volume_gib=_count(params.get("cp_volume_gib", ""), ROOT_VOLUME_GIB, least=1, most=65536),
            cp_volume_type=params.get("cp_volume_type", "").strip() or ROOT_VOLUME_TYPE,
            pools=_pools(params.get("pools", "")),
            ssh_key_name=_said_key_name(params),
            cp_profile=params.get("cp_profile", "").strip() or CONTROL_PLANE_PROFILE,
            worker_profile=params.get("worker_profile", "").strip() or NODES_PROFILE,
            vpc_id=params.get("vpc_id", "").strip(),
            cp_subnet_ids=_words(params.get("cp_subnet_ids", "")),
            worker_subnet_ids=_words(params.get("worker_subnet_ids", "")),
            ami_id=params.get("ami_id", "").strip(),
            zone_count=_count(params.get("zone_count", ""), MAX_ZONES, least=1, most=MAX_ZONES),
            internal_load_balancer=params.get("internal_load_balancer") == "1",
            pod_cidr=params.get("pod_cidr", "").strip(),
            service_cidr=params.get("service_cidr", "").strip(),
            simulated=params.get("simulated") == "1",
        )

    @classmethod
    def of_cluster(cls, cluster: LatticeCluster, config: ProviderConfig) -> AwsWish:
        """What this document wants. Of one that is still being filled in, a required key may be None."""
        from lattice_tui.providers.aws.config import AwsConfig

        if not isinstance(config, AwsConfig):
            raise TypeError(f"not AWS's block: {type(config).__name__}")
        spec = cluster.spec
        pools = spec.nodes.worker_pools
        network = spec.provider.kubernetes.cluster_network
        return cls(
            region=config.region or "",
            name=cluster.metadata.name or "",
            version=(spec.provider.kubernetes.version or "").removeprefix("v"),
            bootstrap=spec.provider.kubernetes.bootstrap,
            control_planes=spec.nodes.control_plane or 1,
            cp_instance_type=config.cp_instance_type or "",
            cp_volume_gib=config.cp_root_volume_size_gb,
            cp_volume_type=config.cp_root_volume_type,
            pools=tuple(_pool(name, pool, config) for name, pool in pools.items()),
            ssh_key_name=config.ssh_key_name,
            cp_profile=config.cp_iam_instance_profile or CONTROL_PLANE_PROFILE,
            worker_profile=config.worker_iam_instance_profile or NODES_PROFILE,
            vpc_id=config.vpc_id or "",
            cp_subnet_ids=tuple(config.cp_subnet_ids),
            worker_subnet_ids=tuple(config.worker_subnet_ids),
            ami_id=config.ami_id or "",
            zone_count=config.availability_zone_count,
            internal_load_balancer=config.internal_load_balancer,
            pod_cidr=network.pod_cidr or "",
            service_cidr=network.service_cidr or "",
        )

    def to_params(self) -> dict[str, str]:
        """Every parameter as text, for `from_params`: two wishes are equal when these are."""
        said = {name: _text(getattr(self, name)) for name in self.__dataclass_fields__ if name != "pools"}
        # An empty text may get lost on the way, as what is not known; that none is wanted is known.
        said["no_ssh_key"] = _text(self.ssh_key_name == "")
        pools = [
            {
                "name": pool.name,
                "replicas": pool.replicas,
                "instance_type": pool.instance_type,
                "volume_gib": pool.volume_gib,
                "volume_type": pool.volume_type,
                "field": pool.field,
            }
            for pool in self.pools
        ]
        return {**said, "pools": json.dumps(pools) if pools else ""}


def _pool(name: str, pool: WorkerPool, config: AwsConfig) -> Pool:
    size = pool.size
    own_type = size.instance_type if size else None
    return Pool(
        name,
        max(pool.replicas or 0, pool.max or 0),
        own_type or config.worker_instance_type or "",
        (size.root_volume_size_gb if size else None) or config.worker_root_volume_size_gb,
        (size.root_volume_type if size else None) or config.worker_root_volume_type,
        f"spec.nodes.workerPools.{name}.size.instanceType"
        if own_type
        else "spec.provider.config.aws.workerInstanceType",
    )


def _said_key_name(params: Mapping[str, str]) -> str | None:
    if name := params.get("ssh_key_name", "").strip():
        return name
    return "" if params.get("no_ssh_key") == "1" else None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _count(text: object, default: int, *, least: int, most: int = MAX_COUNT) -> int:
    words = str(text).strip()
    # Python reads thousands of digits only after a fight, and other scripts' digits without one.
    is_number = words.isascii() and words.isdecimal() and len(words) <= 6
    return int(words) if is_number and least <= int(words) <= most else default


def _pools(text: str) -> tuple[Pool, ...]:
    try:
        said = json.loads(text) if text else []
    except ValueError:
        return ()
    return tuple(_read_pool(one) for one in said if isinstance(one, dict)) if isinstance(said, list) else ()


def _read_pool(one: dict[str, Any]) -> Pool:
    return Pool(
        str(one.get("name", "")),
        _count(one.get("replicas"), 0, least=0),
        str(one.get("instance_type", "")),
        _count(one.get("volume_gib"), ROOT_VOLUME_GIB, least=1, most=65536),
        str(one.get("volume_type", "") or ROOT_VOLUME_TYPE),
        str(one.get("field", "")),
    )
