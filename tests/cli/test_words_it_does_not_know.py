"""Commands and options that do not exist: what was meant, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.cli.arguments import Parser, duration_s, speed_factor
from lattice_tui.cli.wizard import NOT_YET
from lattice_tui.errors import UsageError
from tests.cli.program import lattice


@pytest.mark.parametrize(
    ("word", "meant"),
    [("vaildate", "validate"), ("instal", "install"), ("Status", "status"), ("rehearsal", "rehearse")],
)
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(word: str, meant: str, tmp_path: Path) -> None:
    said = lattice(tmp_path, word)

    assert said.returncode == 2
    assert f"Did you mean lattice {meant}?".encode() in said.stderr
    assert b"LT-CLI-001" in said.stderr
    assert said.stdout == b""


@pytest.mark.parametrize("word", NOT_YET)
def test_a_command_of_a_later_version_is_never_answered_with_another_one(word: str, tmp_path: Path) -> None:
    """`uninstall` is close to `install`, and means the opposite."""
    said = lattice(tmp_path, word)

    assert said.returncode == 2
    assert f"lattice {word} is not in this version yet".encode() in said.stderr
    assert b"Did you mean" not in said.stderr


def test_a_word_like_nothing_gets_no_guess(tmp_path: Path) -> None:
    said = lattice(tmp_path, "\x1b[31mzzzz")

    assert said.returncode == 2
    assert b"\x1b" not in said.stderr
    assert b"Did you mean" not in said.stderr


def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    said = lattice(tmp_path, "install", "--clutser", "x.yaml", "--cluster", "x.yaml")

    assert said.returncode == 2
    assert b"Did you mean --cluster?" in said.stderr


def test_options_are_never_abbreviated() -> None:
    parser = Parser("test", "A test.")
    parser.add_argument("--yes", action="store_true")

    with pytest.raises(UsageError, match="does not know --ye"):
        parser.read(["--ye"])


@given(hours=st.integers(0, 99), minutes=st.integers(0, 999), seconds=st.integers(0, 9999))
def test_a_duration_reads_as_it_is_written(hours: int, minutes: int, seconds: int) -> None:
    text = "".join(f"{value}{unit}" for value, unit in ((hours, "h"), (minutes, "m"), (seconds, "s")) if value)
    total = hours * 3600 + minutes * 60 + seconds

    if total:
        assert total == duration_s(text)


@pytest.mark.parametrize("text", ["", "0", "m", "1x", "-5", "1.5h", "10 m", "1m1h"])
def test_what_is_no_duration_is_answered_with_the_forms(text: str) -> None:
    parser = Parser("test", "A test.")
    parser.add_argument("--timeout", type=duration_s)

    with pytest.raises(UsageError, match="write 90s, 30m or 1h30m"):
        parser.read([f"--timeout={text}"])


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", "1001"])
def test_what_is_no_speed_is_answered_with_the_range(text: str) -> None:
    parser = Parser("test", "A test.")
    parser.add_argument("--speed", type=speed_factor)

    with pytest.raises(UsageError, match=r"from 0\.1 to 1000"):
        parser.read([f"--speed={text}"])


@given(st.text(max_size=40))
def test_any_word_is_read_or_refused_in_printable_words(text: str) -> None:
    parser = Parser("test", "A test.")
    parser.add_argument("--timeout", type=duration_s)
    try:
        parser.read([f"--timeout={text}"])
    except UsageError as error:
        refused = error.problem.title
    else:
        refused = ""

    assert not refused or refused.isprintable()
