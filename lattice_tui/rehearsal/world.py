"""The rehearsed world: one process that holds a simulated Docker host and every cluster on it.

`python -m lattice_tui.rehearsal.world FOLDER` serves until it has been idle for a while or is told to end.
`world.json` in the folder says how to reach it, from when it answers until it ends; a lock keeps a second
world out. Nothing of it survives its end but the audit log and world.log.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import logging
import os
import secrets
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.rehearsal.accounts import Accounts
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.control import Control, Tool
from lattice_tui.rehearsal.docker_engine import DockerStandIn
from lattice_tui.rehearsal.faults import FAULTS, Fault, fault
from lattice_tui.rehearsal.launch import ALREADY_RUNNING, LOCK_FILE, WORLD_FILE, read_world_file
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.simulated.clusterctl import Clusterctl
from lattice_tui.rehearsal.simulated.clusters import Clusters
from lattice_tui.rehearsal.simulated.helm import Helm
from lattice_tui.rehearsal.simulated.kind import Kind
from lattice_tui.rehearsal.simulated.kubectl import Kubectl

AUDIT_FILE = "audit.jsonl"
SOCKET_PREFIX = "lattice-"
SOCKET_NAME = "docker.sock"
MAX_SOCKET_PATH = 100
"""macOS takes 103 bytes, Linux 107."""
MAX_SPEED = 10_000.0
LOOK_EVERY_S = 0.5
"""How often the world looks whether anybody still uses it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a world is made with."""

    folder: Path
    speed: float
    seed: int
    fault: Fault
    idle_s: float


class World:
    """Everything that runs in this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = secrets.token_urlsafe(32)
        self._audit = Audit(settings.folder / AUDIT_FILE)
        pace = Pace(settings.speed, settings.seed)
        self._clusters = Clusters(pace, self._audit, settings.fault)
        self._docker = DockerStandIn(self._clusters.room, pace, self._audit, self._clusters.use)
        tools: dict[str, Tool] = {
            "kind": Kind(self._clusters),
            "clusterctl": Clusterctl(self._clusters),
            "helm": Helm(self._clusters),
            "kubectl": Kubectl(self._clusters),
        }
        self._accounts = Accounts()
        self._control = Control(tools, self._audit, self._token, self._clusters.use, self._accounts)

    async def run(self) -> None:
        """Serve until idle or told to end, then take everything away that would be left behind."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(signum, ended.set)
        with _socket_folder() as socket_folder:
            socket = str(Path(socket_folder, SOCKET_NAME))
            try:
                await self._docker.start(socket)
                await self._control.start()
                self._announce(socket)
                await self._until_idle(ended)
            finally:
                (self._settings.folder / WORLD_FILE).unlink(missing_ok=True)
                await self._stop()

    def _announce(self, socket: str) -> None:
        facts = {
            "pid": os.getpid(),
            "started_at": self._clusters.pace.now(),
            "control_url": self._control.url,
            "token": self._token,
            "docker_endpoint": f"unix://{socket}",
            "speed": self._settings.speed,
            "seed": self._settings.seed,
            "fault": self._settings.fault.id,
        }
        write_atomically(self._settings.folder / WORLD_FILE, json.dumps(facts, indent=2).encode() + b"\n")

    async def _until_idle(self, ended: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        use, seen, last_used = self._clusters.use, -1, loop.time()
        look_every_s = min(LOOK_EVERY_S, self._settings.idle_s / 4)
        while not ended.is_set():
            if use.running or use.requests != seen:
                seen, last_used = use.requests, loop.time()
            elif loop.time() - last_used >= self._settings.idle_s:
                print("idle: the world ends", file=sys.stderr, flush=True)
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), look_every_s)

    async def _stop(self) -> None:
        await self._control.stop()
        await self._accounts.stop()
        await self._docker.stop()
        await self._clusters.stop()
        self._audit.close()


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Hold the folder for this process; False when another world holds it."""
    handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


@contextlib.contextmanager
def _socket_folder() -> Iterator[str]:
    """A private folder with a path that is short enough for a socket."""
    base = tempfile.gettempdir()
    if len(base) + len(SOCKET_PREFIX) + len(SOCKET_NAME) + 10 > MAX_SOCKET_PATH:
        base = "/tmp"  # noqa: S108  the folder in it is made by mkdtemp, mode 0700
    folder = tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=base)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_after_crash(folder: Path) -> None:
    """Take away what a world left behind that was killed in this folder. Only with the lock held."""
    facts = read_world_file(folder)
    (folder / WORLD_FILE).unlink(missing_ok=True)
    if facts is None:
        return
    socket = Path(facts["docker_endpoint"].removeprefix("unix://"))
    if socket.name == SOCKET_NAME and socket.parent.name.startswith(SOCKET_PREFIX) and _is_ours(socket.parent):
        shutil.rmtree(socket.parent, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        facts = folder.lstat()
    except OSError:
        # Gone already, or out of reach: nothing to clear.
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()


def _settings(argv: list[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="python -m lattice_tui.rehearsal.world")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speed", type=float, default=10.0, help="simulated seconds per second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", default="", choices=sorted(FAULTS))
    parser.add_argument("--idle-s", type=float, default=900.0, help="end after so many seconds without use")
    given = parser.parse_args(argv)
    if not 0 < given.speed <= MAX_SPEED:
        parser.error(f"--speed is more than 0 and at most {MAX_SPEED:g}")
    return Settings(given.folder.absolute(), given.speed, given.seed, fault(given.fault), given.idle_s)


def main(argv: list[str]) -> int:
    """Be the world of a folder until it is not needed any more."""
    settings = _settings(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    # Whatever the world writes for itself is private; what the tools write has its own modes.
    os.umask(0o077)
    private_folder(settings.folder)
    with _lock(settings.folder) as is_held:
        if not is_held:
            print("another world runs in this folder", file=sys.stderr)
            return ALREADY_RUNNING
        _clear_after_crash(settings.folder)
        asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    await World(settings).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
