"""`lattice install` before anything is begun: what it refuses, what it asks, what it only shows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.program import at_terminal, lattice
from tests.shared import ROOT

EXAMPLE = str(ROOT / "examples" / "docker.yaml")


def nothing_was_written(folder: Path) -> bool:
    return not (folder / "state").exists()


def test_without_a_terminal_and_without_yes_nothing_is_begun(tmp_path: Path) -> None:
    said = lattice(tmp_path, "install", "--cluster", EXAMPLE)

    assert said.returncode == 2
    assert b"Add --yes to build it" in said.stderr
    assert nothing_was_written(tmp_path)


def test_at_a_terminal_it_asks_once_and_no_is_the_default(tmp_path: Path) -> None:
    code, shown = at_terminal(
        tmp_path, ["install", "--cluster", EXAMPLE, "--rehearse"], extra={"TERM": "dumb"}, typed=b"\n"
    )

    assert code == 2
    assert "practice on docker, in a simulated world" in shown
    assert "Build it now? [y/N]" in shown
    assert "Nothing was begun." in shown
    assert nothing_was_written(tmp_path)


def test_non_interactive_never_asks_even_at_a_terminal(tmp_path: Path) -> None:
    code, shown = at_terminal(tmp_path, ["install", "--cluster", EXAMPLE, "--non-interactive"])

    assert code == 2
    assert "[y/N]" not in shown
    assert "Add --yes" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--on-timeout", "undo"), "--on-timeout undo is not in this version yet"),
        (("--speed", "20"), "--speed is of the simulated world"),
        (("--seed", "7"), "--seed is of the simulated world"),
        (("--rehearse", "--fault", "meteor"), "machine-never-joins"),
        (("--timeout", "soon"), "write 90s, 30m or 1h30m"),
        (("--kubeconfig-out", "no/such/folder/k"), "the folder it is in does not exist"),
        (("--kubeconfig-out", "."), "is a folder"),
        (("--kubeconfig-out", "link"), "is a symbolic link"),
        (("--kubeconfig-out", "pipe"), "is not a regular file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_at_the_end_is_refused_at_the_beginning(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    said = lattice(tmp_path, "install", "--cluster", EXAMPLE, "--yes", *arguments)

    assert said.returncode == 2
    assert words in said.stderr.decode()
    assert nothing_was_written(tmp_path)


def test_both_spellings_are_one_command(tmp_path: Path) -> None:
    long = lattice(tmp_path, "install", "--cluster", EXAMPLE, "--dry-run")
    short = lattice(tmp_path, "--from-file", EXAMPLE, "--dry-run")

    assert long.returncode == short.returncode == 0
    assert long.stdout == short.stdout


def test_a_dry_run_shows_steps_times_and_objects_and_writes_nothing(tmp_path: Path) -> None:
    said = lattice(tmp_path, "install", "--cluster", EXAMPLE, "--dry-run").stdout.decode()

    assert said.startswith("practice on docker: Kubernetes ")
    assert "(estimates)" in said
    assert "Start the bootstrap cluster" in said
    assert "  MachineDeployment      practice-default" in said
    assert "Dry run: nothing was made." in said
    assert nothing_was_written(tmp_path)


def test_a_dry_run_as_json_is_one_line(tmp_path: Path) -> None:
    said = lattice(tmp_path, "install", "--cluster", EXAMPLE, "--rehearse", "--dry-run", "-o", "json")
    (line,) = said.stdout.splitlines()
    plan = json.loads(line)

    assert said.stderr == b""
    assert (plan["v"], plan["event"], plan["cluster"], plan["rehearsal"]) == (1, "install.planned", "practice", True)
    assert plan["objects"]["Cluster"] == 1
    assert "run_id" not in plan["plan"]


def test_the_document_may_come_from_standard_input(tmp_path: Path) -> None:
    said = lattice(tmp_path, "install", "--cluster", "-", "--dry-run", stdin=Path(EXAMPLE).read_bytes())

    assert said.returncode == 0
    assert said.stdout.startswith(b"practice on docker")


def test_a_wrong_document_is_reported_in_full_and_nothing_is_begun(tmp_path: Path) -> None:
    broken = (
        Path(EXAMPLE).read_text().replace("controlPlane: 1", "controlPlane: 2").replace("replicas: 2", "replicsa: 2")
    )
    (tmp_path / "broken.yaml").write_text(broken)
    said = lattice(tmp_path, "install", "--cluster", "broken.yaml", "--yes", "--rehearse", "-o", "json")
    problems = [line for line in said.stderr.decode().splitlines() if line.startswith("broken.yaml:")]

    assert said.returncode == 10
    assert said.stdout == b""
    assert [line.split()[1].rpartition(".")[2] for line in problems] == ["controlPlane", "replicsa"]
    assert nothing_was_written(tmp_path)
