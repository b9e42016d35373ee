"""The terminal is taken away in the middle of an answer: what was on the screen is there again, at the same step."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from lattice_tui.wizard.drafts import DraftInfo, DraftStore
from tests.polling import eventually
from tests.whole_way.terminal import Terminal, needs_tmux, terminal

ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
WAIT_S = 60.0
DURABLE_S = 0.25
"""From the screen to the disk; 50 ms on an idle computer, which one that runs tests is not."""
NAME = "a-house-full-of-machines"


def opened(tmp_path: Path, *, columns: int = 80, rows: int = 24) -> AbstractContextManager[Terminal]:
    """The program at its first screen, in a terminal of its own."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    environment = {**ENVIRONMENT, "HOME": str(home), "LATTICE_STATE_DIR": str(tmp_path / "state")}
    return terminal(columns, rows, [sys.executable, "-m", "lattice_tui"], environment, folder=home)


def take_away(screen: Terminal, how: str) -> None:
    """End the program without a word to it, and wait until it has gone."""
    pid = screen.program()
    if how == "closed":
        subprocess.run(["tmux", "-L", screen.server, "kill-server"], check=True)
    else:
        os.kill(pid, getattr(signal, how))
    eventually(lambda: _is_running(pid), lambda runs: not runs, timeout_s=20.0)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def the_draft(tmp_path: Path) -> DraftInfo:
    (info,) = DraftStore(tmp_path / "state").list()
    return info


def into_the_name(screen: Terminal) -> None:
    screen.wait_for("I have a cluster.yaml", WAIT_S)
    screen.key("Down", "Enter")
    screen.wait_for("Step 1 of 5", WAIT_S)
    screen.key("Tab", "C-u")
    screen.wait_for("my-cluster", WAIT_S)


@needs_tmux
@pytest.mark.parametrize("how", ["SIGKILL", "SIGHUP", "SIGTERM", "closed"])
def test_after_the_terminal_was_taken_away_the_draft_opens_at_the_same_step(how: str, tmp_path: Path) -> None:
    with opened(tmp_path) as screen:
        into_the_name(screen)
        screen.type("lab")
        screen.wait_for("lab", WAIT_S)
        screen.key("F2")
        screen.wait_for("Go to a step", WAIT_S)
        screen.key("Down", "Down", "Enter")
        screen.wait_for("Step 3 of 5", WAIT_S)
        screen.key("Down")
        screen.wait_for("(x) Home", WAIT_S)
        time.sleep(DURABLE_S)
        take_away(screen, how)

    with opened(tmp_path) as screen:
        screen.wait_for("Go on with lab", WAIT_S)
        screen.wait_for("docker, rehearsal, you left just now at Size", WAIT_S)
        screen.key("Enter")
        screen.wait_for("Step 3 of 5", WAIT_S)
        screen.wait_for("(x) Home", WAIT_S)
        screen.key("F2")
        screen.wait_for("lab, docker", WAIT_S)
        screen.key("Escape")
        # Nothing was answered anew: it leaves at once, and says where the draft is.
        screen.key("C-q")
        screen.wait_for("exit code 0", WAIT_S)
        assert "Kept as a draft. lattice-tui opens it again." in screen.screen()


@needs_tmux
@pytest.mark.parametrize("seed", range(3))
def test_killed_while_typing_nothing_that_was_on_the_screen_is_lost(seed: int, tmp_path: Path) -> None:
    moments = random.Random(seed)
    with opened(tmp_path) as screen:
        into_the_name(screen)
        shown = ""
        for character in NAME[: moments.randrange(4, len(NAME))]:
            screen.type(character)
            time.sleep(moments.uniform(0.0, 0.08))
        seen = screen.screen()
        shown = next((NAME[:end] for end in range(len(NAME), 0, -1) if NAME[:end] in seen), "")
        time.sleep(DURABLE_S)
        take_away(screen, "SIGKILL")

    kept = the_draft(tmp_path)
    assert NAME.startswith(kept.name)
    assert len(kept.name) >= len(shown) > 0
    with opened(tmp_path, columns=60, rows=20) as screen:
        screen.wait_for(f"Go on with {kept.name}", WAIT_S)


@needs_tmux
def test_a_wizard_that_nobody_answered_leaves_nothing_when_it_is_killed(tmp_path: Path) -> None:
    with opened(tmp_path) as screen:
        screen.wait_for("I have a cluster.yaml", WAIT_S)
        screen.key("Enter")
        screen.wait_for("Step 1 of 5", WAIT_S)
        take_away(screen, "SIGKILL")

    assert DraftStore(tmp_path / "state").list() == ()


@needs_tmux
def test_two_terminals_on_one_draft_notice_each_other(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        into_the_name(first)
        first.type("lab")
        first.wait_for("lab", WAIT_S)
        eventually(lambda: [info.name for info in DraftStore(tmp_path / "state").list()], lambda seen: seen == ["lab"])
        pid = first.program()
        with opened(tmp_path, columns=120, rows=40) as second:
            second.wait_for("Go on with lab (open in another window)", WAIT_S)
            second.key("Enter")
            second.wait_for(f"Process {pid}", WAIT_S)
            second.key("Enter")
            second.wait_for("Step 1 of 5", WAIT_S)
            take_away(second, "SIGKILL")

    assert [info.name for info in DraftStore(tmp_path / "state").list()] == ["lab", "lab"]
