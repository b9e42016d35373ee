"""The real clusterctl moves a rehearsed cluster while an install watches: no pane ever shows a tear-down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lattice_tui.install.fold import fold
from lattice_tui.install.launch import RunOptions, prepare_run
from lattice_tui.install.tail import read_journal
from lattice_tui.providers.reading import read_cluster
from lattice_tui.rehearsal.launch import stop_world
from tests.real_clients.programs import CALL_TIMEOUT_S, CLUSTER, EXAMPLE, client_environment, program
from tests.shared import ROOT


def test_the_panes_follow_a_real_move_and_show_no_tear_down(tmp_path: Path) -> None:
    clusterctl = program("clusterctl")
    folder = prepare_run(read_cluster(EXAMPLE), tmp_path, RunOptions(rehearsal=True, speed=40.0))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.real_clients.engine_with_real_clusterctl", str(folder), clusterctl],
            env=client_environment(tmp_path, tmp_path / "none") | {"LATTICE_STATE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=CALL_TIMEOUT_S,
            cwd=ROOT,
        )
    finally:
        stop_world(folder / "world")
    events = read_journal(folder / "journal.jsonl")
    assert done.returncode == 0, f"{done.stderr}\n{[event for event in events if event.event == 'step.failed']}"

    moving = next(index for index, event in enumerate(events) if event.event == "step.started" and event.step == "move")
    shown = [len(fold(events[:end]).machines) for end in range(moving, len(events) + 1)]
    assert min(shown) == 3, "at no moment of the move has a pane fewer machines than before it"
    last = fold(events)
    assert (last.state, last.side) == ("done", "target")
    assert {row.phase for row in last.machines.values()} == {"Running"}
    moves = [event for event in events if event.event == "tool.output" and "Moving Cluster API objects" in event.line]
    assert moves, f"the real clusterctl has moved {CLUSTER}"
