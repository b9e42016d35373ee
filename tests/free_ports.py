"""Ports for servers that are told theirs before they listen, and for those that are never to listen."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack

TRIES = 100
# Whatever seeds the usual generator: two processes that run tests side by side must not look at the same places.
_RANDOM = random.SystemRandom()


def free_ports(count: int, *, apart: int = 1) -> tuple[int, ...]:
    """Ports that nobody holds on any address, each with the `apart` - 1 after it, which nobody holds either.

    They lie below the range from which the system gives ports to connections, so no test beside this one takes them.
    """
    width = count * apart
    for first in _RANDOM.sample(range(20_000, 30_000, width), TRIES):
        with ExitStack() as held:
            try:
                for port in range(first, first + width):
                    held.enter_context(socket.socket()).bind(("0.0.0.0", port))
            except OSError:
                continue
        return tuple(range(first, first + width, apart))
    raise AssertionError(f"{TRIES} places for ports were tried, and all were taken")
