"""The graph: what overlaps, what a failure stops, what is recorded, and how little it costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install.scheduler import Done, Failure, Halt, RecordError, Scheduler, Work
from schemas.problem import Problem

Said = list[tuple[str, dict[str, Any]]]
NEVER: Callable[[], Awaitable[Done | None]]


async def nothing_there() -> Done | None:
    return None


async def all_there() -> Done | None:
    return Done("was there")


async def at_once() -> str:
    return "made"


class Memory:
    """A journal that only remembers, and can be full."""

    def __init__(self) -> None:
        self.said: Said = []
        self.full_at = ""

    def append(self, event_type: Any, /, **facts: Any) -> None:
        name = event_type.model_fields["event"].default
        if name == self.full_at:
            raise OSError(28, "No space left on device", "/state/journal.jsonl")
        self.said.append((name, facts))

    @property
    def lines(self) -> list[str]:
        return [f"{name} {facts['step']}" for name, facts in self.said]


def work(
    step: str,
    needs: tuple[str, ...] = (),
    run: Callable[[], Awaitable[str]] = at_once,
    probe: Callable[[], Awaitable[Done | None]] = nothing_there,
    skip_why: str = "",
) -> Work:
    return Work(step, needs, ExitCode.MOVE, probe, run, skip_why)


def failing(exit_code: ExitCode = ExitCode.BUG) -> Callable[[], Awaitable[str]]:
    async def run() -> str:
        raise StepFailedError(Problem(code="LT-TST-001", title="It broke", fix="Mend it"), exit_code)

    return run


async def schedule(items: list[Work], memory: Memory, halt: Halt | None = None, **how: Any) -> Failure | None:
    return await Scheduler(items, memory, halt=halt or Halt(), **how).run()


async def test_each_step_is_recorded_before_and_after_it_runs() -> None:
    memory = Memory()

    async def run() -> str:
        assert memory.lines == ["step.started a"]
        return "made"

    assert await schedule([work("a", run=run)], memory) is None
    assert memory.lines == ["step.started a", "step.done a"]
    assert memory.said[1][1]["summary"] == "made"
    assert not memory.said[1][1]["adopted"]


async def test_steps_that_do_not_need_each_other_overlap() -> None:
    both = asyncio.Barrier(2)

    async def meet() -> str:
        await both.wait()
        return "met"

    memory = Memory()
    async with asyncio.timeout(30):
        await schedule([work("a"), work("b", ("a",), meet), work("c", ("a",), meet), work("d", ("b", "c"))], memory)

    assert memory.lines[:2] == ["step.started a", "step.done a"]
    assert set(memory.lines[2:4]) == {"step.started b", "step.started c"}
    assert memory.lines[-2:] == ["step.started d", "step.done d"]


async def test_work_that_is_done_already_is_adopted_and_not_run() -> None:
    memory = Memory()
    await schedule([work("a", run=failing(), probe=all_there)], memory, resumed=True)

    assert memory.lines == ["step.started a", "step.done a"]
    assert memory.said[1][1]["adopted"]
    assert memory.said[1][1]["summary"] == "was there"


async def test_what_the_journal_says_is_done_is_looked_at_and_left_alone() -> None:
    memory = Memory()
    await schedule([work("a", run=failing(), probe=all_there)], memory, resumed=True, done_before=frozenset({"a"}))

    assert memory.said == []


async def test_what_the_journal_says_is_done_and_is_not_there_is_done_again() -> None:
    """Reality first, journal second."""
    memory = Memory()
    await schedule([work("a")], memory, resumed=True, done_before=frozenset({"a"}))

    assert memory.lines == ["step.started a", "step.done a"]


async def test_a_step_that_is_not_wanted_is_skipped_with_the_reason_and_what_needs_it_runs() -> None:
    memory = Memory()
    await schedule([work("a", run=failing(), skip_why="not here"), work("b", ("a",))], memory)

    assert memory.lines == ["step.skipped a", "step.started b", "step.done b"]
    assert memory.said[0][1]["why"] == "not here"


async def test_after_a_failure_nothing_new_begins_and_waits_are_ended() -> None:
    ended = False

    async def wait_forever() -> str:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended = True
        return ""

    memory = Memory()
    items = [work("waits", run=wait_forever), work("fails", run=failing()), work("next", ("fails",))]
    failure = await schedule(items, memory)

    assert failure is not None
    assert (failure.step, failure.exit_code, failure.problem.code) == ("fails", ExitCode.MOVE, "LT-TST-001")
    assert ended
    assert memory.lines == ["step.started waits", "step.started fails", "step.failed fails"]


async def test_an_error_that_knows_its_own_exit_code_keeps_it() -> None:
    failure = await schedule([work("a", run=failing(ExitCode.DOCKER))], Memory())

    assert failure is not None
    assert failure.exit_code == ExitCode.DOCKER


async def test_a_bug_of_ours_ends_the_run_with_a_problem_and_its_traceback_in_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def broken() -> str:
        raise ZeroDivisionError("oh")

    failure = await schedule([work("a", run=broken)], Memory())

    assert failure is not None
    assert (failure.exit_code, failure.problem.code) == (70, "LT-BUG-001")
    assert "ZeroDivisionError: oh" in failure.problem.detail
    assert "Traceback" in capsys.readouterr().err


async def test_a_failure_while_another_fails_too_keeps_the_first() -> None:
    gate = asyncio.Event()

    async def first() -> str:
        gate.set()
        return await failing(ExitCode.DOCKER)()

    async def second() -> str:
        await gate.wait()
        return await failing(ExitCode.TOOL_MISSING)()

    memory = Memory()
    failure = await schedule([work("a", run=first), work("b", run=second)], memory)

    assert failure is not None
    assert failure.step == "a"


async def test_stopping_ends_what_runs_and_records_nothing_for_it() -> None:
    memory, halt, begun = Memory(), Halt(), asyncio.Event()

    async def wait_forever() -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    running = asyncio.create_task(schedule([work("a", run=wait_forever), work("b", ("a",))], memory, halt))
    await begun.wait()
    halt.why = "signal"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert memory.lines == ["step.started a"]


async def test_without_a_record_nothing_goes_on() -> None:
    memory = Memory()
    memory.full_at = "step.done"
    ran = False

    async def run() -> str:
        nonlocal ran
        ran = True
        return ""

    with pytest.raises(RecordError, match="No space left"):
        await schedule([work("a"), work("b", ("a",), run)], memory)
    assert not ran


def test_a_graph_whose_needs_come_later_is_refused() -> None:
    with pytest.raises(ValueError, match="b needs"):
        Scheduler([work("b", ("a",)), work("a")], Memory(), halt=Halt())


async def test_the_longest_path_decides_how_long_it_takes() -> None:
    """Thirteen steps as an install has them: wall clock within a tenth of the critical path, even on a busy machine."""
    seconds = {"a": 0.1, "b": 0.2, "c": 0.1, "d": 0.3, "e": 0.25, "f": 0.1}
    needs = {"a": (), "b": (), "c": ("a",), "d": ("b", "c"), "e": ("b",), "f": ("d", "e")}

    def sleeping(step: str) -> Callable[[], Awaitable[str]]:
        async def run() -> str:
            await asyncio.sleep(seconds[step])
            return ""

        return run

    async def ideal() -> None:
        """The same sleeps along the longest path (a, c or b, then d and f), timed on this very machine."""
        for wait_s in (0.2, 0.3, 0.1):
            await asyncio.sleep(wait_s)

    started = time.monotonic()
    await ideal()
    ideal_s = time.monotonic() - started
    started = time.monotonic()
    await schedule([work(step, needs[step], sleeping(step)) for step in seconds], Memory())
    wall_s = time.monotonic() - started

    assert wall_s < ideal_s * 1.1 + 0.1
    assert wall_s < sum(seconds.values()) * 0.8
