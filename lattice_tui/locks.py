"""Locks on files: one process at a time, let go by closing or dying, and the name of who holds one.

`flock` belongs to the open file, so a second opening in the same process is refused as well.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lattice_tui.paths import PRIVATE_FILE
from lattice_tui.text import safe_text

LOCK_PATIENCE_S = 0.5
"""Whoever asks who holds the lock takes it for a moment itself."""
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    pid: int
    """0 when that cannot be read."""
    host: str
    since: str
    """ISO time; empty when that cannot be read."""


class LockHeldError(Exception):
    """Another process, or another opening in this one, holds the lock."""

    def __init__(self, who: Holder) -> None:
        super().__init__(f"held by process {who.pid}")
        self.who = who


def take_lock(path: Path, *, patience_s: float = LOCK_PATIENCE_S) -> int:
    """The descriptor that holds the lock; closing it lets go. The file is made when it is not there.

    Raises LockHeldError when it stays held for `patience_s`, OSError when the file cannot be opened for writing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        _wait_for(descriptor, path, patience_s)
        _write_facts(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def lock_holder(path: Path) -> Holder | None:
    """Who holds the lock now, None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return last_lock_holder(path)
    finally:
        os.close(descriptor)
    return None


def last_lock_holder(path: Path) -> Holder:
    """Who took the lock last, whether or not it is still held."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads(path.read_bytes())
        return Holder(pid=int(facts["pid"]), host=safe_text(str(facts["host"])), since=safe_text(str(facts["since"])))
    return Holder(pid=0, host="", since="")


def _wait_for(descriptor: int, path: Path, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LockHeldError(last_lock_holder(path)) from None
            time.sleep(_POLL_S)
        else:
            return


def _write_facts(descriptor: int) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode() + b"\n"
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, line, 0)
