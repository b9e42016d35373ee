"""How a run that was watched without a screen is told at its end."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.cli.ending import Told, tell
from lattice_tui.cli.following import How, Watched
from lattice_tui.install.fold import fold
from lattice_tui.paths import UnsafePathError
from tests.cli.journal_lines import DONE, FAILED, PLANNED, STARTED, event


def ended(how: How, exit_code: int, *last: dict[str, Any]) -> Watched:
    events = [event(seq, **fields) for seq, fields in enumerate((PLANNED, STARTED, *last), start=1)]
    return Watched(how, exit_code, fold(events))


def test_a_failure_says_the_problem_the_log_and_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    code = tell(ended("finished", 42, FAILED), Told(Path("/runs/demo"), state_dir="/my runs"))
    words = capsys.readouterr()

    assert code == 42
    assert words.out == ""
    assert "A machine did not come" in words.err
    assert "LT-RUN-900" in words.err
    assert "/runs/demo/journal.jsonl" in words.err
    assert "lattice resume demo --state-dir '/my runs'" in words.err


def test_a_death_shows_the_last_line_of_the_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "engine.log").write_text("one\nMemoryError: \x1b[31mno room\n\n")
    code = tell(ended("died", 70), Told(tmp_path))
    words = capsys.readouterr().err

    assert code == 70
    assert "MemoryError" in words
    assert "\x1b" not in words
    assert "LT-CLI-008" in words


def test_a_kubeconfig_never_goes_through_a_link_that_came_later(tmp_path: Path) -> None:
    kubeconfig, victim, link = tmp_path / "target", tmp_path / "victim", tmp_path / "out"
    kubeconfig.write_text("apiVersion: v1")
    victim.write_text("mine")
    link.symlink_to(victim)
    done = ended("finished", 0, {**DONE, "kubeconfig": str(kubeconfig)})
    with pytest.raises(UnsafePathError):
        tell(done, Told(tmp_path, kubeconfig_out=link))

    assert victim.read_text() == "mine"


def test_an_older_kubeconfig_is_replaced_and_made_private(tmp_path: Path) -> None:
    kubeconfig, out = tmp_path / "target", tmp_path / "out"
    kubeconfig.write_text("apiVersion: v1")
    out.write_text("older")
    out.chmod(0o644)
    tell(ended("finished", 0, {**DONE, "kubeconfig": str(kubeconfig)}), Told(tmp_path, kubeconfig_out=out))

    assert out.read_text() == "apiVersion: v1"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_in_json_mode_the_words_leave_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    tell(ended("finished", 0, DONE), Told(Path("/runs/demo"), to_stderr=True))
    words = capsys.readouterr()

    assert words.out == ""
    assert "demo is ready after 4 min 31 s" in words.err
