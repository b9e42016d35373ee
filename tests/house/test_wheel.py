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
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from lattice_tui.__main__ import main
sys.argv[1:] = {words}
sys.exit(main())
"""
DATA = (".tcss", ".md", ".toml", ".yaml", ".json", ".txt", ".typed")


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
    assert "schemas/latticecluster.schema.json" in names


def test_every_page_of_codes_is_in_the_wheel(names: set[str]) -> None:
    """`lattice explain LT-DOC-021` reads them."""
    pages = {f"lattice_tui/docs/{page.name}" for page in (ROOT / "docs").glob("codes*.md")}

    assert len(pages) >= 2
    assert {name for name in names if name.startswith("lattice_tui/docs/")} == pages


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


def run_unpacked(wheel: Path, folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A script with the wheel's packages alone on its path."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return subprocess.run(
        [sys.executable, "-c", script, str(folder / "installed")],
        cwd=folder,
        env=environment(folder / "state"),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_unpacked_wheel_runs_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    said = run_unpacked(wheel, tmp_path, VALIDATE_THE_EXAMPLE)

    assert said.returncode == 0, said.stderr
    assert "installed/lattice_tui/examples/docker.yaml" in said.stdout
    assert "is fine" in said.stdout


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["schema"], '{\n  "$schema"'),
        (["explain", "LT-DOC-021"], "LT-DOC-021  "),
        (["draft", "docker"], "# A cluster on"),
    ],
    ids=["schema", "explain", "draft"],
)
def test_help_for_writing_comes_out_of_the_wheel_alone(
    words: list[str], begins: str, wheel: Path, tmp_path: Path
) -> None:
    said = run_unpacked(wheel, tmp_path, RUN.format(words=words))

    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(begins)
