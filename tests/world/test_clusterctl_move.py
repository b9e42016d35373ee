"""The simulated clusterctl move: its preconditions, and what it leaves when it is cut off, as the real one does."""

from __future__ import annotations

from lattice_tui.capi.resources import CLUSTER, MACHINE
from lattice_tui.rehearsal.faults import MACHINE_NEVER_JOINS
from tests.capi.plans import SMALL
from tests.polling import eventually
from tests.world import clusters
from tests.world.conftest import RunningWorld, StartWorld, create_kind

PAUSED = f"Error: cannot start operation while the following Clusters are paused: {SMALL.namespace}/{SMALL.name}"


def test_a_target_without_the_providers_is_refused_and_nothing_is_paused(bootstrapped: RunningWorld) -> None:
    world = bootstrapped
    clusters.build(world)

    refused = world.tool("clusterctl", *clusters.move(world))

    assert refused.returncode == 1
    assert "Error: failed to check providers in target cluster: [" in refused.stderr
    assert "provider infrastructure-docker not found in the target cluster" in refused.stderr
    api = clusters.client(world, "bootstrap")
    cluster = api.get(CLUSTER, SMALL.name, SMALL.namespace)
    assert cluster is not None
    assert "paused" not in cluster["spec"]
    api.close()


def test_a_machine_without_a_node_holds_the_move_up(start_world: StartWorld) -> None:
    world = start_world(fault=MACHINE_NEVER_JOINS)
    create_kind(world)
    clusters.init(world, "bootstrap")
    clusters.apply(world)
    clusters.wait_for_api(world)
    clusters.install_network(world)
    clusters.wait_for_nodes(world, 2)
    machines = clusters.wait_for(world, "bootstrap", lambda found: len(found) == 3)
    clusters.init(world, "target")

    refused = world.tool("clusterctl", *clusters.move(world))

    (late,) = [one["metadata"]["name"] for one in machines if one["metadata"]["name"] in refused.stderr]
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "Error: failed to get object graph: failed to check for provisioned infrastructure: cannot start the move "
        f'operation while "cluster.x-k8s.io/v1beta2, Kind=Machine" capi-demo/{late} is still provisioning the node'
    )
    api = clusters.client(world, "target")
    assert api.list(CLUSTER).items == []
    api.close()


def test_cut_off_it_leaves_what_the_real_one_leaves(start_world: StartWorld) -> None:
    """Killed once while it creates and once while it deletes: run again it refuses the source that it has paused."""
    world = start_world(speed=25)
    create_kind(world)
    clusters.build(world)
    clusters.init(world, "target")
    source, target = clusters.client(world, "bootstrap"), clusters.client(world, "target")

    with world.start("clusterctl", *clusters.move(world)) as running:
        eventually(lambda: target.get(CLUSTER, SMALL.name, SMALL.namespace), lambda found: found is not None)
        running.kill()
    eventually(lambda: world.audit("tool.end")[-1], lambda end: end["exit_code"] < 0)
    for api in (source, target):
        half = api.get(CLUSTER, SMALL.name, SMALL.namespace)
        assert half is not None
        assert half["spec"]["paused"] is True
    machines = len(source.list(MACHINE, SMALL.namespace).items)
    assert machines == 3
    refused = world.tool("clusterctl", *clusters.move(world))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == ["Performing move...", "Discovering Cluster API objects", PAUSED]

    source.merge_patch(CLUSTER, SMALL.name, {"spec": {"paused": None}}, SMALL.namespace)
    with world.start("clusterctl", *clusters.move(world)) as running:
        eventually(lambda: len(source.list(MACHINE, SMALL.namespace).items), lambda left: left < machines)
        running.kill()
    eventually(lambda: [end["exit_code"] < 0 for end in world.audit("tool.end")].count(True), lambda kills: kills == 2)
    assert len(target.list(MACHINE, SMALL.namespace).items) == 3, "nothing is deleted before everything is across"
    assert world.tool("clusterctl", *clusters.move(world)).stderr.splitlines()[-1] == PAUSED

    # What is left at the source stays paused; the target, which has everything, takes over.
    target.merge_patch(CLUSTER, SMALL.name, {"spec": {"paused": None}}, SMALL.namespace)
    clusters.wait_for_machines(world, "target", 3)
    assert world.audit("container.remove") == []
    # Created once at the target, however often the move was run.
    machines_made = [
        line["name"] for line in world.audit("create") if (line["cluster"], line["kind"]) == ("demo", "Machine")
    ]
    assert len(machines_made) == len(set(machines_made)) == 3
    source.close()
    target.close()


def test_a_dry_run_changes_nothing(bootstrapped: RunningWorld) -> None:
    world = bootstrapped
    clusters.build(world)
    writes = len(world.audit("create", "delete"))

    said = world.good("clusterctl", *clusters.move(world), "--dry-run").stderr

    assert "This is a dry-run move, will not perform any real action" in said
    assert "Moving Cluster API objects Clusters=1" in said
    assert "Creating objects in the target cluster" in said
    assert len(world.audit("create", "delete")) == writes
    cluster = clusters.client(world, "bootstrap").get(CLUSTER, SMALL.name, SMALL.namespace)
    assert cluster is not None
    assert "paused" not in cluster["spec"]
