"""What a run stands on. Once that has gone for good, nothing that is waited for can come any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from lattice_tui.errors import ExitCode
from lattice_tui.install.scheduler import Failure, Halt
from schemas.problem import Problem

Ground = Callable[[], Problem | None]
"""Why nothing can go on, None while everything stands. May block; called every 2 s from a thread of its own."""
LOOK_EVERY_S = 2.0


async def while_it_stands(
    work: Coroutine[Any, Any, Failure | None], ground: Ground | None, halt: Halt
) -> Failure | None:
    """Do the work to its end, or until the ground has gone. Cancelling cancels the work, and waits for its end."""
    if ground is None:
        return await work
    working = asyncio.ensure_future(work)
    looking = asyncio.ensure_future(_lost(ground))
    try:
        await asyncio.wait((working, looking), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        halt.why = "failure"
        return Failure("", looking.result(), int(ExitCode.DOCKER))
    finally:
        looking.cancel()
        working.cancel()
        await asyncio.wait((working,))


async def _lost(ground: Ground) -> Problem:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        problem = await asyncio.to_thread(ground)
        if problem is not None:
            return problem
