"""`lattice make`: shown first, made when allowed, written down, taken away again; in a simulated world."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.rehearsal.launch import stop_world
from tests.cli.program import PROGRAM, environment
from tests.shared import ROOT

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2u7mJ4Kd3xW6c1m1m5lWq0V8o0w7E0Yd0c2kqFq1aB me@laptop\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a public key, a state folder, and a document whose key pair is not there yet."""
    folder = tmp_path_factory.mktemp("make")
    (folder / ".ssh").mkdir(mode=0o700)
    (folder / ".ssh" / "id_ed25519.pub").write_text(PUBLIC_KEY)
    document = (ROOT / "examples" / "aws.yaml").read_text()
    lines = [
        f"{line.split('sshKeyName:')[0]}sshKeyName: newkey" if "sshKeyName:" in line else line
        for line in document.splitlines()
    ]
    (folder / "cluster.yaml").write_text("\n".join(lines) + "\n")
    yield folder
    stop_world(folder / "state" / "wizard" / "world")


def lattice(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "make", *arguments],
        cwd=folder,
        env=environment(folder / "state") | {"HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def made(folder: Path) -> list[dict[str, object]]:
    done = lattice(folder, "--list", "--rehearse", "-o", "json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["thing"] for line in done.stdout.splitlines()]


def test_without_leave_it_is_shown_named_and_not_made(folder: Path) -> None:
    done = lattice(folder, "--cluster", "cluster.yaml", "--rehearse")

    assert done.returncode == 11
    assert "there is no key pair called newkey" in done.stdout
    assert "aws ec2 import-key-pair" in done.stdout
    assert "undo" in done.stdout
    assert "--allow keypair" in done.stderr
    assert made(folder) == []


def test_with_leave_it_is_made_written_down_and_taken_away_again(folder: Path) -> None:
    done = lattice(folder, "--cluster", "cluster.yaml", "--rehearse", "--allow", "keypair", "-o", "json")
    events = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0, done.stderr
    assert events[-1]["event"] == "make.finished"
    assert events[-1]["made"] == ["keypair"]
    (thing,) = made(folder)
    assert (thing["making"], thing["name"]) == ("keypair", "newkey")

    again = lattice(folder, "--cluster", "cluster.yaml", "--rehearse")
    assert (again.returncode, again.stdout) == (0, "Nothing is missing that could be made.\n")

    refused = lattice(folder, "--cluster", "cluster.yaml", "--rehearse", "--undo")
    assert refused.returncode == 60
    assert "--yes" in refused.stderr
    assert len(made(folder)) == 1

    undone = lattice(folder, "--cluster", "cluster.yaml", "--rehearse", "--undo", "--yes")
    assert undone.returncode == 0, undone.stderr
    assert made(folder) == []
    missing = lattice(folder, "--cluster", "cluster.yaml", "--rehearse")
    assert missing.returncode == 11


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "needs a cluster.yaml"),
        (("--cluster", "cluster.yaml", "--allow", "cluster"), "never made"),
        (("--cluster", "cluster.yaml", "--rehearse", "--allow", "template"), "There is no template to make on aws"),
    ],
)
def test_what_cannot_be_meant_is_told(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = lattice(folder, *arguments)

    assert done.returncode == 2
    assert words in done.stderr


def test_without_credentials_it_says_so_and_makes_nothing(folder: Path) -> None:
    done = lattice(folder, "--cluster", "cluster.yaml", "--allow", "keypair")

    assert done.returncode == 11
    assert "LT-" in done.stderr
    assert lattice(folder, "--list").stdout == "Nothing that was made from here stands.\n"


def test_the_check_that_misses_it_says_how_it_is_made(folder: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "check", "--cluster", "cluster.yaml", "--rehearse", "--only", "aws-key-pair"],
        cwd=folder,
        env=environment(folder / "state") | {"HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 11
    assert "lattice make --cluster cluster.yaml --allow keypair" in " ".join(done.stdout.split())
