"""The settings that Cilium gets, whether Helm installs it (kubeadm) or RKE2 brings it along."""

from __future__ import annotations

from lattice_tui.capi.resources import JsonObject
from schemas.plan import ClusterPlan


def cilium_values(plan: ClusterPlan, *, api_host: str, api_port: int) -> JsonObject:
    """Helm values. `api_host` and `api_port`: the API server as each machine reaches it before Cilium runs.

    Source: docs.cilium.io, kube-proxy replacement and L2 announcements, which need it.
    """
    values: JsonObject = {
        "kubeProxyReplacement": True,
        # Without kube-proxy nothing else leads to the API before Cilium itself runs.
        "k8sServiceHost": api_host,
        "k8sServicePort": api_port,
        "ipam": {"mode": "kubernetes"},
    }
    if plan.lb_pool is not None:
        values["l2announcements"] = {"enabled": True}
        # Each service's lease is renewed through the API: the client's own limit is for clusters without.
        values["k8sClientRateLimit"] = {"qps": 20, "burst": 40}
    if plan.control_plane_replicas + sum(pool.replicas for pool in plan.pools) == 1:
        # Two replicas never share a node.
        values["operator"] = {"replicas": 1}
    return values
