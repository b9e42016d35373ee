"""`Backoff`: how long to wait before asking again."""

from __future__ import annotations

import random

BASE_S = 0.8
CAP_S = 30.0


class Backoff:
    """Capped exponential backoff with full jitter, so that many watchers do not return at once."""

    def __init__(self, rng: random.Random | None = None, *, base_s: float = BASE_S, cap_s: float = CAP_S) -> None:
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._base_s = base_s
        self._cap_s = cap_s
        self.attempts = 0

    def next_s(self) -> float:
        """A delay between 0 and the ceiling, which doubles with every call."""
        # The exponent is held down: two to the power of a week of retries does not fit a float.
        ceiling = min(self._cap_s, self._base_s * 2 ** min(self.attempts, 30))
        self.attempts += 1
        return self._rng.uniform(0, ceiling)

    def jitter_s(self, around_s: float) -> float:
        """About that long, a quarter more or less."""
        return self._rng.uniform(around_s * 0.75, around_s * 1.25)

    def reset(self) -> None:
        self.attempts = 0
