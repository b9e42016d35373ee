"""A watcher under test, with what it told."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.objects import MachineObject
from lattice_tui.capi.resources import MACHINE
from lattice_tui.capi.store import Known
from lattice_tui.capi.timing import USUAL
from lattice_tui.capi.watch import Watcher
from tests.capi.model_server import ModelServer, client_for, eventually


@dataclass
class Told:
    """A sink and a link in one: remembers everything."""

    items: dict[str, MachineObject] = field(default_factory=dict)
    gone_names: list[str] = field(default_factory=list)
    changes: int = 0
    syncs: int = 0
    contacts: int = 0
    troubles: list[str] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def changed(self, item: MachineObject) -> None:
        with self.lock:
            self.changes += 1
            self.items[item.metadata.uid] = item

    def gone(self, known: Known) -> None:
        with self.lock:
            del self.items[known.uid]
            self.gone_names.append(known.name)

    def settled(self) -> None:
        """Every change has been counted already."""

    def synced(self) -> None:
        self.syncs += 1

    def contact(self, _who: str) -> None:
        self.contacts += 1

    def trouble(self, _who: str, why: str, *, asks: bool = False) -> None:
        self.troubles.append(why)

    def versions(self) -> dict[str, str]:
        with self.lock:
            return {uid: item.metadata.resource_version for uid, item in self.items.items()}

    def sleep(self, delay_s: float) -> None:
        """Remember the delay; wait a hundredth of it."""
        self.delays_s.append(delay_s)
        threading.Event().wait(min(delay_s / 100, 0.05))


@contextmanager
def watched(
    server: ModelServer, *, read_timeout_s: float = 20.0, seed: int = 1, client: KubeClient | None = None
) -> Iterator[tuple[Told, Watcher[MachineObject]]]:
    """A running watcher of the server's machines; stopped at the end."""
    told = Told()
    watcher = Watcher(
        client or client_for(server),
        MACHINE,
        MachineObject,
        told,
        told,
        namespace="n",
        rng=random.Random(seed),
        sleep=told.sleep,
        timing=replace(USUAL, read_timeout_s=read_timeout_s),
    )
    watcher.start()
    try:
        yield told, watcher
    finally:
        watcher.stop()


def in_step(server: ModelServer, told: Told, what: str) -> None:
    """Wait until the watcher knows exactly what the server has."""
    eventually(lambda: told.versions() == server.versions(), what)


def cut(server: ModelServer, watcher: Watcher[MachineObject]) -> None:
    """Break the stream, as soon as there is one, until every fault that waits has been taken by a watch.

    A stream that the server has opened is not yet one that the watcher knows of: breaking it then would do nothing.
    """

    def is_taken() -> bool:
        if not server.watch_faults:
            return True
        watcher.reconnect()
        return False

    eventually(is_taken, "the watches that take the faults")
