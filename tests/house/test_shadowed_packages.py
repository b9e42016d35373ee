"""Another `schemas` or `screens` in front of ours is named, with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import at_terminal, lattice


def shadow(folder: Path, name: str, *, as_module: bool = False) -> Path:
    """A package, or a module, of that name in a folder for PYTHONPATH."""
    place = folder / "in front" / (f"{name}.py" if as_module else f"{name}/__init__.py")
    place.parent.mkdir(parents=True)
    place.write_text("")
    return folder / "in front"


@pytest.mark.parametrize("as_module", [False, True], ids=["package", "module"])
@pytest.mark.parametrize(
    "command", [["validate", "x.yaml"], ["status"], ["rehearse"], ["x.yaml"]], ids=lambda words: words[0]
)
def test_a_shadowed_package_is_named_with_the_way_out(command: list[str], as_module: bool, tmp_path: Path) -> None:
    front = shadow(tmp_path, "schemas", as_module=as_module)
    said = lattice(tmp_path, *command, extra={"PYTHONPATH": str(front)})
    words = said.stderr.decode()

    assert said.returncode == 2
    assert "another package called schemas hides the one of lattice-tui" in words
    assert str(front / "schemas") in words
    assert f"take {front} out of PYTHONPATH" in words
    assert "Traceback" not in words


def test_a_package_in_the_working_folder_is_named_too(tmp_path: Path) -> None:
    """`python -m` looks in the working folder first."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "__init__.py").write_text("")
    said = lattice(tmp_path, "validate", "x.yaml")

    assert said.returncode == 2
    assert b"start it from another folder" in said.stderr


def test_a_folder_without_a_package_in_it_shadows_nothing(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    said = lattice(tmp_path, "validate", "missing.yaml")

    assert said.returncode == 10


def test_screens_are_only_looked_for_where_they_are_needed(tmp_path: Path) -> None:
    front = shadow(tmp_path, "screens")
    drawable = {"PYTHONPATH": str(front), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    without = lattice(tmp_path, "status", extra=drawable)
    code, shown = at_terminal(tmp_path, [], extra=drawable)

    assert without.returncode == 0
    assert code == 2
    assert "another package called screens" in shown


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_constant_needs_no_guard(option: str, tmp_path: Path) -> None:
    front = shadow(tmp_path, "schemas")

    assert lattice(tmp_path, option, extra={"PYTHONPATH": str(front)}).returncode == 0
