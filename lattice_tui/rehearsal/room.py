"""The simulated machine room: the Docker host's containers, which live on whatever happens to a management cluster.

Containers, running boots and the nodes' kubelets belong here and end with the world alone. Everything a controller asks
for is an `ensure_...`: it answers at once with what is there, starts what is not, and tells listeners when it is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.faults import MACHINE_NEVER_JOINS, Fault
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room_adoption import take_over
from lattice_tui.rehearsal.room_boot import BootOrder, remove_node, start_control_plane, start_node, start_static_pods
from lattice_tui.rehearsal.room_kubelets import Kubelets

LOG = logging.getLogger(__name__)

API_SERVER_PORT = 6443
CLUSTER_LABEL = "io.x-k8s.kind.cluster"
ROLE_LABEL = "io.x-k8s.kind.role"
LOAD_BALANCER_ROLE = "external-load-balancer"

LOAD_BALANCER_S = (4.0, 6.0)
CONTAINER_S = (6.0, 10.0)
INIT_S = (25.0, 35.0)
JOIN_S = (12.0, 18.0)
STATIC_PODS_S = (2.0, 4.0)
KUBELET_UNHEALTHY_S = 40.0
"""How long kubeadm waits for a kubelet that never answers before the bootstrap script fails (simulated seconds)."""


class ClusterHost(Protocol):
    """Who opens the API servers of the clusters that are born in the room (the world does)."""

    def reserve_port(self, name: str) -> int:
        """The host port of cluster `name`, the same at every call; nothing answers there before `open_cluster`."""

    def prepare_cluster(self, name: str, kubernetes_version: str) -> None:
        """Make (or keep) the cluster's certificate authority, so that `kubeconfig` works; opens nothing."""

    def kubeconfig(self, name: str, server: str) -> str:
        """An admin kubeconfig (YAML text) of cluster `name` that names `server`; needs `prepare_cluster`."""

    async def open_cluster(self, name: str, kubernetes_version: str) -> tuple[Store, int]:
        """Open (or return) the API of cluster `name`: its store and its host port (the reserved one)."""

    def close_cluster(self, name: str) -> None:
        """Stop answering for cluster `name`: its last control-plane container is gone. Closing twice is harmless."""


@dataclass(slots=True)
class Container:
    """One container on the simulated Docker host."""

    id: str
    name: str
    image: str
    labels: dict[str, str]
    state: Literal["created", "running", "exited"]
    ports: dict[int, int]
    """Container port -> port on the host's loopback."""
    mounts: tuple[str, ...]
    """Host paths."""
    created_at: str
    address: str
    """In the `kind` network, 172.18.0.0/16."""
    networks: tuple[str, ...] = ("kind",)


@dataclass(slots=True)
class Boot:
    """What became of the bootstrap script inside a machine's container."""

    order: BootOrder
    state: Literal["running", "succeeded", "failed"] = "running"
    message: str = ""
    """Why it failed, in the words of Cluster API's Docker provider."""


@dataclass(slots=True)
class _Network:
    taken: set[int] = field(default_factory=set)

    def take(self) -> str:
        number = next(number for number in range(2, 65_534) if number not in self.taken)
        self.taken.add(number)
        return f"172.18.{number // 256}.{number % 256}"

    def free(self, address: str) -> None:
        third, fourth = (int(part) for part in address.split(".")[2:])
        self.taken.discard(third * 256 + fourth)


class MachineRoom:
    """Every container of the world, and the work that goes on inside the machines."""

    def __init__(self, pace: Pace, audit: Audit, host: ClusterHost, fault: Fault) -> None:
        self.containers: dict[str, Container] = {}
        self.images: set[str] = set()
        self.host = host
        self.fault = fault
        self.adopts = False
        """Machines that objects say are there, and that were never here, were built in another world: take them."""
        self.is_published = False
        """New clusters are told this computer's address of their API, which others than our own tools reach."""
        self._known: set[str] = set()
        self._pace = pace
        self._audit = audit
        self._rng = pace.stream("containers")
        self._network = _Network()
        self._boots: dict[str, Boot] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._stores: dict[str, Store] = {}
        self._kubelets: dict[str, Kubelets] = {}
        self._never_joined = ""
        self._listeners: list[Callable[[str], None]] = []

    # -- containers ------------------------------------------------------------------------------------------------

    def add_container(
        self,
        name: str,
        image: str,
        labels: Mapping[str, str],
        *,
        ports: Mapping[int, int] | None = None,
        mounts: tuple[str, ...] = (),
    ) -> Container:
        """Start a container at once, or return the one of that name."""
        if name in self.containers:
            return self.containers[name]
        self.images.add(image)
        container = Container(
            id=f"{self._rng.getrandbits(256):064x}",
            name=name,
            image=image,
            labels=dict(labels),
            state="running",
            ports=dict(ports or {}),
            mounts=mounts,
            created_at=self._pace.now(),
            address=self._network.take(),
        )
        self.containers[name] = container
        self._known.add(name)
        self._audit.other("container.create", name=name, id=container.id, image=image)
        self._tell(name)
        return container

    def stop_container(self, name: str) -> None:
        """End what runs in a container: its boot, and the node with its pods. Without the container: nothing."""
        container = self.containers.get(name)
        if container is None or container.state == "exited":
            return
        container.state = "exited"
        self._cancel(name)
        store = self._stores.get(container.labels.get(CLUSTER_LABEL, ""))
        if store is not None:
            remove_node(store, name)
        self._tell(name)

    def remove_container(self, name: str) -> None:
        """Stop and remove a container. The last control-plane machine takes the cluster's API with it."""
        self.stop_container(name)
        container = self.containers.pop(name, None)
        self._boots.pop(name, None)
        if container is None:
            return
        self._network.free(container.address)
        self._audit.other("container.remove", name=name, id=container.id)
        cluster = container.labels.get(CLUSTER_LABEL, "")
        if container.labels.get(ROLE_LABEL) == "control-plane" and not self.by_label(
            {CLUSTER_LABEL: cluster, ROLE_LABEL: "control-plane"}
        ):
            self._close(cluster)
        self._tell(name)

    def by_label(self, labels: Mapping[str, str]) -> list[Container]:
        """The containers that carry all these labels."""
        return [c for c in self.containers.values() if all(c.labels.get(k) == v for k, v in labels.items())]

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call `listener` with a container's name whenever something about it is done; returns the way out."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- what controllers ask for ----------------------------------------------------------------------------------

    def ensure_load_balancer(self, cluster: str, image: str) -> Container | None:
        """The cluster's load balancer; None while it is being made."""
        name = f"{cluster}-lb"
        labels = {CLUSTER_LABEL: cluster, ROLE_LABEL: LOAD_BALANCER_ROLE}
        if name not in self.containers:

            async def make() -> None:
                await self._pace.sleep(self._pace.vary(*LOAD_BALANCER_S))
                self.add_container(name, image, labels, ports={API_SERVER_PORT: self.host.reserve_port(cluster)})

            self._start(name, make)
        return self.containers.get(name)

    def endpoint(self, load_balancer: Container) -> tuple[str, int]:
        """Host and port that a cluster's machines and clients are given."""
        if self.is_published:
            return "127.0.0.1", load_balancer.ports[API_SERVER_PORT]
        return load_balancer.address, API_SERVER_PORT

    def ensure_machine(
        self, cluster: str, name: str, image: str, *, role: str, mounts: tuple[str, ...] = ()
    ) -> Container | None:
        """A machine's container, nothing in it yet; None while it is being made. `role`: control-plane or worker."""
        if name not in self.containers:
            labels = {CLUSTER_LABEL: cluster, ROLE_LABEL: role}

            async def make() -> None:
                await self._pace.sleep(self._pace.vary(*CONTAINER_S))
                self.add_container(name, image, labels, mounts=mounts)

            self._start(name, make)
        return self.containers.get(name)

    def ensure_adopted(self, order: BootOrder, image: str) -> bool:
        """Take over a machine that runs already; False for one that was here and is gone, or where none are taken."""
        if not self.adopts or order.machine in self._known:
            return False
        role = "control-plane" if order.is_control_plane else "worker"
        labels = {CLUSTER_LABEL: order.cluster, ROLE_LABEL: role}

        async def take() -> None:
            store, _port = await self.host.open_cluster(order.cluster, order.version)
            if order.cluster not in self._stores:
                self._stores[order.cluster] = store
                self._kubelets[order.cluster] = Kubelets(store, self._pace)
            container = self.add_container(order.machine, image, labels)
            take_over(store, order, container.address, container.id, self._pace)
            self._boots[order.machine] = Boot(order, "succeeded")

        self._start(order.machine, take)
        return True

    def forget_machine(self, name: str) -> None:
        """Give up on a container that is still being made."""
        self._cancel(name)

    def ensure_boot(self, order: BootOrder) -> Boot:
        """Run the bootstrap script in a machine's container once; the same `Boot` at every call."""
        boot = self._boots.get(order.machine)
        if boot is None:
            boot = self._boots[order.machine] = Boot(order)
            self._start(order.machine, lambda: self._boot(boot), "boot")
        return boot

    def booted(self, name: str) -> Boot | None:
        """The boot of a machine's container, None before it began."""
        return self._boots.get(name)

    # -- inside the machines ---------------------------------------------------------------------------------------

    async def _boot(self, boot: Boot) -> None:
        order = boot.order
        if self._is_faulty(order):
            await self._pace.sleep(KUBELET_UNHEALTHY_S)
            boot.state, boot.message = "failed", "Failed to exec DockerMachine bootstrap"
            self._tell(order.machine)
            return
        first = order.is_control_plane and order.cluster not in self._stores
        await self._pace.sleep(self._pace.vary(*(INIT_S if first else JOIN_S)))
        if first:
            store, _port = await self.host.open_cluster(order.cluster, order.version)
            start_control_plane(store, order)
            self._stores[order.cluster] = store
            self._kubelets[order.cluster] = Kubelets(store, self._pace)
        store = self._stores[order.cluster]
        container = self.containers[order.machine]
        start_node(store, order, container.address, container.id, self._pace.now())
        if first:
            start_static_pods(store, order, container.address, self._pace.now())
        elif order.is_control_plane:
            # kubeadm join writes the manifests after the node has registered, etcd first.
            await self._pace.sleep(self._pace.vary(*STATIC_PODS_S))
            start_static_pods(store, order, container.address, self._pace.now())
        boot.state = "succeeded"
        self._tell(order.machine)

    def _is_faulty(self, order: BootOrder) -> bool:
        if self.fault.id != MACHINE_NEVER_JOINS or self._never_joined or not order.is_last_worker:
            return False
        self._never_joined = order.machine
        return True

    def _close(self, cluster: str) -> None:
        kubelets = self._kubelets.pop(cluster, None)
        if kubelets is not None:
            kubelets.stop()
        self._stores.pop(cluster, None)
        self.host.close_cluster(cluster)

    # -- tasks -----------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """End every task: the world ends."""
        for kubelets in self._kubelets.values():
            kubelets.stop()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]], what: str = "make") -> None:
        key = (name, what)
        if key in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(work(), name=f"{what} {name}")
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: tuple[str, str], task: asyncio.Task[None]) -> None:
        name = key[0]
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled() and task.exception() is not None:
            LOG.error("work on %s failed", name, exc_info=task.exception())
        self._tell(name)

    def _cancel(self, name: str) -> None:
        for what in ("make", "boot"):
            task = self._tasks.pop((name, what), None)
            if task is not None:
                task.cancel()

    def _tell(self, name: str) -> None:
        for listener in list(self._listeners):
            listener(name)
