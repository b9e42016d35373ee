"""The clusters that are alive in the world: their stores, API servers, controllers and pods that come up."""

from __future__ import annotations

import asyncio
import socket
import sys
import traceback
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.controllers.manager import ControllerManager
from lattice_tui.rehearsal.faults import API_DROPS, Fault
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import MachineRoom
from lattice_tui.rehearsal.simulated.failing_api import fail_at_times
from lattice_tui.rehearsal.simulated.use import CountedApiServer, Use

RESTART_AFTER_S = 10.0
"""Simulated pause before controllers that crashed are started again, as a kubelet would."""


@dataclass(slots=True)
class LiveCluster:
    """One simulated cluster; its API answers once `is_open`."""

    name: str
    kubernetes_version: str
    store: Store
    authority: CertificateAuthority
    server: CountedApiServer
    port: int
    is_open: bool = False
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    controllers: asyncio.Task[None] | None = None


class Clusters:
    """Every cluster by its name. The machine room's `ClusterHost`."""

    def __init__(self, pace: Pace, audit: Audit, fault: Fault) -> None:
        self.pace = pace
        self.audit = audit
        self.use = Use()
        self.room = MachineRoom(pace, audit, self, fault)
        self._live: dict[str, LiveCluster] = {}
        self._holders: dict[str, socket.socket] = {}
        self._ports: dict[str, int] = {}
        self._background: set[asyncio.Task[None]] = set()

    def reserve_port(self, name: str) -> int:
        """The host port of cluster `name`, the same at every call. Bound and silent until the API opens."""
        if name not in self._ports:
            self.take_port(name, 0)
        return self._ports[name]

    def take_port(self, name: str, port: int) -> None:
        """Let cluster `name` have this host port; 0 is any free one. Raises OSError when it is taken."""
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._holders[name] = holder
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        self._ports[name] = holder.getsockname()[1]

    def prepare_cluster(self, name: str, kubernetes_version: str) -> None:
        """Make the cluster's store and certificate authority, unless they are there already. Opens nothing."""
        if name in self._live:
            return
        store = Store(name, self.pace, self.audit)
        authority = CertificateAuthority()
        server = CountedApiServer(store, authority, version=f"v{kubernetes_version.removeprefix('v')}", use=self.use)
        port = self.reserve_port(name)
        self._live[name] = LiveCluster(name, kubernetes_version, store, authority, server, port)

    def kubeconfig(self, name: str, server: str = "", *, called: str = "") -> str:
        """An admin kubeconfig of a prepared cluster: without `server` as seen from this computer.

        `called` names cluster, context and user in it, where that is not the cluster's name.
        """
        cluster = self._live[name]
        return cluster.server.kubeconfig(called or name, server or f"https://127.0.0.1:{cluster.port}")

    async def open_cluster(self, name: str, kubernetes_version: str) -> tuple[Store, int]:
        """Open the cluster's API on its reserved port; a second call returns the same."""
        self.prepare_cluster(name, kubernetes_version)
        cluster = self._live[name]
        async with cluster.opening:
            if not cluster.is_open:
                if holder := self._holders.pop(name, None):
                    holder.close()
                await cluster.server.start(cluster.port)
                cluster.is_open = True
        return cluster.store, cluster.port

    def close_cluster(self, name: str) -> None:
        """Stop answering for the cluster, end its controllers, forget its objects."""
        cluster = self._live.pop(name, None)
        if cluster is None:
            return
        if cluster.controllers is not None:
            cluster.controllers.cancel()
        if cluster.is_open:
            self.in_background(cluster.server.stop())

    def cluster(self, name: str) -> LiveCluster | None:
        """The cluster of that name, whether its API is open or not."""
        return self._live.get(name)

    def open_clusters(self) -> list[LiveCluster]:
        return [cluster for cluster in self._live.values() if cluster.is_open]

    def at_port(self, port: int) -> LiveCluster | None:
        """The open cluster whose API answers on that port of this computer."""
        return next((cluster for cluster in self.open_clusters() if cluster.port == port), None)

    def store(self, name: str) -> Store | None:
        """The objects of an open cluster, None when nothing answers for it."""
        cluster = self._live.get(name)
        return cluster.store if cluster is not None and cluster.is_open else None

    def start_controllers(self, name: str) -> None:
        """Run the controllers of a management cluster until it is closed; they start once."""
        cluster = self._live[name]
        if cluster.controllers is None:
            if self.room.fault.id == API_DROPS and not any(known.controllers for known in self._live.values()):
                # The first management cluster, which is the bootstrap cluster.
                self.in_background(fail_at_times(cluster, self.pace, lambda: self._live.get(name) is cluster))
            cluster.controllers = asyncio.create_task(self._control(cluster), name=f"controllers of {name}")

    async def _control(self, cluster: LiveCluster) -> None:
        while True:
            manager = ControllerManager(cluster.name, cluster.store, self.room, self.pace, self.store)
            try:
                await manager.run()
            except Exception:
                traceback.print_exc(file=sys.stderr)
            await self.pace.sleep(RESTART_AFTER_S)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on whoever started it; what goes wrong in it is in world.log."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            traceback.print_exception(error, file=sys.stderr)

    async def stop(self) -> None:
        """End everything. Used once, when the world ends."""
        await self.room.stop()
        for name in list(self._live):
            self.close_cluster(name)
        for holder in self._holders.values():
            holder.close()
        # The servers' own ends are waited for; whatever else is under way ends here.
        _, late = await asyncio.wait(self._background, timeout=1.0) if self._background else (set(), set())
        for task in late:
            task.cancel()
