"""Where the programs are."""

from __future__ import annotations

from pathlib import Path

from lattice_tui.tools.process import PathToolbox


def test_the_first_on_the_path_is_found_by_its_absolute_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kind").write_text("#!/bin/sh\n")
        (tmp_path / name / "kind").chmod(0o755)
    found = PathToolbox(f"{tmp_path}/a:{tmp_path}/b").find("kind")

    assert found is not None
    assert found.argv == (f"{tmp_path}/a/kind",)
    assert found.path == f"{tmp_path}/a/kind"


def test_a_file_that_may_not_be_run_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "kind").write_text("no program")

    assert PathToolbox(str(tmp_path)).find("kind") is None
