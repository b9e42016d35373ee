"""What clusterctl creates for cert-manager and for a provider: the same from `clusterctl init` and in a served world.

Names, labels and inventory: clusterctl v1.13, client/cluster/{cert_manager,inventory}.go.
"""

from __future__ import annotations

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.api.kinds import DEPLOYMENT, PROVIDER, PROVIDER_KINDS
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.simulated.kind_cluster import create, ensure_namespace
from lattice_tui.rehearsal.simulated.provider_components import (
    CERT_MANAGER_DEPLOYMENTS,
    CERT_MANAGER_NAMESPACE,
    Component,
)
from lattice_tui.rehearsal.simulated.workloads import deployment

ACTOR = "clusterctl"
CLUSTERCTL_LABEL = "clusterctl.cluster.x-k8s.io"
CORE_LABEL = "clusterctl.cluster.x-k8s.io/core"
PROVIDER_LABEL = "cluster.x-k8s.io/provider"


def create_cert_manager(store: Store) -> list[str]:
    """Create what is missing of it; the names of the Deployments that are new."""
    store.serve(PROVIDER_KINDS["cert-manager"])
    labels = {CLUSTERCTL_LABEL: "", CORE_LABEL: "cert-manager"}
    ensure_namespace(store, CERT_MANAGER_NAMESPACE, ACTOR, labels)
    new = [name for name in CERT_MANAGER_DEPLOYMENTS if store.find(DEPLOYMENT, name, CERT_MANAGER_NAMESPACE) is None]
    for name in new:
        image = f"{CERT_MANAGER_DEPLOYMENTS[name]}:{pins().cert_manager}"
        create(store, DEPLOYMENT, deployment(name, CERT_MANAGER_NAMESPACE, image, labels=labels), ACTOR)
    return new


def create_provider(store: Store, component: Component, version: str) -> None:
    """Its kinds, its namespace, its manager's Deployment and its entry in clusterctl's inventory."""
    labels = {CLUSTERCTL_LABEL: "", PROVIDER_LABEL: component.label}
    store.serve(PROVIDER_KINDS[component.label])
    ensure_namespace(store, component.namespace, ACTOR, labels)
    image = f"{component.image}:{version}"
    create(store, DEPLOYMENT, deployment(component.deployment, component.namespace, image, labels=labels), ACTOR)
    inventory = {
        "metadata": {
            "name": component.label,
            "namespace": component.namespace,
            "labels": {**labels, CORE_LABEL: "inventory"},
        },
        "providerName": component.name,
        "type": component.type,
        "version": version,
    }
    create(store, PROVIDER, inventory, ACTOR)
