"""Signals that ask an engine to stop: noted from its first moment on, acted upon once it can write that it stopped."""

from __future__ import annotations

import os
import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """The first signal stops at the journal's next point; a second one ends the process at once."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    def listen(self) -> None:
        """Note signals until somebody with an event loop takes over. The terminal that started us may close."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for signum in SIGNALS:
            signal.signal(signum, self._note)

    def take(self, signum: signal.Signals) -> None:
        """Take one signal; does not return from the second."""
        if self.signal is not None:
            # The journal is whole after each of its lines, and the tools die with us.
            os._exit(128 + signum)
        self.signal = signum

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        self.take(signal.Signals(signum))
