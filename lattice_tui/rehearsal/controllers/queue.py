"""`WorkQueue`: what is to be reconciled and when; a key is in it once."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Deferred(float):
    """A reconcile's answer: look again after so many seconds, and whatever happens not before."""


class WorkQueue(Generic[Key]):
    """Keys with the loop time at which they are due. Adding a key again can only make it due earlier."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._order = itertools.count()
        self._changed = asyncio.Event()

    def add(self, key: Key, after_s: float) -> None:
        """Make `key` due `after_s` real seconds from now."""
        due = asyncio.get_running_loop().time() + after_s
        if key in self._due and self._due[key] <= due:
            return
        self._due[key] = due
        heapq.heappush(self._heap, (due, next(self._order), key))
        self._changed.set()

    async def next(self) -> Key:
        """The next key, when it is due. It may be added again while it is worked on."""
        loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
                heapq.heappop(self._heap)  # replaced by an earlier time, or done
            wait_s = self._heap[0][0] - loop.time() if self._heap else None
            if wait_s is not None and wait_s <= 0:
                _, _, key = heapq.heappop(self._heap)
                del self._due[key]
                return key
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def __len__(self) -> int:
        return len(self._due)
