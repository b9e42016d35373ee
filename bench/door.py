"""G13: what the door costs while a provider is checked: its memory, and how long a key waits for its paint."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.documents import Measured
from bench.keys import MINIMAL_FORM, READY_S, TerminalProgram

MEMORY_LIMIT = 1.3
"""G13: resident memory of the door on the page Connect, beside the smallest Textual app."""
KEY_LIMIT = 3.0
"""G13: a key's way to its paint while checks run, beside the same key when none does."""
DOWN, NEXT, ENTER, TAB, LOOK = b"\x1b[B", b"\x0e", b"\r", b"\t", b"\x1bOR"
MARK, BACKSPACE = b"~", b"\x7f"
"""A letter that no row of checks holds: its paint is told from theirs."""
KEYS = 24
SETTLE_S = 1.5


def measured_door() -> Iterator[Measured]:
    """Both lines."""
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        smallest = TerminalProgram((sys.executable, "-c", MINIMAL_FORM), Path(folder))
        try:
            smallest.wait_painted(READY_S)
            time.sleep(SETTLE_S)
            floor_kib = smallest.memory_kib()
        finally:
            smallest.close()
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        door = TerminalProgram((_lattice_tui(), "--rehearse"), Path(folder))
        try:
            _go_to_connect(door)
            idle_s = _keys_s(door, busy=False)
            busy_s = _keys_s(door, busy=True)
            yield Measured("G13", "memory of the door", door.memory_kib() / floor_kib, MEMORY_LIMIT)
            yield Measured("G13", "key while checks run", busy_s / idle_s, KEY_LIMIT)
        finally:
            door.close()


def _lattice_tui() -> str:
    return os.path.join(os.path.dirname(sys.executable), "lattice-tui")


def _go_to_connect(door: TerminalProgram) -> None:
    """Proxmox, this computer, connect; the simulated account is picked, and its checks have ended."""
    door.wait_painted(READY_S)
    for key, pause_s in ((DOWN, 0.5), (NEXT, 8.0), (NEXT, 4.0), (ENTER, 6.0), (TAB, 0.5)):
        door.press(key)
        time.sleep(pause_s)
    door.wait_quiet()


def _keys_s(door: TerminalProgram, *, busy: bool) -> float:
    """Median seconds from a key to its paint, in the field for the address."""
    took = []
    for _ in range(KEYS):
        if busy:
            door.write(LOOK)
        took.append(door.seconds_to_paint(MARK))
        door.press(BACKSPACE)
    door.wait_quiet()
    return statistics.median(took)
