"""MachineHealthChecks: machines that stay unhealthy are replaced, where that can only help."""

from __future__ import annotations

from lattice_tui.capi.manifests import Manifest, manifest
from lattice_tui.capi.resources import (
    CLUSTER_NAME_LABEL,
    CONTROL_PLANE_LABEL,
    DEPLOYMENT_NAME_LABEL,
    MACHINE_HEALTH_CHECK,
    JsonObject,
)
from schemas.plan import ClusterPlan

START_UP_S = 1800
"""From a machine's birth to its Node: image downloads on a slow line fit in."""
UNHEALTHY_S = 900
"""A restart of a hypervisor takes less; a machine that is away longer will not come back by itself."""
AT_MOST = "40%"
"""Of the machines: when more are away, the network or the cloud is, and replacing them would make it worse."""
PROVIDERS = ("openstack", "aws")
"""On one computer, or in a home lab, what is away is the host: a new machine would be away with it."""


def machine_health_checks(plan: ClusterPlan) -> list[Manifest]:
    """The health checks of this plan, made once every node was ready; none for a single control plane."""
    if plan.provider not in PROVIDERS:
        return []
    made = []
    if plan.control_plane_replicas > 1:
        labels = {CLUSTER_NAME_LABEL: plan.name, CONTROL_PLANE_LABEL: ""}
        made.append(_check(plan, plan.control_plane_name, labels))
    for pool in plan.pools:
        labels = {CLUSTER_NAME_LABEL: plan.name, DEPLOYMENT_NAME_LABEL: plan.pool_name(pool)}
        made.append(_check(plan, plan.pool_name(pool), labels))
    return made


def _check(plan: ClusterPlan, name: str, labels: dict[str, str]) -> Manifest:
    unhealthy: list[JsonObject] = [
        {"type": "Ready", "status": status, "timeoutSeconds": UNHEALTHY_S} for status in ("Unknown", "False")
    ]
    spec = {
        "clusterName": plan.name,
        "selector": {"matchLabels": labels},
        "checks": {"nodeStartupTimeoutSeconds": START_UP_S, "unhealthyNodeConditions": unhealthy},
        "remediation": {"triggerIf": {"unhealthyLessThanOrEqualTo": AT_MOST}},
    }
    return manifest(plan, MACHINE_HEALTH_CHECK, name, spec)
