"""Watching a run without a screen: tails the journal, prints changes, forwards signals, ends with its exit code."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal, Protocol

from lattice_tui.cli.guarding import flush_out, write_err, write_out
from lattice_tui.cli.lines import Lines, duration, stamp, step_place
from lattice_tui.errors import ExitCode
from lattice_tui.install.fold import reduce
from lattice_tui.install.tail import read_line
from schemas.events import EngineStopped, ProgressEvent, RunFinished
from schemas.snapshot import Snapshot

POLL_S = 0.1
HEARTBEAT_S = 60.0

How = Literal["finished", "stopped", "died", "timeout"]


class Link(Protocol):
    """What the watcher needs of a run."""

    def read_new_lines(self) -> list[bytes]:
        """Whole journal lines since the last call, as written."""

    def is_alive(self) -> bool:
        """Whether the engine's process holds the run."""

    def send(self, signum: int) -> bool:
        """Signal the engine; False when there is none."""


@dataclass(frozen=True, slots=True)
class Watching:
    """How to watch."""

    as_json: bool = False
    timeout_s: float | None = None
    seen_seq: int = 0
    """Events up to this one are history: replayed as JSON, never again as text, and they never end the watching."""
    heartbeat_s: float = HEARTBEAT_S
    reads_only: bool = False
    """A signal is meant for the watching alone: the engine never hears of it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How the watching ended."""

    how: How
    exit_code: int
    snapshot: Snapshot


class LeftAtOnceError(Exception):
    """A second signal, or the first one to somebody who only looks on: leave at once."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


@dataclass(slots=True)
class _State:
    snapshot: Snapshot = field(default_factory=Snapshot)
    lines: Lines = field(default_factory=Lines)
    signals: list[int] = field(default_factory=list)
    end: EngineStopped | RunFinished | None = None


def watch(
    link: Link,
    how: Watching,
    *,
    begin: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Watched:
    """Follow the run until it ends, stops, dies or the time is up. `begin` starts its engine.

    The first SIGINT or SIGTERM is passed on to the engine, which then stops at a point it can go on from.
    Raises LeftAtOnceError on the second, and on the first where `how.reads_only`.
    """
    state = _State()
    started = spoke = clock()
    with _taking_signals(link, state.signals, reads_only=how.reads_only):
        begin()
        if state.signals:
            # It came while there was no engine to take it.
            link.send(state.signals[0])
        while True:
            # Asked before reading: whatever a dying engine wrote last is then still read.
            was_alive = link.is_alive()
            if _take(link, how, state):
                spoke = clock()
            if state.end is not None:
                return _ended(state.end, state.snapshot)
            if not was_alive:
                return Watched("died", ExitCode.BUG, state.snapshot)
            now = clock()
            if how.timeout_s is not None and now - started >= how.timeout_s and not state.signals:
                return Watched("timeout", ExitCode.TIME_LIMIT, state.snapshot)
            if now - spoke >= how.heartbeat_s:
                spoke = now
                write_err(_heartbeat(state, now - started))
            pause(POLL_S)


def _take(link: Link, how: Watching, state: _State) -> bool:
    """Read, fold and print what is new; True when there was something."""
    taken = False
    for line in link.read_new_lines():
        event = read_line(line)
        if event is None:
            continue
        taken = True
        state.snapshot = reduce(state.snapshot, event)
        _print(line, event, how, state)
        if event.seq > how.seen_seq and isinstance(event, EngineStopped | RunFinished):
            state.end = event
    if taken and how.as_json:
        flush_out()
    return taken


def _print(line: bytes, event: ProgressEvent, how: Watching, state: _State) -> None:
    if how.as_json:
        write_out(line.decode())
        return
    text = state.lines.line(event, state.snapshot)
    if text is not None and event.seq > how.seen_seq:
        write_err(text)


def _ended(event: EngineStopped | RunFinished, snapshot: Snapshot) -> Watched:
    if isinstance(event, EngineStopped):
        return Watched("stopped", ExitCode.STOPPED, snapshot)
    return Watched("finished", event.exit_code, snapshot)


def _heartbeat(state: _State, watched_s: float) -> str:
    at = stamp(state.snapshot.last_at) if state.snapshot.last_at else "never"
    running = [
        f"{row.info.id}: {row.text}" if row.text else row.info.id
        for row in state.snapshot.steps
        if row.state == "running"
    ]
    doing = "stopping" if state.signals else "; ".join(running) or "between steps"
    return f"{_now()} {step_place(state.snapshot)} alive  {doing}; watched for {duration(watched_s)}, last change {at}"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@contextmanager
def _taking_signals(link: Link, signals: list[int], *, reads_only: bool) -> Iterator[None]:
    def handle(signum: int, _frame: FrameType | None) -> None:
        if reads_only:
            raise LeftAtOnceError(signum)
        signals.append(signum)
        link.send(signum)
        if len(signals) > 1:
            raise LeftAtOnceError(signum)
        write_err(f"{_now()} {signal.Signals(signum).name}: stopping at the next safe point; once more leaves at once")

    before = {signum: signal.signal(signum, handle) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
