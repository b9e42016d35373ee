"""clusterctl describes a rehearsed cluster, and moves it from one world to another."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lattice_tui.capi.changes import Change, Gone
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import read_kubeconfig
from lattice_tui.capi.observer import ClusterObserver
from schemas.rows import MachineRow
from tests.real_clients.programs import CLUSTER, NAMESPACE, World, build, eventually, joined, program, served

POD_NETWORK = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-flannel-ds, namespace: kube-system}
spec:
  selector: {matchLabels: {app: flannel}}
  template:
    metadata: {labels: {app: flannel}}
    spec: {hostNetwork: true, containers: [{name: kube-flannel, image: "example/flannel:1"}]}
"""


@dataclass(frozen=True, slots=True)
class Worlds:
    source: World
    target: World


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    program("clusterctl")
    program("kubectl")
    with served(tmp_path_factory.mktemp("source")) as source, served(tmp_path_factory.mktemp("target")) as target:
        build(source)
        yield Worlds(source, target)


def test_describe_shows_the_cluster_with_its_machines(worlds: Worlds) -> None:
    text = worlds.source.ask("clusterctl", "describe", "cluster", CLUSTER, "-n", NAMESPACE, "--show-conditions", "all")

    assert f"Cluster/{CLUSTER}" in text
    assert f"KubeadmControlPlane/{CLUSTER}-control-plane" in text
    assert f"MachineDeployment/{CLUSTER}-default" in text
    assert "InfrastructureReady" in text


def test_the_machines_cluster_is_reached_with_the_kubeconfig_that_clusterctl_gets(worlds: Worlds) -> None:
    source = worlds.source
    kubeconfig = source.folder / "workload.kubeconfig"
    kubeconfig.write_text(source.ask("clusterctl", "get", "kubeconfig", CLUSTER, "-n", NAMESPACE))

    nodes = source.run("kubectl", "get", "nodes", kubeconfig=kubeconfig)
    assert (nodes.returncode, nodes.stdout.count("NotReady")) == (0, 3), f"{nodes.stdout}\n{nodes.stderr}"
    network = source.run("kubectl", "create", "-f", "-", stdin=POD_NETWORK, kubeconfig=kubeconfig)
    assert network.returncode == 0, network.stderr

    wait = ("wait", "node", "--all", "--for", "condition=Ready", "--timeout", "60s")
    ready = source.run("kubectl", *wait, kubeconfig=kubeconfig)
    assert ready.stdout.count("condition met") == 3, f"{ready.stdout}\n{ready.stderr}"


def test_the_cluster_moves_to_another_world_and_nothing_is_torn_down(worlds: Worlds) -> None:
    """The last test of this module: the source is empty after it."""
    machines = _uids(worlds.source)
    seen = _Seen(worlds.source)
    eventually(lambda: len(seen.machines) == 3, "the panes show the machines")

    worlds.source.ask("clusterctl", "move", "--to-kubeconfig", str(worlds.target.kubeconfig), "-n", NAMESPACE)

    eventually(lambda: seen.has_moved, "the panes know that the cluster has moved")
    seen.stop()
    assert not seen.gone, "a cluster that was moved away has not been torn down"
    assert worlds.source.ask("kubectl", "get", "machines", "-n", NAMESPACE, "-o", "name") == ""
    eventually(lambda: joined(worlds.target) == 3, "the target knows the machines' nodes")
    assert _uids(worlds.target).keys() == machines.keys(), "the same machines, by name"
    eventually(lambda: _is_available(worlds.target), "the cluster is available at the target")
    there = _Seen(worlds.target)
    eventually(lambda: {row.name for row in there.machines.values()} == set(machines), "the panes follow it there")
    there.stop()


class _Seen:
    """What our panes would be told about the cluster in a world."""

    def __init__(self, world: World) -> None:
        self.machines: dict[str, MachineRow] = {}
        self.gone: list[str] = []
        self.has_moved = False
        self._lock = threading.Lock()
        client = KubeClient(read_kubeconfig(world.kubeconfig), timeout_s=5.0)
        self._observer = ClusterObserver(client, namespace=NAMESPACE, cluster=CLUSTER, on_change=self._take)
        self._observer.start()

    def stop(self) -> None:
        self._observer.stop()

    def _take(self, change: Change) -> None:
        with self._lock:
            if isinstance(change, MachineRow):
                self.machines[change.uid] = change
            elif isinstance(change, Gone):
                self.gone.append(f"{change.kind}/{change.name}")
            elif type(change).__name__ == "Moved":
                self.has_moved = True


def _uids(world: World) -> dict[str, str]:
    found = json.loads(world.ask("kubectl", "get", "machines", "-n", NAMESPACE, "-o", "json"))
    return {machine["metadata"]["name"]: machine["metadata"]["uid"] for machine in found["items"]}


def _is_available(world: World) -> bool:
    path = 'jsonpath={.status.conditions[?(@.type=="ControlPlaneAvailable")].status}'
    return world.ask("kubectl", "get", "cluster", CLUSTER, "-n", NAMESPACE, "-o", path) == "True"
