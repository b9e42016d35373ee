"""G14: what our scheduler adds to the longest path through the steps, on tools that only sleep.

The graph is the product's own; the tools are stub programs that sleep a tenth of the usual seconds of an install.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.documents import Measured
from lattice_tui.errors import ExitCode
from lattice_tui.install.bench import Bench
from lattice_tui.install.journal import Journal
from lattice_tui.install.plan_steps import STEPS
from lattice_tui.install.recorder import Recorder
from lattice_tui.install.scheduler import Done, Halt, Scheduler, Work
from lattice_tui.tools.process import FoundTool, ToolCall, ToolRunner

WALL_LIMIT = 1.01
"""G14: wall time beside the longest path."""
FLOOR_S = 2.0
"""G14: less than this is never too much, however short the path is."""
SERIES_LIMIT = 0.70
"""G14: at least 30 % shorter than the same stubs one after the other."""
STUB_S: Mapping[str, float] = {
    "checks": 0.1, "tools": 2.0, "images": 9.0, "bootstrap": 3.5, "reach": 0.1, "providers": 10.5, "objects": 0.2,
    "control-plane": 12.0, "network": 0.2, "nodes": 13.0, "management": 9.0, "move": 2.0, "finish": 0.5,
}  # fmt: skip
"""Seconds of each step's stub: a cold install with quick machines on a broadband line, in tenths."""


class _Stubs:
    """Every tool is a program that sleeps."""

    def find(self, tool: str) -> FoundTool | None:
        argv = (sys.executable, "-I", "-S", "-c", "import sys, time; time.sleep(float(sys.argv[1]))")
        return FoundTool(tool=tool, argv=argv, path=sys.executable)


def longest_path_s(durations_s: Mapping[str, float]) -> float:
    """Seconds of the longest chain of steps that need one another."""
    ends_s: dict[str, float] = {}
    for step in STEPS:
        ends_s[step.id] = max((ends_s[need] for need in step.needs), default=0.0) + durations_s[step.id]
    return max(ends_s.values())


def wall_s(durations_s: Mapping[str, float]) -> float:
    """Seconds that scheduler, journal and tool runner take for the stubs. Raises RuntimeError when one fails."""
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder, Journal(Path(folder)) as journal:
        record, halt = Recorder(journal), Halt()
        tools = Bench(ToolRunner(_Stubs()), record, halt)
        work = [
            Work(step.id, step.needs, ExitCode.BUG, _not_done, _Deed(tools, step.id, durations_s[step.id]))
            for step in STEPS
        ]
        began = time.monotonic()
        failure = asyncio.run(Scheduler(work, record, halt=halt).run())
        took_s = time.monotonic() - began
    if failure is not None:
        raise RuntimeError(f"{failure.step}: {failure.problem.title}")
    return took_s


async def _not_done() -> Done | None:
    return None


class _Deed:
    """A step that runs its stub."""

    def __init__(self, tools: Bench, step: str, sleep_s: float) -> None:
        self._tools = tools
        self._step = step
        self._sleep_s = sleep_s

    async def __call__(self) -> str:
        await self._tools.run(self._step, ToolCall("stub", (str(self._sleep_s),), timeout_s=60.0))
        return "slept"


def measured_scheduling(scale: float = 1.0) -> Iterator[Measured]:
    """Both lines. `scale` shortens the stubs, for a quick look."""
    durations_s = {step: seconds * scale for step, seconds in STUB_S.items()}
    ideal_s, took_s = longest_path_s(durations_s), wall_s(durations_s)
    limit = max(WALL_LIMIT, 1.0 + FLOOR_S / ideal_s)
    yield Measured("G14", "scheduling", took_s / ideal_s, limit)
    in_series = took_s / sum(durations_s.values())
    # What is short of it is no scheduling: fetching and the bootstrap cluster while the person still types.
    yield Measured("G14", "beside the same in series", in_series, SERIES_LIMIT, fails_the_bench=False)
