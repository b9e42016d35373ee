"""The runner: order, concurrency, time-outs, and what becomes of a check that breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lattice_tui.checks.runner import MAX_AT_ONCE, Check, run_checks, with_needs
from lattice_tui.errors import LatticeError
from schemas.checks import CheckResult, CheckStatus
from schemas.problem import Problem


def answering(status: CheckStatus) -> Callable[[], Awaitable[CheckResult]]:
    async def run() -> CheckResult:
        return CheckResult("", "", status, status)

    return run


def check(check_id: str, run: Callable[[], Awaitable[CheckResult]], *needs: str, timeout_s: float = 30.0) -> Check:
    return Check(check_id, check_id.title(), needs, timeout_s, run)


async def outcomes(*checks: Check) -> dict[str, CheckResult]:
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}


async def test_every_check_waits_then_has_an_outcome() -> None:
    seen = [(result.id, result.status) async for result in run_checks([check("a", answering("ok"))])]

    assert seen == [("a", "wait"), ("a", "ok")]


@pytest.mark.parametrize("status", ["fail", "skip", "unknown"])
async def test_what_needs_a_check_that_found_nothing_good_is_skipped_and_says_on_what(status: CheckStatus) -> None:
    results = await outcomes(
        check("daemon", answering(status)),
        check("disk", answering("ok"), "daemon"),
        check("far", answering("ok"), "disk"),
    )

    assert (results["disk"].status, results["disk"].summary) == ("skip", "waiting on: Daemon")
    assert (results["far"].status, results["far"].summary) == ("skip", "waiting on: Disk")


async def test_a_warning_does_not_hold_up_what_needs_it() -> None:
    results = await outcomes(check("daemon", answering("warn")), check("disk", answering("ok"), "daemon"))

    assert results["disk"].status == "ok"


async def test_checks_without_needs_run_side_by_side() -> None:
    met = asyncio.Barrier(3)

    async def meet() -> CheckResult:
        await met.wait()
        return CheckResult("", "", "ok", "met")

    results = await outcomes(*(check(name, meet) for name in "abc"))

    assert {result.status for result in results.values()} == {"ok"}


async def test_a_check_that_hangs_becomes_unknown() -> None:
    async def hang() -> CheckResult:
        await asyncio.Event().wait()
        raise AssertionError

    results = await outcomes(check("slow", hang, timeout_s=0.05))

    assert results["slow"].status == "unknown"
    assert "no answer within 0.05 s" in results["slow"].summary


async def test_a_problem_becomes_a_failed_result_with_all_its_words() -> None:
    problem = Problem(
        code="LT-DOCKER-001", title="Docker is not running", detail="why", fix="start it", check="docker ps"
    )

    async def fail() -> CheckResult:
        raise LatticeError(problem)

    result = (await outcomes(check("daemon", fail)))["daemon"]

    assert (result.status, result.summary, result.why, result.fix, result.action, result.code) == (
        "fail",
        "Docker is not running",
        "why",
        "start it",
        "docker ps",
        "LT-DOCKER-001",
    )


async def test_a_check_that_breaks_is_unknown_and_leaves_the_others_alone() -> None:
    async def crash() -> CheckResult:
        raise RuntimeError("boom \x1b[31m")

    results = await outcomes(check("bad", crash), check("good", answering("ok")))

    assert results["good"].status == "ok"
    assert results["bad"].status == "unknown"
    assert "RuntimeError: boom" in results["bad"].summary
    assert "\x1b" not in results["bad"].summary


async def test_closing_the_run_cancels_what_is_still_looking() -> None:
    cancelled = asyncio.Event()

    async def hang() -> CheckResult:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    run = run_checks([check("slow", hang)])
    assert (await anext(run)).status == "wait"
    await run.aclose()

    assert cancelled.is_set()


@pytest.mark.parametrize("needs", [("nobody",), ("b",)])
async def test_needs_that_cannot_be_met_are_refused_at_once(needs: tuple[str, ...]) -> None:
    checks = [check("a", answering("ok"), *needs), check("b", answering("ok"), "a")]

    with pytest.raises(ValueError, match="circle"):
        await outcomes(*checks)


async def test_no_more_than_eight_look_at_once_and_all_of_them_do() -> None:
    looking = most = 0

    async def look() -> CheckResult:
        nonlocal looking, most
        looking += 1
        most = max(most, looking)
        for _ in range(3):
            await asyncio.sleep(0)
        looking -= 1
        return CheckResult("", "", "ok", "seen")

    results = await outcomes(*(check(f"c{number}", look) for number in range(40)))

    assert most == MAX_AT_ONCE
    assert len(results) == 40


async def test_what_is_known_is_neither_run_nor_told_and_counts_for_what_needs_it() -> None:
    async def refuse() -> CheckResult:
        raise AssertionError("it was looked at")

    known = {"daemon": CheckResult("daemon", "Daemon", "warn", "as before")}
    run = run_checks([check("daemon", refuse), check("disk", answering("ok"), "daemon")], known=known)

    assert [(result.id, result.status) async for result in run] == [("disk", "wait"), ("disk", "ok")]


async def test_a_known_failure_holds_up_what_needs_it() -> None:
    known = {"daemon": CheckResult("daemon", "Docker answers", "fail", "as before")}

    results = [result async for result in run_checks([check("disk", answering("ok"), "daemon")], known=known)]

    assert [(result.status, result.summary) for result in results] == [("skip", "waiting on: Docker answers")]


async def test_announcing_tells_every_row_in_the_order_given_before_anything_else() -> None:
    checks = [check("disk", answering("ok"), "daemon"), check("daemon", answering("ok")), check("os", answering("ok"))]
    known = {"os": CheckResult("os", "Os", "ok", "as before")}

    seen = [(result.id, result.status) async for result in run_checks(checks, known=known, announce=True)]

    assert seen[:2] == [("disk", "wait"), ("daemon", "wait")]
    assert [one for one in seen if one[1] != "wait"] == [("daemon", "ok"), ("disk", "ok")]


async def test_at_the_deadline_whatever_has_no_outcome_is_unknown_and_says_why() -> None:
    async def hang() -> CheckResult:
        await asyncio.Event().wait()
        raise AssertionError

    checks = [check("quick", answering("ok")), check("slow", hang), check("after", answering("ok"), "slow")]

    results = [result async for result in run_checks(checks, deadline_s=0.1) if result.status != "wait"]

    assert [(result.id, result.status) for result in results] == [
        ("quick", "ok"),
        ("slow", "unknown"),
        ("after", "unknown"),
    ]
    assert results[1].summary == "not looked at: the checks took longer than 0.1 s"


async def test_at_the_deadline_a_check_may_still_put_its_things_away() -> None:
    put_away = False

    async def hang() -> CheckResult:
        nonlocal put_away
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            put_away = True
        raise AssertionError

    async for _ in run_checks([check("slow", hang)], deadline_s=0.05):
        assert not put_away

    assert put_away


async def test_a_deadline_that_is_not_reached_changes_nothing() -> None:
    run = run_checks([check("a", answering("ok"))], deadline_s=30.0)

    assert [result.status async for result in run] == ["wait", "ok"]


def test_wanted_checks_bring_along_what_they_need_in_their_order() -> None:
    ok = answering("ok")
    checks = [check("a", ok), check("b", ok, "a"), check("c", ok), check("d", ok, "b")]

    assert [one.id for one in with_needs(checks, ["d"])] == ["a", "b", "d"]
    with pytest.raises(KeyError):
        with_needs(checks, ["e"])
