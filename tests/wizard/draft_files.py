"""Stores of a test's own: clocks that are set by hand, disks that refuse, and looks at what stands in the folder."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lattice_tui.wizard.drafts import DraftStore

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """Shows what it was set to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@dataclass
class Disk:
    """An fsync that counts, and refuses while it is told to."""

    refuses: bool = False
    synced: int = 0
    sizes: list[int] = field(default_factory=list)

    def sync(self, descriptor: int) -> None:
        if self.refuses:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
        self.synced += 1
        self.sizes.append(os.fstat(descriptor).st_size)


def store_in(folder: Path, **options: Any) -> DraftStore:
    """A store in the state folder `folder`/state, at noon unless told otherwise."""
    return DraftStore(folder / "state", **{"clock": HandClock(), **options})


def every_byte(folder: Path) -> bytes:
    """All that stands in the files below `folder`, names included."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(part for path in files for part in (os.fsencode(path), path.read_bytes()))
