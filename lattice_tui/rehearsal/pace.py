"""`Pace`: the world's clock and its chance. One seed gives the same delays and the same names again."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime


class Pace:
    """How fast simulated time runs (`speed` simulated seconds to a real one) and what is random in it."""

    def __init__(self, speed: float = 1.0, seed: int = 1) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be more than 0, not {speed}")
        self.speed = speed
        self.seed = seed
        self.rng = random.Random(seed)  # noqa: S311 - a rehearsal must repeat; nothing secret is made of it
        self._streams: dict[str, int] = {}

    def now(self) -> str:
        """The wall clock as RFC 3339, UTC, whole seconds: what Kubernetes writes into timestamps."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def sleep(self, simulated_s: float) -> None:
        """Wait `simulated_s` seconds of the world's time; at least one turn of the loop."""
        await asyncio.sleep(max(0.0, simulated_s) / self.speed)

    def vary(self, low_s: float, high_s: float) -> float:
        """A duration between the two, simulated seconds."""
        return self.rng.uniform(low_s, high_s)

    def stream(self, name: str) -> random.Random:
        """A source of chance of its own.

        The n-th one of a name repeats with the seed and is unlike every other, so that a cluster made again under
        its old name still gets new uids.
        """
        count = self._streams.get(name, 0)
        self._streams[name] = count + 1
        return random.Random(f"{self.seed}/{name}/{count}")  # noqa: S311 - as above
