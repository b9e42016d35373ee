"""`Link`: is what the panes show still what the API server would say?

Watchers report every sign of life and every failure. A watch may be silent for a minute while all is
well, or because the network is gone: after a few quiet seconds the server is asked directly.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from lattice_tui.capi.changes import LinkChange, LinkState
from lattice_tui.capi.timing import USUAL, Timing

_PROBE = "probe"
_NO_ANSWER = "the API server does not answer"


class Link:
    """The state of one API server's connection, reported on change.

    `stale` once any watcher, or the server itself, has failed for 10 s, and at once when only a person can mend it;
    `live` once all are well again.
    """

    def __init__(
        self,
        on_change: Callable[[LinkChange], None],
        *,
        probe: Callable[[], bool],
        on_recover: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        timing: Timing = USUAL,
    ) -> None:
        self._on_change = on_change
        self._probe = probe
        self._on_recover = on_recover
        self._clock = clock
        self._timing = timing
        self._lock = threading.Lock()
        self._last_contact_s = clock()
        self._was_heard = False
        self._failing: dict[str, tuple[float, str]] = {}
        """Who fails: since when, and why."""
        self._reported: LinkState | None = None
        self._end = threading.Event()
        self._asked_s: float | None = None
        """Since when the server has been asked directly, and has not said anything."""

    def contact(self, who: str) -> None:
        """`who` heard from the server."""
        with self._lock:
            self._last_contact_s = self._clock()
            self._was_heard = True
            self._failing.pop(who, None)
        self.look()

    def trouble(self, who: str, why: str, *, since_s: float | None = None, asks: bool = False) -> None:
        """`who` could not reach the server, or was refused; it counts from its first failure in a row.

        `asks`: waiting mends nothing, a person has to.
        """
        with self._lock:
            first_s = self._failing[who][0] if who in self._failing else since_s
            if asks:
                first_s = -math.inf
            self._failing[who] = (self._clock() if first_s is None else first_s, why)
        self.look()

    def look(self) -> None:
        """Report the state if it has changed."""
        with self._lock:
            now_s = self._clock()
            if self._asked_s is not None and now_s - self._asked_s >= self._timing.probe_timeout_s:
                # Still waiting for its answer: whoever asks must not hold up what is told.
                self._failing.setdefault(_PROBE, (self._last_contact_s, _NO_ANSWER))
            old = [why for since_s, why in self._failing.values() if now_s - since_s >= self._timing.stale_after_s]
            is_undecided = bool(self._failing) if self._was_heard else True
            if self._end.is_set() or (is_undecided and not old):
                # Failing, but not for long, or never heard of yet: say nothing.
                return
            state: LinkState = "stale" if old else "live"
            if state == self._reported:
                return
            self._reported = state
            why = old[0] if old else ""
            self._on_change(LinkChange(state, why))

    def start(self) -> None:
        """Watch over it from daemon threads: one asks, the other tells."""
        for name, work in (("api-link", self.look), ("api-probe", self.check)):
            threading.Thread(target=self._repeat, args=(work,), name=name, daemon=True).start()

    def stop(self) -> None:
        """Say no more."""
        self._end.set()

    def check(self) -> None:
        """Ask the server directly when nobody has heard from it for a while."""
        with self._lock:
            last_s = self._last_contact_s
            is_quiet = self._clock() - last_s >= self._timing.probe_after_s
            was_failing = _PROBE in self._failing
        if not is_quiet and not was_failing:
            return
        with self._lock:
            self._asked_s = self._clock()
        answers = self._probe()
        with self._lock:
            self._asked_s = None
            was_failing |= _PROBE in self._failing
        if answers:
            self.contact(_PROBE)
            if was_failing:
                # Streams from before the break may hang without knowing it.
                self._on_recover()
        else:
            self.trouble(_PROBE, _NO_ANSWER, since_s=last_s)

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._end.wait(self._timing.tick_s):
            work()
