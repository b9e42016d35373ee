"""Append-only files of lines: a line is there whole, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from lattice_tui.paths import PRIVATE_FILE


def open_for_appending(path: Path) -> int:
    """A descriptor that appends; the file is made with mode 0600. Raises OSError, ELOOP for a symbolic link."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)


def append_line(descriptor: int, line: bytes, path: Path) -> None:
    """One write, so that whoever tails the file sees whole lines; a full disk leaves none of it.

    `line` carries its own end; `path` is for the message. The line has not reached the disk yet: that takes an fsync.
    """
    size = os.fstat(descriptor).st_size
    try:
        written = os.write(descriptor, line)
        if written < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    except OSError:
        os.ftruncate(descriptor, size)
        raise
