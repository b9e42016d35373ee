"""The measuring itself: a failing command is no fast command, and a line says what it says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from bench.documents import GOOD_DOCUMENT, Measured, ratio_of
from bench.first_paint import first_paint
from bench.goals import SMALL_DOCUMENT, fails, goals, line
from bench.keys import MINIMAL_FORM
from bench.ratio import cpu_s, measure
from bench.scheduling import STUB_S, longest_path_s, measured_scheduling
from lattice_tui.install.plan_steps import STEPS
from lattice_tui.providers.reading import read_cluster_bytes

BUSY = (sys.executable, "-c", "sum(range(4_000_000))")
IDLE = (sys.executable, "-c", "pass")


def test_more_work_is_a_higher_ratio() -> None:
    assert measure(BUSY, IDLE, rounds=3).value > 1.2


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="exit code 3"):
        cpu_s((sys.executable, "-c", "raise SystemExit(3)"))


def test_a_line_names_goal_value_and_verdict(tmp_path: Path) -> None:
    (first, *_) = goals(tmp_path)

    assert line(first, 1.3) == "G1 version 1.30 1.30 ok"
    assert line(first, 1.31) == "G1 version 1.31 1.30 short"
    assert (fails(first, 1.43), fails(first, 1.44)) == (False, True)


def test_the_goals_are_those_of_start_up(tmp_path: Path) -> None:
    lines = [line(goal, 1.0) for goal in goals(tmp_path)]

    assert [text.split()[0] for text in lines] == ["G1", "G2", "G3"]
    assert all(re.fullmatch(r"G\d+ [a-z]+ \d+\.\d\d \d+\.\d\d (ok|short)", text) for text in lines)


def test_the_small_document_is_about_300_bytes() -> None:
    assert 250 <= len(SMALL_DOCUMENT) <= 350


def test_within_one_process_more_work_is_a_higher_ratio_too() -> None:
    assert ratio_of(lambda: sum(range(3000)), lambda: sum(range(1000)), rounds=3).value > 1.5


def test_a_measured_line_says_what_it_is_held_against() -> None:
    limit = Measured("G4", "documents", 2.0, 2.0)
    floor = Measured("G4", "rate", 1499.0, 1500.0, is_floor=True, fails_the_bench=False)

    assert limit.line == "G4 documents 2.00 2.00 ok"
    assert floor.line == "G4 rate 1499.00 1500.00 short"
    assert [Measured("G4", "documents", value, 2.0).fails for value in (2.19, 2.21)] == [False, True]
    assert not floor.fails
    assert not Measured("G19", "hostilems", 1000.0, 150.0, fails_the_bench=False).fails


def test_only_a_good_document_is_measured() -> None:
    found = read_cluster_bytes(GOOD_DOCUMENT.read_bytes())

    assert found.cluster is not None
    assert found.problems == ()


def test_the_scheduler_is_measured_on_the_graph_of_an_install() -> None:
    assert set(STUB_S) == {step.id for step in STEPS}
    assert longest_path_s(dict.fromkeys(STUB_S, 1.0)) == 11.0
    assert longest_path_s({**dict.fromkeys(STUB_S, 0.0), "nodes": 2.0, "management": 3.0}) == 3.0
    wall, in_series = measured_scheduling(scale=0.02)

    assert [measured.line.split()[0] for measured in (wall, in_series)] == ["G14", "G14"]
    assert wall.value >= 1.0


def test_a_program_that_paints_costs_something_and_one_that_does_not_is_not_measured() -> None:
    cpu_s_taken, memory_kib = first_paint((sys.executable, "-c", MINIMAL_FORM))

    assert cpu_s_taken > 0.05
    assert memory_kib > 10_000
    with pytest.raises(RuntimeError):
        first_paint((sys.executable, "-c", "pass"))
