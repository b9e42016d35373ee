"""`--help` and `--version`: constants that tell the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from lattice_tui import __version__
from lattice_tui.__main__ import COMMANDS
from lattice_tui.cli.help_text import HELP
from lattice_tui.cli.wizard import NOT_YET
from tests.cli.program import lattice


def test_help_names_every_command_and_only_those() -> None:
    listed = HELP.partition("commands\n")[2].partition("\n\noptions")[0]
    named = re.findall(r"^  ([a-z]+)", listed, flags=re.MULTILINE)

    assert sorted(COMMANDS) == sorted(named)


def test_help_names_no_command_of_a_later_version() -> None:
    named = set(re.findall(r"lattice ([a-z]+)", HELP))

    assert set() == named & set(NOT_YET)


def test_help_fits_a_terminal_of_80_columns() -> None:
    assert max(len(line) for line in HELP.splitlines()) <= 80
    assert HELP.isascii()


def test_the_version_is_a_literal_equal_to_the_metadata() -> None:
    assert version("lattice-tui") == __version__


@pytest.mark.parametrize("name", ["lattice", "lattice-tui"])
def test_both_names_are_one_program(name: str) -> None:
    script = Path(sys.executable).with_name(name)
    said = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)

    assert f"lattice-tui {__version__}\n" == said.stdout


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(command: str, tmp_path: Path) -> None:
    said = lattice(tmp_path, command, "--help")

    assert said.returncode == 0
    assert said.stdout.startswith(f"usage: lattice {command}".encode())
    assert said.stderr == b""
