"""The wheel holds everything that is read at run time, and nothing else; it works without the source tree."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import environment
from tests.house.source import PACKAGES
from tests.shared import ROOT

VALIDATE_THE_EXAMPLE = """
import sys
sys.path.insert(0, sys.argv[1])
from lattice_tui.cli.rehearse import example
from lattice_tui.__main__ import main
sys.argv[1:] = ["validate", str(example("docker"))]
sys.exit(main())
"""
DATA = (".tcss", ".md", ".toml", ".yaml", ".typed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def names(wheel: Path) -> Iterator[set[str]]:
    with zipfile.ZipFile(wheel) as archive:
        yield set(archive.namelist())


def test_every_module_is_in_the_wheel(names: set[str]) -> None:
    ours = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}

    assert ours - names == set()


@pytest.mark.parametrize("suffix", DATA)
def test_every_data_file_is_in_the_wheel(suffix: str, names: set[str]) -> None:
    files = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob(f"*{suffix}")}

    assert files - names == set()


def test_the_wheel_counts_what_the_screens_and_the_providers_read(names: set[str]) -> None:
    tcss = [name for name in names if name.startswith("screens/") and name.endswith(".tcss")]
    guides = [name for name in names if name.startswith("lattice_tui/providers/") and name.endswith(".md")]

    assert len(tcss) >= 1
    assert len(guides) >= 1
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {"lattice_tui/versions.toml", "lattice_tui/examples/docker.yaml"} <= names


def test_the_wheel_holds_the_three_packages_and_nothing_beside(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in names if "test" in name.lower() or name.endswith(".pyc")] == []


def test_the_licence_is_in_the_wheel(wheel: Path, names: set[str]) -> None:
    (licence,) = [name for name in names if name.endswith("/licenses/LICENSE")]
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(licence).decode()

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_unpacked_wheel_runs_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    said = subprocess.run(
        [sys.executable, "-c", VALIDATE_THE_EXAMPLE, str(tmp_path / "installed")],
        cwd=tmp_path,
        env=environment(tmp_path / "state"),
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert said.returncode == 0, said.stderr
    assert "installed/lattice_tui/examples/docker.yaml" in said.stdout
    assert "is fine" in said.stdout
