"""What is wanted of Docker: the plain values that its checks are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from schemas.document import LatticeCluster
    from schemas.plan import ClusterPlan
    from schemas.provider_config import ProviderConfig

GRPC_PORT = 50051
BOOTSTRAP_PORT = 8443
"""The document's own defaults, `spec.endpoints`."""
MAX_COUNT = 5000
"""As many machines as the document allows; more is a slip of whoever wrote the parameters."""
_NO_TOOLS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DockerWish:
    """One cluster on one Docker Engine. The defaults are the practice cluster of this computer."""

    endpoint: str = ""
    """Empty: found as the docker command finds it."""
    simulated: bool = False
    control_planes: int = 1
    workers: int = 1
    """Of all pools together."""
    version: str = ""
    """Kubernetes, without a leading `v`; empty: the one that is proposed."""
    node_image: str = ""
    """Empty: kindest/node of the version."""
    ports: tuple[int, ...] = (GRPC_PORT, BOOTSTRAP_PORT)
    pod_cidr: str = ""
    service_cidr: str = ""
    """Empty: chosen by us, free of clashes."""
    name: str = ""
    management: Literal["self", "external"] = "self"
    try_image: bool = False
    """Whether the image that containers are tried with may be pulled."""
    tools: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_TOOLS)
    """Tool -> how to start it; a tool that is not named here is looked up on the PATH."""

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> DockerWish:
        """Read plain parameters; what is absent or makes no sense becomes the default, nothing is raised."""
        default = cls()
        return cls(
            endpoint=params.get("endpoint", "").strip(),
            simulated=params.get("simulated") == "1",
            control_planes=_count(params.get("control_planes", ""), default.control_planes, least=1),
            workers=_count(params.get("workers", ""), default.workers, least=0),
            version=params.get("version", "").strip().removeprefix("v"),
            node_image=params.get("node_image", "").strip(),
            ports=_ports(params["ports"]) if "ports" in params else default.ports,
            pod_cidr=params.get("pod_cidr", "").strip(),
            service_cidr=params.get("service_cidr", "").strip(),
            name=params.get("name", "").strip(),
            management="external" if params.get("management") == "external" else "self",
            try_image=params.get("try_image") == "1",
            tools=_tools(params.get("tools", "")),
        )

    @classmethod
    def of_plan(cls, plan: ClusterPlan, endpoint: str, simulated: bool) -> DockerWish:
        """What this plan wants of the engine at `endpoint`."""
        return cls(
            endpoint=endpoint,
            simulated=simulated,
            control_planes=plan.control_plane_replicas,
            workers=sum(pool.replicas for pool in plan.pools),
            version=plan.kubernetes_version,
            node_image=_node_image(plan.config),
            ports=(plan.grpc_port, plan.bootstrap_port),
            pod_cidr=plan.pod_cidr,
            service_cidr=plan.service_cidr,
            name=plan.name,
            management=plan.management,
        )

    @classmethod
    def of_cluster(cls, cluster: LatticeCluster, config: ProviderConfig) -> DockerWish:
        """What this document wants, wherever Docker is."""
        spec = cluster.spec
        network = spec.provider.kubernetes.cluster_network
        return cls(
            control_planes=spec.nodes.control_plane,
            workers=sum(pool.replicas for pool in spec.nodes.worker_pools.values()),
            version=spec.provider.kubernetes.version.removeprefix("v"),
            node_image=_node_image(config),
            ports=(spec.endpoints.grpc_port, spec.endpoints.bootstrap_port),
            pod_cidr=network.pod_cidr or "",
            service_cidr=network.service_cidr or "",
            name=cluster.metadata.name,
            management=spec.management,
        )

    def to_params(self) -> dict[str, str]:
        """Every parameter as text, for `from_params`: two wishes are equal when these are."""
        return {one.name: _text(getattr(self, one.name)) for one in fields(self)}


def _node_image(config: ProviderConfig) -> str:
    from lattice_tui.providers.docker.config import DockerConfig

    return (config.node_image or "") if isinstance(config, DockerConfig) else ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, Mapping):
        return json.dumps({tool: list(argv) for tool, argv in sorted(value.items())}) if value else ""
    return str(value)


def _count(text: str, default: int, *, least: int) -> int:
    text = text.strip()
    return int(text) if _is_number(text) and least <= int(text) <= MAX_COUNT else default


def _ports(text: str) -> tuple[int, ...]:
    numbers = (int(part) for part in map(str.strip, text.split(",")) if _is_number(part))
    return tuple(number for number in numbers if 1 <= number <= 65535)


def _is_number(text: str) -> bool:
    # Python reads thousands of digits only after a fight, and other scripts' digits without one.
    return text.isascii() and text.isdecimal() and len(text) <= 6


def _tools(text: str) -> Mapping[str, tuple[str, ...]]:
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return _NO_TOOLS
    if not isinstance(said, dict):
        return _NO_TOOLS
    return {
        tool: tuple(argv)
        for tool, argv in said.items()
        if isinstance(argv, list) and argv and all(isinstance(part, str) for part in argv)
    }
