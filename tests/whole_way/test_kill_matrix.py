"""The kill matrix: `kill -9` at the start, in the middle and at the end of every step and in every wait.

One run, one world: after each death the next engine takes the run up, until none finds a moment that is new. Then the
cluster is complete, and the world's own log holds nothing that was done twice. It has three control planes, which
come one after the other: there is something to wait for.
"""

from __future__ import annotations

import collections
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.install.fold import fold
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.install.tail import read_journal
from lattice_tui.providers.reading import read_cluster_bytes
from schemas.events import MachineGone
from schemas.snapshot import Snapshot
from tests.install.mortal_engine import Moment, deaths
from tests.whole_way.conftest import clean_up
from tests.whole_way.runs import EXAMPLE, ROOT, LatticeCommand, audit

pytestmark = pytest.mark.timeout(400)
SPEED = 5.0
"""Slow enough for waits to be there still when the next engine has started."""
ALLOWED_S = 150.0
STEPS = (
    "checks", "tools", "images", "bootstrap", "reach", "providers", "objects",
    "control-plane", "network", "nodes", "management", "move", "finish",
)  # fmt: skip
WAITING = ("control-plane", "nodes", "move")
"""Steps that wait for machines or their objects; what they do beside that has no middle of its own."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """What the engines left behind."""

    command: LatticeCommand
    folder: Path
    exit_code: int
    printed: str
    took_s: float

    @property
    def moments(self) -> list[Moment]:
        return deaths(self.folder)

    @property
    def snapshot(self) -> Snapshot:
        return fold(read_journal(self.folder / "journal.jsonl"))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """Engines that die at every moment, in one world."""
    command = LatticeCommand(tmp_path_factory.mktemp("matrix") / "state")
    document = EXAMPLE.read_bytes().replace(b"controlPlane: 1", b"controlPlane: 3")
    read = read_cluster_bytes(document, "cluster.yaml")
    folder = prepare_run(read, command.state, RunOptions(rehearsal=True, speed=SPEED, seed=1))
    began = time.monotonic()
    try:
        engines = subprocess.run(
            [sys.executable, "-m", "tests.install.mortal_engine", str(folder)],
            env=command.environment,
            cwd=ROOT,
            timeout=380.0,
            capture_output=True,
            text=True,
        )
        took_s = time.monotonic() - began
        yield Matrix(command, folder, engines.returncode, engines.stdout + engines.stderr, took_s)
    finally:
        clean_up(command.state)


def test_the_last_engine_brings_the_cluster_to_its_end(matrix: Matrix) -> None:
    snapshot = matrix.snapshot
    again = matrix.command("resume", "practice")

    assert matrix.exit_code == 0, matrix.printed[-4000:]
    assert {row.info.id: row.state for row in snapshot.steps if row.state not in ("done", "adopted")} == {}
    assert sorted((row.role, row.state) for row in snapshot.machines.values()) == [
        ("control-plane", "ready"),
        ("control-plane", "ready"),
        ("control-plane", "ready"),
        ("worker", "ready"),
        ("worker", "ready"),
    ]
    assert not (matrix.folder / "bootstrap.kubeconfig").exists()
    assert (again.returncode, "nothing is left to do" in again.stderr) == (0, True)


def test_an_engine_died_at_the_start_in_the_middle_and_at_the_end_of_every_step(matrix: Matrix) -> None:
    died = collections.defaultdict(set)
    for step, moment in matrix.moments:
        died[step].add(moment)

    assert set(died) == set(STEPS)
    for step in STEPS:
        assert {"start", "end"} <= died[step], step
        assert len(died[step]) >= 3, f"nothing in the middle of {step}"
    for step in WAITING:
        assert [moment for moment in died[step] if moment.startswith("waiting")], step
    assert {"half-way through creating", "half-way through deleting"} <= died["move"]


def test_nothing_was_done_twice(matrix: Matrix) -> None:
    entries = audit(matrix.folder)
    made = collections.Counter(entry["name"] for entry in entries if entry["what"] == "container.create")
    machines = [name for name in made if name.startswith("practice-")]

    assert done_twice(entries) == []
    assert len(machines) == 6
    assert {made[name] for name in machines} == {1}
    assert not [event for event in read_journal(matrix.folder / "journal.jsonl") if isinstance(event, MachineGone)]


def test_the_table_of_the_deaths(matrix: Matrix, capsys: pytest.CaptureFixture[str]) -> None:
    died: dict[str, list[str]] = {step: [] for step in STEPS}
    for step, moment in matrix.moments:
        died[step].append(moment)
    with capsys.disabled():
        print(f"\n{'step':<14} killed at")
        for step, moments in died.items():
            print(f"{step:<14} {' | '.join(moments)}")
        print(f"{len(matrix.moments)} deaths, then complete, in {matrix.took_s:.0f} s")

    assert matrix.took_s < ALLOWED_S


def done_twice(entries: list[dict[str, Any]]) -> list[object]:
    """What was made while it was there already, and tools that have done the same work to its end more than once."""
    there: collections.Counter[object] = collections.Counter()
    twice: list[object] = []
    thing: tuple[object, ...]
    started = {entry["run"]: entry for entry in entries if entry["what"] == "tool.start"}
    for entry in entries:
        what = entry["what"]
        if what in {"create", "delete"}:
            thing = (entry["cluster"], entry["kind"], entry["namespace"], entry["name"])
        elif what in {"container.create", "container.remove"}:
            thing = ("container", entry["name"])
        elif what == "tool.end" and entry["exit_code"] == 0:
            argv = started[entry["run"]]["argv"]
            if argv[:1] == ["version"] or argv[:2] == ["delete", "cluster"]:
                # Asked again, or taking away once more what was left half made: no harm in either.
                continue
            thing = ("tool", entry["tool"], json.dumps(argv))
        elif what == "image.pull":
            thing = ("image", entry["image"])
        else:
            continue
        if what in {"delete", "container.remove"}:
            there[thing] = 0
            continue
        there[thing] += 1
        if there[thing] > 1:
            twice.append(thing)
    return twice


def test_the_judge_sees_what_is_done_twice_and_only_that() -> None:
    cluster = {"cluster": "kind", "kind": "Cluster", "namespace": "n", "name": "c"}
    create, delete = {"what": "create", **cluster}, {"what": "delete", **cluster}
    runs = [{"what": "tool.start", "run": run, "tool": "clusterctl", "argv": ["move"]} for run in "12"]
    first, second = ({"what": "tool.end", "run": run, "tool": "clusterctl", "exit_code": 0} for run in "12")

    assert done_twice([create, delete, create]) == []
    assert done_twice([*runs, first, {**second, "exit_code": -9}]) == []
    assert len(done_twice([create, create])) == 1
    assert len(done_twice([*runs, first, second])) == 1
