"""Which objects clusterctl move takes along, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import CLUSTER, MACHINE, MACHINE_SET, NAMESPACE, PROVIDER_KINDS, SECRET, Kind
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated.object_graph import (
    MOVE_HIERARCHY_LABEL,
    MOVE_LABEL,
    discover,
    in_move_order,
)

NAMESPACE_NAME = "capi-demo"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store("bootstrap", Pace(1000, 1), Audit(tmp_path / "audit.jsonl"), notes_mistakes=True)
    for label in ("cluster-api", "bootstrap-kubeadm", "control-plane-kubeadm", "infrastructure-docker"):
        store.serve(PROVIDER_KINDS[label])
    for name in (NAMESPACE_NAME, "other"):
        store.create(NAMESPACE, {"metadata": {"name": name}}, actor="test")
    return store


def add(
    store: Store, kind: Kind, name: str, *owners: dict[str, Any], label: str = "", namespace: str = NAMESPACE_NAME
) -> dict[str, Any]:
    references = [
        {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"]}
        | {"uid": owner["metadata"]["uid"]}
        for owner in owners
    ]
    metadata: dict[str, Any] = {"name": name, "namespace": namespace, "ownerReferences": references}
    metadata |= {"labels": {label: ""}} if label else {}
    return store.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}, actor="test")


def moved(store: Store) -> set[str]:
    return {node.name for node in discover(store, NAMESPACE_NAME)}


def test_what_a_cluster_owns_moves_however_far_down(store: Store) -> None:
    cluster = add(store, CLUSTER, "demo")
    machine = add(store, MACHINE, "m", add(store, MACHINE_SET, "ms", cluster))
    add(store, SECRET, "m-bootstrap", machine)

    assert moved(store) == {"demo", "ms", "m", "m-bootstrap"}


def test_what_nobody_owns_stays(store: Store) -> None:
    add(store, CLUSTER, "demo")
    add(store, SECRET, "mine")
    add(store, MACHINE_SET, "orphan")

    assert moved(store) == {"demo"}


def test_certificates_belong_to_their_cluster_by_name(store: Store) -> None:
    add(store, CLUSTER, "demo")
    for purpose in ("ca", "etcd", "proxy", "sa", "kubeconfig", "else"):
        add(store, SECRET, f"demo-{purpose}")
    add(store, SECRET, "shop-ca")

    assert moved(store) == {"demo", "demo-ca", "demo-etcd", "demo-proxy", "demo-sa", "demo-kubeconfig"}


def test_a_label_moves_what_it_is_on_and_the_hierarchy_label_what_that_owns(store: Store) -> None:
    alone = add(store, SECRET, "clouds", label=MOVE_LABEL)
    add(store, SECRET, "below-clouds", alone)
    top = add(store, SECRET, "identity", label=MOVE_HIERARCHY_LABEL)
    add(store, SECRET, "below-identity", top)

    assert moved(store) == {"clouds", "identity", "below-identity"}


def test_other_namespaces_stay(store: Store) -> None:
    add(store, CLUSTER, "demo")
    add(store, CLUSTER, "elsewhere", namespace="other")

    assert moved(store) == {"demo"}


def test_every_object_goes_after_its_owners(store: Store) -> None:
    cluster = add(store, CLUSTER, "demo")
    owned_set = add(store, MACHINE_SET, "ms", cluster)
    machine = add(store, MACHINE, "m", owned_set)
    add(store, SECRET, "shared", cluster, machine)

    groups = in_move_order(discover(store, NAMESPACE_NAME))

    assert [[node.name for node in group] for group in groups] == [["demo"], ["ms"], ["m"], ["shared"]]
