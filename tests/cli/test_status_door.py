"""`lattice status`: runs as their journals tell them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.journal_lines import DONE, FAILED, PLANNED, STARTED, STOPPED, lines, machine
from tests.cli.program import lattice


def a_run(home: Path, name: str, *events: dict[str, Any], kind: str = "clusters") -> None:
    """A run on disk whose engine is gone."""
    folder = home / "state" / kind / name
    folder.mkdir(parents=True)
    written = lines({**PLANNED, "cluster": name, "rehearsal": kind == "rehearsals"}, STARTED, *events)
    (folder / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in written))


def test_nothing_begun_is_no_error(tmp_path: Path) -> None:
    words, as_json = lattice(tmp_path, "status"), lattice(tmp_path, "status", "-o", "json")

    assert (words.returncode, words.stdout) == (0, b"")
    assert b"No cluster has been begun here" in words.stderr
    assert (as_json.returncode, as_json.stdout) == (0, b"")


def test_several_runs_are_a_table_with_a_word_each(tmp_path: Path) -> None:
    a_run(tmp_path, "alpha", DONE)
    a_run(tmp_path, "beta", FAILED)
    a_run(tmp_path, "gamma", STOPPED)
    a_run(tmp_path, "delta", kind="rehearsals")
    rows = [line.split() for line in lattice(tmp_path, "status").stdout.decode().splitlines()]

    assert [(row[0], row[1]) for row in rows[1:]] == [
        ("alpha", "done"),
        ("beta", "failed"),
        ("gamma", "stopped"),
        ("delta", "interrupted"),
    ]
    assert "rehearsal" in rows[4]


def test_one_run_is_shown_with_steps_machines_and_what_to_do(tmp_path: Path) -> None:
    waiting = machine("demo-worker", "joining", message="waiting\x1b[31m for the network")
    a_run(tmp_path, "demo", {"event": "step.started", "step": "images"}, {"event": "machine.changed", "row": waiting})
    said = lattice(tmp_path, "status", "demo")
    words = said.stdout.decode()

    assert said.returncode == 0
    assert words.startswith("demo  interrupted  Kubernetes 1.35.5 on docker")
    assert "images  running" in words
    assert "demo-worker" in words
    assert "go on with: lattice resume demo" in words
    assert "\x1b" not in words


def test_a_failed_run_shows_its_problem_and_the_state_folder_that_was_named(tmp_path: Path) -> None:
    a_run(tmp_path, "demo", FAILED)
    words = lattice(tmp_path, "status", "demo", "--state-dir", "state").stdout.decode()

    assert "A machine did not come" in words
    assert "LT-RUN-900" in words
    assert "go on with: lattice resume demo --state-dir state" in words


def test_json_is_one_line_a_run_with_every_documented_field(tmp_path: Path) -> None:
    a_run(tmp_path, "alpha", {"event": "machine.changed", "row": machine("m", "ready")}, DONE)
    a_run(tmp_path, "beta", FAILED)
    found = [json.loads(line) for line in lattice(tmp_path, "status", "-o", "json").stdout.splitlines()]
    page = (Path(__file__).parents[2] / "docs" / "json-output.md").read_text()
    documented = page.partition("## `lattice status -o json`")[2]

    assert [(line["v"], line["event"], line["cluster"]) for line in found] == [
        (1, "run.status", "alpha"),
        (1, "run.status", "beta"),
    ]
    assert found[1]["problem"]["code"] == "LT-RUN-900"
    assert [name for name in found[0] if name not in ("v", "event") and f"`{name}`" not in documented] == []


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    a_run(tmp_path, "alpha", DONE)
    said = lattice(tmp_path, "status", "omega")

    assert said.returncode == 2
    assert b"alpha" in said.stderr
