"""A small world for the controllers: a management store, a room, a host that opens plain stores, and a memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DAEMON_SET,
    DOCKER_CLUSTER,
    DOCKER_MACHINE_TEMPLATE,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    NAMESPACE,
    PROVIDER_KINDS,
    Kind,
)
from lattice_tui.rehearsal.api.store import Change, Store
from lattice_tui.rehearsal.audit import Audit, read_audit
from lattice_tui.rehearsal.controllers.conditions import is_true
from lattice_tui.rehearsal.controllers.manager import ControllerManager
from lattice_tui.rehearsal.faults import NO_FAULT, Fault
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import MachineRoom

JsonObject = dict[str, Any]

NAME = "demo"
NAMESPACE_NAME = "capi-demo"
DEADLINE_S = 60.0
USER = "test"


class PlainHost:
    """A `ClusterHost` whose clusters are plain stores."""

    def __init__(self, pace: Pace, audit: Audit) -> None:
        self._pace, self._audit = pace, audit
        self.prepared: set[str] = set()
        self.open: dict[str, Store] = {}

    def reserve_port(self, name: str) -> int:
        return 40_000 + len(name)

    def prepare_cluster(self, name: str, kubernetes_version: str) -> None:
        assert not kubernetes_version.startswith("v")
        self.prepared.add(name)

    def kubeconfig(self, name: str, server: str) -> str:
        assert name in self.prepared
        return f"clusters:\n- cluster:\n    certificate-authority-data: QUFB\n    server: {server}\n  name: {name}\n"

    async def open_cluster(self, name: str, kubernetes_version: str) -> tuple[Store, int]:
        if name not in self.open:
            self.open[name] = Store(name, self._pace, self._audit, notes_mistakes=True)
        return self.open[name], self.reserve_port(name)

    def close_cluster(self, name: str) -> None:
        self.open.pop(name, None)


class Scene:
    """One world, its management cluster and everything that was ever written into it."""

    def __init__(self, folder: Path, *, speed: float, fault: Fault, seed: int) -> None:
        self.pace = self.make_pace(speed, seed)
        self.audit = Audit(folder / "audit.jsonl")
        self.fault = fault
        self.host = self.make_host()
        self.room = self.make_room()
        self.store = management_store("kind", self.pace, self.audit)
        self.changes: list[tuple[float, Change]] = []
        clock = asyncio.get_running_loop().time
        started = clock()
        self.store.subscribe(lambda change: self.changes.append((clock() - started, change)))
        self._managers: dict[Store, asyncio.Task[None]] = {}
        self._cni: asyncio.Task[None] | None = None

    def make_pace(self, speed: float, seed: int) -> Pace:
        return Pace(speed, seed)

    def make_host(self) -> PlainHost:
        return PlainHost(self.pace, self.audit)

    def make_room(self) -> MachineRoom:
        return MachineRoom(self.pace, self.audit, self.host, self.fault)

    def run(self, store: Store | None = None) -> None:
        """Start the controllers on a store (the management cluster's by default)."""
        chosen = store or self.store
        manager = ControllerManager(chosen.cluster, chosen, self.room, self.pace, self.host.open.get)
        self._managers[chosen] = asyncio.create_task(manager.run())

    async def halt(self, store: Store | None = None) -> None:
        """Kill the controllers of a store."""
        task = self._managers.pop(store or self.store)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        for store in list(self._managers):
            await self.halt(store)
        await self.room.stop()
        self.audit.close()

    @property
    def workload(self) -> Store:
        return self.host.open[NAME]

    async def until(self, what: Callable[[], bool], why: str) -> None:
        """Wait for something to be true, looking after every few turns of the loop."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + DEADLINE_S
        while not what():
            for manager in self._managers.values():
                if manager.done():
                    manager.result()
            assert clock() < deadline, f"not within {DEADLINE_S:.0f} s: {why}\n{self.picture()}"
            await asyncio.sleep(0.005)

    def apply(self, *manifests: tuple[Kind, JsonObject], store: Store | None = None) -> None:
        for kind, manifest in manifests:
            (store or self.store).apply(
                kind, {"apiVersion": kind.api_version, "kind": kind.kind, **manifest}, manager=USER, force=True
            )

    def patch(self, kind: Kind, name: str, patch: JsonObject) -> None:
        self.store.patch(kind, name, NAMESPACE_NAME, patch, actor=USER)

    def get(self, kind: Kind, name: str) -> JsonObject:
        return self.store.get(kind, name, NAMESPACE_NAME)

    def find(self, kind: Kind, name: str) -> JsonObject | None:
        return self.store.find(kind, name, NAMESPACE_NAME)

    def machines(self, pool: str = "") -> list[JsonObject]:
        """The Machines of a MachineDeployment, or all."""
        labels = {"cluster.x-k8s.io/deployment-name": pool} if pool else None
        return self.store.list(MACHINE, NAMESPACE_NAME, labels)

    def names(self, pool: str = "") -> set[str]:
        return {machine["metadata"]["name"] for machine in self.machines(pool)}

    def install_cni(self) -> None:
        """What helm does; the workload cluster's API must be open."""
        self.workload.create(
            DAEMON_SET,
            {
                "apiVersion": "apps/v1",
                "kind": "DaemonSet",
                "metadata": {"name": "cilium", "namespace": "kube-system"},
                "spec": {"selector": {"matchLabels": {"k8s-app": "cilium"}}, "template": {}},
            },
            actor="helm",
        )

    async def cluster_up(self) -> None:
        """Wait for the API, install the CNI, wait for the Cluster to be Available."""
        await self.until(lambda: NAME in self.host.open, "the API opens")
        self.install_cni()
        await self.settled()

    async def settled(self) -> None:
        """Everything that was asked for is there, up to date and ready."""

        def complete() -> bool:
            cluster = self.find(CLUSTER, NAME)
            if not is_true(cluster, "Available"):
                return False
            status = (cluster or {})["status"]
            for part in ("controlPlane", "workers"):
                counts = status.get(part, {})
                wanted = counts.get("desiredReplicas", 0)
                if any(counts.get(counter, 0) != wanted for counter in COUNTERS):
                    return False
            return all(is_true(machine, "Ready") and not is_going(machine) for machine in self.machines())

        await self.until(complete, "the cluster is complete")

    def picture(self) -> str:
        """What is there, for a failed wait."""
        lines = []
        for kind in (CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE_DEPLOYMENT, MACHINE):
            for obj in self.store.list(kind):
                lines.append(f"{kind.kind} {obj['metadata']['name']} {obj.get('status', {}).get('phase', '')}")
                conditions = obj.get("status", {}).get("conditions", [])
                lines += [f"    {c['type']}={c['status']} {c['reason']} {c['message']!r}" for c in conditions]
        return "\n".join(lines)

    def stream(self, kind: Kind, name: str) -> list[tuple[str, JsonObject]]:
        """Every change of one object: type and object."""
        return [
            (change.type, copied(change.object))
            for _, change in self.changes
            if change.kind == kind and change.object["metadata"]["name"] == name
        ]

    def events(self) -> list[JsonObject]:
        return [copied(change.object) for _, change in self.changes if change.kind.kind == "Event"]

    def audited(self, what: str) -> list[JsonObject]:
        return [line for line in read_audit(self.audit.path) if line["what"] == what]


COUNTERS = ("replicas", "readyReplicas", "availableReplicas", "upToDateReplicas")


def is_going(obj: JsonObject) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def management_store(name: str, pace: Pace, audit: Audit) -> Store:
    """A store as `clusterctl init` leaves it, with the cluster's namespace."""
    store = Store(name, pace, audit, notes_mistakes=True)
    prepare(store)
    return store


def prepare(store: Store) -> None:
    """Install the providers' kinds and make the namespace."""
    for kinds in PROVIDER_KINDS.values():
        store.serve(kinds)
    if store.find(NAMESPACE, NAMESPACE_NAME) is None:
        store.create(
            NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE_NAME}}, actor=USER
        )


@asynccontextmanager
async def scene(
    folder: Path, *, speed: float = 400.0, fault: Fault = NO_FAULT, seed: int = 1, running: bool = True
) -> AsyncIterator[Scene]:
    """A world that ends with the block; the controllers run unless told otherwise."""
    made = Scene(folder, speed=speed, fault=fault, seed=seed)
    try:
        if running:
            made.run()
        yield made
    finally:
        await made.close()


def manifests(
    *, control_plane: int = 1, pools: dict[str, int] | None = None, version: str = "v1.34.0"
) -> list[tuple[Kind, JsonObject]]:
    """A Docker cluster with kubeadm, as the installer applies it."""
    parts: list[tuple[Kind, JsonObject]] = [
        (CLUSTER, cluster_manifest()),
        (DOCKER_CLUSTER, {"metadata": meta(NAME), "spec": {}}),
        (KUBEADM_CONTROL_PLANE, control_plane_manifest(control_plane, version)),
        template("demo-control-plane"),
        template("demo-workers"),
        (KUBEADM_CONFIG_TEMPLATE, {"metadata": meta("demo-workers"), "spec": {"template": {"spec": join_spec()}}}),
    ]
    chosen = {"workers": 2} if pools is None else pools
    parts += [(MACHINE_DEPLOYMENT, pool_manifest(f"demo-{name}", n, version)) for name, n in chosen.items()]
    return parts


def cluster_manifest() -> JsonObject:
    return {
        "metadata": meta(NAME),
        "spec": {
            "clusterNetwork": {"pods": {"cidrBlocks": ["10.244.0.0/16"]}, "services": {"cidrBlocks": ["10.96.0.0/12"]}},
            "controlPlaneRef": reference(KUBEADM_CONTROL_PLANE, "demo-control-plane"),
            "infrastructureRef": reference(DOCKER_CLUSTER, NAME),
        },
    }


def control_plane_manifest(replicas: int, version: str) -> JsonObject:
    return {
        "metadata": meta("demo-control-plane"),
        "spec": {
            "replicas": replicas,
            "version": version,
            "machineTemplate": {
                "spec": {"infrastructureRef": reference(DOCKER_MACHINE_TEMPLATE, "demo-control-plane")}
            },
            "kubeadmConfigSpec": {
                "clusterConfiguration": {"apiServer": {"certSANs": ["localhost", "127.0.0.1"]}},
                "initConfiguration": {"nodeRegistration": {"criSocket": "unix:///run/containerd/containerd.sock"}},
                **join_spec(),
            },
            "rollout": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}},
        },
    }


def pool_manifest(name: str, replicas: int, version: str, infra: str = "demo-workers") -> JsonObject:
    labels = {"cluster.x-k8s.io/cluster-name": NAME, "cluster.x-k8s.io/deployment-name": name}
    return {
        "metadata": meta(name, labels={"cluster.x-k8s.io/cluster-name": NAME}),
        "spec": {
            "clusterName": NAME,
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "rollout": {
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            },
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "clusterName": NAME,
                    "version": version,
                    "bootstrap": {"configRef": reference(KUBEADM_CONFIG_TEMPLATE, "demo-workers")},
                    "infrastructureRef": reference(DOCKER_MACHINE_TEMPLATE, infra),
                },
            },
        },
    }


def template(name: str) -> tuple[Kind, JsonObject]:
    spec = {"extraMounts": [{"hostPath": "/var/run/docker.sock", "containerPath": "/var/run/docker.sock"}]}
    return DOCKER_MACHINE_TEMPLATE, {"metadata": meta(name), "spec": {"template": {"spec": spec}}}


def join_spec() -> JsonObject:
    return {"joinConfiguration": {"nodeRegistration": {"criSocket": "unix:///run/containerd/containerd.sock"}}}


def meta(name: str, **rest: Any) -> JsonObject:
    return {"name": name, "namespace": NAMESPACE_NAME, **rest}


def reference(kind: Kind, name: str) -> JsonObject:
    return {"apiGroup": kind.group, "kind": kind.kind, "name": name}
