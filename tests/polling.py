"""Waiting for something another process does: look again until it holds, never for a fixed time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_NEVER = threading.Event()


def eventually(look: Callable[[], T], until: Callable[[T], bool], *, timeout_s: float = 60.0) -> T:
    """Look again until it holds; the last look is what a failure shows."""
    deadline = time.monotonic() + timeout_s
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {timeout_s:.0f} s: {seen!r}")
        _NEVER.wait(0.05)
