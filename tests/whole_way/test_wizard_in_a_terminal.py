"""A person at a real terminal: the key script from the first screen to a finished rehearsal, at both sizes.

The captures of the quiet screens are kept and compared; renew them with LATTICE_UPDATE_CAPTURES=1 and look at them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from lattice_tui.install.fold import fold
from lattice_tui.install.tail import read_journal
from lattice_tui.providers.reading import read_cluster
from tests.whole_way.runs import LatticeCommand
from tests.whole_way.terminal import needs_tmux, play, terminal

HERE = Path(__file__).parent
QUIET = ("welcome", "where", "size", "review")
"""Screens that show neither times nor random names; what is said of a version depends on the day."""
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}


def _kept(size: str) -> dict[str, str]:
    folder = HERE / "captures" / size
    return {name: (folder / f"{name}.txt").read_text().rstrip("\n") for name in QUIET}


def _keep(shots: dict[str, str], size: str) -> None:
    folder = HERE / "captures" / size
    folder.mkdir(parents=True, exist_ok=True)
    for name in QUIET:
        (folder / f"{name}.txt").write_text(shots[name] + "\n")


@needs_tmux
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_keys_alone_lead_from_the_first_screen_to_a_finished_rehearsal(
    columns: int, rows: int, lattice: LatticeCommand, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {**ENVIRONMENT, "LATTICE_STATE_DIR": str(lattice.state)}
    command = [sys.executable, "-m", "lattice_tui"]
    size = f"{columns}x{rows}"
    renews = bool(os.environ.get("LATTICE_UPDATE_CAPTURES"))
    expected = {} if renews else _kept(size)
    with terminal(columns, rows, command, environment, folder=home) as screen:
        shots = play(HERE / "wizard.keys", screen, expected=expected, wait_s=90.0)

    if renews:
        _keep(shots, size)
    assert {name: shots[name] for name in QUIET} == _kept(size)
    assert "proposed" in shots["version"]
    assert "home on docker" in shots["building"]
    assert "rehearsal" in shots["building"]
    assert shots["done"].count("ready") >= 3
    snapshot = fold(read_journal(lattice.state / "rehearsals" / "home" / "journal.jsonl"))
    assert (snapshot.state, len(snapshot.machines)) == ("done", 3)
    written = read_cluster(home / "cluster.yaml")
    assert written.cluster is not None
    assert written.cluster.metadata.name == "home"
    assert (home / "cluster.yaml").stat().st_mode & 0o777 == 0o600
