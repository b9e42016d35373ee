"""What a cluster has from its first second, and how CustomResourceDefinitions change what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lattice_tui.rehearsal.api.access_objects import access_objects
from lattice_tui.rehearsal.api.changes import Change
from lattice_tui.rehearsal.api.definitions import defined_kind, established
from lattice_tui.rehearsal.api.kinds import CRD, NAMESPACE, SERVICE
from lattice_tui.rehearsal.api.schemas.serving import stored_version

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
    spec, metadata = change.object["spec"], change.object["metadata"]
    if change.type == "ADDED" and store.is_served(spec["group"], spec["names"]["plural"]):
        # One of our own, which is served already: its definition is not read back.
        _establish(store, metadata, spec, stored_version(change.object))
        return
    if change.type == "MODIFIED" and change.previous is not None and change.previous.get("spec") == spec:
        return
    try:
        kind = defined_kind(change.object)
    except (KeyError, TypeError, ValueError, AttributeError):
        return
    if change.type == "DELETED":
        if store.has_kind(kind):
            store.close_kind(kind)
        return
    store.open_kinds((kind,))
    if change.type == "ADDED":
        _establish(store, metadata, spec, kind.version)


def _establish(store: Store, metadata: JsonObject, spec: JsonObject, version: str) -> None:
    status = established(metadata["creationTimestamp"], spec["names"], version)
    store.patch(CRD, metadata["name"], "", {"status": status}, status=True, actor=ACTOR)
