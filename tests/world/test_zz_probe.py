"""The whole way through the world: kind, clusterctl, machines, helm, move, and the end of the kind cluster."""

from __future__ import annotations

from lattice_tui.capi.resources import CLUSTER, DOCKER_MACHINE, KUBEADM_CONFIG, MACHINE, MACHINE_DEPLOYMENT, SECRET
from lattice_tui.providers.docker.engine_api import DockerEngine
from tests.capi.plans import SMALL
from tests.world import clusters
from tests.world.conftest import RunningWorld

MOVED = (CLUSTER, MACHINE, DOCKER_MACHINE, KUBEADM_CONFIG, MACHINE_DEPLOYMENT, SECRET)


def test_a_cluster_is_built_moved_and_outlives_the_kind_cluster(bootstrapped: RunningWorld) -> None:
    world = bootstrapped
    clusters.build(world)
    clusters.wait_for_nodes(world, 3)
    from lattice_tui.capi.resources import DOCKER_MACHINE_TEMPLATE, KUBEADM_CONFIG_TEMPLATE
    api = clusters.client(world, "bootstrap")
    owner = api.get(CLUSTER, SMALL.name, SMALL.namespace)
    ref = {"apiVersion": owner["apiVersion"], "kind": "Cluster", "name": SMALL.name, "uid": owner["metadata"]["uid"]}
    for kind in (DOCKER_MACHINE_TEMPLATE, KUBEADM_CONFIG_TEMPLATE):
        for one in api.list(kind, SMALL.namespace).items:
            api.merge_patch(kind, one["metadata"]["name"], {"metadata": {"ownerReferences": [ref]}}, SMALL.namespace)
    clusters.init(world, "target")
    docker = DockerEngine(world.handle.docker_endpoint)
    before = {container.name: container.id for container in docker.containers()}

    said = world.good("clusterctl", *clusters.move(world)).stderr

    assert "Moving Cluster API objects Clusters=1" in said
    source, target = clusters.client(world, "bootstrap"), clusters.client(world, "target")
    assert {kind.kind: source.list(kind, SMALL.namespace).items for kind in MOVED} == {kind.kind: [] for kind in MOVED}
    machines = clusters.wait_for_machines(world, "target", 3)
    assert {machine["status"]["nodeRef"]["name"] for machine in machines} == {
        machine["metadata"]["name"] for machine in machines
    }
    cluster = target.get(CLUSTER, SMALL.name, SMALL.namespace)
    assert cluster is not None
    assert not cluster["spec"].get("paused")
    assert {container.name: container.id for container in docker.containers()} == before

    world.good("kind", "delete", "cluster", "--name", "lattice-1", "--kubeconfig", str(world.kubeconfig("bootstrap")))

    left = {container.name for container in docker.containers()}
    assert left == set(before) - {"lattice-1-control-plane"}
    # The new management cluster works by itself: a machine that is deleted is replaced.
    victim = next(machine for machine in machines if "control-plane" not in machine["metadata"]["name"])
    target.delete(MACHINE, victim["metadata"]["name"], SMALL.namespace)
    clusters.wait_for(
        world,
        "target",
        lambda found: victim["metadata"]["uid"] not in {one["metadata"]["uid"] for one in found} and len(found) == 3,
    )
    clusters.wait_for_machines(world, "target", 3)
    # Machines were only ever removed by that deletion, not by the move.
    assert [line["name"] for line in world.audit("container.remove")] == [
        "lattice-1-control-plane",
        victim["metadata"]["name"],
    ]
