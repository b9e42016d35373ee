"""`lattice schema`: the checked-in file, byte for byte, at the price of printing it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, environment, lattice
from tests.house.test_lazy_imports import modules
from tests.shared import ROOT

SHIPPED = ROOT / "schemas" / "latticecluster.schema.json"


def test_the_schema_is_printed_as_it_is_shipped(tmp_path: Path) -> None:
    said = lattice(tmp_path, "schema")

    assert said.returncode == 0
    assert said.stdout == SHIPPED.read_bytes()
    assert said.stderr == b""
    assert list(tmp_path.iterdir()) == []


def test_as_json_it_is_one_line(tmp_path: Path) -> None:
    (line,) = lattice(tmp_path, "schema", "-o", "json").stdout.splitlines()
    printed = json.loads(line)

    assert (printed["v"], printed["event"]) == (1, "schema.printed")
    assert printed["schema"] == json.loads(SHIPPED.read_bytes())


def test_nothing_is_imported_for_it(tmp_path: Path) -> None:
    code, loaded = modules(tmp_path, "schema")

    assert code == 0
    assert loaded & {"pydantic", "yaml", "textual", "rich", "kubernetes", "argparse", "asyncio"} == set()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        said = subprocess.run(
            [*PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, env=environment(tmp_path), timeout=60
        )

    assert said.returncode == 74
    assert b"LT-CLI-007" in said.stderr


def test_another_word_is_refused(tmp_path: Path) -> None:
    said = lattice(tmp_path, "schema", "--ouput", "x")

    assert said.returncode == 2
    assert b"--output" in said.stderr
