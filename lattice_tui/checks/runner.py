"""Runs checks side by side in the order their needs allow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lattice_tui.errors import LatticeError
from lattice_tui.text import safe_text
from schemas.checks import CheckResult, CheckStatus
from schemas.problem import Problem

MAX_AT_ONCE = 8
"""More would only queue up inside the daemon or the provider that is looked at."""
CANCEL_GRACE_S = 2.0
"""For a cancelled check to put its things away, a container it tried above all."""
LOOKING = "looking"
"""The summary of a check that has begun."""
_NOTHING_KNOWN: Mapping[str, CheckResult] = MappingProxyType({})


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
    inputs: tuple[str, ...] = ()
    """Names of the parameters it looks at: another value of one makes its result stale."""


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


def with_needs(checks: Sequence[Check], wanted: Sequence[str]) -> tuple[Check, ...]:
    """The wanted checks and all that they need, in the order given. Raises KeyError for an id that is none."""
    by_id = {check.id: check for check in checks}
    found: set[str] = set()
    left = list(wanted)
    while left:
        check = by_id[left.pop()]
        if check.id not in found:
            found.add(check.id)
            left += check.needs
    return tuple(check for check in checks if check.id in found)


async def run_checks(
    checks: Sequence[Check],
    *,
    known: Mapping[str, CheckResult] = _NOTHING_KNOWN,
    deadline_s: float | None = None,
    announce: bool = False,
) -> AsyncGenerator[CheckResult, None]:
    """Yield `wait` when a check starts, then its outcome; a check whose needs are not met is only skipped.

    A check in `known` is neither run nor yielded: its result counts for those that need it. `announce` yields a
    `wait` for every check first, in the order given, so that whoever draws knows all rows. At the deadline every
    check without an outcome becomes `unknown`. Closing the iterator cancels what still runs. Raises ValueError when
    a need is unknown or needs go in a circle.
    """
    order = _in_order(checks, known)
    if announce:
        for check in checks:
            if check.id not in known:
                yield _waiting(check, known)
    run = _Run(known)
    run.start(order)
    ends_at = None if deadline_s is None else time.monotonic() + deadline_s
    left = {check.id: check for check in order}
    try:
        while left:
            result = await run.next_result(ends_at)
            if result is None:
                for check in left.values():
                    yield _told(check, "unknown", f"not looked at: the checks took longer than {deadline_s:g} s")
                break
            if result.status != "wait":
                del left[result.id]
            yield result
    finally:
        await run.cancel()


class _Run:
    """The tasks of one run, and the queue that they put their results into."""

    def __init__(self, known: Mapping[str, CheckResult]) -> None:
        self._known = known
        self._results: asyncio.Queue[CheckResult] = asyncio.Queue()
        self._slots = asyncio.Semaphore(MAX_AT_ONCE)
        self._tasks: dict[str, asyncio.Task[CheckResult]] = {}

    def start(self, order: Sequence[Check]) -> None:
        """One task a check; needs come before what needs them."""
        for check in order:
            needed = [self._tasks[need] for need in check.needs if need not in self._known]
            self._tasks[check.id] = asyncio.create_task(self._outcome(check, needed), name=f"check {check.id}")

    async def next_result(self, ends_at: float | None) -> CheckResult | None:
        """The next result; None when the time (of `time.monotonic`) has come before it."""
        if not self._results.empty():
            return self._results.get_nowait()
        try:
            async with asyncio.timeout(None if ends_at is None else max(0.0, ends_at - time.monotonic())):
                return await self._results.get()
        except TimeoutError:
            return None

    async def cancel(self) -> None:
        """End what still runs; a check that does not let go is waited for no longer than the grace."""
        running = [task for task in self._tasks.values() if not task.done()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CANCEL_GRACE_S)

    async def _outcome(self, check: Check, needed: Sequence[asyncio.Task[CheckResult]]) -> CheckResult:
        found = [self._known[need] for need in check.needs if need in self._known]
        found += [await task for task in needed]
        missing = [result.title for result in found if not _is_met(result)]
        if missing:
            result = _told(check, "skip", f"waiting on: {', '.join(missing)}")
        else:
            async with self._slots:
                self._results.put_nowait(_told(check, "wait", LOOKING))
                result = await _look(check)
        self._results.put_nowait(result)
        return result


def _is_met(result: CheckResult) -> bool:
    return result.status in ("ok", "warn")


def _waiting(check: Check, known: Mapping[str, CheckResult]) -> CheckResult:
    waits = any(need not in known for need in check.needs)
    return _told(check, "wait", "waiting for its turn" if waits else LOOKING)


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


def _told(check: Check, status: CheckStatus, summary: str) -> CheckResult:
    return CheckResult(check.id, check.title, status, summary, simulated=check.simulated)


def _unknown(check: Check, why: str) -> CheckResult:
    return _told(check, "unknown", f"could not be looked at: {why}")


def _words(error: Exception) -> str:
    return safe_text(f"{type(error).__name__}: {error}".rstrip(": "), 160)


def _in_order(checks: Sequence[Check], known: Mapping[str, CheckResult]) -> list[Check]:
    """What is not known yet: needs first, otherwise as given."""
    if len({check.id for check in checks}) != len(checks):
        raise ValueError("two checks have the same id")
    left = {check.id: check for check in checks if check.id not in known}
    ordered: dict[str, Check] = {}
    while left:
        ready = [check for check in left.values() if all(need in ordered or need in known for need in check.needs)]
        if not ready:
            raise ValueError(f"needs that are unknown or go in a circle: {', '.join(sorted(left))}")
        for check in ready:
            ordered[check.id] = left.pop(check.id)
    return list(ordered.values())
