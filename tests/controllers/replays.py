"""The five recorded runs again, in the simulated world: the same objects, and a user who does the same things.

What differs from the world a rehearsal shows, so that it is like the recordings' in-memory backend: nodes are ready as
soon as they appear (no pod network is waited for) and appear as soon as their machine has started (kubeadm takes no
time), and one template stands for machines that never start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DOCKER_CLUSTER,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    NODE,
    Kind,
)
from lattice_tui.rehearsal.api.store import Change, Store
from lattice_tui.rehearsal.controllers.conditions import is_true
from lattice_tui.rehearsal.faults import NO_FAULT
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import (
    CONTAINER_S,
    INIT_S,
    JOIN_S,
    LOAD_BALANCER_S,
    STATIC_PODS_S,
    Container,
    MachineRoom,
)
from lattice_tui.rehearsal.room_boot import KUBELET, node_condition
from lattice_tui.rehearsal.room_kubelets import is_ready
from tests.controllers.harness import (
    NAME,
    NAMESPACE_NAME,
    USER,
    PlainHost,
    Scene,
    cluster_manifest,
    control_plane_manifest,
    is_going,
    join_spec,
    meta,
    pool_manifest,
    reference,
    template,
)
from tests.controllers.virtual_time import VirtualPace, run_virtually

JsonObject = dict[str, Any]

CONTROL_PLANE, POOL, SLOW_POOL = "demo-cp", "demo-md-0", "demo-slow"
OLD, NEW = "v1.32.0", "v1.32.1"
NEVER_STARTS = "never-starts"
"""The image of machines whose container is never made: the recordings' VM that needs 24 hours."""


class ReadyHost(PlainHost):
    """Workload clusters whose nodes are ready as they appear, as the in-memory backend's are."""

    async def open_cluster(self, name: str, kubernetes_version: str) -> tuple[Store, int]:
        known = name in self.open
        store, port = await super().open_cluster(name, kubernetes_version)
        if not known:
            store.subscribe(lambda change: self._appeared(store, change))
        return store, port

    def _appeared(self, store: Store, change: Change) -> None:
        # kubelet writes the status after the node; within that write nobody else has seen it yet.
        if change.kind == NODE and change.type == "MODIFIED" and not is_ready(change.object):
            self._make_ready(store, store.get(NODE, change.object["metadata"]["name"]))

    def _make_ready(self, store: Store, node: JsonObject) -> None:
        ready = node_condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", self._pace.now())
        others = [condition for condition in node["status"]["conditions"] if condition["type"] != "Ready"]
        status = {**node["status"], "conditions": [*others, ready]}
        node["metadata"].pop("resourceVersion", None)
        store.replace_status(NODE, {**node, "status": status}, actor=KUBELET)


BACKEND_S = {
    LOAD_BALANCER_S: (1.0, 1.5),
    CONTAINER_S: (9.5, 13.0),
    INIT_S: (7.0, 9.0),
    JOIN_S: (1.2, 1.6),
    STATIC_PODS_S: (2.0, 2.5),
}
"""What the in-memory backend takes (simulated seconds) where containers, kubeadm init, join and its pods do here."""


class BackendPace(VirtualPace):
    """The pace of the recordings' backend: a machine takes long to start, its node is there at once after that."""

    def vary(self, low_s: float, high_s: float) -> float:
        return super().vary(*BACKEND_S.get((low_s, high_s), (low_s, high_s)))


class StubbornRoom(MachineRoom):
    """A room in which machines of one image never start."""

    def ensure_machine(
        self, cluster: str, name: str, image: str, *, role: str, mounts: tuple[str, ...] = ()
    ) -> Container | None:
        if image == NEVER_STARTS:
            return None
        return super().ensure_machine(cluster, name, image, role=role, mounts=mounts)


class ReplayScene(Scene):
    """A world like the recordings'."""

    quiet_changes: tuple[int, int] = (0, 0)
    """How many changes there had been before and after a minute in which nothing could go on."""

    def make_pace(self, speed: float, seed: int) -> Pace:
        return VirtualPace(speed, seed)

    def make_host(self) -> PlainHost:
        return ReadyHost(self.pace, self.audit)

    def make_room(self) -> MachineRoom:
        return StubbornRoom(BackendPace(self.pace.speed, self.pace.seed), self.audit, self.host, NO_FAULT)

    def machines_of(self, owner: str) -> list[JsonObject]:
        """The Machines of the control plane or of a pool, oldest first."""
        chosen = [m for m in self.machines() if m["metadata"]["name"].startswith(f"{owner}-")]
        return sorted(chosen, key=lambda m: int(m["metadata"]["resourceVersion"]))

    async def create(self, parts: list[tuple[Kind, JsonObject]]) -> None:
        """Apply manifests one after the other, as kubectl did."""
        for part in parts:
            self.apply(part)
            await self.pace.sleep(0.2)

    async def quiet(self) -> None:
        """Wait until everything is there, and then for the last words about it."""
        await self.settled()
        await self.pace.sleep(12)

    async def delete_and_wait(self, kind: Kind, name: str) -> None:
        self.store.delete(kind, name, NAMESPACE_NAME, actor=USER)
        await self.until(lambda: self.find(kind, name) is None, f"{name} goes")


def _manifests(control_plane: int, pools: dict[str, tuple[int, str]]) -> list[tuple[Kind, JsonObject]]:
    """As they were recorded; `pools`: replicas and infrastructure template of each."""
    cluster = cluster_manifest()
    cluster["spec"]["controlPlaneRef"] = reference(KUBEADM_CONTROL_PLANE, CONTROL_PLANE)
    plane = control_plane_manifest(control_plane, OLD)
    plane["metadata"] = meta(CONTROL_PLANE)
    plane["spec"]["machineTemplate"]["spec"]["infrastructureRef"]["name"] = CONTROL_PLANE
    slow = template(SLOW_POOL)
    slow[1]["spec"]["template"]["spec"]["customImage"] = NEVER_STARTS
    parts: list[tuple[Kind, JsonObject]] = [
        (CLUSTER, cluster),
        (DOCKER_CLUSTER, {"metadata": meta(NAME), "spec": {}}),
        (KUBEADM_CONTROL_PLANE, plane),
        template(CONTROL_PLANE),
        slow,
        (KUBEADM_CONFIG_TEMPLATE, {"metadata": meta("demo-workers"), "spec": {"template": {"spec": join_spec()}}}),
    ]
    return parts + [(MACHINE_DEPLOYMENT, pool_manifest(name, n, OLD, infra)) for name, (n, infra) in pools.items()]


async def _bring_up(world: ReplayScene) -> None:
    """Nothing but a cluster that comes up, for a fixed time: no step of the user's waits for anything."""
    world.apply(*_manifests(3, {POOL: (2, CONTROL_PLANE)}))
    await world.pace.sleep(120)


async def _create_then_delete(world: ReplayScene) -> None:
    await world.create(_manifests(3, {POOL: (2, CONTROL_PLANE)}))
    await world.quiet()
    await world.delete_and_wait(CLUSTER, NAME)


async def _scale(world: ReplayScene) -> None:
    await world.create(_manifests(1, {POOL: (2, CONTROL_PLANE)}))
    await world.quiet()
    for workers in (4, 1):
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"replicas": workers}})
        await world.until(lambda workers=workers: len(world.names(POOL)) == workers, "the pool")  # type: ignore[misc]
        await world.quiet()
    world.patch(KUBEADM_CONTROL_PLANE, CONTROL_PLANE, {"spec": {"replicas": 3}})
    await world.until(lambda: len(world.names()) == 4, "the control plane")
    await world.quiet()


async def _rollout(world: ReplayScene) -> None:
    await world.create(_manifests(1, {POOL: (2, CONTROL_PLANE)}))
    await world.quiet()
    world.patch(KUBEADM_CONTROL_PLANE, CONTROL_PLANE, {"spec": {"version": NEW}})
    await world.until(
        lambda: world.get(KUBEADM_CONTROL_PLANE, CONTROL_PLANE)["status"].get("version") == NEW, "the control plane"
    )
    await world.quiet()
    world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"template": {"spec": {"version": NEW}}}})
    await world.until(lambda: {m["spec"]["version"] for m in world.machines()} == {NEW}, "the pool")
    await world.until(lambda: len(world.store.list(MACHINE_SET, NAMESPACE_NAME)) == 1, "the old set is dropped")
    await world.quiet()


async def _stuck_infra(world: ReplayScene) -> None:
    await world.create(_manifests(1, {POOL: (2, "demo-wrokers"), SLOW_POOL: (1, SLOW_POOL)}))
    await world.until(lambda: any(is_true(m, "Ready") for m in world.machines()), "the control plane")
    await world.pace.sleep(15)
    before = len(world.changes)
    await world.pace.sleep(60)
    world.quiet_changes = (before, len(world.changes))
    _use_template(world, POOL, CONTROL_PLANE)
    await world.until(lambda: sum(is_true(m, "Ready") for m in world.machines()) == 3, "the pool")
    await world.pace.sleep(2)
    _use_template(world, SLOW_POOL, CONTROL_PLANE)
    await world.until(lambda: len(world.store.list(MACHINE_SET, NAMESPACE_NAME)) == 3, "another set")
    await world.until(lambda: len(world.store.list(MACHINE_SET, NAMESPACE_NAME)) == 2, "the old set is dropped")
    await world.quiet()


async def _delete_and_replace(world: ReplayScene) -> None:
    await world.create(_manifests(3, {POOL: (2, CONTROL_PLANE)}))
    await world.quiet()
    for owner, count in ((POOL, 2), (CONTROL_PLANE, 3)):
        victim = world.machines_of(owner)[0]["metadata"]["name"]
        await world.delete_and_wait(MACHINE, victim)
        await world.until(lambda owner=owner, count=count: len(world.machines_of(owner)) == count, "another one")  # type: ignore[misc]
        await world.quiet()
        assert not any(is_going(machine) for machine in world.machines())


def _use_template(world: Scene, pool: str, name: str) -> None:
    world.patch(MACHINE_DEPLOYMENT, pool, {"spec": {"template": {"spec": {"infrastructureRef": {"name": name}}}}})


SCRIPTS: dict[str, Callable[[ReplayScene], Awaitable[None]]] = {
    "3cp-2w-create-then-delete": _create_then_delete,
    "scale": _scale,
    "rollout": _rollout,
    "stuck-infra": _stuck_infra,
    "delete-and-replace": _delete_and_replace,
}
"""What the user did in each recording, by the recording's name."""


def replay(case: str, folder: Path, *, speed: float, seed: int) -> ReplayScene:
    """Run one recorded case (or `bring-up`) to its end; the world that is returned has stopped."""

    script = SCRIPTS.get(case, _bring_up)

    async def run() -> ReplayScene:
        world = ReplayScene(folder, speed=speed, fault=NO_FAULT, seed=seed)
        try:
            world.run()
            await script(world)
        finally:
            await world.close()
        return world

    return run_virtually(run)
