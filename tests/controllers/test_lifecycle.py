"""What a script sees when it changes a simulated cluster through its API."""

from __future__ import annotations

import base64
from pathlib import Path

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DAEMON_SET,
    DOCKER_CLUSTER,
    DOCKER_MACHINE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NODE,
    SECRET,
)
from lattice_tui.rehearsal.controllers.conditions import get_condition, is_true
from tests.controllers.harness import NAME, NAMESPACE_NAME, USER, Scene, is_going, manifests, scene, template

POOL = "demo-workers"


async def test_a_cluster_comes_up_with_its_kubeconfig_addresses_and_nodes(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        cluster = world.get(CLUSTER, NAME)
        balancer = world.room.containers[f"{NAME}-lb"]
        assert cluster["spec"]["controlPlaneEndpoint"] == {"host": balancer.address, "port": 6443}
        assert balancer.ports[6443] == world.host.reserve_port(NAME)
        secret = world.store.get(SECRET, f"{NAME}-kubeconfig", NAMESPACE_NAME)
        assert secret["type"] == "cluster.x-k8s.io/secret"
        assert f"https://{balancer.address}:6443" in base64.b64decode(secret["data"]["value"]).decode()
        for machine in world.machines():
            container = world.room.containers[machine["metadata"]["name"]]
            node = world.workload.get(NODE, machine["status"]["nodeRef"]["name"])
            assert machine["spec"]["providerID"] == node["spec"]["providerID"] == f"docker:////{container.name}"
            assert {"type": "InternalIP", "address": container.address} in machine["status"]["addresses"]
        daemon_set = next(d for d in world.workload.list(DAEMON_SET) if d["metadata"]["name"] == "cilium")
        assert daemon_set["status"]["numberReady"] == daemon_set["status"]["desiredNumberScheduled"] == 5


async def test_control_plane_machines_are_made_one_after_the_other(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={}))
        await world.cluster_up()
        seen: set[str] = set()
        running: set[str] = set()
        for _, change in world.changes:
            if change.kind != MACHINE:
                continue
            name = change.object["metadata"]["name"]
            if change.type == "ADDED":
                assert seen <= running, f"{name} came before {seen - running} was running"
                seen.add(name)
            if change.object.get("status", {}).get("phase") == "Running":
                running.add(name)
        assert len(seen) == 3


async def test_nodes_stay_not_ready_until_the_pod_network_is_there(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.until(
            lambda: len([m for m in world.machines() if m.get("status", {}).get("phase") == "Running"]) == 3, "all run"
        )
        # Running is not Ready: workers have nodes as well, and nothing gets any further.
        await world.pace.sleep(60)
        for machine in world.machines():
            healthy = get_condition(machine, "NodeHealthy")
            assert healthy is not None
            assert (healthy.status, healthy.reason) == ("False", "NodeNotHealthy")
            assert "cni plugin not initialized" in healthy.message
            assert not is_true(machine, "Ready")
        assert not is_true(world.get(CLUSTER, NAME), "Available")
        world.install_cni()
        await world.settled()


async def test_a_pool_grows_and_shrinks(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(pools={"workers": 2}))
        await world.cluster_up()
        first = world.names(POOL)
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"replicas": 3}})
        await world.until(lambda: len(world.names(POOL)) == 3, "a third machine")
        await world.settled()
        assert first < world.names(POOL)
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"replicas": 1}})
        await world.until(lambda: len(world.names(POOL)) == 1, "one machine")
        await world.settled()
        assert len(world.workload.list(NODE)) == 2
        assert set(world.room.containers) == world.names() | {f"{NAME}-lb"}
        assert len(world.store.list(DOCKER_MACHINE, NAMESPACE_NAME)) == 2
        messages = [event["message"] for event in world.events() if event["reason"] == "SuccessfulScale"]
        assert any(message.endswith(": 2 -> 3") for message in messages)
        assert any(message.endswith(": 3 -> 1") for message in messages)


async def test_the_control_plane_grows_and_shrinks(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={}))
        await world.cluster_up()
        world.patch(KUBEADM_CONTROL_PLANE, "demo-control-plane", {"spec": {"replicas": 3}})
        await world.until(lambda: len(world.names()) == 3, "three machines")
        await world.settled()
        world.patch(KUBEADM_CONTROL_PLANE, "demo-control-plane", {"spec": {"replicas": 1}})
        await world.until(lambda: len(world.names()) == 1, "one machine")
        await world.settled()


async def test_a_deleted_worker_is_replaced_once_it_is_gone(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.cluster_up()
        old = sorted(world.names(POOL))
        world.store.delete(MACHINE, old[0], NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(MACHINE, old[0]) is None, "the machine goes")
        await world.until(lambda: len(world.names(POOL)) == 2, "another one comes")
        await world.settled()
        assert len(world.names(POOL) - set(old)) == 1
        assert _order(world, gone=old[0], came=(world.names(POOL) - set(old)).pop())
        assert old[0] not in world.room.containers
        assert world.workload.find(NODE, old[0]) is None


async def test_a_deleted_control_plane_machine_leaves_etcd_before_it_goes_and_is_replaced(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={}))
        await world.cluster_up()
        old = sorted(world.names())
        world.store.delete(MACHINE, old[1], NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(MACHINE, old[1]) is None, "the machine goes")
        await world.until(lambda: len(world.names()) == 3, "another one comes")
        await world.settled()
        going = [obj for _, obj in world.stream(MACHINE, old[1]) if is_going(obj)]
        states = [get_condition(obj, "EtcdMemberHealthy") for obj in going]
        reasons = [state.reason for state in states if state is not None]
        assert reasons.index("Deleting") < reasons.index("NotHealthy")
        assert _order(world, gone=old[1], came=(world.names() - set(old)).pop())


async def test_a_wrong_template_name_makes_nothing_and_is_waited_for_in_capis_words(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        parts = manifests(pools={"workers": 2})
        parts[-1][1]["spec"]["template"]["spec"]["infrastructureRef"]["name"] = "demo-wrokers"
        world.apply(*parts)
        await world.until(lambda: len(world.names()) == 1 and NAME in world.host.open, "the control plane")
        world.install_cni()
        await world.until(lambda: is_true(world.machines()[0], "Ready"), "the control plane is ready")
        await world.pace.sleep(30)
        pool = world.get(MACHINE_DEPLOYMENT, POOL)
        scaling, available = get_condition(pool, "ScalingUp"), get_condition(pool, "Available")
        assert scaling is not None
        assert scaling.status == "True"
        assert (
            scaling.message == "Scaling up from 0 to 2 replicas is blocked because DockerMachineTemplate does not exist"
        )
        assert available is not None
        assert (available.status, available.reason) == ("Unknown", "WaitingForAvailableReplicasSet")
        assert get_condition(pool, "MachinesReady") == get_condition(pool, "MachinesUpToDate")
        assert not world.names(POOL)
        assert not world.store.list(MACHINE_SET, NAMESPACE_NAME)
        _rename_template(world, "demo-workers")
        await world.settled()
        assert len(world.names(POOL)) == 2


async def test_breaking_a_running_pools_template_changes_nothing_until_it_is_corrected(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.cluster_up()
        before = world.names()
        _rename_template(world, "nowhere")
        text = "Scaling up would be blocked because DockerMachineTemplate does not exist"
        await world.until(lambda: _message(world, "ScalingUp") == text, "the condition says so")
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"replicas": 3}})
        text = "Scaling up from 2 to 3 replicas is blocked because DockerMachineTemplate does not exist"
        await world.until(lambda: _message(world, "ScalingUp") == text, "the condition says so")
        await world.pace.sleep(30)
        assert world.names() == before
        _rename_template(world, "demo-workers")
        await world.settled()
        assert before < world.names()


async def test_a_template_that_appears_later_is_noticed(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(pools={}))
        await world.cluster_up()
        parts = manifests(pools={"workers": 1})
        parts[-1][1]["spec"]["template"]["spec"]["infrastructureRef"]["name"] = "later"
        world.apply(parts[-1])
        await world.until(lambda: "does not exist" in _message(world, "ScalingUp"), "it waits")
        world.apply(template("later"))
        await world.settled()


async def test_another_template_rolls_the_pool_over_new_before_old(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.cluster_up()
        old = world.names(POOL)
        world.apply(template("demo-bigger"))
        least = 2
        _rename_template(world, "demo-bigger")
        await world.until(lambda: not world.names(POOL) & old, "the old ones are gone")
        await world.settled()
        await world.until(lambda: len(world.store.list(MACHINE_SET, NAMESPACE_NAME)) == 1, "the old set is dropped")
        for machine in world.machines(POOL):
            infra = world.get(DOCKER_MACHINE, machine["metadata"]["name"])
            assert infra["metadata"]["annotations"]["cluster.x-k8s.io/cloned-from-name"] == "demo-bigger"
        assert _fewest_ready(world, POOL) >= least
        assert _most(world, POOL) == 3


async def test_another_version_rolls_control_plane_and_pool_over(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 1}))
        await world.cluster_up()
        old = world.names()
        world.patch(KUBEADM_CONTROL_PLANE, "demo-control-plane", {"spec": {"version": "v1.34.1"}})
        await world.until(lambda: _version(world) == "v1.34.1", "the control plane is new")
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"template": {"spec": {"version": "v1.34.1"}}}})
        await world.until(lambda: not world.names() & old, "the old ones are gone")
        await world.settled()
        assert {machine["spec"]["version"] for machine in world.machines()} == {"v1.34.1"}


async def test_a_paused_cluster_is_left_alone(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.cluster_up()
        world.patch(CLUSTER, NAME, {"spec": {"paused": True}})
        kinds = (CLUSTER, MACHINE_DEPLOYMENT, KUBEADM_CONTROL_PLANE, DOCKER_CLUSTER, MACHINE, MACHINE_SET)
        await world.until(
            lambda: all(is_true(obj, "Paused") for kind in kinds for obj in world.store.list(kind)), "all say paused"
        )
        before = world.names()
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"replicas": 3}})
        await world.pace.sleep(60)
        assert world.names() == before
        world.patch(CLUSTER, NAME, {"spec": {"paused": False}})
        await world.until(lambda: len(world.names(POOL)) == 3, "it goes on")
        await world.settled()


async def test_a_deleted_cluster_goes_workers_first_infrastructure_last(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        workers = world.names(POOL)
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "the cluster goes")
        gone = [c.object for _, c in world.changes if c.type == "DELETED"]
        order = [(obj["kind"], obj["metadata"]["name"]) for obj in gone]
        last_worker = max(order.index(("Machine", name)) for name in workers)
        first_control_plane = min(
            i for i, (kind, name) in enumerate(order) if kind == "Machine" and name not in workers
        )
        assert last_worker < first_control_plane < order.index(("KubeadmControlPlane", "demo-control-plane"))
        assert order.index(("KubeadmControlPlane", "demo-control-plane")) < order.index(("DockerCluster", NAME))
        assert order.index(("DockerCluster", NAME)) < order.index(("Cluster", NAME))
        reasons = _reasons(world, "Deleting")
        assert reasons == [
            "NotDeleting",
            "WaitingForWorkersDeletion",
            "WaitingForControlPlaneDeletion",
            "WaitingForInfrastructureDeletion",
            "DeletionCompleted",
        ]
        assert not world.room.containers
        assert not world.host.open
        await world.until(lambda: not world.store.list(SECRET, NAMESPACE_NAME), "its secrets are collected")


async def test_a_cluster_can_be_deleted_while_it_is_still_being_built(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests())
        await world.until(lambda: len(world.names()) == 3, "machines are there")
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "the cluster goes")
        await world.pace.sleep(60)
        assert not world.room.containers
        assert not world.host.open


def _order(world: Scene, *, gone: str, came: str) -> bool:
    marks = [
        (change.type, change.object["metadata"]["name"])
        for _, change in world.changes
        if change.kind == MACHINE and change.type != "MODIFIED"
    ]
    return marks.index(("DELETED", gone)) < marks.index(("ADDED", came))


def _rename_template(world: Scene, name: str) -> None:
    patch = {"spec": {"template": {"spec": {"infrastructureRef": {"name": name}}}}}
    world.patch(MACHINE_DEPLOYMENT, POOL, patch)


def _message(world: Scene, type_: str) -> str:
    outcome = get_condition(world.get(MACHINE_DEPLOYMENT, POOL), type_)
    return outcome.message if outcome else ""


def _version(world: Scene) -> str:
    return str(world.get(KUBEADM_CONTROL_PLANE, "demo-control-plane")["status"].get("version"))


def _reasons(world: Scene, type_: str) -> list[str]:
    reasons: list[str] = []
    for _, obj in world.stream(CLUSTER, NAME):
        outcome = get_condition(obj, type_)
        if outcome is not None and (not reasons or reasons[-1] != outcome.reason):
            reasons.append(outcome.reason)
    return reasons


def _fewest_ready(world: Scene, pool: str) -> int:
    """The least number of ready Machines of a pool at any time after it was complete."""
    ready: set[str] = set()
    fewest, was_complete = 99, False
    for _, change in world.changes:
        obj = change.object
        if change.kind != MACHINE or obj["metadata"].get("labels", {}).get("cluster.x-k8s.io/deployment-name") != pool:
            continue
        name = obj["metadata"]["name"]
        if change.type != "DELETED" and is_true(obj, "Ready") and not is_going(obj):
            ready.add(name)
        else:
            ready.discard(name)
        was_complete = was_complete or len(ready) == 2
        fewest = min(fewest, len(ready)) if was_complete else fewest
    return fewest


def _most(world: Scene, pool: str) -> int:
    there: set[str] = set()
    most = 0
    for _, change in world.changes:
        obj = change.object
        if change.kind == MACHINE and obj["metadata"].get("labels", {}).get("cluster.x-k8s.io/deployment-name") == pool:
            (there.discard if change.type == "DELETED" else there.add)(obj["metadata"]["name"])
            most = max(most, len(there))
    return most
