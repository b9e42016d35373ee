"""Unquoted words: wherever YAML 1.1 and YAML 1.2 disagree there is a trap, and a number can be written plainly."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_tui.document.scalars import is_ambiguous, plain_numbers, resolve, trap
from lattice_tui.document.tree import Scalar


def yaml11(text: str) -> object:
    """What PyYAML, a YAML 1.1 reader, makes of an unquoted word; the text itself when that is no single value."""
    try:
        [value] = yaml.safe_load(f"- {text}")
    except (yaml.YAMLError, ValueError, TypeError):
        return text
    return text if isinstance(value, (dict, list)) else value


@given(st.text("0123456789+-._:eExXobTZ~ynaIiNf", min_size=1, max_size=14))
@example("0755")
@example("0o755")
@example("1_000")
@example("1e3")
@example("1.5e3")
@example("22:22")
@example("190:20:30.15")
@example("2026-11-23")
@example("0b1")
@example("0x_1")
@example("+.inf")
@example(".5_5")
@example("08")
def test_whatever_two_readers_disagree_about_is_a_trap(text: str) -> None:
    scalar = Scalar(text, plain=True)
    ours, theirs = resolve(scalar), yaml11(text)

    assert trap(scalar) or (type(ours) is type(theirs) and ours == theirs)


@given(st.text(min_size=1, max_size=10))
@example("n")
@example("<<")
def test_what_is_not_ambiguous_is_text(text: str) -> None:
    scalar = Scalar(text, plain=True)

    assert is_ambiguous(text) or (resolve(scalar) == text and not trap(scalar))


@given(st.text(max_size=10))
@example("no")
@example("")
def test_quoted_text_is_never_a_trap(text: str) -> None:
    assert resolve(Scalar(text, plain=False)) == text
    assert not trap(Scalar(text, plain=False))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((word, "true") for word in ("yes", "Yes", "YES", "on", "On", "ON", "y", "Y")),
        *((word, "false") for word in ("no", "No", "NO", "off", "Off", "OFF", "n", "N")),
        ("0755", "octal number 493"),
        ("0o755", "octal number 493"),
        ("22:22", "base 60"),
        ("12:34:56", "base 60"),
        ("1_000", "a number"),
        ("1e3", "the number 1000"),
        ("2026-11-23", "a date"),
        ("2026-11-23 10:00:00", "a date"),
        (".inf", "infinity"),
        ("-.INF", "infinity"),
        (".nan", "not a number"),
        ("<<", "merge key"),
        ("9" * 100, "a number"),
    ],
)
def test_each_trap_is_called_by_its_name(text: str, word: str) -> None:
    assert word in trap(Scalar(text, plain=True))


@pytest.mark.parametrize(
    "text", ["1", "-1", "0", "0x1F", "1.5", "1.0e+3", "true", "null", "~", "kubeadm", "1.35.5", "yess"]
)
def test_what_all_readers_agree_about_is_no_trap(text: str) -> None:
    assert trap(Scalar(text, plain=True)) == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0755", ("755", "493")),
        ("08", ("8",)),
        ("010", ("10", "8")),
        ("0o12", ("10",)),
        ("2_000", ("2000",)),
        ("1e3", ("1000",)),
        ("1.5e1", ("15",)),
        ("22:22", ()),
        (".inf", ()),
        ("1e999", ()),
        ("yes", ()),
    ],
)
def test_a_number_that_was_meant_is_written_plainly(text: str, meant: tuple[str, ...]) -> None:
    assert plain_numbers(text) == meant
