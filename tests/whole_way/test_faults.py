"""Each fault of the rehearsed world, from the command line to its end: exit code, words, and what the panes say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lattice_tui.install.fold import fold, reduce
from lattice_tui.install.launch import engine_pid
from lattice_tui.install.tail import read_journal
from lattice_tui.rehearsal.faults import FAULTS
from schemas.events import ApiLink, MachineGone, Note, ProgressEvent, RunFinished
from schemas.snapshot import Snapshot
from screens.building_text import link_remark
from tests.polling import eventually
from tests.whole_way.runs import SPEED, LatticeCommand, audit

pytestmark = pytest.mark.timeout(300)
ENDS = {
    "machine-never-joins": "50, the install goes on",
    "api-drops": "0, rows marked as out of date for a while",
    "move-fails-once": "0, with a warning",
}


def run_of(lattice: LatticeCommand) -> tuple[Path, list[ProgressEvent]]:
    folder = lattice.state / "rehearsals" / "practice"
    return folder, read_journal(folder / "journal.jsonl")


def warnings(events: list[ProgressEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note) and event.level == "warning"]


def test_every_fault_has_an_end_that_is_tested_here_and_told_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text()

    assert set(FAULTS) - {""} == set(ENDS)
    assert all(f"| `{fault}` |" in page for fault in ENDS)


def test_the_command_line_lists_the_faults(lattice: LatticeCommand) -> None:
    said = lattice("rehearse", "--fault", "nonsense")
    told = lattice("rehearse", "--help").stdout

    assert said.returncode == 2
    assert all(fault in said.stderr and fault in told for fault in ENDS)


def test_a_machine_that_never_joins_is_waited_for_until_the_time_is_up(lattice: LatticeCommand) -> None:
    said = lattice("rehearse", "--fault", "machine-never-joins", "--speed", "60", "--timeout", "8s")
    folder, _events = run_of(lattice)

    def overdue() -> list[str]:
        return [text for text in warnings(run_of(lattice)[1]) if text.startswith("nodes takes longer than the usual")]

    assert said.returncode == 50, said.stderr[-3000:]
    assert "the install goes on: lattice watch practice" in said.stderr
    told = eventually(overdue, bool, timeout_s=120.0)
    (late,) = [row for row in fold(run_of(lattice)[1]).machines.values() if row.state != "ready"]
    assert late.name in told[-1]
    assert engine_pid(folder) is not None


def test_an_api_that_drops_and_goes_away_is_told_as_out_of_date_and_the_run_ends_well(lattice: LatticeCommand) -> None:
    said = lattice("rehearse", "--fault", "api-drops", "--speed", SPEED)
    _folder, events = run_of(lattice)
    stale = [index for index, event in enumerate(events) if isinstance(event, ApiLink) and event.state == "stale"]
    shown = Snapshot()
    remarks = []
    for event in events:
        shown = reduce(shown, event)
        remarks.append(link_remark(shown))

    assert said.returncode == 0, said.stderr[-3000:]
    assert "link  bootstrap  stale" in said.stderr
    assert stale, "the time away was noticed"
    assert remarks[stale[0]] == ", out of date: no connection"
    assert remarks[-1] == ""
    assert any(isinstance(event, ApiLink) and event.state == "live" for event in events[stale[-1] :])
    assert not [event for event in events if isinstance(event, MachineGone)], "what cannot be seen has not gone away"


def test_while_the_api_is_away_the_time_limit_still_holds(lattice: LatticeCommand) -> None:
    said = lattice("rehearse", "--fault", "api-drops", "--speed", SPEED, "--timeout", "8s")

    assert said.returncode == 50, said.stderr[-3000:]
    assert engine_pid(lattice.state / "rehearsals" / "practice") is not None


def test_a_move_that_fails_once_is_tried_again_with_a_warning(lattice: LatticeCommand) -> None:
    said = lattice("rehearse", "--fault", "move-fails-once", "--speed", SPEED)
    folder, events = run_of(lattice)
    moves = [entry["run"] for entry in audit(folder) if entry["what"] == "tool.start" and entry["argv"][:1] == ["move"]]
    ends = [e["exit_code"] for e in audit(folder) if e["what"] == "tool.end" and e["run"] in moves]

    assert said.returncode == 0, said.stderr[-3000:]
    made = [e["kind"] for e in audit(folder) if e["what"] == "create" and e["actor"] == "clusterctl"]

    assert ends == [1, 0]
    assert made.count("Cluster") == 1, "half of it was across when it failed; what was there was not made again"
    assert made.count("Machine") == 3
    assert [text for text in warnings(events) if "the move failed and is tried again" in text and "webhook" in text]
    assert "warning  the move failed and is tried again" in said.stderr
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome == "done"


def test_the_faults_and_their_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\nfault                 end")
        for fault, end in ENDS.items():
            print(f"{fault:<20}  {end}")
