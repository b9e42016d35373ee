"""What several checks of one run want to know is asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SharedAnswers:
    """One question under one name: whoever asks first starts it, everybody gets its answer, or its exception."""

    def __init__(self) -> None:
        self._shared: dict[str, _Shared] = {}

    async def once(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer of the one task for `what`; with the last check that waits for it, the task ends as well."""
        shared = self._shared.get(what)
        if shared is None:
            shared = self._shared[what] = _Shared(asyncio.ensure_future(ask()))
        shared.waiting += 1
        try:
            # One check that is given up must not take the answer away from the others.
            return cast("T", await asyncio.shield(shared.task))
        except asyncio.CancelledError:
            if shared.waiting == 1 and not shared.task.done():
                del self._shared[what]
                shared.task.cancel()
                # A container that is tried is put away before its check has ended.
                await asyncio.wait({shared.task})
            raise
        finally:
            shared.waiting -= 1


@dataclass
class _Shared:
    """A question that was asked once, and how many checks wait for its answer."""

    task: asyncio.Future[Any]
    waiting: int = 0
