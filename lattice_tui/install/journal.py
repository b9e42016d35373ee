"""The journal: append-only JSON lines, written before and after every side effect, by one process at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from lattice_tui.append_only import append_line, open_for_appending
from lattice_tui.errors import RunHeldError
from lattice_tui.install import files
from lattice_tui.install.tail import read_line
from lattice_tui.locks import Holder, LockHeldError, last_lock_holder, lock_holder, take_lock
from lattice_tui.paths import PRIVATE_FILE, private_folder, sync_folder
from schemas.events import ProgressEvent
from schemas.problem import Problem

Event = TypeVar("Event", bound=ProgressEvent)
Clock = Callable[[], datetime]

SYNCED = frozenset({"run", "engine", "step", "inventory"})
"""First word of the events that must survive a power cut; the others are only flushed."""


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class Journal:
    """The writing end. Opening takes the run's lock; closing, or dying, lets it go.

    Raises RunHeldError when another process holds it.
    """

    def __init__(self, folder: Path, *, clock: Clock = utc_now) -> None:
        self._clock = clock
        private_folder(folder)
        self.path = folder / files.JOURNAL
        self._lock = _take_lock(folder)
        try:
            self.history = _repaired(self.path)
            self._seq = max((event.seq for event in self.history), default=0)
            self._last_at = max((event.at for event in self.history), default=clock())
            self._file = open_for_appending(self.path)
        except BaseException:
            os.close(self._lock)
            raise
        sync_folder(folder)

    history: list[ProgressEvent]
    """What earlier processes wrote, oldest first."""

    def append(self, event_type: type[Event], /, **facts: Any) -> Event:
        """Write one event; it has reached the disk on return when it is about the run, a step or the inventory."""
        # A wall clock may be set back; what comes later in the journal never seems to come before.
        at = max(self._clock(), self._last_at)
        event = event_type(seq=self._seq + 1, at=at, **facts)
        line = event.model_dump_json().encode() + b"\n"
        append_line(self._file, line, self.path)
        if event.event.partition(".")[0] in SYNCED:
            os.fsync(self._file)
        self._seq, self._last_at = event.seq, at
        return event

    def restart(self) -> None:
        """Forget what was written: another plan begins, and nothing was made under the old one."""
        os.ftruncate(self._file, 0)
        self.history = []
        self._seq = 0

    def close(self) -> None:
        """Flush everything and let the lock go."""
        os.fsync(self._file)
        os.close(self._file)
        os.close(self._lock)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def holder(folder: Path) -> Holder | None:
    """Who holds the run, None when nobody does."""
    return lock_holder(folder / files.LOCK)


def last_holder(folder: Path) -> Holder:
    """Who took the lock last, whether or not it is still held; pid 0 when that cannot be read."""
    return last_lock_holder(folder / files.LOCK)


def held_problem(folder: Path, who: Holder) -> Problem:
    """What to tell a person whose run is held by another process."""
    return Problem(
        code="LT-RUN-001",
        title=f"Another process is working on {folder.name}",
        detail=f"Process {who.pid} on {who.host or 'an unknown host'} holds it since {who.since or 'an unknown time'}.",
        fix=f"Watch that one with `lattice watch {folder.name}`, or end it: kill {who.pid}",
        check=f"ps -p {who.pid}",
    )


def _take_lock(folder: Path) -> int:
    try:
        return take_lock(folder / files.LOCK)
    except LockHeldError as held:
        raise RunHeldError(held_problem(folder, held.who)) from None


def _repaired(path: Path) -> list[ProgressEvent]:
    """The events in the file. A torn end (a crash in the middle of a write) is cut off and kept aside."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = data.splitlines(keepends=True)
    whole = len(data)
    while lines and (not lines[-1].endswith(b"\n") or read_line(lines[-1]) is None):
        whole -= len(lines.pop())
    if whole < len(data):
        _set_aside(path.with_name(files.TORN), data[whole:])
        os.truncate(path, whole)
    return [event for line in lines if (event := read_line(line)) is not None]


def _set_aside(path: Path, torn: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        os.write(descriptor, torn + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
