"""`LatticeCluster -> resolve -> ClusterPlan`: every default filled in, every open point decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lattice_tui.document.ranges import choose_ranges
from schemas.plan import ClusterPlan, PoolPlan, ProviderConfig, TaintPlan

if TYPE_CHECKING:
    from schemas.document import LatticeCluster, WorkerPool

LOOPBACK = "127.0.0.1"
"""The load balancer's published port is on this computer: where a cluster on Docker is reached."""


def resolve(cluster: LatticeCluster, config: ProviderConfig, *, run_id: str) -> ClusterPlan:
    """The plan of this document. `run_id` is eight hex digits; the same arguments give the same plan."""
    kubernetes = cluster.spec.provider.kubernetes
    network = kubernetes.cluster_network
    pod_cidr, service_cidr = choose_ranges(network.pod_cidr, network.service_cidr)
    return ClusterPlan(
        name=cluster.metadata.name,
        run_id=run_id,
        provider=cluster.provider_name,
        kubernetes_version=kubernetes.version.removeprefix("v"),
        bootstrap=kubernetes.bootstrap,
        cert_sans=tuple(kubernetes.cert_sans),
        pod_cidr=pod_cidr,
        service_cidr=service_cidr,
        control_plane_replicas=cluster.spec.nodes.control_plane,
        pools=tuple(_pool(name, pool) for name, pool in cluster.spec.nodes.worker_pools.items()),
        endpoint_host=cluster.spec.endpoints.host or LOOPBACK,
        grpc_port=cluster.spec.endpoints.grpc_port,
        bootstrap_port=cluster.spec.endpoints.bootstrap_port,
        service_type=cluster.spec.endpoints.service.type or "NodePort",
        management=cluster.spec.management,
        labels=dict(cluster.metadata.labels),
        config=config,
    )


def _pool(name: str, pool: WorkerPool) -> PoolPlan:
    return PoolPlan(
        name=name,
        replicas=pool.replicas,
        min_replicas=pool.min,
        max_replicas=pool.max,
        labels=dict(pool.labels),
        taints=tuple(TaintPlan(key=taint.key, value=taint.value, effect=taint.effect) for taint in pool.taints),
    )
