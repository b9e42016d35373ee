"""What an observer reports adds up to a fresh list, says each thing once, and ends when told."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lattice_tui.capi.changes import Change, ClusterFacts, Gone, LinkChange
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.listing import node_rows, rows_from_lists
from lattice_tui.capi.objects import MachineObject, Meta
from lattice_tui.capi.observer import ClusterObserver, NodeObserver
from lattice_tui.capi.resources import DOCKER_KINDS, KUBEADM_CONTROL_PLANE, Resource
from lattice_tui.capi.resources import DOCKER_MACHINE as DOCKER_MACHINE_RESOURCE
from lattice_tui.capi.resources import MACHINE as MACHINE_RESOURCE
from lattice_tui.capi.views import View, cluster_views
from lattice_tui.providers.docker.manifests import manifests
from lattice_tui.rehearsal.api.kinds import CLUSTER, CRD, DOCKER_MACHINE, MACHINE, MACHINE_DEPLOYMENT, NODE
from lattice_tui.rehearsal.api.kinds import NAMESPACE as NAMESPACE_KIND
from schemas.rows import EventRow, MachineRow, ObjectRow
from tests.capi.model_server import eventually
from tests.capi.plans import SMALL
from tests.capi.rehearsal_server import RehearsalServer, rehearsal_server

NAMESPACE = "capi-demo"


@dataclass
class Fold:
    """What a reader of the changes knows."""

    machines: dict[str, MachineRow] = field(default_factory=dict)
    objects: dict[str, ObjectRow] = field(default_factory=dict)
    events: dict[str, EventRow] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, change: Change) -> None:
        with self.lock:
            self.changes.append(change)
            if isinstance(change, MachineRow):
                self.machines[change.uid] = change
            elif isinstance(change, ObjectRow):
                self.objects[change.uid] = change
            elif isinstance(change, EventRow):
                self.events[change.uid] = change
            elif isinstance(change, Gone):
                self.machines.pop(change.uid, None)
                self.objects.pop(change.uid, None)
            elif isinstance(change, LinkChange):
                self.links.append(change.state)

    def rows(self) -> tuple[dict[str, MachineRow], dict[str, ObjectRow]]:
        with self.lock:
            return dict(self.machines), dict(self.objects)


def _labels(cluster: str = "demo") -> dict[str, str]:
    return {"cluster.x-k8s.io/cluster-name": cluster, "cluster.x-k8s.io/deployment-name": f"{cluster}-default"}


def _machine(name: str, cluster: str = "demo") -> dict[str, Any]:
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Machine",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": _labels(cluster)},
        "spec": {"clusterName": cluster, "bootstrap": {"dataSecretName": "x"}, "version": "v1.35.5"},
    }


def _ready(status: str = "True") -> dict[str, Any]:
    return {
        "conditions": [{"type": "Ready", "status": status, "reason": "R", "lastTransitionTime": "2026-01-01T00:00:00Z"}]
    }


def _add_machine(rehearsal: RehearsalServer, name: str, cluster: str = "demo") -> None:
    rehearsal.do(lambda: rehearsal.store.create(MACHINE, _machine(name, cluster), actor="test"))


def _set_status(
    rehearsal: RehearsalServer, kind: Any, name: str, status: dict[str, Any], namespace: str = NAMESPACE
) -> None:
    rehearsal.do(lambda: rehearsal.store.patch(kind, name, namespace, {"status": status}, status=True, actor="test"))


def test_the_reports_add_up_to_a_fresh_list(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold, facts = Fold(), list[ClusterFacts]()
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take, on_facts=facts.append)
    observer.start()
    try:
        for manifest in manifests(SMALL):
            client.apply(manifest)
        _add_machine(rehearsal, "demo-default-a")
        _add_machine(rehearsal, "demo-default-b")
        _add_machine(rehearsal, "other", cluster="other")
        _set_status(rehearsal, MACHINE, "demo-default-a", _ready())
        endpoint = {"spec": {"controlPlaneEndpoint": {"host": "172.18.0.3", "port": 6443}}}
        rehearsal.do(lambda: rehearsal.store.patch(CLUSTER, "demo", NAMESPACE, endpoint, actor="test"))
        _set_status(rehearsal, CLUSTER, "demo", {"initialization": {"infrastructureProvisioned": True}})
        about = rehearsal.do(lambda: rehearsal.store.get(MACHINE, "demo-default-a", NAMESPACE))
        rehearsal.do(lambda: rehearsal.store.event(about, "Normal", "SuccessfulSetNodeRef", "demo-default-a", "m"))
        rehearsal.do(lambda: rehearsal.store.delete(MACHINE, "demo-default-b", NAMESPACE, actor="test"))

        def in_step() -> bool:
            listed = rows_from_lists(client, namespace=NAMESPACE, cluster="demo")
            return fold.rows() == listed and len(listed[0]) == 1 and len(listed[1]) == 4

        eventually(in_step, "the fold equals the lists")
        eventually(lambda: observer.facts.endpoint is not None and len(fold.events) == 1, "facts and events")
        eventually(lambda: observer.facts.synced, "all lists read")
    finally:
        observer.stop()

    assert [row.name for row in fold.machines.values()] == ["demo-default-a"]
    assert {row.kind for row in fold.objects.values()} == {
        "Cluster", "DockerCluster", "KubeadmControlPlane", "MachineDeployment",
    }  # fmt: skip
    assert {row.parent for row in fold.objects.values()} == {"", "Cluster/demo"}
    assert observer.facts.endpoint == ("172.18.0.3", 6443)
    assert observer.facts.infrastructure_provisioned
    assert observer.facts.deployments["demo-default"].desired == 2
    assert observer.facts == facts[-1]
    assert fold.links == ["live", "closed"]


def test_a_change_that_no_row_shows_is_not_reported(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    rehearsal.do(lambda: rehearsal.store.create(NAMESPACE_KIND, _namespace(), actor="test"))
    _add_machine(rehearsal, "m")
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take)
    observer.start()
    try:
        eventually(lambda: len(fold.machines) == 1, "the machine")
        for number in range(5):
            annotation = {"metadata": {"annotations": {"n": str(number)}}}
            rehearsal.do(lambda patch=annotation: rehearsal.store.patch(MACHINE, "m", NAMESPACE, patch, actor="test"))  # type: ignore[misc]
        _set_status(rehearsal, MACHINE, "m", _ready())
        eventually(lambda: next(iter(fold.machines.values())).state == "ready", "the change that counts")
    finally:
        observer.stop()

    assert [row.state for row in fold.changes if isinstance(row, MachineRow)] == ["pending", "ready"]


def _namespace() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}


def test_after_a_restart_with_lost_history_the_rows_are_right_again(
    rehearsal: RehearsalServer, client: KubeClient
) -> None:
    fold = Fold()
    rehearsal.do(lambda: rehearsal.store.create(NAMESPACE_KIND, _namespace(), actor="test"))
    _add_machine(rehearsal, "stays")
    _add_machine(rehearsal, "goes")
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take)
    observer.start()
    try:
        eventually(lambda: len(fold.machines) == 2, "two machines")
        port = rehearsal.server.port
        rehearsal.stop()
        rehearsal.do(lambda: rehearsal.store.delete(MACHINE, "goes", NAMESPACE, actor="test"))
        rehearsal.start(port)
        rehearsal.do(rehearsal.server.expire_watches)
        _add_machine(rehearsal, "new")
        eventually(lambda: sorted(row.name for row in fold.rows()[0].values()) == ["new", "stays"], "the truth again")
    finally:
        observer.stop()

    assert [change.name for change in fold.changes if isinstance(change, Gone)] == ["goes"]


def test_kinds_that_are_not_installed_yet_are_waited_for(tmp_path: Path) -> None:
    with rehearsal_server(tmp_path) as rehearsal:
        client = KubeClient.from_kubeconfig(rehearsal.kubeconfig())
        definition = "dockermachines.infrastructure.cluster.x-k8s.io"
        rehearsal.do(lambda: rehearsal.store.delete(CRD, definition, actor="test"))
        eventually(lambda: client.get(DOCKER_MACHINE_RESOURCE, "x", "n") is None, "the kind is gone")
        fold = Fold()
        observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take)
        observer.start()
        try:
            for manifest in manifests(SMALL):
                client.apply(manifest)
            eventually(lambda: len(fold.objects) == 4, "the other kinds")
            assert not observer.facts.synced
            rehearsal.do(lambda: rehearsal.store.serve([DOCKER_MACHINE]))
            eventually(lambda: observer.facts.synced, "the late kind")
            assert "stale" not in fold.links
            assert rows_from_lists(client, namespace=NAMESPACE, cluster="demo") == fold.rows()
        finally:
            observer.stop()
            client.close()


def test_nothing_is_said_after_the_end(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=fold.take)
    observer.start()
    eventually(lambda: "live" in fold.links, "the link")
    observer.stop()
    observer.stop()
    said = len(fold.changes)
    for manifest in manifests(SMALL):
        client.apply(manifest)
    client.list(MACHINE_RESOURCE, NAMESPACE)
    late = MachineObject(metadata=Meta(name="late", uid="late"))
    observer.changed(_view_of(MACHINE_RESOURCE), late)

    assert len(fold.changes) == said
    assert fold.changes[-1] == LinkChange("closed")


def _view_of(resource: Resource) -> View[ClusterFacts]:
    views = cluster_views(NAMESPACE, "demo", control_plane=KUBEADM_CONTROL_PLANE, infrastructure=DOCKER_KINDS)
    return next(view for view in views if view.resource is resource)


def test_nodes_of_the_new_cluster_are_rows_and_facts(rehearsal: RehearsalServer, client: KubeClient) -> None:
    fold = Fold()
    observer = NodeObserver(client, cluster="demo", on_change=fold.take)
    observer.start()
    try:
        for name in ("n1", "n2"):
            node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
            rehearsal.do(lambda made=node: rehearsal.store.create(NODE, made, actor="test"))  # type: ignore[misc]
        _set_status(rehearsal, NODE, "n1", _ready(), namespace="")
        eventually(lambda: observer.facts.synced and observer.facts.ready == {"n1": True, "n2": False}, "two nodes")
        eventually(lambda: fold.rows()[1] == node_rows(client, cluster="demo"), "rows equal a list")
    finally:
        observer.stop()

    assert {row.parent for row in fold.objects.values()} == {"Cluster/demo"}


def test_scaling_a_pool_changes_what_the_facts_wish_for(rehearsal: RehearsalServer, client: KubeClient) -> None:
    observer = ClusterObserver(client, namespace=NAMESPACE, cluster="demo", on_change=Fold().take)
    observer.start()
    try:
        for manifest in manifests(SMALL):
            client.apply(manifest)
        eventually(lambda: observer.facts.deployments.keys() == {"demo-default"}, "the pool")
        scaled = {"spec": {"replicas": 3}}
        rehearsal.do(lambda: rehearsal.store.patch(MACHINE_DEPLOYMENT, "demo-default", NAMESPACE, scaled, actor="test"))
        eventually(lambda: observer.facts.deployments["demo-default"].desired == 3, "three wished for")

        assert not observer.facts.deployments["demo-default"].is_complete
    finally:
        observer.stop()
