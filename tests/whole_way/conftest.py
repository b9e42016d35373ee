"""A state folder of its own for each run, and nothing left running afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole_way.runs import FinishedRun, LatticeCommand, engine_pids, finished_run


def clean_up(state: Path) -> None:
    """End every engine and every world below a state folder."""
    from lattice_tui.rehearsal.launch import stop_world

    for pid in engine_pids(state):
        os.kill(pid, signal.SIGKILL)
    for folder in state.glob("rehearsals/*/world"):
        stop_world(folder)


@pytest.fixture
def lattice(tmp_path: Path) -> Iterator[LatticeCommand]:
    """`lattice` with an empty state folder."""
    yield LatticeCommand(tmp_path / "state")
    clean_up(tmp_path / "state")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedRun]:
    """One finished rehearsal of the shipped example, made by the headless door, its world still running."""
    state = tmp_path_factory.mktemp("finished") / "state"
    yield finished_run(LatticeCommand(state))
    clean_up(state)
