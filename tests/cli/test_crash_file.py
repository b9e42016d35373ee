"""A bug of ours: one line on the screen, a private file without values and secrets."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.cli.crash import redacted
from tests.cli.program import environment

BUG = """
import sys
from lattice_tui.cli.guarding import guarded
def broken():
    password_of_the_person = "local-canary-value"
    raise KeyError("token=message-canary-value " + {canary!r})
sys.exit(guarded(broken))
"""
CANARY = "glpat-0123456789abcdef0123456789abcdef"


def crash(folder: Path, extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUG.format(canary=CANARY)],
        env=environment(folder, extra),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_screen_gets_one_line_and_exit_70(tmp_path: Path) -> None:
    said = crash(tmp_path / "state")

    assert said.returncode == 70
    assert said.stderr.count("\n") == 1
    assert "a bug of ours (KeyError)" in said.stderr
    assert "Traceback" not in said.stderr
    assert "canary" not in said.stderr


def test_the_file_is_private_and_holds_frames_but_no_values(tmp_path: Path) -> None:
    crash(tmp_path / "state", {"MY_API_TOKEN": "environment-canary"})
    (file,) = (tmp_path / "state").glob("crash-*.txt")
    text = file.read_text()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "in broken" in text
    assert "local-canary-value" not in text
    assert "message-canary-value" not in text
    assert CANARY not in text


def test_a_state_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    said = crash(tmp_path / "state")

    assert said.returncode == 70
    assert "no crash file could be written" in said.stderr


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
        "https://me:hunter22@example.org/x",
        "password: hunter22",
        "Authorization: hunter22-",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9hunter22",
    ],
)
def test_what_looks_like_a_secret_is_masked(secret: str) -> None:
    shown = redacted(f"before {secret} after")

    assert "hunter22" not in shown
    assert "MIIEow" not in shown
    assert shown.startswith("before ")


def test_values_of_secret_variables_are_masked_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_PASSWORD", "correct horse")

    assert redacted("said correct horse to it") == "said ******** to it"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_masking_twice_masks_nothing_more(text: str) -> None:
    once = redacted(text)

    assert once == redacted(once)
