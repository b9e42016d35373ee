"""One terminal builds, another one looks on: real terminals, a real engine, the rehearsed world."""

from __future__ import annotations

import os
import sys

import pytest

from lattice_tui.install.launch import RunOptions, engine_pid, prepare_run, start_engine
from lattice_tui.providers.reading import read_cluster
from tests.whole_way.runs import EXAMPLE, LatticeCommand
from tests.whole_way.terminal import needs_tmux, terminal

ENVIRONMENT = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
SPEED = 4.0
"""Slow enough for a run that is still at work when it is looked at for the second time."""
WAIT_S = 60.0


@needs_tmux
@pytest.mark.timeout(300)
def test_a_terminal_looks_on_leaves_and_comes_back_and_the_engine_never_knows(lattice: LatticeCommand) -> None:
    folder = prepare_run(read_cluster(EXAMPLE), lattice.state, RunOptions(rehearsal=True, speed=SPEED))
    pid = start_engine(folder)
    command = [sys.executable, "-m", "lattice_tui", "watch"]
    environment = {**ENVIRONMENT, "LATTICE_STATE_DIR": str(lattice.state)}
    with terminal(80, 24, command, environment, folder=lattice.state) as screen:
        screen.wait_for("practice on docker", WAIT_S)
        shown = screen.wait_for("q Leave", WAIT_S)
        screen.key("r", "q")
        screen.wait_for("exit code 0", WAIT_S)
        assert "practice goes on. See it again: lattice watch practice" in screen.screen()
    assert "Resume" not in shown
    assert engine_pid(folder) == pid

    plain = {**environment, "NO_COLOR": "1"}
    with terminal(120, 40, command, plain, folder=lattice.state) as screen:
        screen.wait_for("Machines", WAIT_S)
        screen.key("C-c")
        screen.wait_for("exit code 0", WAIT_S)
    assert engine_pid(folder) == pid
    os.kill(pid, 9)


@needs_tmux
def test_a_terminal_that_cannot_be_drawn_on_gets_lines_and_ctrl_c_ends_them_alone(lattice: LatticeCommand) -> None:
    folder = prepare_run(read_cluster(EXAMPLE), lattice.state, RunOptions(rehearsal=True, speed=SPEED))
    pid = start_engine(folder)
    command = [sys.executable, "-m", "lattice_tui", "watch"]
    environment = {"TERM": "dumb", "LANG": "C.UTF-8", "LATTICE_STATE_DIR": str(lattice.state)}
    with terminal(120, 40, command, environment, folder=lattice.state) as screen:
        screen.wait_for("done  checks", WAIT_S)
        screen.key("C-c")
        screen.wait_for("practice goes on: lattice watch practice", WAIT_S)
        assert "Traceback" not in screen.screen()
    assert engine_pid(folder) == pid
    os.kill(pid, 9)
