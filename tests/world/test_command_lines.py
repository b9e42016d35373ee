"""How the simulated tools read their command lines and other people's kubeconfigs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.rehearsal.faults import FAULTS, fault
from lattice_tui.rehearsal.simulated.images import familiar, find_image, image_id
from lattice_tui.rehearsal.simulated.kubeconfigs import forget_context
from lattice_tui.rehearsal.simulated.tool_run import Arguments, ToolExitError, duration_s


def test_flags_are_read_as_go_programs_read_them() -> None:
    argv = ["create", "cluster", "--name=a", "-n", "b", "--wait", "5m", "--retain", "--values", "x,y", "--values", "z"]
    arguments = Arguments(argv, switches=("retain",), short={"n": "name"})

    assert arguments.words == ["create", "cluster"]
    assert arguments.value("name") == "b"
    assert arguments.values("values") == ["x", "y", "z"]
    assert arguments.has("retain")
    assert not arguments.has("quiet")


def test_a_flag_without_its_value_is_refused() -> None:
    with pytest.raises(ToolExitError, match="flag needs an argument: --name"):
        Arguments(["create", "--name"])


@pytest.mark.parametrize(("text", "expected"), [("5m", 300), ("1h1m1.5s", 3661.5), ("300", 300), ("", 7), ("0", 0)])
def test_durations_are_gos(text: str, expected: float) -> None:
    assert duration_s(text, 7) == expected


@given(st.text("0123456789.hms²٣ -", max_size=6))
def test_any_other_duration_is_refused_and_never_crashes(text: str) -> None:
    read: float | str
    try:
        read = duration_s(text, 0)
    except ToolExitError as error:
        read = str(error)

    assert "invalid duration" in read if isinstance(read, str) else read >= 0


def test_forgetting_a_context_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "config"
    entries = [{"name": "kind-a", "x": 1}, {"name": "work", "x": 2}]
    path.write_text(
        yaml.safe_dump({"clusters": entries, "users": entries, "contexts": entries, "current-context": "work"})
    )

    forget_context(path, "kind-a")
    forget_context(path, "kind-a")

    left = yaml.safe_load(path.read_text())
    assert left["clusters"] == left["users"] == left["contexts"] == [{"name": "work", "x": 2}]
    assert left["current-context"] == "work"
    forget_context(tmp_path / "missing", "kind-a")
    assert not (tmp_path / "missing").exists()


def test_an_image_has_one_identity_by_all_its_names() -> None:
    digest = "sha256:" + "0" * 64
    images = {f"kindest/node:v1.35.5@{digest}"}
    names = ["kindest/node:v1.35.5", f"kindest/node@{digest}", f"docker.io/kindest/node:v1.35.5@{digest}"]

    assert {find_image(name, images) for name in [*names, image_id(names[0])]} == images
    assert find_image("kindest/node:v1.35.4", images) is None
    assert find_image("kindest/node", images) is None
    assert familiar("docker.io/library/alpine") == "alpine:latest"


def test_an_unknown_fault_names_the_known_ones() -> None:
    assert fault("") == FAULTS[""]
    assert not fault("")
    with pytest.raises(ValueError, match="machine-never-joins"):
        fault("earthquake")
