"""What a cluster has from its first second, and how CustomResourceDefinitions change what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lattice_tui.rehearsal.api.access_objects import access_objects
from lattice_tui.rehearsal.api.changes import Change
from lattice_tui.rehearsal.api.definitions import defined_kind, established
from lattice_tui.rehearsal.api.kinds import CRD, NAMESPACE, SERVICE

if TYPE_CHECKING:
    from lattice_tui.rehearsal.api.store import Store

JsonObject = dict[str, Any]

ACTOR = "kube-apiserver"
NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


def populate(store: Store) -> None:
    """The namespaces of every cluster, and the Service of the API itself."""
    for name in NAMESPACES:
        store.create(NAMESPACE, {"metadata": {"name": name}}, actor=ACTOR)
    for obj in access_objects():
        kind = store.kind_named("rbac.authorization.k8s.io", obj["kind"])
        if kind is not None:
            store.create(kind, obj, actor=ACTOR)
    service: JsonObject = {
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "10.96.0.1",
            "clusterIPs": ["10.96.0.1"],
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    }
    store.create(SERVICE, service, actor=ACTOR)


def follow_definitions(store: Store, change: Change) -> None:
    """Serve what a definition defines, anew when it changes, and end it when the definition goes.

    A broken one is never Established.
    """
    if change.kind != CRD or "deletionTimestamp" in change.object["metadata"]:
        return
    try:
        kind = defined_kind(change.object)
    except (KeyError, TypeError, ValueError, AttributeError):
        return
    if change.type == "DELETED":
        if store.has_kind(kind):
            store.close_kind(kind)
        return
    if change.previous is not None and change.previous.get("spec") == change.object.get("spec"):
        return
    if change.type == "MODIFIED" or not store.has_kind(kind):
        store.open_kinds((kind,))
    if change.type == "MODIFIED":
        return
    metadata = change.object["metadata"]
    status = established(metadata["creationTimestamp"], change.object["spec"]["names"], kind.version)
    store.patch(CRD, metadata["name"], "", {"status": status}, status=True, actor=ACTOR)
