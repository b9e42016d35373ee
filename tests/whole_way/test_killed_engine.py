"""`kill -9` of the engine after a step's side effect and before its done record: nothing happens twice."""

from __future__ import annotations

import collections
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.install.fold import fold
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.install.tail import JournalTail
from lattice_tui.providers.reading import read_cluster
from schemas.snapshot import Snapshot
from tests.whole_way.runs import EXAMPLE, ROOT, TIMEOUT_S, FinishedRun, LatticeCommand, audit

ONE_AFTER_THE_OTHER = (
    "tools", "bootstrap", "reach", "providers", "objects",
    "control-plane", "network", "nodes", "move", "finish",
)  # fmt: skip
BESIDE_THEM = ("checks", "images", "management")
"""These overlap `tools` and `nodes`: in one run with them, either may end first.

A kill here comes at any moment of the other one: a tool that was just answering `version` is asked again.
"""
KILLED = -9


def _snapshot(folder: Path) -> Snapshot:
    return fold(JournalTail(folder / "journal.jsonl").read_new())


def _kill_before_done_of(step: str, folder: Path, command: LatticeCommand) -> int:
    """Run the real engine until the moment it would record that `step` is done."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.install.killed_engine", str(folder), step],
        env=command.environment,
        cwd=ROOT,
        timeout=TIMEOUT_S,
        capture_output=True,
        text=True,
    )
    return process.returncode


def _twice(entries: list[dict[str, Any]]) -> list[object]:
    """What the world was made to do more than once: creates by object, completed tool runs by command line."""
    done: collections.Counter[object] = collections.Counter()
    started = {entry["run"]: entry for entry in entries if entry["what"] == "tool.start"}
    for entry in entries:
        if entry["what"] in {"create", "container.create"}:
            done["create", entry.get("cluster"), entry.get("kind"), entry.get("namespace"), entry.get("name")] += 1
        elif entry["what"] == "tool.end" and entry["exit_code"] == 0:
            done["tool", entry["tool"], json.dumps(started[entry["run"]]["argv"])] += 1
        elif entry["what"] == "image.pull":
            done["image", entry["image"]] += 1
    return [key for key, count in done.items() if count > 1]


def _shape(snapshot: Snapshot) -> object:
    """What two runs of one plan have in common: names carry random parts, uids differ."""
    machines = sorted((row.role, row.pool, row.state, row.version) for row in snapshot.machines.values())
    objects = sorted((row.kind, row.status, row.desired or 0, row.current or 0) for row in snapshot.objects.values())
    return snapshot.state, machines, objects


def _prepared(command: LatticeCommand) -> Path:
    return prepare_run(read_cluster(EXAMPLE), command.state, RunOptions(rehearsal=True, speed=40.0, seed=1))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("steps", [ONE_AFTER_THE_OTHER, BESIDE_THEM], ids=["one-after-the-other", "beside-them"])
def test_killed_after_every_step_in_turn_the_resumed_run_ends_the_same_and_does_nothing_twice(
    steps: tuple[str, ...], lattice: LatticeCommand, finished: FinishedRun
) -> None:
    folder = _prepared(lattice)
    for step in steps:
        assert _kill_before_done_of(step, folder, lattice) == KILLED, step
        states = {row.info.id: row.state for row in _snapshot(folder).steps}
        assert states[step] == "running", "the record of its end was never written"

    resumed = lattice("resume", "practice")

    assert resumed.returncode == 0, resumed.stderr[-3000:]
    again = [key for key in _twice(audit(folder)) if steps is ONE_AFTER_THE_OTHER or "version" not in str(key)]
    assert again == []
    assert _shape(_snapshot(folder)) == _shape(fold(finished.events))


@pytest.mark.parametrize("step", ["bootstrap", "objects", "move"])
def test_killed_once_a_plain_resume_adopts_what_was_done(step: str, lattice: LatticeCommand) -> None:
    folder = _prepared(lattice)
    assert _kill_before_done_of(step, folder, lattice) == KILLED

    resumed = lattice("resume", "practice")

    assert resumed.returncode == 0, resumed.stderr[-3000:]
    rows = {row.info.id: row.state for row in _snapshot(folder).steps}
    assert rows[step] == "adopted"
    assert _twice(audit(folder)) == []


def test_every_step_of_the_plan_is_killed_in_one_of_the_runs(finished: FinishedRun) -> None:
    steps = {row.info.id for row in fold(finished.events).steps}

    assert steps == {*ONE_AFTER_THE_OTHER, *BESIDE_THEM}


def test_the_audit_would_show_a_second_create() -> None:
    """The judge itself: a create or a completed tool run that happens twice is seen, an interrupted one is not."""
    create = {"what": "create", "cluster": "kind", "kind": "Cluster", "namespace": "n", "name": "c"}
    runs = [{"what": "tool.start", "run": run, "tool": "kind", "argv": ["create", "cluster"]} for run in "12"]
    first, second = ({"what": "tool.end", "run": run, "tool": "kind", "exit_code": 0} for run in "12")

    assert _twice([create, *runs, first]) == []
    assert len(_twice([create, create])) == 1
    assert len(_twice([*runs, first, second])) == 1
    assert _twice([*runs, {**first, "exit_code": -15}, second]) == []
