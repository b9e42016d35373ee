"""`ClusterPlan`: the document with every default filled in and every open point decided."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from schemas.provider_config import ProviderConfig as ProviderConfig

Bootstrap = Literal["kubeadm", "rke2"]
ServiceType = Literal["LoadBalancer", "NodePort", "ClusterIP"]
TaintEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class StepInfo(_Frozen):
    """What a door needs to draw a step before it runs."""

    id: str
    title: str
    needs: tuple[str, ...]
    usual_s: tuple[float, float]
    """Usual range in seconds, an estimate; shown as such. Scaled by the speed factor in rehearsal."""


class TaintPlan(_Frozen):
    key: str
    value: str = ""
    effect: TaintEffect


class MachineSize(_Frozen):
    """What a pool wants other than its provider's worker keys say; None: as those say. In the provider's own words."""

    cores: int | None = None
    memory_mb: int | None = None
    disk_size_gb: int | None = None
    flavor: str | None = None
    instance_type: str | None = None
    root_volume_size_gb: int | None = None
    root_volume_type: str | None = None


class AddressRange(_Frozen):
    """Addresses from `start` to `end`, both included."""

    start: str
    end: str


class PoolPlan(_Frozen):
    name: str
    replicas: int
    min_replicas: int | None = None
    max_replicas: int | None = None
    labels: dict[str, str] = {}
    taints: tuple[TaintPlan, ...] = ()
    size: MachineSize | None = None


class ClusterPlan(_Frozen):
    """Everything the engine builds from. Two runs of one plan make the same objects."""

    name: str
    run_id: str
    """Eight hex digits; part of the bootstrap cluster's name and of every label we set."""
    provider: str
    kubernetes_version: str
    """Without a leading `v`: `1.34.0`; of RKE2 with its suffix: `1.34.3+rke2r1`."""
    bootstrap: Bootstrap
    cert_sans: tuple[str, ...] = ()
    pod_cidr: str
    service_cidr: str
    control_plane_replicas: int
    pools: tuple[PoolPlan, ...]
    endpoint_host: str
    """Empty where the cloud gives the control plane its address."""
    grpc_port: int
    bootstrap_port: int
    service_type: ServiceType
    management: Literal["self", "external"] = "self"
    lb_pool: AddressRange | None = None
    """Addresses for services of type LoadBalancer."""
    api_allowed_cidrs: tuple[str, ...] = ()
    """Who may reach the API server; empty: everybody."""
    credentials_source: Literal["env", "keyring", "file", "profile"] = "env"
    credentials_name: str | None = None
    labels: dict[str, str] = {}
    config: SerializeAsAny[ProviderConfig]

    @property
    def namespace(self) -> str:
        """The namespace of the cluster's CAPI objects."""
        return f"capi-{self.name}"

    @property
    def control_plane_name(self) -> str:
        return f"{self.name}-control-plane"

    @property
    def bootstrap_cluster_name(self) -> str:
        """Name of the temporary kind cluster."""
        return f"lattice-{self.run_id}"

    def pool_name(self, pool: PoolPlan) -> str:
        """Name of the pool's MachineDeployment."""
        return f"{self.name}-{pool.name}"
