"""Runs a graph of steps: what can overlap does, the first failure starts nothing new, every end is recorded.

Knows nothing of clusters: a step is an id, what it needs, a look and a deed.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.events import StepDone, StepFailed, StepSkipped, StepStarted
from schemas.problem import Problem

UNSPECIFIC = frozenset({ExitCode.BUG, ExitCode.MACHINES})
"""Exit codes of errors that do not know in which step they came up: the step's own is more precise."""


@dataclass(frozen=True, slots=True)
class Done:
    """A probe's answer: the work is done already, in the real world."""

    summary: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One step, bound to everything it needs."""

    id: str
    needs: tuple[str, ...]
    exit_code: ExitCode
    probe: Callable[[], Awaitable[Done | None]]
    """Looks at the real world; changes nothing and runs no tool."""
    run: Callable[[], Awaitable[str]]
    """Does it, whatever half of it is there already; returns a summary."""
    skip_why: str = ""
    """Not empty: this plan does not need the step, for this reason."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The step that ended the run."""

    step: str
    problem: Problem
    exit_code: int


class Record(Protocol):
    """Where the scheduler writes what happens (the journal)."""

    def append(self, event_type: Any, /, **facts: Any) -> Any:
        """Write one event; it is on disk on return."""
        ...


class Halt:
    """Why running steps are being cancelled: a tool that runs may have to be let through to its end."""

    def __init__(self) -> None:
        self.why: Literal["", "failure", "signal"] = ""


class Scheduler:
    """One pass over the graph. Cancelling `run()` cancels the running steps; nothing is recorded for them."""

    def __init__(
        self,
        work: Sequence[Work],
        record: Record,
        *,
        halt: Halt,
        done_before: frozenset[str] = frozenset(),
        resumed: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _refuse_bad_graph(work)
        self._waiting = {item.id: item for item in work}
        self._record = record
        self._halt = halt
        self._done_before = done_before
        self._resumed = resumed
        self._clock = clock
        self._ended: set[str] = set()
        self._running: dict[asyncio.Task[None], Work] = {}
        self._failure: Failure | None = None

    async def run(self) -> Failure | None:
        """Run everything to its end, or to the first failure, which is returned."""
        try:
            while self._failure is None and self._start_ready():
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                self._collect()
        finally:
            # By failure, by cancellation, or because a record could not be written: nothing runs on behind our back.
            await self._cancel_running()
        return self._failure

    def _start_ready(self) -> bool:
        """Start what has everything it needs; returns whether anything runs."""
        progress = True
        while progress:
            progress = False
            for item in [item for item in self._waiting.values() if self._ended.issuperset(item.needs)]:
                del self._waiting[item.id]
                if item.skip_why:
                    self._skip(item)
                    progress = True
                else:
                    self._running[asyncio.create_task(self._one(item), name=f"step {item.id}")] = item
        return bool(self._running)

    def _skip(self, item: Work) -> None:
        self._ended.add(item.id)
        if item.id not in self._done_before:
            self._record.append(StepSkipped, step=item.id, why=item.skip_why)

    def _collect(self) -> None:
        for task in [task for task in self._running if task.done()]:
            item = self._running.pop(task)
            if task.cancelled():
                continue
            error = task.exception()
            if error is not None:
                # Only the record itself can raise here: without it nothing may go on.
                raise error
            if self._failure is None or self._failure.step != item.id:
                self._ended.add(item.id)

    async def _one(self, item: Work) -> None:
        started = self._clock()
        try:
            await self._probe_and_run(item, started)
        except Exception as error:
            if isinstance(error, RecordError):
                raise
            self._fail(item, error, self._clock() - started)

    async def _probe_and_run(self, item: Work, started: float) -> None:
        known = item.id in self._done_before
        if not known:
            self._append(StepStarted, step=item.id)
        found = await item.probe()
        if found is not None and known:
            return
        if found is None and known:
            self._append(StepStarted, step=item.id)
        summary = found.summary if found is not None else await item.run()
        self._append(
            StepDone,
            step=item.id,
            elapsed_s=round(self._clock() - started, 3),
            adopted=found is not None and self._resumed,
            summary=summary,
        )

    def _fail(self, item: Work, error: Exception, elapsed_s: float) -> None:
        problem, exit_code = _problem_of(item, error)
        self._append(StepFailed, step=item.id, elapsed_s=round(elapsed_s, 3), problem=problem, exit_code=int(exit_code))
        if self._failure is None:
            self._failure = Failure(item.id, problem, int(exit_code))

    def _append(self, event_type: Any, /, **facts: Any) -> None:
        try:
            self._record.append(event_type, **facts)
        except OSError as error:
            raise RecordError(error.errno, error.strerror, error.filename) from error

    async def _cancel_running(self) -> None:
        interrupted = False
        while pending := [task for task in self._running if not task.done()]:
            self._halt.why = self._halt.why or "failure"
            for task in pending:
                task.cancel()
            try:
                await asyncio.wait(pending)
            except asyncio.CancelledError:
                # Stopped while tools were let through to their end: ask again, for the new reason.
                interrupted = True
        self._collect()
        if interrupted:
            raise asyncio.CancelledError


class RecordError(OSError):
    """The journal could not be written: nothing may go on without it."""


def _problem_of(item: Work, error: Exception) -> tuple[Problem, ExitCode]:
    if isinstance(error, LatticeError):
        own = error.exit_code
        return error.problem, item.exit_code if own in UNSPECIFIC else own
    return unforeseen(f"The step {item.id}", error), ExitCode.BUG


def unforeseen(what: str, error: Exception) -> Problem:
    """A bug of ours, in words; the traceback goes to the engine's log, where a person who reports it finds it."""
    traceback.print_exception(error, file=sys.stderr)
    return Problem(
        code="LT-BUG-001",
        title=f"{what} broke in a way we did not foresee",
        detail=safe_text(f"{type(error).__name__}: {error}".rstrip(": "), 300),
        fix="Run it again with `lattice resume`; if it comes back, report it to us with engine.log.",
    )


def _refuse_bad_graph(work: Sequence[Work]) -> None:
    known: set[str] = set()
    for item in work:
        if missing := set(item.needs) - known:
            raise ValueError(f"{item.id} needs {sorted(missing)}, which do not come before it")
        known.add(item.id)
