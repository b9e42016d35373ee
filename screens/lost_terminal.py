"""Noticing that the terminal itself has gone: a program that does not own it gets no hang-up signal."""

from __future__ import annotations

import os
import select
import signal
import sys

LOOK_EVERY_S = 1.0
EXIT_CODE = 128 + signal.SIGHUP
"""What a shell reports of a program that ended because its terminal did."""
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


def is_gone(descriptor: int) -> bool:
    """Whether the other end of this terminal has been closed. Nothing is read, and nothing waits."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(state & _GONE for _, state in poll.poll(0))


def let_go() -> None:
    """Send what was still meant for a terminal that has gone nowhere.

    Otherwise the interpreter would try to write it while it ends, and end with an exit code of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and is_gone(stream.fileno()):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
