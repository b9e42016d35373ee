"""A loop whose clock stands still while there is work and jumps when there is none.

A simulated run then takes the time of its computing, and takes the same course on a busy machine as on an idle one.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from lattice_tui.rehearsal.pace import Pace

T = TypeVar("T")

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timer it moves the clock on to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.now_s += timeout
            timeout = 0
        return super().select(timeout)


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


class VirtualPace(Pace):
    """A pace whose wall clock is the loop's, in simulated seconds: timestamps are as far apart as in a real run."""

    def now(self) -> str:
        simulated_s = asyncio.get_running_loop().time() * self.speed
        return (_BEGIN + timedelta(seconds=simulated_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def run_virtually(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work()` to its end on such a loop."""

    async def main() -> T:
        return await work()

    with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
        return runner.run(main())
