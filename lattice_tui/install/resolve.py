"""`LatticeCluster -> resolve -> ClusterPlan`: every default filled in, every open point decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lattice_tui.document.ranges import Network, choose_ranges
from lattice_tui.errors import ExitCode, LatticeError
from schemas.plan import AddressRange, ClusterPlan, MachineSize, PoolPlan, ProviderConfig, ServiceType, TaintPlan
from schemas.problem import Problem

if TYPE_CHECKING:
    from schemas.document import LatticeCluster, WorkerPool

LOOPBACK = "127.0.0.1"
"""The load balancer's published port is on this computer: where a cluster on Docker is reached."""


def resolve(
    cluster: LatticeCluster, config: ProviderConfig, *, run_id: str, taken: Iterable[Network] = ()
) -> ClusterPlan:
    """The plan of this document. `run_id` is eight hex digits; the same arguments give the same plan.

    Ranges that the document leaves open keep out of `taken`.
    """
    kubernetes = cluster.spec.provider.kubernetes
    network = kubernetes.cluster_network
    lb_pool = cluster.spec.networking.lb_pool
    pod_cidr, service_cidr = choose_ranges(network.pod_cidr, network.service_cidr, taken)
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
        endpoint_host=cluster.spec.endpoints.host or (LOOPBACK if cluster.provider_name == "docker" else ""),
        grpc_port=cluster.spec.endpoints.grpc_port,
        bootstrap_port=cluster.spec.endpoints.bootstrap_port,
        service_type=cluster.spec.endpoints.service.type or _usual_service_type(cluster.provider_name),
        management=cluster.spec.management,
        lb_pool=AddressRange(start=lb_pool.start, end=lb_pool.end) if lb_pool is not None else None,
        api_allowed_cidrs=tuple(cluster.spec.api_allowed_cidrs),
        credentials_source=cluster.spec.credentials.source if cluster.spec.credentials else "env",
        credentials_name=cluster.spec.credentials.name if cluster.spec.credentials else None,
        labels=dict(cluster.metadata.labels),
        config=config,
    )


def _usual_service_type(provider: str) -> ServiceType:
    """Nothing on this computer's Docker network gives a LoadBalancer service an address."""
    return "NodePort" if provider == "docker" else "LoadBalancer"


def refuse_what_is_not_built_yet(cluster: LatticeCluster) -> None:
    """Raise LatticeError (exit code DOCUMENT) for what this version reads, checks and plans but does not build yet."""
    problem = why_not_built_yet(cluster)
    if problem is not None:
        raise LatticeError(problem, ExitCode.DOCUMENT)


def why_not_built_yet(cluster: LatticeCluster) -> Problem | None:
    """Why this version does not build the cluster, None when it does."""
    from lattice_tui.providers import registry  # the cards, only when something is begun

    card = registry.card(cluster.provider_name)
    if card is not None and not card.installs:
        built = ", ".join(each.title for each in registry.cards() if each.installs)
        return _not_built(
            f"This version does not build on {card.title} yet",
            f"It reads, checks, plans and writes such files. It builds on: {built}",
            f"spec.provider.config.{cluster.provider_name}",
        )
    if cluster.spec.provider.kubernetes.bootstrap == "rke2":
        return _not_built(
            "This version does not build with rke2 yet",
            "It reads, checks, plans and writes such files. It builds with kubeadm",
            "spec.provider.kubernetes.bootstrap",
        )
    return None


def _not_built(title: str, detail: str, path: str) -> Problem:
    fix = "Check the file against what is there: lattice check --cluster cluster.yaml"
    return Problem(code="LT-RUN-008", title=title, detail=detail, fix=fix, path=path)


def _pool(name: str, pool: WorkerPool) -> PoolPlan:
    return PoolPlan(
        name=name,
        replicas=pool.replicas,
        min_replicas=pool.min,
        max_replicas=pool.max,
        labels=dict(pool.labels),
        taints=tuple(TaintPlan(key=taint.key, value=taint.value, effect=taint.effect) for taint in pool.taints),
        size=MachineSize(**pool.size.model_dump()) if pool.size is not None else None,
    )
