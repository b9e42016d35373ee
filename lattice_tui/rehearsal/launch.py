"""Find, start and stop the rehearsed world, a process of its own that outlives whoever asked for it.

Imports nothing heavy: doors and the engine use it.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lattice_tui.errors import LatticeError
from lattice_tui.paths import private_folder
from lattice_tui.text import safe_text
from schemas.problem import Problem

WORLD_FILE = "world.json"
LOG_FILE = "world.log"
LOCK_FILE = "world.lock"
ALREADY_RUNNING = 75
"""Exit code of a world that found another one in its folder (EX_TEMPFAIL of sysexits.h)."""
START_DEADLINE_S = 60.0
"""A world answers within 2 s on an idle machine; a loaded CI machine is given plenty."""
ANSWER_TIMEOUT_S = 5.0
STOP_DEADLINE_S = 10.0

# Kept only so that worlds which ended while we live are reaped instead of staying as zombies.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class WorldHandle:
    """A world that answers."""

    folder: Path
    pid: int
    control_url: str
    docker_endpoint: str
    """`unix:///tmp/lattice-xxxx/docker.sock`"""
    speed: float
    """Simulated seconds per second."""
    seed: int = 1
    fault: str = ""

    def tool_argv(self, tool: str) -> tuple[str, ...]:
        """What to run in place of `kind`, `clusterctl`, `helm` or `kubectl`; arguments are appended.

        The program is started by its path, without site-packages: a few tens of milliseconds a call.
        """
        program = Path(__file__).with_name("tool.py")
        return (sys.executable, "-I", "-S", str(program), str(self.folder / WORLD_FILE), tool)

    def account(self, provider: str) -> tuple[dict[str, str], dict[str, str]]:
        """(plain values, secrets) that sign in to the simulated provider, which is started if need be. Blocks.

        Raises LatticeError when the world does not answer, or has no such provider.
        """
        facts = read_world_file(self.folder)
        answer = None if facts is None else _ask(facts, "GET", f"/provider/{provider}")
        if answer is None:
            raise _not_started(self.folder, f"it has no {provider} to sign in to")
        return answer["values"], answer["secrets"]


def ensure_world(
    folder: Path, *, speed: float = 10.0, seed: int = 1, fault: str = "", idle_s: float = 900
) -> WorldHandle:
    """Find the world of `folder`, or start one and wait until it answers.

    A world that runs already keeps its own speed, seed and fault. Raises LatticeError when it cannot be started.
    """
    folder = folder.absolute()
    private_folder(folder)
    found = find_world(folder)
    if found is not None:
        return found
    options = ("--speed", f"{speed:g}", "--seed", str(seed), "--fault", fault, "--idle-s", f"{idle_s:g}")
    child = _start(folder, options)
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        ended = child.poll()
        found = find_world(folder)
        if found is not None:
            if found.pid != child.pid:
                # Somebody else was first. Ours must not take the folder over once that one ends.
                _end(child)
            return found
        if ended is not None and ended != ALREADY_RUNNING:
            raise _not_started(folder, f"it ended with exit code {ended}")
        if ended == ALREADY_RUNNING and _is_lock_free(folder):
            # The one that held the folder has ended, or was only looking whether it is free.
            child = _start(folder, options)
        time.sleep(0.05)
    _end(child)
    raise _not_started(folder, f"it did not answer within {START_DEADLINE_S:g} s")


def find_world(folder: Path) -> WorldHandle | None:
    """The world of `folder`, if its process is alive and answers to the token in world.json."""
    facts = read_world_file(folder)
    if facts is None or not _is_alive(facts["pid"]):
        return None
    answer = _ask(facts, "GET", "/health")
    if answer is None or answer.get("pid") != facts["pid"]:
        return None
    return WorldHandle(
        folder=folder.absolute(),
        pid=facts["pid"],
        control_url=facts["control_url"],
        docker_endpoint=facts["docker_endpoint"],
        speed=facts["speed"],
        seed=facts["seed"],
        fault=facts["fault"],
    )


def stop_world(folder: Path) -> bool:
    """End the world of `folder` and wait until it is gone. False when none was running."""
    handle = find_world(folder)
    if handle is None:
        return False
    os.kill(handle.pid, signal.SIGTERM)
    if not _wait_until_gone(folder, STOP_DEADLINE_S):
        # The lock is still held by the process that answered a moment ago: its pid is still its own.
        os.kill(handle.pid, signal.SIGKILL)
        _wait_until_gone(folder, STOP_DEADLINE_S)
    for child in _children:
        if child.pid == handle.pid:
            # The lock goes a moment before the process does.
            child.wait(STOP_DEADLINE_S)
    _reap()
    return True


def read_world_file(folder: Path) -> dict[str, Any] | None:
    """The facts a world wrote about itself, None when there are none that make sense."""
    try:
        facts = json.loads((folder / WORLD_FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    shape = {"pid": int, "control_url": str, "token": str, "docker_endpoint": str, "speed": (int, float), "seed": int}
    if not isinstance(facts, dict) or not isinstance(facts.get("fault"), str):
        return None
    return facts if all(isinstance(facts.get(key), kind) for key, kind in shape.items()) else None  # type: ignore[arg-type]


def _start(folder: Path, options: tuple[str, ...]) -> subprocess.Popen[bytes]:
    _reap()
    log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "lattice_tui.rehearsal.world", str(folder), *options],
            # `-m` looks in the working folder first: ours is the one that holds this very package.
            cwd=Path(__file__).parents[2],
            # A library reads all certificates of the system when it is imported; a world asks nobody anything.
            env={**os.environ, "SSL_CERT_FILE": os.devnull},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
    _children.append(child)
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait(STOP_DEADLINE_S)
    _reap()


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]


def _ask(facts: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """One request to the control API; None when it does not answer as a world does."""
    place = urlsplit(facts["control_url"])
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {facts['token']}"})
        response = connection.getresponse()
        answer = json.loads(response.read(65536)) if response.status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's process wears the number now: ours would be ours to signal.
        return False
    return True


def _is_lock_free(folder: Path) -> bool:
    try:
        handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _wait_until_gone(folder: Path, deadline_s: float) -> bool:
    deadline = time.monotonic() + deadline_s
    while not _is_lock_free(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _not_started(folder: Path, what: str) -> LatticeError:
    return LatticeError(
        Problem(
            code="LT-REH-001",
            title="The rehearsed world could not be started",
            detail=f"{what}; its last line was: {_last_line(folder / LOG_FILE)}",
            fix="Read the log named below, then try once more",
            check=f"cat {folder / LOG_FILE}",
        )
    )


def _last_line(log: Path) -> str:
    """The last line that says something, safe to print."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 8192))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError as error:
        return f"(the log cannot be read: {error.strerror})"
    said = [line for line in lines if line.strip()]
    return safe_text(said[-1], 300) if said else "(the log is empty)"
