"""The rehearsal's API server, in a loop of its own beside the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from lattice_tui.rehearsal.api.kinds import PROVIDER_KINDS
from lattice_tui.rehearsal.api.server import ApiServer
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.pace import Pace

R = TypeVar("R")


@dataclass
class RehearsalServer:
    """A store behind HTTPS; `do` runs something in its loop."""

    store: Store
    authority: CertificateAuthority
    server: ApiServer
    folder: Path
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def do(self, action: Callable[[], R]) -> R:
        """Run it in the server's loop: the store belongs to that."""

        async def run() -> R:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(30)

    def start(self, port: int = 0) -> None:
        asyncio.run_coroutine_threadsafe(self.server.start(port), self.loop).result(30)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.stop(), self.loop).result(30)

    def kubeconfig(self) -> Path:
        path = self.folder / "kubeconfig"
        path.write_text(self.server.kubeconfig("demo"))
        return path


@contextmanager
def rehearsal_server(folder: Path) -> Iterator[RehearsalServer]:
    """A running server with Cluster API's kinds installed."""
    store = Store("demo", Pace(speed=100, seed=1), Audit(folder / "audit.jsonl"))
    store.serve(kind for kinds in PROVIDER_KINDS.values() for kind in kinds)
    authority = CertificateAuthority("demo")
    made = RehearsalServer(store, authority, ApiServer(store, authority, version="v1.35.5"), folder)
    thread = threading.Thread(target=made.loop.run_forever, daemon=True)
    thread.start()
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.loop.call_soon_threadsafe(made.loop.stop)
        thread.join(10)
        made.loop.close()
