"""What the screens ask the rest of the program for. Every call may take long: only workers make them.

A test hands in its own `Seams`; nothing on a screen reaches past them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from schemas.checks import CheckResult

if TYPE_CHECKING:
    from schemas.events import ProgressEvent

REHEARSAL_SPEED = 10.0
"""Simulated seconds per second in a rehearsal that is started here: slow enough to read, under a minute in all."""
CHECK_WORLD_IDLE_S = 120.0
"""How long the world that answers the wizard's checks outlives the last question."""


class Tail(Protocol):
    """The reading end of a journal."""

    def read_new(self) -> list[ProgressEvent]:
        """The events written since the last call."""


@dataclass(frozen=True, slots=True)
class Request:
    """A document that is ready to be built."""

    data: bytes
    file: str
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Seams:
    """The ways out of the screens."""

    docker_endpoint: Callable[[bool], str]
    """True for the rehearsed one, which is started if need be. Blocks; raises LatticeError."""
    checks: Callable[[str, bool], AsyncGenerator[CheckResult, None]]
    """(endpoint, simulated) -> results as they come. Closing the iterator ends the checks."""
    start: Callable[[Request], Path]
    """Prepares the run and starts its engine; answers its folder. Blocks; raises LatticeError or OSError."""
    restart: Callable[[Path], None]
    """Starts the engine of a run that was stopped. Blocks; raises LatticeError."""
    tail: Callable[[Path], Tail]
    is_engine_alive: Callable[[Path], bool]
    signal_engine: Callable[[Path, int], bool]


def real_seams(state: Path) -> Seams:
    """The seams of the product. `state` is the state folder."""
    return Seams(
        docker_endpoint=lambda simulated: _docker_endpoint(state, simulated),
        checks=_checks,
        start=lambda request: _start(state, request),
        restart=_restart,
        tail=_tail,
        is_engine_alive=_is_engine_alive,
        signal_engine=_signal_engine,
    )


def _docker_endpoint(state: Path, simulated: bool) -> str:
    if simulated:
        from lattice_tui.paths import private_folder
        from lattice_tui.rehearsal.launch import ensure_world  # no aiohttp: the world is another process

        private_folder(private_folder(state) / "wizard")
        return ensure_world(
            state / "wizard" / "world", speed=REHEARSAL_SPEED, idle_s=CHECK_WORLD_IDLE_S
        ).docker_endpoint
    from lattice_tui.providers.docker.engine_api import default_endpoint

    return default_endpoint()


async def _checks(endpoint: str, simulated: bool) -> AsyncGenerator[CheckResult, None]:
    from contextlib import aclosing

    from lattice_tui.checks.process import checks_in_process

    argv = [sys.executable, "-m", "lattice_tui.providers.docker.checks", endpoint]
    if simulated:
        argv.append("--simulated")
    async with aclosing(checks_in_process(argv, env=_own_environment())) as results:  # type: ignore[type-var]
        async for result in results:
            yield result


def _own_environment() -> dict[str, str]:
    """The environment with our own packages in front, whatever folder the program was started in."""
    own = str(Path(__file__).parents[1])
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in (own, known) if part)}


def _start(state: Path, request: Request) -> Path:
    from lattice_tui.install.files import WORLD
    from lattice_tui.install.launch import RunOptions, prepare_run, start_engine
    from lattice_tui.paths import run_folder
    from lattice_tui.providers.reading import read_cluster_bytes

    read = read_cluster_bytes(request.data, request.file)
    options = RunOptions(rehearsal=request.rehearsal, speed=REHEARSAL_SPEED if request.rehearsal else 1.0)
    if request.rehearsal and read.cluster is not None:
        from lattice_tui.rehearsal.launch import stop_world

        stop_world(run_folder(state, read.cluster.metadata.name, rehearsal=True) / WORLD)
    folder = prepare_run(read, state, options, fresh=request.rehearsal)
    start_engine(folder)
    return folder


def _restart(folder: Path) -> None:
    from lattice_tui.install.launch import start_engine

    start_engine(folder)


def _tail(folder: Path) -> Tail:
    from lattice_tui.install.files import JOURNAL
    from lattice_tui.install.tail import JournalTail

    return JournalTail(folder / JOURNAL)


def _is_engine_alive(folder: Path) -> bool:
    from lattice_tui.install.launch import engine_pid

    return engine_pid(folder) is not None


def _signal_engine(folder: Path, signum: int) -> bool:
    from lattice_tui.install.launch import signal_engine

    return signal_engine(folder, signum)
