"""What each provider's release installs: namespace, manager, kinds. Source: the providers' config/default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Component:
    """One provider of clusterctl."""

    flag: str
    """The flag of `clusterctl init` that names it."""
    name: str
    """`kubeadm`"""
    label: str
    """`bootstrap-kubeadm`: its inventory object, its label, its entry in PROVIDER_KINDS."""
    type: str
    """`BootstrapProvider`"""
    namespace: str
    deployment: str
    image: str


_STAGING = "registry.k8s.io/cluster-api"
COMPONENTS = (
    Component(
        "core",
        "cluster-api",
        "cluster-api",
        "CoreProvider",
        "capi-system",
        "capi-controller-manager",
        f"{_STAGING}/cluster-api-controller",
    ),
    Component(
        "bootstrap",
        "kubeadm",
        "bootstrap-kubeadm",
        "BootstrapProvider",
        "capi-kubeadm-bootstrap-system",
        "capi-kubeadm-bootstrap-controller-manager",
        f"{_STAGING}/kubeadm-bootstrap-controller",
    ),
    Component(
        "control-plane",
        "kubeadm",
        "control-plane-kubeadm",
        "ControlPlaneProvider",
        "capi-kubeadm-control-plane-system",
        "capi-kubeadm-control-plane-controller-manager",
        f"{_STAGING}/kubeadm-control-plane-controller",
    ),
    Component(
        "infrastructure",
        "docker",
        "infrastructure-docker",
        "InfrastructureProvider",
        "capd-system",
        "capd-controller-manager",
        "gcr.io/k8s-staging-cluster-api/capd-manager",
    ),
)
"""In the order in which clusterctl installs them."""

CERT_MANAGER_NAMESPACE = "cert-manager"
CERT_MANAGER_DEPLOYMENTS = {
    "cert-manager": "quay.io/jetstack/cert-manager-controller",
    "cert-manager-cainjector": "quay.io/jetstack/cert-manager-cainjector",
    "cert-manager-webhook": "quay.io/jetstack/cert-manager-webhook",
}


def component(flag: str, name: str) -> Component | None:
    """The provider of that flag and name, None when the rehearsal does not have it."""
    return next((found for found in COMPONENTS if (found.flag, found.name) == (flag, name)), None)
