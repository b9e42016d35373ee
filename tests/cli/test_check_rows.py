"""The rows of `lattice check`: told once each and in their order, whichever check ends first; as text of 80 columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.cli.check_rows import Rows, detail_lines, needs_words, row_lines, sum_line
from schemas.checks import CheckResult, CheckStatus

LONG = "two machines and the bootstrap cluster take more memory than Docker has been given on this computer " * 2


def result(check_id: str, status: CheckStatus, summary: str = "found") -> CheckResult:
    return CheckResult(check_id, check_id.title(), status, summary)


@given(st.permutations(range(7)))
def test_every_row_is_told_once_and_in_its_order(ends: list[int]) -> None:
    rows = Rows()
    told: list[str] = []
    for number in range(7):
        assert rows.add(result(f"c{number}", "wait")) == []
    for number in ends:
        told += [row.id for row in rows.add(result(f"c{number}", "ok"))]
        assert len(told) == min(set(range(7)) - set(ends[: ends.index(number) + 1]), default=7)

    assert told == [f"c{number}" for number in range(7)]


def test_what_is_being_looked_at_is_named_and_what_waits_for_its_turn_is_not() -> None:
    rows = Rows()
    rows.add(result("daemon", "wait", "looking"))
    rows.add(result("disk", "wait", "waiting for its turn"))

    assert rows.running == ["Daemon"]


def test_a_long_summary_goes_on_below_itself() -> None:
    lines = list(row_lines(result("memory", "warn", LONG), 80))

    assert len(lines) > 2
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("warn     Memory")
    assert {line[:36].strip() for line in lines[1:]} == {""}
    assert " ".join(line[36:] for line in lines) == LONG.strip()


def test_a_path_is_never_broken_however_long_it_is() -> None:
    path = "/var/lib/" + "docker" * 20

    assert any(line.endswith(path) for line in row_lines(result("disk", "ok", f"in {path}"), 80))


def test_why_and_do_are_wrapped_under_their_labels_and_a_command_is_not() -> None:
    command = "sudo sysctl " + "fs.inotify.max_user_watches=524288 " * 4
    failed = CheckResult(
        "inotify", "File watches", "fail", "8192", why=LONG, fix=LONG, action=command.strip(), code="LT-DOCKER-019"
    )

    lines = list(detail_lines(failed, 80))

    labels = [line[2:8].strip() for line in lines[1:]]
    assert [label for label in labels if label] == ["what", "why", "do", "copy", "code"]
    assert [len(line) > 80 for line in lines] == [line.startswith("  copy") for line in lines]


def test_unknown_has_words_of_its_own_only_where_something_can_be_done() -> None:
    assert not needs_words(result("disk", "unknown"))
    assert needs_words(CheckResult("probe", "Probe", "unknown", "no image", action_id="try-image"))
    assert [needs_words(result("a", status)) for status in ("ok", "skip", "fail", "warn")] == [False, False, True, True]


def test_the_sum_counts_each_outcome() -> None:
    results = [result("a", "ok"), result("b", "ok"), result("c", "fail"), result("d", "unknown")]

    assert sum_line(results, 1.25) == "4 checks in 1.2 s: 1 failed, 1 not known, 2 ok"
    assert sum_line([], 0.04) == "0 checks in 0.0 s: nothing to look at"
