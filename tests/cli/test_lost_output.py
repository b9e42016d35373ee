"""Standard streams that are full, closed or gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, environment, lattice


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    program = " ".join(PROGRAM)
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("lattice", program)],
        cwd=folder,
        env=environment(folder / "state"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["--version", "--help", "status --help", "status -o json", "validate --help"])
def test_a_full_disk_behind_standard_output_is_said(command: str, tmp_path: Path) -> None:
    make_a_run(tmp_path)
    said = shell(tmp_path, f"lattice {command} >/dev/full")

    assert said.returncode == 74
    assert "No space left on device" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("command", ["--version", "--help", "status -o json"])
def test_a_closed_standard_output_is_said(command: str, tmp_path: Path) -> None:
    make_a_run(tmp_path)
    said = shell(tmp_path, f"lattice {command} >&-")

    assert said.returncode == 74
    assert "it is closed" in said.stderr


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    said = shell(tmp_path, "lattice --help | true; exit ${PIPESTATUS[0]}")

    # Whether the reader has gone before the first byte is a race; either way nothing is said.
    assert said.returncode in (0, 141)
    assert said.stderr == ""


def test_closed_standard_input_is_no_terminal(tmp_path: Path) -> None:
    said = shell(tmp_path, "lattice <&-")

    assert said.returncode == 2
    assert "standard input is no terminal" in said.stderr


def test_a_closed_standard_error_changes_no_exit_code(tmp_path: Path) -> None:
    said = shell(tmp_path, "lattice validate missing.yaml 2>&-")

    assert said.returncode == 10


def test_a_state_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    said = lattice(tmp_path, "rehearse")

    assert said.returncode == 74
    assert b"LT-CLI-012" in said.stderr
    assert b"Traceback" not in said.stderr


def make_a_run(folder: Path) -> None:
    """The least that `status` lists."""
    run = folder / "state" / "clusters" / "demo"
    run.mkdir(parents=True)
    (run / "journal.jsonl").write_bytes(b"")
