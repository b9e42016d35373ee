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


class PoolPlan(_Frozen):
    name: str
    replicas: int
    min_replicas: int | None = None
    max_replicas: int | None = None
    labels: dict[str, str] = {}
    taints: tuple[TaintPlan, ...] = ()


class ClusterPlan(_Frozen):
    """Everything the engine builds from. Two runs of one plan make the same objects."""

    name: str
    run_id: str
    """Eight hex digits; part of the bootstrap cluster's name and of every label we set."""
    provider: str
    kubernetes_version: str
    """Without a leading `v`: `1.34.0`."""
    bootstrap: Bootstrap
    cert_sans: tuple[str, ...] = ()
    pod_cidr: str
    service_cidr: str
    control_plane_replicas: int
    pools: tuple[PoolPlan, ...]
    endpoint_host: str
    grpc_port: int
    bootstrap_port: int
    service_type: ServiceType
    management: Literal["self", "external"] = "self"
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
