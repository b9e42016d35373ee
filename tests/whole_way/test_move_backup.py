"""Before the hand-over every object that is about to move is written down, for the day the move goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

from tests.whole_way.runs import FinishedRun, audit


def _saved(folder: Path) -> set[tuple[str, str]]:
    return {
        (item["kind"], item["metadata"]["name"])
        for path in folder.glob("*.json")
        for item in json.loads(path.read_text())
    }


def test_everything_that_clusterctl_moved_is_in_the_backup(finished: FinishedRun) -> None:
    moved = {
        (entry["kind"], entry["name"])
        for entry in audit(finished.folder)
        if entry["what"] == "create" and entry["actor"] == "clusterctl" and entry.get("namespace") == "capi-practice"
    }

    assert len(moved) > 15
    assert moved - _saved(finished.folder / "move-backup") == set()


def test_the_backup_is_private(finished: FinishedRun) -> None:
    folder = finished.folder / "move-backup"

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
