"""G16: from `lattice resume` after a kill -9 to a run that is watched again, beside the first paint of the wizard."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.documents import Measured
from bench.keys import READY_S, TerminalProgram
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import MACHINE
from lattice_tui.install import files
from lattice_tui.install.launch import RunOptions, engine_pid, prepare_run, start_engine
from lattice_tui.install.tail import JournalTail
from lattice_tui.providers.reading import read_cluster
from lattice_tui.rehearsal.launch import stop_world

LIMIT = 1.5
"""G16: of the time until the wizard's first screen is painted, and of one list."""
ROUNDS = 3
SPEED = 5.0
"""Slow enough for every round to end before the machines are all there."""
DEADLINE_S = 120.0
POLL_S = 0.005
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "docker.yaml"
NAME = "practice"


def measured_resume(rounds: int = ROUNDS) -> Iterator[Measured]:
    """The line: the median of resumes, beside the median first paint and one list of the Machines, in wall time."""
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        state = Path(folder)
        run = _begun(state)
        try:
            resumes_s = [_resume_s(run, state) for _ in range(rounds)]
            list_s = _list_s(run)
        finally:
            _kill(run)
            stop_world(run / files.WORLD)
    first_paints_s = [_first_paint_s() for _ in range(rounds)]
    allowed_s = statistics.median(first_paints_s) + list_s / LIMIT
    yield Measured("G16", "resume to watching", statistics.median(resumes_s) / allowed_s, LIMIT)


def _begun(state: Path) -> Path:
    """A rehearsed install whose machines are being made; returns its folder."""
    options = RunOptions(rehearsal=True, speed=SPEED, seed=1)
    run = prepare_run(read_cluster(str(EXAMPLE), name=NAME), state, options)
    start_engine(run)
    _await(JournalTail(run / files.JOURNAL), b'"machine.changed"')
    return run


def _resume_s(run: Path, state: Path) -> float:
    """Kill the engine, resume, and wait until it watches again; seconds."""
    _kill(run)
    tail = JournalTail(run / files.JOURNAL)
    tail.read_new_lines()
    command = (sys.executable, "-m", "lattice_tui", "resume", NAME, "--non-interactive", "--state-dir", str(state))
    began = time.monotonic()
    door = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(tail, b'"api.link"', b'"live"')
        return time.monotonic() - began
    finally:
        door.kill()
        door.wait()


def _await(tail: JournalTail, *words: bytes) -> None:
    """Until a new line of the journal holds all of these words."""
    deadline = time.monotonic() + DEADLINE_S
    while not any(all(word in line for word in words) for line in tail.read_new_lines()):
        if time.monotonic() > deadline:
            raise RuntimeError("the run was not watched in time")
        time.sleep(POLL_S)


def _kill(run: Path) -> None:
    pid = engine_pid(run)
    if pid is None:
        return
    os.kill(pid, signal.SIGKILL)
    while engine_pid(run) is not None:
        time.sleep(POLL_S)


def _list_s(run: Path) -> float:
    client = KubeClient.from_kubeconfig(run / files.BOOTSTRAP_KUBECONFIG)
    try:
        client.version()
        began = time.monotonic()
        client.list(MACHINE)
        return time.monotonic() - began
    finally:
        client.close()


def _first_paint_s() -> float:
    """Wall seconds from the start of the wizard to its first painted screen, the quiet after it not counted."""
    command = (os.path.join(os.path.dirname(sys.executable), "lattice-tui"),)
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        began = time.monotonic()
        terminal = TerminalProgram(command, Path(folder))
        try:
            return terminal.wait_first_screen(READY_S) - began
        finally:
            terminal.close()
