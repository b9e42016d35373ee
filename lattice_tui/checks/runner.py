"""Runs checks side by side in the order their needs allow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lattice_tui.errors import LatticeError
from lattice_tui.text import safe_text
from schemas.checks import CheckResult
from schemas.problem import Problem

MAX_AT_ONCE = 8
"""More would only queue up inside the daemon or the provider that is looked at."""


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the world. It reads and never writes."""

    id: str
    title: str
    needs: tuple[str, ...]
    """Ids of checks whose outcome must be ok or warn before this one makes sense."""
    timeout_s: float
    run: Callable[[], Awaitable[CheckResult]]
    """May raise LatticeError: its problem becomes a failed result. Any other exception becomes `unknown`."""
    simulated: bool = False


def failed(check_id: str, title: str, problem: Problem, *, field: str = "") -> CheckResult:
    """The failed result that says what a problem says."""
    return CheckResult(
        id=check_id,
        title=title,
        status="fail",
        summary=problem.title,
        why=problem.detail,
        fix=problem.fix,
        action=problem.check,
        field=field or problem.path,
        code=problem.code,
    )


async def run_checks(checks: Sequence[Check]) -> AsyncIterator[CheckResult]:
    """Yield `wait` when a check starts, then its outcome; a check whose needs are not met is only skipped.

    Closing the iterator cancels what still runs. Raises ValueError when a need is unknown or needs go in a circle.
    """
    order = _in_order(checks)
    results: asyncio.Queue[CheckResult] = asyncio.Queue()
    slots = asyncio.Semaphore(MAX_AT_ONCE)
    tasks: dict[str, asyncio.Task[CheckResult]] = {}
    for check in order:
        needed = {tasks[need]: need for need in check.needs}
        tasks[check.id] = asyncio.create_task(_outcome(check, needed, slots, results), name=f"check {check.id}")
    left = len(order)
    try:
        while left:
            result = await results.get()
            left -= result.status != "wait"
            yield result
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _outcome(
    check: Check,
    needed: Mapping[asyncio.Task[CheckResult], str],
    slots: asyncio.Semaphore,
    results: asyncio.Queue[CheckResult],
) -> CheckResult:
    missing = [found for task in needed if (found := await task).status not in ("ok", "warn")]
    if missing:
        names = ", ".join(found.title for found in missing)
        result = CheckResult(check.id, check.title, "skip", f"waiting on: {names}", simulated=check.simulated)
    else:
        async with slots:
            results.put_nowait(CheckResult(check.id, check.title, "wait", "looking", simulated=check.simulated))
            result = await _look(check)
    results.put_nowait(result)
    return result


async def _look(check: Check) -> CheckResult:
    started = time.monotonic()
    try:
        async with asyncio.timeout(check.timeout_s) as limit:
            result = await check.run()
    except TimeoutError as error:
        result = _unknown(check, f"no answer within {check.timeout_s:g} s" if limit.expired() else _words(error))
    except LatticeError as error:
        result = failed(check.id, check.title, error.problem)
    except Exception as error:
        # One check that breaks must not take the others along; what is not known never blocks.
        result = _unknown(check, _words(error))
    return replace(
        result,
        id=check.id,
        title=check.title,
        elapsed_s=round(time.monotonic() - started, 3),
        simulated=check.simulated or result.simulated,
    )


def _unknown(check: Check, why: str) -> CheckResult:
    return CheckResult(check.id, check.title, "unknown", f"could not be looked at: {why}")


def _words(error: Exception) -> str:
    return safe_text(f"{type(error).__name__}: {error}".rstrip(": "), 160)


def _in_order(checks: Sequence[Check]) -> list[Check]:
    """Needs first, otherwise as given."""
    left = {check.id: check for check in checks}
    if len(left) != len(checks):
        raise ValueError("two checks have the same id")
    ordered: dict[str, Check] = {}
    while left:
        ready = [check for check in left.values() if all(need in ordered for need in check.needs)]
        if not ready:
            raise ValueError(f"needs that are unknown or go in a circle: {', '.join(sorted(left))}")
        for check in ready:
            ordered[check.id] = left.pop(check.id)
    return list(ordered.values())
