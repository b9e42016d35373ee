"""Lines are plain text of a known width, whatever a server puts into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lattice_tui.install.fold import fold
from schemas.snapshot import Snapshot
from screens import words
from screens.estimate import over_usual, time_left
from screens.lines import ELLIPSIS, columns, fit, hang, plain
from screens.machine_lines import counts, machine_detail, machine_lines, shown_machines
from screens.news_lines import event_lines, log_lines
from screens.step_lines import headline, now_doing, step_lines
from tests.screens import recording
from tests.screens.recording import CLUSTER, Recorder, machine, worker

HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202eevil[/] [@click=app.quit]x[/] \x00\u200b"
CONTROLS = "".join(map(chr, [*range(32), 127, *range(128, 160)])) + "\u202e\u200b\u2066"


def snapshot_of(recorder: Recorder) -> Snapshot:
    return fold(recorder.events)


def texts(lines: list) -> list[str]:  # type: ignore[type-arg]
    return [plain(line) for line in lines]


@given(st.text(max_size=80), st.integers(0, 60))
def test_fitted_text_is_exactly_as_wide_as_asked_and_holds_no_control(text: str, width: int) -> None:
    fitted = fit(text, width)

    assert cell_len(fitted) == width
    assert not any(character in CONTROLS for character in fitted)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert fit("control plane", 8) == "control" + ELLIPSIS
    assert fit("ok", 4) == "ok  "


def test_columns_of_no_width_leave_no_gap() -> None:
    assert plain(columns([("a", "", 2), ("b", "", 0), ("c", "", 2)])) == "a   c "


def test_a_long_message_hangs_below_its_label() -> None:
    assert hang("why    ", "one two three four", 16) == ["why    one two", "       three", "       four"]


@pytest.mark.parametrize("width", [56, 76, 116, 200])
def test_every_line_of_every_pane_fits_its_width(width: int) -> None:
    recorder = recording.at_work()
    snapshot, now = snapshot_of(recorder), recorder.now
    lines = [
        *machine_lines(snapshot, now, width),
        *event_lines(snapshot, width),
        *log_lines(snapshot, width),
        *step_lines(snapshot, now, width),
    ]

    assert max(cell_len(text) for text in texts(lines)) <= width


def test_hostile_names_and_messages_are_drawn_literally() -> None:
    recorder = recording.at_work()
    row = worker(HOSTILE, uid="h", message=HOSTILE, state="failed", node=HOSTILE, address=HOSTILE)
    recorder.say("machine.changed", row=row)
    drawn = "\n".join(texts(machine_lines(snapshot_of(recorder), recorder.now, 200)))

    assert not any(character in CONTROLS.replace("\n", "") for character in drawn)
    assert "[/]" in drawn
    assert "[31mred" in drawn
    assert "\x1b" not in machine_detail(row)


def test_machines_stand_there_as_planned_before_anything_is_made() -> None:
    recorder = recording.planned()
    lines = texts(machine_lines(snapshot_of(recorder), recorder.now, 116))

    assert [line.split()[0] for line in lines] == ["ROLE", "control", "worker", "worker"]
    assert all("planned" in line and "not made yet" in line for line in lines[1:])


def test_a_machine_takes_the_place_of_its_planned_row() -> None:
    snapshot = snapshot_of(recording.at_work())

    assert len(shown_machines(snapshot)) == 3
    assert counts(snapshot) == "1 of 3 ready"


def test_a_machine_that_is_being_deleted_leaves_room_for_its_replacement() -> None:
    recorder = recording.planned()
    recorder.say("machine.changed", row=worker("w1", state="deleting"))

    assert [getattr(row, "state", "planned") for row in shown_machines(snapshot_of(recorder))] == [
        "planned",
        "deleting",
        "planned",
        "planned",
    ]


def test_a_machine_of_a_pool_nobody_planned_is_shown_too() -> None:
    recorder = recording.planned()
    recorder.say("machine.changed", row=worker("w1", pool="other"))

    assert shown_machines(snapshot_of(recorder))[-1] == worker("w1", pool="other")


def test_nothing_is_planned_any_more_once_the_run_is_done() -> None:
    assert len(shown_machines(snapshot_of(recording.done()))) == 3
    without = snapshot_of(recording.done())

    assert shown_machines(replace(without, machines={})) == ()


def test_where_room_is_short_the_clusters_name_is_left_out_of_a_nodes_name() -> None:
    snapshot, now = snapshot_of(recording.at_work()), recording.at_work().now
    name = f"{CLUSTER}-default-7c9fd-4mzqx"

    assert name in texts(machine_lines(snapshot, now, 116))[2]
    assert name.removeprefix(f"{CLUSTER}-") in texts(machine_lines(snapshot, now, 76))[2]


def test_an_age_that_no_clock_can_tell_is_a_dash() -> None:
    recorder = recording.planned()
    recorder.say("machine.changed", row=machine("m", since="soon"))

    assert " -  " in texts(machine_lines(snapshot_of(recorder), recorder.now, 116))[1]


def test_the_header_names_the_cluster_the_step_and_the_time() -> None:
    recorder = recording.at_work()

    assert headline(snapshot_of(recorder), recorder.now) == (
        "my-cluster on docker",
        "step 10 of 13  Bring up every machine",
        "00:31 elapsed, about 4-23 s left",
    )


def test_a_finished_run_shows_how_long_it_took() -> None:
    recorder = recording.done()

    assert headline(snapshot_of(recorder), recorder.now)[1:] == ("done", "00:43 elapsed")


def test_a_step_that_takes_far_longer_than_usual_says_slow() -> None:
    recorder = recording.at_work()
    late = recorder.now + timedelta(minutes=5)
    lines = texts(step_lines(snapshot_of(recorder), late, 76))

    assert "slow" in lines[9]
    assert not any("slow" in line for line in lines[:9])


def test_the_time_left_is_the_longest_way_through_what_is_left() -> None:
    recorder = recording.at_work()
    snapshot = snapshot_of(recorder)
    low, high = time_left(snapshot.steps, recorder.now)

    # management runs for 3.8 s of its usual 6-18 s; then move 1-6 s and finish 0.5-3 s.
    assert (low, high) == pytest.approx((2.2 + 1 + 0.5, 14.2 + 6 + 3))
    assert time_left(snapshot_of(recording.done()).steps, recorder.now) == (0.0, 0.0)


def test_time_left_never_grows_while_a_step_runs_over() -> None:
    recorder = recording.at_work()
    steps = snapshot_of(recorder).steps
    left = [time_left(steps, recorder.now + timedelta(seconds=second)) for second in range(0, 120, 5)]

    assert left == sorted(left, reverse=True)
    assert over_usual(steps[9], recorder.now) is False


def test_what_the_running_steps_wait_for_is_one_line() -> None:
    assert now_doing(snapshot_of(recording.at_work())) == "waiting for 2 machines (1 of 3); cert-manager is starting"


@pytest.mark.parametrize(
    ("seconds", "short", "watch"),
    [
        (-3, "0 s", "00:00"),
        (8, "8 s", "00:08"),
        (75, "1 min", "01:15"),
        (7300, "2 h", "2:01:40"),
        (9e5, "10 d", "250:00:00"),
    ],
)
def test_durations_read_well(seconds: float, short: str, watch: str) -> None:
    assert (words.short_duration(seconds), words.stopwatch(seconds)) == (short, watch)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.1, 0.5, "under 1 s"), (20, 80, "20-80 s"), (60, 240, "1-4 min"), (0.2, 1.2, "1 s")],
)
def test_usual_ranges_are_told_in_the_unit_that_reads_best(low: float, high: float, text: str) -> None:
    assert words.usual(low, high) == text
