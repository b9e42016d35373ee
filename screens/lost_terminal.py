"""Noticing that the terminal itself has gone: a program that does not own it gets no hang-up signal."""

from __future__ import annotations

import select
import signal

LOOK_EVERY_S = 1.0
EXIT_CODE = 128 + signal.SIGHUP
"""What a shell reports of a program that ended because its terminal did."""
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


def is_gone(descriptor: int) -> bool:
    """Whether the other end of this terminal has been closed. Nothing is read, and nothing waits."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(state & _GONE for _, state in poll.poll(0))
