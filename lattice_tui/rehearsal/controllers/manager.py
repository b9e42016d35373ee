"""`ControllerManager`: runs every controller of one management cluster, from whatever state its store is in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
    MACHINE_HEALTH_CHECK,
    MACHINE_SET,
    NODE,
    POD,
    Kind,
)
from lattice_tui.rehearsal.api.store import ApiError, Change, Store
from lattice_tui.rehearsal.controllers import (
    cluster,
    control_plane,
    deployment,
    docker_cluster,
    docker_machine,
    kubeadm_config,
    machine,
    machine_health_check,
    machine_set,
)
from lattice_tui.rehearsal.controllers.objects import CLUSTER_NAME_LABEL, Context, label
from lattice_tui.rehearsal.controllers.queue import Deferred, WorkQueue
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import MachineRoom

LOG = logging.getLogger(__name__)

LATENCY_S = (0.02, 0.08)
"""From a change to the reconcile it causes, simulated."""
INTERVAL_S = 1.0
"""From one reconcile of an object to the next, at the least (simulated). Source: CAPI util/controller, rate limit."""
CONNECT_S = (3.0, 8.0)
"""From a workload cluster's API answering to the controllers being connected to it, simulated."""
RETRY_S = 2.0
"""After a reconcile that was refused or failed, simulated."""
BATCH = 25
"""Reconciles in one go before other tasks of the world get their turn."""

Reconcile = Callable[[Context, str, str], float | None]


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller: what it reconciles, who it is."""

    kind: Kind
    reconcile: Reconcile
    actor: str
    component: str


CONTROLLERS: tuple[Controller, ...] = (
    Controller(CLUSTER, cluster.reconcile, "capi-controller-manager", "cluster-controller"),
    Controller(DOCKER_CLUSTER, docker_cluster.reconcile, "capd-controller-manager", "dockercluster-controller"),
    Controller(
        KUBEADM_CONTROL_PLANE,
        control_plane.reconcile,
        "capi-kubeadm-control-plane-controller-manager",
        "kubeadmcontrolplane-controller",
    ),
    Controller(MACHINE_DEPLOYMENT, deployment.reconcile, "capi-controller-manager", "machinedeployment-controller"),
    Controller(MACHINE_SET, machine_set.reconcile, "capi-controller-manager", "machineset-controller"),
    Controller(
        KUBEADM_CONFIG,
        kubeadm_config.reconcile,
        "capi-kubeadm-bootstrap-controller-manager",
        "kubeadmconfig-controller",
    ),
    Controller(DOCKER_MACHINE, docker_machine.reconcile, "capd-controller-manager", "dockermachine-controller"),
    Controller(MACHINE, machine.reconcile, "capi-controller-manager", "machine-controller"),
    Controller(
        MACHINE_HEALTH_CHECK,
        machine_health_check.reconcile,
        "capi-controller-manager",
        "machinehealthcheck-controller",
    ),
)
_BY_KIND = {controller.kind.kind: controller for controller in CONTROLLERS}
_TEMPLATES = {DOCKER_MACHINE_TEMPLATE.kind, KUBEADM_CONFIG_TEMPLATE.kind}
_OF_TEMPLATES = (MACHINE_DEPLOYMENT, MACHINE_SET, KUBEADM_CONTROL_PLANE)
_OF_WORKLOADS = (MACHINE, KUBEADM_CONTROL_PLANE, CLUSTER, MACHINE_HEALTH_CHECK)

_Key = tuple[str, str, str]  # kind, namespace, name


@dataclass(slots=True)
class _Connection:
    """The managers' cached connection to one workload cluster."""

    store: Store
    is_open: bool = False
    pending: asyncio.TimerHandle | None = None
    unsubscribe: Callable[[], None] | None = None

    def end(self) -> None:
        if self.pending is not None:
            self.pending.cancel()
        if self.unsubscribe is not None:
            self.unsubscribe()


class ControllerManager:
    """All controllers of one management cluster. It keeps no truth of its own: another may take over at any time."""

    def __init__(
        self, cluster: str, store: Store, room: MachineRoom, pace: Pace, stores: Callable[[str], Store | None]
    ) -> None:
        self.cluster = cluster
        self._store = store
        self._room = room
        self._pace = pace
        self._stores = stores
        self._queue: WorkQueue[_Key] = WorkQueue()
        self._not_before: dict[_Key, float] = {}
        """Loop time before which a key may not be reconciled again."""
        self._connections: dict[str, _Connection] = {}
        self._contexts = {
            controller.kind.kind: Context(store, room, pace, self._workload, controller.actor, controller.component)
            for controller in CONTROLLERS
        }

    async def run(self) -> None:
        """Reconcile until cancelled."""
        ends = [self._store.subscribe(self._changed), self._room.subscribe(self._container_changed)]
        try:
            for controller in CONTROLLERS:
                self._enqueue_all(controller.kind)
            while True:
                for _ in range(BATCH):
                    self._reconcile(await self._queue.next())
                await asyncio.sleep(0)
        finally:
            for end in (*ends, *(connection.end for connection in self._connections.values())):
                end()
            self._connections.clear()

    def _reconcile(self, key: _Key) -> None:
        kind, namespace, name = key
        now_s = asyncio.get_running_loop().time()
        if self._not_before.get(key, 0.0) > now_s:
            # What a reconcile writes makes its own object dirty before the reconcile has said how long to wait.
            self._queue.add(key, self._not_before[key] - now_s)
            return
        try:
            again_s = _BY_KIND[kind].reconcile(self._contexts[kind], namespace, name)
        except ApiError as error:
            LOG.info("%s %s/%s: %s", kind, namespace, name, error)
            again_s = RETRY_S
        except Exception:
            # One broken object must not stop the others' controllers.
            LOG.exception("%s %s/%s", kind, namespace, name)
            again_s = RETRY_S
        wait_s = again_s if isinstance(again_s, Deferred) else INTERVAL_S
        self._not_before[key] = asyncio.get_running_loop().time() + wait_s / self._pace.speed
        if again_s is not None:
            self._enqueue(key, again_s)

    # -- what makes objects dirty

    def _changed(self, change: Change) -> None:
        obj, kind = change.object, change.kind.kind
        namespace = obj["metadata"].get("namespace", "")
        if kind in _TEMPLATES:
            for follower in _OF_TEMPLATES:
                self._enqueue_all(follower, namespace)
            return
        if kind not in _BY_KIND:
            return
        key = (kind, namespace, obj["metadata"]["name"])
        if change.type == "DELETED":
            self._not_before.pop(key, None)
        else:
            self._enqueue(key)
        for owner in obj["metadata"].get("ownerReferences", []):
            if owner["kind"] in _BY_KIND:
                self._enqueue((owner["kind"], namespace, owner["name"]))
        self._enqueue_related(change, namespace)

    def _enqueue_related(self, change: Change, namespace: str) -> None:
        obj, kind = change.object, change.kind
        if kind == CLUSTER:
            # Pausing, a ready infrastructure or an initialised control plane concern everything in the cluster.
            if change.previous is None or _matters_to_parts(change.previous) != _matters_to_parts(obj):
                for controller in CONTROLLERS[1:]:
                    self._enqueue_all(controller.kind, namespace)
            return
        name = obj.get("spec", {}).get("clusterName") or label(obj, CLUSTER_NAME_LABEL)
        if name and kind not in (DOCKER_MACHINE, KUBEADM_CONFIG):
            self._enqueue((CLUSTER.kind, namespace, name))
        if kind == MACHINE:
            for part in (DOCKER_MACHINE, KUBEADM_CONFIG):
                self._enqueue((part.kind, namespace, obj["metadata"]["name"]))
            self._enqueue_all(MACHINE_DEPLOYMENT, namespace)
            self._enqueue_all(MACHINE_HEALTH_CHECK, namespace)
        elif kind == MACHINE_DEPLOYMENT:
            self._enqueue_all(MACHINE_SET, namespace)

    def _container_changed(self, name: str) -> None:
        for kind in (DOCKER_MACHINE, DOCKER_CLUSTER):
            for obj in self._objects(kind):
                cluster_name = label(obj, CLUSTER_NAME_LABEL)
                own = obj["metadata"]["name"]
                names = (f"{cluster_name}-lb",) if kind == DOCKER_CLUSTER else (own, f"{cluster_name}-{own}")
                if name in names:
                    self._enqueue((kind.kind, obj["metadata"]["namespace"], own))

    def _workload(self, name: str) -> Store | None:
        """The workload cluster's store once there is a connection; then its nodes' and pods' changes are heard of."""
        store = self._stores(name)
        known = self._connections.get(name)
        if known is not None and known.store is not store:
            known.end()
            del self._connections[name]
            known = None
        if store is None:
            return None
        if known is None:
            known = self._connections[name] = _Connection(store)
            delay_s = self._pace.vary(*CONNECT_S) / self._pace.speed
            known.pending = asyncio.get_running_loop().call_later(delay_s, self._connect, name, known)
        return store if known.is_open else None

    def _connect(self, name: str, connection: _Connection) -> None:
        connection.is_open = True
        connection.unsubscribe = connection.store.subscribe(lambda change: self._workload_changed(name, change))
        self._enqueue_workload(name)

    def _workload_changed(self, name: str, change: Change) -> None:
        if change.kind in (NODE, POD):
            self._enqueue_workload(name)

    def _enqueue_workload(self, name: str) -> None:
        for kind in _OF_WORKLOADS:
            for obj in self._objects(kind):
                if name in (label(obj, CLUSTER_NAME_LABEL), obj["metadata"]["name"]):
                    self._enqueue((kind.kind, obj["metadata"]["namespace"], obj["metadata"]["name"]))

    def _enqueue_all(self, kind: Kind, namespace: str = "") -> None:
        for obj in self._objects(kind, namespace):
            self._enqueue((kind.kind, obj["metadata"]["namespace"], obj["metadata"]["name"]))

    def _objects(self, kind: Kind, namespace: str = "") -> list[dict[str, Any]]:
        # Before its provider is installed a kind is not served, and there is nothing to do for it.
        return self._store.stored(kind, namespace) if kind in self._store.served() else []

    def _enqueue(self, key: _Key, after_s: float = 0.0) -> None:
        self._queue.add(key, (after_s + self._pace.vary(*LATENCY_S)) / self._pace.speed)


def _matters_to_parts(obj: dict[str, Any]) -> tuple[Any, ...]:
    conditions = obj.get("status", {}).get("conditions", [])
    initialized = [c["status"] for c in conditions if c["type"] == "ControlPlaneInitialized"]
    return (
        obj["spec"].get("paused"),
        obj["spec"].get("controlPlaneEndpoint"),
        obj["metadata"].get("deletionTimestamp"),
        obj.get("status", {}).get("initialization"),
        initialized,
    )
