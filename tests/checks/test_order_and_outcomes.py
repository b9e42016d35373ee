"""The runner: order, concurrency, time-outs, and what becomes of a check that breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lattice_tui.checks.runner import Check, run_checks
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
    await run.aclose()  # type: ignore[attr-defined]

    assert cancelled.is_set()


@pytest.mark.parametrize("needs", [("nobody",), ("b",)])
async def test_needs_that_cannot_be_met_are_refused_at_once(needs: tuple[str, ...]) -> None:
    checks = [check("a", answering("ok"), *needs), check("b", answering("ok"), "a")]

    with pytest.raises(ValueError, match="circle"):
        await outcomes(*checks)
