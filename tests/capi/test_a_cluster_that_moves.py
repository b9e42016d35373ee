"""Objects that `clusterctl move` deletes at the source live on: their rows stay, and nothing is torn down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lattice_tui.capi.changes import Gone, Moved
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.observer import ClusterObserver
from lattice_tui.capi.resources import DELETE_FOR_MOVE
from lattice_tui.providers.docker.manifests import manifests
from lattice_tui.rehearsal.api.kinds import CLUSTER, MACHINE_DEPLOYMENT
from tests.capi.model_server import eventually
from tests.capi.plans import SMALL
from tests.capi.rehearsal_server import RehearsalServer
from tests.capi.test_observing_a_cluster import NAMESPACE, Fold

HELD = "example.com/hold"


@contextmanager
def observed(client: KubeClient, fold: Fold) -> Iterator[ClusterObserver]:
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take)
    observer.start()
    try:
        for manifest in manifests(SMALL):
            client.apply(manifest)
        eventually(lambda: len(fold.objects) == 4 and observer.facts.synced, "the cluster's objects")
        yield observer
    finally:
        observer.stop()


def _patch(rehearsal: RehearsalServer, kind: Any, name: str, metadata: dict[str, Any]) -> None:
    rehearsal.do(lambda: rehearsal.store.patch(kind, name, NAMESPACE, {"metadata": metadata}, actor="test"))


def _delete(rehearsal: RehearsalServer, kind: Any, name: str) -> None:
    rehearsal.do(lambda: rehearsal.store.delete(kind, name, NAMESPACE, actor="test"))


def test_a_moved_object_is_told_as_moved_and_the_facts_stay(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    with observed(client, fold) as observer:
        for kind, name in ((MACHINE_DEPLOYMENT, "demo-default"), (CLUSTER, "demo")):
            _patch(rehearsal, kind, name, {"annotations": {DELETE_FOR_MOVE: ""}, "finalizers": None})
            _delete(rehearsal, kind, name)
        eventually(lambda: observer.facts.moved, "the Cluster has moved")

        moved = {change.name for change in fold.changes if isinstance(change, Moved)}
        assert {"demo", "demo-default"} <= moved
        assert not any(isinstance(change, Gone) and change.name in moved for change in fold.changes)
        assert observer.facts.exists
        assert observer.facts.deployments["demo-default"].desired == 2


def test_an_object_on_its_way_elsewhere_never_looks_deleted(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    with observed(client, fold) as observer:
        _patch(rehearsal, CLUSTER, "demo", {"annotations": {DELETE_FOR_MOVE: ""}, "finalizers": [HELD]})
        _delete(rehearsal, CLUSTER, "demo")
        _patch(rehearsal, CLUSTER, "demo", {"finalizers": None})
        eventually(lambda: observer.facts.moved, "the Cluster has moved")

        assert not observer.facts.deleting
        assert any(row.name == "demo" and row.kind == "Cluster" for row in fold.objects.values())


def test_without_the_mark_it_is_gone(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    with observed(client, fold) as observer:
        _delete(rehearsal, MACHINE_DEPLOYMENT, "demo-default")
        eventually(lambda: "demo-default" not in observer.facts.deployments, "it is gone")

        assert [change.name for change in fold.changes if isinstance(change, Gone)] == ["demo-default"]
        assert not observer.facts.moved
