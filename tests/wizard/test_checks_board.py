"""What is known of every check, kept from one look to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lattice_tui.wizard.board import Board
from schemas.checks import CheckResult, CheckStatus

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONE, TWO = {"machines": "1"}, {"machines": "2"}


def said(check_id: str, status: CheckStatus, summary: str = "looking") -> CheckResult:
    return CheckResult(check_id, check_id.title(), status, summary)


def told(board: Board, *results: CheckResult) -> Board:
    for result in results:
        board = board.told(result, NOON)
    return board


def looked(*results: CheckResult) -> Board:
    """A board after one whole look."""
    return told(Board().begun(ONE), *results).ended()


def states(board: Board) -> dict[str, str]:
    return {result.id: result.status for result in board.results}


def test_rows_stay_in_the_order_in_which_they_were_announced() -> None:
    board = told(Board().begun(ONE), said("a", "wait"), said("b", "wait"), said("b", "ok"), said("a", "ok"))

    assert list(states(board)) == ["a", "b"]


def test_a_look_begins_when_it_is_said_for_the_second_time() -> None:
    announced = told(Board().begun(ONE), said("a", "wait"))
    begun = told(announced, said("a", "wait"))

    assert announced.rows[0].since is None
    assert begun.rows[0].since == NOON


def test_an_outcome_stays_in_its_row_until_the_next_one_is_there() -> None:
    board = told(looked(said("a", "fail", "2 GiB")).begun(ONE), said("a", "wait"), said("a", "wait"))

    assert board.results == (said("a", "fail", "2 GiB"),)
    assert board.rows[0].since == NOON
    assert told(board, said("a", "ok", "8 GiB")).results == (said("a", "ok", "8 GiB"),)


def test_nothing_is_looked_at_any_more_once_the_look_has_ended() -> None:
    board = told(Board().begun(ONE), said("a", "wait"), said("a", "wait")).ended()

    assert states(board) == {"a": "unknown"}
    assert board.rows[0].since is None
    assert not board.is_looking


def test_what_still_holds_stays_although_the_look_did_not_answer_it() -> None:
    board = told(looked(said("a", "ok"), said("b", "fail")).begun(ONE), said("b", "ok")).ended()

    assert states(board) == {"a": "ok", "b": "ok"}


def test_what_was_open_and_is_not_answered_any_more_goes_away() -> None:
    board = told(looked(said("a", "ok"), said("helper", "unknown")).begun(ONE), said("a", "ok")).ended()

    assert states(board) == {"a": "ok"}


def test_a_look_at_everything_keeps_only_what_it_answered() -> None:
    before = looked(said("a", "ok"), said("b", "ok"))
    board = told(before.begun(ONE, anew=True), said("a", "ok")).ended()

    assert states(board) == {"a": "ok"}


def test_the_next_look_builds_on_the_outcomes_and_on_what_they_were_found_with() -> None:
    board = told(looked(said("a", "ok"), said("b", "fail")).begun(TWO), said("b", "warn")).ended()

    assert board.params == TWO
    assert {result.id: result.status for result in board.outcomes} == {"a": "ok", "b": "warn"}


def test_a_look_that_was_cut_short_is_built_on_where_it_was_made_with_the_same_answers() -> None:
    cut = told(Board().begun(ONE), said("a", "wait"), said("b", "wait"), said("a", "ok"))

    assert [result.id for result in cut.outcomes] == ["a"]


@pytest.mark.parametrize("anew", [True, False])
def test_a_look_that_was_cut_short_with_other_answers_leaves_nothing_to_build_on(anew: bool) -> None:
    cut = told(looked(said("a", "ok"), said("b", "ok")).begun(ONE if anew else TWO, anew=anew), said("a", "ok"))

    assert cut.outcomes == ()
    assert cut.begun(TWO).is_anew


def test_only_what_failed_or_is_unknown_is_worth_another_look() -> None:
    results = [said("a", "ok"), said("b", "warn"), said("c", "fail"), said("d", "unknown"), said("e", "skip")]

    assert looked(*results).open_ids == ("c", "d")


def test_what_was_skipped_counts_as_not_known_while_it_is_looked_at() -> None:
    board = looked(said("a", "fail"), said("b", "skip"))
    under_way = told(board.begun(ONE), said("a", "wait"), said("b", "wait"), said("a", "ok"))

    assert [result.status for result in board.judged] == ["fail", "skip"]
    assert [result.status for result in under_way.judged] == ["ok", "wait"]
    assert [result.status for result in told(under_way, said("b", "skip")).judged] == ["ok", "skip"]


def test_a_new_look_forgets_since_when_the_old_one_was_waiting() -> None:
    board = told(Board().begun(ONE), said("a", "wait"), said("a", "wait")).begun(ONE)

    assert board.rows[0].since is None
    assert told(board, said("a", "wait")).rows[0].since is None
    later = told(board, said("a", "wait")).told(said("a", "wait"), NOON + timedelta(seconds=3))
    assert later.rows[0].since == NOON + timedelta(seconds=3)
