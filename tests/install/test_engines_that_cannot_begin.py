"""What keeps an engine from building: each cause told apart, in the journal, with its own exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lattice_tui.errors import LatticeError
from lattice_tui.install.launch import RunOptions, prepare_run, start_engine
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.rehearsal.launch import WorldHandle, ensure_world, stop_world
from schemas.events import RunFinished
from tests.install.rehearsing import DOCUMENT, TIMEOUT_S, Rehearsal


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorldHandle]:
    """A Docker Engine that answers."""
    folder = tmp_path_factory.mktemp("world")
    yield ensure_world(folder, speed=100.0)
    stop_world(folder)


@pytest.fixture
def real_run(tmp_path: Path) -> Rehearsal:
    """A run that is no rehearsal: it uses the PATH and the Docker it is given."""
    read = read_cluster_bytes((DOCUMENT % {"workers": 1, "management": "self"}).encode())
    return Rehearsal(prepare_run(read, tmp_path / "state", RunOptions()))


def run_with(run: Rehearsal, environ: Mapping[str, str]) -> int:
    result = subprocess.run(
        [sys.executable, "-m", "lattice_tui.engine", str(run.folder)],
        env={**os.environ, **environ},
        timeout=TIMEOUT_S,
        capture_output=True,
    )
    return result.returncode


def finished(run: Rehearsal) -> RunFinished:
    last = run.events[-1]
    assert isinstance(last, RunFinished)
    return last


def tool(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def tools(folder: Path, **scripts: str) -> str:
    """A PATH with programs that say the versions we pin, or do what they are told."""
    folder.mkdir()
    for name, version in {
        "kind": "kind v0.32.0",
        "clusterctl": "v1.13.5",
        "helm": "v4.1.4",
        "kubectl": "v1.35.5",
    }.items():
        tool(folder, name, scripts.get(name, f"echo '{version}'"))
    return f"{folder}:/usr/bin:/bin"


def test_without_docker_it_ends_with_21_and_says_how_to_get_it(real_run: Rehearsal, tmp_path: Path) -> None:
    environ = {"PATH": tools(tmp_path / "bin"), "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}

    assert run_with(real_run, environ) == 21
    end = finished(real_run)
    assert (end.outcome, end.exit_code) == ("failed", 21)
    assert end.problem is not None
    assert end.problem.fix
    assert real_run.states["checks"] == "failed"
    assert not [event for event in real_run.events if event.event == "inventory.added"]


def test_without_the_tools_it_ends_with_20_and_names_the_first(
    real_run: Rehearsal, world: WorldHandle, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    environ = {"PATH": str(tmp_path / "bin"), "DOCKER_HOST": world.docker_endpoint}

    assert run_with(real_run, environ) == 20
    problem = finished(real_run).problem
    assert problem is not None
    assert problem.title == "kind was not found"


def test_a_clusterctl_of_another_version_is_refused(real_run: Rehearsal, world: WorldHandle, tmp_path: Path) -> None:
    environ = {"PATH": tools(tmp_path / "bin", clusterctl="echo v1.9.0"), "DOCKER_HOST": world.docker_endpoint}

    assert run_with(real_run, environ) == 20
    problem = finished(real_run).problem
    assert problem is not None
    assert problem.code == "LT-TOL-005"


def test_a_kind_that_fails_ends_with_40_and_its_last_words(
    real_run: Rehearsal, world: WorldHandle, tmp_path: Path
) -> None:
    kind = 'test "$1" = version && echo kind v0.32.0 && exit; echo "ERROR: port is already allocated" >&2; exit 1'
    environ = {"PATH": tools(tmp_path / "bin", kind=kind), "DOCKER_HOST": world.docker_endpoint}

    assert run_with(real_run, environ) == 40
    problem = finished(real_run).problem
    assert problem is not None
    assert problem.detail == "ERROR: port is already allocated"
    known = json.loads((real_run.folder / "tools.json").read_text())
    assert known["kind"]["version"] == "0.32.0"


def test_a_world_that_cannot_start_is_told_in_the_journal(tmp_path: Path) -> None:
    read = read_cluster_bytes((DOCUMENT % {"workers": 1, "management": "self"}).encode())
    folder = prepare_run(read, tmp_path / "state", RunOptions(rehearsal=True, fault="no-such-fault"))
    run = Rehearsal(folder)

    assert run.run() == 70
    problem = finished(run).problem
    assert problem is not None
    assert problem.code == "LT-REH-001"


def test_an_engine_that_dies_before_it_begins_is_told_with_its_last_words(real_run: Rehearsal) -> None:
    (real_run.folder / "lock").unlink()
    (real_run.folder / "lock").mkdir()
    with pytest.raises(LatticeError) as caught:
        start_engine(real_run.folder)

    assert caught.value.problem.code == "LT-RUN-004"
    assert "lock" in caught.value.problem.detail


def test_a_plan_that_cannot_be_read_is_told(real_run: Rehearsal) -> None:
    (real_run.folder / "plan.json").write_text("{}")

    assert run_with(real_run, {}) == 70
    problem = finished(real_run).problem
    assert problem is not None
    assert problem.code == "LT-RUN-002"


def test_a_signal_before_anything_runs_is_a_stop_too(tmp_path: Path) -> None:
    """The engine is signalled the moment its lock is seen, while it still starts its world."""
    read = read_cluster_bytes((DOCUMENT % {"workers": 1, "management": "self"}).encode())
    run = Rehearsal(prepare_run(read, tmp_path / "state", RunOptions(rehearsal=True, speed=40.0)))
    try:
        os.kill(start_engine(run.folder), signal.SIGTERM)
        from lattice_tui.install.launch import engine_pid
        from tests.polling import eventually

        eventually(lambda: engine_pid(run.folder), lambda pid: pid is None, timeout_s=TIMEOUT_S)
        assert run.events[-1].event == "engine.stopped"
    finally:
        run.close()
