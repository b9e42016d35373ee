"""`LatticeCluster`: the shape of cluster.yaml, and nothing more.

The models hold types, aliases, defaults and the limits a schema can say; rules that need two fields,
the pinned versions or an explanation live in `lattice_tui.document`. Building is deferred: a command
that only imports these names pays no schema building.

Annotations stay real objects here (no `from __future__ import annotations`): pydantic would
evaluate each string again at start-up.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

API_VERSION: Literal["lattice.dev/v1alpha1"] = "lattice.dev/v1alpha1"
KIND: Literal["LatticeCluster"] = "LatticeCluster"

NAME_PATTERN = "^[a-z]([-a-z0-9]*[a-z0-9])?$"
"""A DNS-1123 label that starts with a letter: clusters and pools."""
NAME_MAX_LENGTH = 32
"""Characters of metadata.name. Every name derived from it fits the 63 of a Kubernetes label value."""
NAME_AND_POOL_MAX_LENGTH = 46
"""Characters of metadata.name and a pool's name together, for the same reason."""

DEFAULT_POOL = "default"
DEFAULT_REPLICAS = 2

MAX_MACHINES = 5000
"""Machines of one pool: as many nodes as Kubernetes is tested with. Source: its page on large clusters."""

Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=0, le=MAX_MACHINES)]


class _Shape(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, defer_build=True, validate_by_name=True, validate_by_alias=True
    )


class Metadata(_Shape):
    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=NAME_MAX_LENGTH)]
    labels: dict[str, str] = {}


class ClusterNetwork(_Shape):
    """Absent ranges are chosen free of clashes when the plan is made."""

    pod_cidr: Annotated[str | None, Field(alias="podCidr")] = None
    service_cidr: Annotated[str | None, Field(alias="serviceCidr")] = None


class KubernetesSpec(_Shape):
    version: str
    """As written: `1.35.5`, `v1.35.5` or `1.34.3+rke2r1`."""
    bootstrap: Literal["kubeadm", "rke2"] = "kubeadm"
    cert_sans: Annotated[list[str], Field(alias="certSANs")] = []
    cluster_network: Annotated[ClusterNetwork, Field(alias="clusterNetwork")] = ClusterNetwork.model_construct()


class ProviderSpec(_Shape):
    kubernetes: KubernetesSpec
    config: Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=1)]
    """One key, the provider's name; its block is read by that provider's own model."""


class Taint(_Shape):
    key: str
    value: str = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class PoolSize(_Shape):
    """A pool's own machine size, in the words of its provider."""

    cores: int | None = None
    memory_mb: Annotated[int | None, Field(alias="memoryMb")] = None
    disk_size_gb: Annotated[int | None, Field(alias="diskSizeGb")] = None
    flavor: str | None = None
    instance_type: Annotated[str | None, Field(alias="instanceType")] = None
    root_volume_size_gb: Annotated[int | None, Field(alias="rootVolumeSizeGb")] = None
    root_volume_type: Annotated[str | None, Field(alias="rootVolumeType")] = None


class WorkerPool(_Shape):
    replicas: Count
    min: Count | None = None
    max: Count | None = None
    labels: dict[str, str] = {}
    taints: list[Taint] = []
    size: PoolSize | None = None


class Nodes(_Shape):
    control_plane: Annotated[int, Field(alias="controlPlane", ge=1)]
    worker_pools: Annotated[dict[str, WorkerPool], Field(alias="workerPools")] = {
        DEFAULT_POOL: WorkerPool.model_construct(replicas=DEFAULT_REPLICAS)
    }


class Service(_Shape):
    type: Literal["LoadBalancer", "NodePort", "ClusterIP"] | None = None
    """None: the provider's usual one."""


class Endpoints(_Shape):
    host: str | None = None
    """None (or `...` in the file): discovered, or the provider's usual one."""
    grpc_port: Annotated[Port, Field(alias="grpcPort")] = 50051
    bootstrap_port: Annotated[Port, Field(alias="bootstrapPort")] = 8443
    service: Service = Service.model_construct()


class AddressRange(_Shape):
    start: str
    end: str


class Networking(_Shape):
    lb_pool: Annotated[AddressRange | None, Field(alias="lbPool")] = None


class CredentialsRef(_Shape):
    """Where the credentials are, never what they are."""

    source: Literal["env", "keyring", "file", "profile"] = "env"
    name: str | None = None


class Spec(_Shape):
    provider: ProviderSpec
    nodes: Nodes
    endpoints: Endpoints = Endpoints.model_construct()
    networking: Networking = Networking.model_construct()
    management: Literal["self", "external"] = "self"
    api_allowed_cidrs: Annotated[list[str], Field(alias="apiAllowedCidrs")] = []
    credentials: CredentialsRef | None = None


class LatticeCluster(_Shape):
    """One cluster, as its file describes it."""

    api_version: Annotated[Literal["lattice.dev/v1alpha1"], Field(alias="apiVersion")] = API_VERSION
    kind: Literal["LatticeCluster"] = KIND
    metadata: Metadata
    spec: Spec

    @property
    def provider_name(self) -> str:
        """The one key of spec.provider.config."""
        return next(iter(self.spec.provider.config))
