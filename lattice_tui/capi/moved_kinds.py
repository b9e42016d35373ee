"""The kinds of object that one cluster consists of: what is saved before a move, and what moves."""

from __future__ import annotations

from lattice_tui.capi.resources import (
    CLUSTER,
    KUBEADM_CONFIG,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_HEALTH_CHECK,
    MACHINE_SET,
    RKE2_CONFIG,
    RKE2_CONFIG_TEMPLATE,
    RKE2_CONTROL_PLANE,
    InfrastructureKinds,
    Resource,
)
from schemas.plan import Bootstrap

_BOOTSTRAP_KINDS: dict[Bootstrap, tuple[Resource, ...]] = {
    "kubeadm": (KUBEADM_CONTROL_PLANE, KUBEADM_CONFIG, KUBEADM_CONFIG_TEMPLATE),
    "rke2": (RKE2_CONTROL_PLANE, RKE2_CONFIG, RKE2_CONFIG_TEMPLATE),
}


def moved_kinds(bootstrap: Bootstrap, infrastructure: InfrastructureKinds) -> tuple[Resource, ...]:
    """Every kind but Secrets and ConfigMaps, of which only some belong to the cluster."""
    return (
        CLUSTER,
        MACHINE_DEPLOYMENT,
        MACHINE_SET,
        MACHINE,
        MACHINE_HEALTH_CHECK,
        *_BOOTSTRAP_KINDS[bootstrap],
        infrastructure.cluster,
        infrastructure.machine,
        infrastructure.machine_template,
        *infrastructure.more,
    )
