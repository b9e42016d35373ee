"""Without a terminal that can be drawn on, the wizard says what to use instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import DRAWABLE, at_terminal, lattice


def test_alone_without_a_terminal_it_prints_its_usage_and_the_other_doors(tmp_path: Path) -> None:
    said = lattice(tmp_path)

    assert said.returncode == 2
    assert said.stdout == b""
    assert b"usage: lattice COMMAND" in said.stderr
    assert b"lattice install --cluster cluster.yaml --yes" in said.stderr


def test_a_file_without_a_terminal_is_named_in_what_to_use_instead(tmp_path: Path) -> None:
    said = lattice(tmp_path, "mine.yaml")

    assert said.returncode == 2
    assert b"lattice install --cluster mine.yaml --yes" in said.stderr


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ({**DRAWABLE, "TERM": "dumb"}, "TERM is 'dumb'"),
        ({**DRAWABLE, "TERM": "unknown"}, "TERM is 'unknown'"),
        ({"PYTHONIOENCODING": "utf-8"}, "TERM is not set"),
        ({**DRAWABLE, "PYTHONIOENCODING": "latin-1"}, "the screens need UTF-8"),
    ],
    ids=["dumb", "unknown", "unset", "latin-1"],
)
def test_a_terminal_that_cannot_be_drawn_on_is_told_apart(extra: dict[str, str], why: str, tmp_path: Path) -> None:
    code, shown = at_terminal(tmp_path, [], extra=extra)

    assert code == 2
    assert why in shown
    assert "\x1b" not in shown


def test_the_wizard_takes_one_file(tmp_path: Path) -> None:
    said = lattice(tmp_path, "one.yaml", "two.yaml")

    assert said.returncode == 2
    assert b"two.yaml" in said.stderr
