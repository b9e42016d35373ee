"""The machine room keeps its containers whatever its callers do, and the queue hands out each key once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.kinds import DAEMON_SET, DEPLOYMENT, NODE
from lattice_tui.rehearsal.controllers.queue import WorkQueue
from lattice_tui.rehearsal.room_boot import BootOrder
from tests.controllers.harness import NAME, manifests, scene

LABELS = {"io.x-k8s.kind.cluster": "c", "io.x-k8s.kind.role": "worker"}


async def test_a_container_is_made_once_and_its_address_is_free_again_when_it_is_gone(tmp_path: Path) -> None:
    async with scene(tmp_path, running=False) as world:
        first = world.room.add_container("a", "image", LABELS)
        assert world.room.add_container("a", "image", LABELS) is first
        second = world.room.add_container("b", "image", LABELS)
        assert first.address != second.address
        world.room.remove_container("a")
        world.room.remove_container("a")
        assert world.room.add_container("c", "image", LABELS).address == first.address
        assert [line["name"] for line in world.audited("container.create")] == ["a", "b", "c"]
        assert [line["name"] for line in world.audited("container.remove")] == ["a"]


async def test_asking_for_a_machine_again_and_again_makes_and_boots_it_once(tmp_path: Path) -> None:
    async with scene(tmp_path, running=False) as world:
        room = world.room
        order = BootOrder("c", "c-1", "1.34.0", is_control_plane=True, endpoint="172.18.0.2:6443")
        await world.until(
            lambda: room.ensure_machine("c", "c-1", "image", role="control-plane") is not None, "the container"
        )
        boot = room.ensure_boot(order)
        assert room.ensure_boot(order) is boot
        await world.until(lambda: boot.state == "succeeded", "it boots")
        assert [node["metadata"]["name"] for node in world.host.open["c"].list(NODE)] == ["c-1"]
        assert len(world.audited("container.create")) == 1


async def test_the_last_control_plane_machine_takes_the_api_with_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 1}))
        await world.cluster_up()
        await world.halt()
        (control_plane,) = world.names() - world.names("demo-workers")
        (worker,) = world.names("demo-workers")
        world.room.remove_container(worker)
        assert NAME in world.host.open
        assert world.workload.find(NODE, worker) is None
        world.room.remove_container(control_plane)
        assert NAME not in world.host.open


async def test_a_boot_ends_with_its_container(tmp_path: Path) -> None:
    async with scene(tmp_path, running=False) as world:
        order = BootOrder("c", "c-1", "1.34.0", is_control_plane=True, endpoint="172.18.0.2:6443")
        world.room.add_container("c-1", "image", LABELS)
        boot = world.room.ensure_boot(order)
        world.room.remove_container("c-1")
        await world.pace.sleep(60)
        assert boot.state == "running"
        assert not world.host.open


async def test_workloads_report_ready_when_their_nodes_are(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={}))
        await world.until(lambda: bool(world.host.open and world.workload.list(NODE)), "a node")
        proxy = world.workload.get(DAEMON_SET, "kube-proxy", "kube-system")
        await world.until(
            lambda: (
                world.workload.get(DAEMON_SET, "kube-proxy", "kube-system").get("status", {}).get("numberReady") == 1
            ),
            f"{proxy} runs in the host's network",
        )
        assert "readyReplicas" not in world.workload.get(DEPLOYMENT, "coredns", "kube-system")["status"]
        world.install_cni()
        await world.settled()
        await world.until(
            lambda: world.workload.get(DEPLOYMENT, "coredns", "kube-system")["status"].get("readyReplicas") == 2,
            "coredns runs",
        )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=30))
def test_a_key_is_handed_out_once_however_often_it_was_added(entries: list[tuple[int, int]]) -> None:
    async def run() -> list[int]:
        queue: WorkQueue[int] = WorkQueue()
        for key, delay_ms in entries:
            queue.add(key, delay_ms / 10_000)
        return [await queue.next() for _ in range(len(queue))]

    handed = asyncio.run(run())
    assert sorted(handed) == sorted({key for key, _ in entries})


async def test_a_key_added_while_it_is_worked_on_comes_again() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a", 0)
    assert await queue.next() == "a"
    queue.add("a", 0)
    assert await queue.next() == "a"
    waiting = asyncio.create_task(queue.next())
    await asyncio.sleep(0)
    queue.add("late", 30.0)
    queue.add("soon", 0)
    assert await waiting == "soon"
