"""A MachineHealthCheck marks Machines whose node is not well, and their owners replace them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lattice_tui.rehearsal.api.kinds import CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE, MACHINE_HEALTH_CHECK, Kind
from lattice_tui.rehearsal.controllers.conditions import get_condition, is_true
from lattice_tui.rehearsal.faults import FAULTS, MACHINE_NEVER_JOINS
from tests.controllers.harness import NAME, Scene, is_going, manifests, meta, scene

JsonObject = dict[str, Any]

POOL = "demo-workers"


def health_check(*, limit: int | str = "100%", startup_s: int = 600, selector: JsonObject | None = None) -> JsonObject:
    """A MachineHealthCheck of the pool (or what `selector` names) that counts a node NotReady as unhealthy."""
    labels = selector or {"matchLabels": {"cluster.x-k8s.io/deployment-name": POOL}}
    return {
        "metadata": meta("demo-check"),
        "spec": {
            "clusterName": NAME,
            "selector": labels,
            "checks": {
                "nodeStartupTimeoutSeconds": startup_s,
                "unhealthyNodeConditions": [{"type": "Ready", "status": "Unknown", "timeoutSeconds": 300}],
            },
            "remediation": {"triggerIf": {"unhealthyLessThanOrEqualTo": limit}},
        },
    }


async def test_healthy_machines_are_counted_and_say_that_they_passed(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(), (MACHINE_HEALTH_CHECK, health_check()))
        await world.cluster_up()
        await world.until(lambda: _status(world).get("currentHealthy") == 2, "both are healthy")
        status = _status(world)
        assert (status["expectedMachines"], status["remediationsAllowed"]) == (2, 2)
        assert status["targets"] == sorted(world.names(POOL))
        assert is_true(world.get(MACHINE_HEALTH_CHECK, "demo-check"), "RemediationAllowed")
        assert all(is_true(machine, "HealthCheckSucceeded") for machine in world.machines(POOL))
        assert not any(get_condition(machine, "OwnerRemediated") for machine in world.machines())
        assert not world.store.mistakes.known


async def test_a_worker_whose_node_is_gone_is_replaced(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(), (MACHINE_HEALTH_CHECK, health_check()))
        await world.cluster_up()
        victim = sorted(world.names(POOL))[0]
        world.room.stop_container(victim)
        await world.until(lambda: world.find(MACHINE, victim) is None, "it is deleted")
        await world.until(lambda: len(world.names(POOL)) == 2, "another one comes")
        await world.settled()
        texts = _said(world, victim, "HealthCheckSucceeded")
        assert texts[-1] == ("False", "NodeDeleted", f"Health check failed: Node {victim} has been deleted")
        assert [reason for _, reason, _ in _said(world, victim, "OwnerRemediated")] == [
            "WaitingForRemediation",
            "MachineDeleting",
        ]
        assert any(event["reason"] == "MachineMarkedUnhealthy" for event in world.events())
        assert "Remediating" in [reason for _, reason, _ in _said(world, NAME, "Remediating", CLUSTER)]
        assert not world.store.mistakes.known


async def test_a_machine_that_never_joins_is_replaced_after_the_start_up_time(tmp_path: Path) -> None:
    async with scene(tmp_path, fault=FAULTS[MACHINE_NEVER_JOINS]) as world:
        world.apply(*manifests(), (MACHINE_HEALTH_CHECK, health_check(startup_s=400)))
        await world.until(lambda: NAME in world.host.open, "the API opens")
        world.install_cni()
        await world.settled()
        gone = [c.object for _, c in world.changes if c.kind == MACHINE and c.type == "DELETED"]
        assert len(gone) == 1
        failed = _said(world, gone[0]["metadata"]["name"], "HealthCheckSucceeded")
        assert failed == [
            ("False", "NodeStartupTimeout", "Health check failed: Node failed to report startup in 6m40s")
        ]


async def test_too_many_unhealthy_machines_are_left_alone_and_a_warning_says_so(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(), (MACHINE_HEALTH_CHECK, health_check(limit=1)))
        await world.cluster_up()
        victims = world.names(POOL)
        for name in victims:
            world.room.stop_container(name)
        await world.until(
            lambda: any(event["reason"] == "RemediationRestricted" for event in world.events()), "it says so"
        )
        await world.pace.sleep(60)
        assert world.names(POOL) == victims
        assert not any(is_going(machine) for machine in world.machines())
        verdict = get_condition(world.get(MACHINE_HEALTH_CHECK, "demo-check"), "RemediationAllowed")
        assert verdict is not None
        assert verdict.reason == "TooManyUnhealthy"
        assert verdict.message.endswith("exceeds maxUnhealthy (total: 2, unhealthy: 2, maxUnhealthy: 1)")


async def test_a_control_plane_machine_is_replaced_but_never_the_only_one(tmp_path: Path) -> None:
    selector = {"matchLabels": {"cluster.x-k8s.io/control-plane": ""}}
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={}), (MACHINE_HEALTH_CHECK, health_check(selector=selector)))
        await world.cluster_up()
        (only,) = world.names()
        world.store.patch(MACHINE, only, "capi-demo", _remediate(), actor="test")
        await world.until(lambda: _said(world, only, "OwnerRemediated")[-1:] == [_CANNOT], "it cannot be replaced")
        world.store.patch(MACHINE, only, "capi-demo", _remediate(wanted=None), actor="test")
        await world.until(lambda: is_true(world.get(MACHINE, only), "HealthCheckSucceeded"), "it is well again")
        world.patch(KUBEADM_CONTROL_PLANE, "demo-control-plane", {"spec": {"replicas": 3}})
        await world.until(lambda: len(world.names()) == 3, "three machines")
        await world.settled()
        world.store.patch(MACHINE, only, "capi-demo", _remediate(), actor="test")
        await world.until(lambda: world.find(MACHINE, only) is None, "it goes")
        await world.until(lambda: len(world.names()) == 3, "another one comes")
        await world.settled()


_CANNOT = (
    "False",
    "CannotBeRemediated",
    "KubeadmControlPlane can't remediate if current replicas are less or equal to 1",
)


def _remediate(wanted: str | None = "") -> JsonObject:
    return {"metadata": {"annotations": {"cluster.x-k8s.io/remediate-machine": wanted}}}


def _status(world: Scene) -> JsonObject:
    status: JsonObject = world.get(MACHINE_HEALTH_CHECK, "demo-check").get("status", {})
    return status


def _said(world: Scene, name: str, type_: str, kind: Kind = MACHINE) -> list[tuple[str, str, str]]:
    """What an object's condition said, each thing once as it came."""
    said: list[tuple[str, str, str]] = []
    for _, obj in world.stream(kind, name):
        outcome = get_condition(obj, type_)
        if outcome is not None and said[-1:] != [(outcome.status, outcome.reason, outcome.message)]:
            said.append((outcome.status, outcome.reason, outcome.message))
    return said
