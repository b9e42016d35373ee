"""`lattice validate`: one line a problem, each told apart, exit 10 or 0, nothing written."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.cli.program import lattice
from tests.shared import ROOT

EXAMPLE = ROOT / "examples" / "docker.yaml"
LINE = re.compile(r"(?P<file>[^:]+)(:\d+:\d+)?( \S+)?  .+  .+  LT-[A-Z]+-\d{3}")


def test_a_good_file_is_fine_in_one_line(tmp_path: Path) -> None:
    said = lattice(tmp_path, "validate", str(EXAMPLE))

    assert said.returncode == 0
    assert said.stdout.decode().startswith(f"{EXAMPLE} is fine: practice on docker, Kubernetes ")
    assert said.stdout.decode().endswith("1 control plane, 2 workers\n")
    assert said.stderr == b""


def test_a_good_file_from_standard_input_is_fine(tmp_path: Path) -> None:
    said = lattice(tmp_path, "validate", "-", stdin=EXAMPLE.read_bytes())

    assert said.returncode == 0


def bad_inputs(folder: Path) -> dict[str, str]:
    """File name by what is wrong with it."""
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "fifo.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "empty.yaml").write_bytes(b"")
    (folder / "binary.yaml").write_bytes(bytes(range(256)) * 8)
    (folder / "other.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n")
    laughs = (f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    (folder / "bomb.yaml").write_text("a: &a [x,x,x,x,x,x,x,x]\n" + "".join(laughs))
    (folder / "deep.yaml").write_text("[" * 50_000)
    good = EXAMPLE.read_text()
    (folder / "unknown-key.yaml").write_text(good.replace("workerPools", "workerPoolz"))
    (folder / "wrong-type.yaml").write_text(good.replace("controlPlane: 1", "controlPlane: many"))
    (folder / "huge.yaml").write_bytes(b"# " + b"x" * 20_000_000)
    return {path.stem: path.name for path in folder.glob("*.yaml")} | {"loop": "loop.yaml", "missing": "missing.yaml"}


KINDS = (
    "missing",
    "folder",
    "fifo",
    "loop",
    "empty",
    "binary",
    "other",
    "bomb",
    "deep",
    "unknown-key",
    "wrong-type",
    "huge",
)


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_ends_with_10_and_a_line_with_a_fix(kind: str, tmp_path: Path) -> None:
    file = bad_inputs(tmp_path)[kind]
    before = sorted(tmp_path.iterdir())
    said = lattice(tmp_path, "validate", file)
    words = said.stderr.decode().splitlines()

    assert said.returncode == 10
    assert said.stdout == b""
    assert LINE.fullmatch(words[0])
    assert words[0].startswith(file)
    assert words[-1].startswith(f"{file}: ")
    assert sorted(tmp_path.iterdir()) == before


def test_every_kind_of_bad_input_is_told_apart(tmp_path: Path) -> None:
    files = bad_inputs(tmp_path)
    told = {}
    for kind in KINDS:
        first = lattice(tmp_path, "validate", files[kind]).stderr.decode().splitlines()[0]
        told[kind] = first.partition("  ")[2]

    assert len(set(told.values())) == len(KINDS), told


def test_an_unknown_key_has_its_place_and_what_was_meant(tmp_path: Path) -> None:
    bad_inputs(tmp_path)
    first = lattice(tmp_path, "validate", "unknown-key.yaml").stderr.decode().splitlines()[0]
    line = next(n for n, text in enumerate(EXAMPLE.read_text().splitlines(), 1) if "workerPools" in text)

    assert first.startswith(f"unknown-key.yaml:{line}:5 spec.nodes.workerPoolz  ")
    assert "workerPools" in first.partition("  ")[2]


def test_an_unreadable_file_is_told_apart(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (tmp_path / "locked.yaml").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "locked.yaml").chmod(0)
    said = lattice(tmp_path, "validate", "locked.yaml")

    assert said.returncode == 10
    assert b"locked.yaml" in said.stderr


def test_json_is_a_line_a_problem_and_a_summary(tmp_path: Path) -> None:
    bad_inputs(tmp_path)
    said = lattice(tmp_path, "validate", "unknown-key.yaml", "-o", "json")
    *problems, summary = [json.loads(line) for line in said.stdout.splitlines()]

    assert said.returncode == 10
    assert said.stderr == b""
    assert {line["event"] for line in problems} == {"document.problem"}
    assert (summary["event"], summary["ok"], summary["errors"]) == ("document.validated", False, len(problems))
    assert all(line["v"] == 1 and line["fix"] and line["code"] for line in problems)


def test_json_of_a_good_file_is_the_summary_alone(tmp_path: Path) -> None:
    said = lattice(tmp_path, "validate", str(EXAMPLE), "-o", "json")
    (summary,) = [json.loads(line) for line in said.stdout.splitlines()]

    assert (summary["ok"], summary["cluster"], summary["provider"]) == (True, "practice", "docker")


def test_a_missing_name_can_be_given_on_the_command_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    (tmp_path / "nameless.yaml").write_text(re.sub(r"  name: practice.*\n", "  labels: {}\n", text))

    assert lattice(tmp_path, "validate", "nameless.yaml").returncode == 10
    assert lattice(tmp_path, "validate", "nameless.yaml", "--name", "given").returncode == 0


def test_hostile_names_and_values_reach_the_terminal_as_plain_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"ev\xffil\x1b[31m.yaml")
    (tmp_path / name).write_text('"\\e[31mkey": 1\n')
    said = lattice(tmp_path, "validate", name)

    assert said.returncode == 10
    assert b"\x1b" not in said.stderr
