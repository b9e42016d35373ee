"""Controllers may die and be started again anywhere; machines live on, and nothing is made twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DOCKER_CLUSTER,
    DOCKER_MACHINE,
    DOCKER_MACHINE_TEMPLATE,
    KUBEADM_CONFIG,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NODE,
    SECRET,
    Kind,
)
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.controllers.conditions import get_condition, is_true
from lattice_tui.rehearsal.faults import FAULTS, MACHINE_NEVER_JOINS
from tests.controllers.harness import NAME, NAMESPACE_NAME, USER, Scene, manifests, prepare, scene

JsonObject = dict[str, Any]

# The order in which clusterctl creates: owners before what they own.
MOVED: tuple[Kind, ...] = (
    CLUSTER,
    DOCKER_MACHINE_TEMPLATE,
    KUBEADM_CONFIG_TEMPLATE,
    DOCKER_CLUSTER,
    KUBEADM_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    MACHINE,
    KUBEADM_CONFIG,
    DOCKER_MACHINE,
    SECRET,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_controllers_killed_and_started_again_at_any_time_end_at_the_same_cluster(
    tmp_path: Path, seed: int
) -> None:
    async with scene(tmp_path, seed=seed) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        for _ in range(12):
            await world.pace.sleep(world.pace.vary(1, 12))
            await world.halt()
            await world.pace.sleep(world.pace.vary(0, 12))
            world.run()
        await world.cluster_up()
        _assert_nothing_twice(world)
        assert len(world.names()) == 5


async def test_after_a_move_the_machines_are_found_again_and_none_is_booted(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 2}))
        await world.cluster_up()
        containers = {name: container.id for name, container in world.room.containers.items()}
        nodes_before = {node["metadata"]["name"]: node["metadata"]["uid"] for node in world.workload.list(NODE)}
        names = world.names()
        target = world.workload
        prepare(target)
        world.run(target)
        await _move(world, target)
        await world.pace.sleep(5)
        assert {name: container.id for name, container in world.room.containers.items()} == containers
        world.store = target
        await world.settled()
        assert world.names() == names
        assert {name: container.id for name, container in world.room.containers.items()} == containers
        assert {n["metadata"]["name"]: n["metadata"]["uid"] for n in target.list(NODE)} == nodes_before
        for machine in world.machines():
            assert machine["status"]["nodeRef"]["name"] == machine["metadata"]["name"]
            assert machine["status"]["phase"] == "Running"
        _assert_nothing_twice(world)
        # The new management cluster is in charge now.
        world.patch(MACHINE_DEPLOYMENT, "demo-workers", {"spec": {"replicas": 3}})
        await world.until(lambda: len(world.names()) == 4, "a machine is made from the new side")
        await world.settled()


async def test_the_last_worker_never_joins_and_its_replacement_does(tmp_path: Path) -> None:
    async with scene(tmp_path, fault=FAULTS[MACHINE_NEVER_JOINS]) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 3}))
        await world.until(lambda: NAME in world.host.open, "the API opens")
        world.install_cni()
        await world.until(lambda: sum(is_true(machine, "Ready") for machine in world.machines()) == 3, "the others")
        await world.pace.sleep(60)
        stuck = [machine for machine in world.machines() if not is_true(machine, "Ready")]
        assert len(stuck) == 1
        newest = max(
            world.machines("demo-workers"), key=lambda m: (m["metadata"]["creationTimestamp"], m["metadata"]["name"])
        )
        name = stuck[0]["metadata"]["name"]
        assert name == newest["metadata"]["name"]
        assert stuck[0]["status"]["phase"] == "Provisioned"
        healthy = get_condition(stuck[0], "NodeHealthy")
        assert healthy is not None
        assert healthy.message == f"Waiting for a Node with spec.providerID docker:////{name} to exist"
        boot = get_condition(world.get(DOCKER_MACHINE, name), "BootstrapExecSucceeded")
        assert boot is not None
        assert (boot.status, boot.reason) == ("False", "NotSucceeded")
        assert boot.message == "Failed to exec DockerMachine bootstrap"
        world.store.delete(MACHINE, name, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(MACHINE, name) is None, "it goes")
        await world.settled()
        assert len(world.names("demo-workers")) == 3


def _assert_nothing_twice(world: Scene) -> None:
    made = Counter(line["name"] for line in world.audited("container.create"))
    assert set(made.values()) == {1}, made
    nodes = Counter(
        line["name"] for line in world.audited("create") if (line["cluster"], line["kind"]) == (NAME, "Node")
    )
    assert set(nodes.values()) == {1}, nodes
    machines = [
        line["name"] for line in world.audited("create") if line["kind"] == "Machine" and line["cluster"] == "kind"
    ]
    assert len(machines) == len(world.names()), machines


async def _move(world: Scene, target: Store) -> None:
    """What `clusterctl move` does, as the installer's simulated tool does it too."""
    source = world.store
    source.patch(CLUSTER, NAME, NAMESPACE_NAME, {"spec": {"paused": True}}, actor="clusterctl")
    await world.pace.sleep(3)
    uids: dict[str, str] = {}
    for kind in MOVED:
        for obj in source.list(kind, NAMESPACE_NAME):
            metadata = obj["metadata"]
            kept = {
                key: metadata[key]
                for key in ("name", "namespace", "labels", "annotations", "finalizers")
                if key in metadata
            }
            owners = [{**owner, "uid": uids[owner["uid"]]} for owner in metadata.get("ownerReferences", [])]
            fresh = {key: value for key, value in obj.items() if key != "status"}
            fresh["metadata"] = {**kept, "ownerReferences": owners}
            uids[metadata["uid"]] = target.create(kind, fresh, actor="clusterctl")["metadata"]["uid"]
            await world.pace.sleep(0.2)
    for kind in reversed(MOVED):
        for obj in source.list(kind, NAMESPACE_NAME):
            name = obj["metadata"]["name"]
            source.patch(kind, name, NAMESPACE_NAME, {"metadata": {"finalizers": None}}, actor="clusterctl")
            if source.find(kind, name, NAMESPACE_NAME) is not None:
                source.delete(kind, name, NAMESPACE_NAME, actor="clusterctl")
            await world.pace.sleep(0.2)
    target.patch(CLUSTER, NAME, NAMESPACE_NAME, {"spec": {"paused": None}}, actor="clusterctl")
