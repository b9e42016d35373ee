"""One line a change: time, step, a stable word."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lattice_tui.cli.lines import Lines, duration
from lattice_tui.install.fold import fold
from tests.cli.journal_lines import DONE, PLANNED, STARTED, event, machine

SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ step \d+/\d+ [a-z]+  \S.*")


def told(*events: dict[str, Any]) -> list[str | None]:
    """The lines of these events after the beginning of a run."""
    everything = [event(seq, **fields) for seq, fields in enumerate((PLANNED, STARTED, *events), start=1)]
    lines = Lines()
    said = [lines.line(one, fold(everything[:count])) for count, one in enumerate(everything, start=1)]
    return said[2:]


def test_a_step_is_told_by_its_place_and_word() -> None:
    started, done = told(
        {"event": "step.started", "step": "images"},
        {"event": "step.done", "step": "images", "elapsed_s": 4.21, "summary": "1 image"},
    )

    assert started == "2026-11-23T11:22:32Z step 2/2 start  images"
    assert done == "2026-11-23T11:22:33Z step 2/2 done  images  4.2 s  1 image"


def test_a_machine_is_told_when_its_state_changes_and_not_before() -> None:
    row = {"event": "machine.changed"}
    said = told(
        {**row, "row": machine("demo-a", "creating", message="waiting for its container")},
        {**row, "row": machine("demo-a", "creating", message="still waiting")},
        {**row, "row": machine("demo-a", "ready")},
    )

    assert said[0] is not None
    assert said[0].endswith("machine  demo-a  creating  waiting for its container")
    assert said[1] is None
    assert said[2] is not None
    assert said[2].endswith("machine  demo-a  ready")


def test_progress_that_only_counts_is_told_once() -> None:
    progress = {"event": "step.progress", "step": "images", "text": "pulling", "total": 10}
    said = told({**progress, "done": 1}, {**progress, "done": 2}, {**progress, "text": "verifying", "done": 10})

    assert [line is not None for line in said] == [True, False, True]


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "engine.stopped", "signal": "SIGTERM"},
        {"event": "step.skipped", "step": "images", "why": "they are here"},
        {"event": "note", "level": "warning", "text": "the disk is nearly full"},
        {"event": "machine.gone", "uid": "u", "name": "demo-a"},
        {"event": "tool.started", "tool_run": 1, "step": "images", "tool": "kind", "argv": ("kind", "version")},
        {"event": "api.link", "side": "target", "state": "stale", "why": "no answer for 10 s"},
        DONE,
    ],
    ids=lambda fields: str(fields["event"]),
)
def test_every_line_has_the_shape_that_scripts_cut_at(fields: dict[str, Any]) -> None:
    (line,) = told(fields)

    assert line is not None
    assert SHAPE.fullmatch(line)


def test_foreign_text_cannot_leave_its_line_or_colour_it() -> None:
    (line,) = told({"event": "note", "level": "info", "text": "one\ntwo\x1b[31m red"})

    assert line is not None
    assert line.isprintable()


@pytest.mark.parametrize(
    ("elapsed_s", "text"), [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (271, "4 min 31 s"), (3_660, "1 h 1 min")]
)
def test_durations_read_as_people_say_them(elapsed_s: float, text: str) -> None:
    assert text == duration(elapsed_s)
