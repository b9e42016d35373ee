"""G6: CPU and memory until the first painted screen, beside a minimal Textual app, each on a terminal of its own."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.documents import Measured
from bench.keys import MINIMAL_FORM, READY_S, TerminalProgram

CPU_LIMIT = 1.15
"""G6: CPU seconds, user and system, until the screen stands still."""
MEMORY_LIMIT = 1.3
"""G6: resident memory then."""
ROUNDS = 5
Cost = tuple[float, int]
"""CPU seconds, and resident memory in KiB."""


def measured_first_paint(rounds: int = ROUNDS) -> Iterator[Measured]:
    """Both lines: medians over rounds in which the two are run in turn."""
    ours = (os.path.join(os.path.dirname(sys.executable), "lattice-tui"),)
    smallest = (sys.executable, "-c", MINIMAL_FORM)
    first_paint(ours), first_paint(smallest)  # these write bytecode and fill the file cache
    pairs = [(first_paint(ours), first_paint(smallest)) for _ in range(rounds)]
    yield Measured("G6", "first paint", statistics.median(a[0] / b[0] for a, b in pairs), CPU_LIMIT)
    yield Measured("G6", "memory at first paint", statistics.median(a[1] / b[1] for a, b in pairs), MEMORY_LIMIT)


def first_paint(command: Sequence[str]) -> Cost:
    """What a program has cost once its first screen has been painted. Raises RuntimeError when it paints nothing."""
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        terminal = TerminalProgram(command, Path(folder))
        try:
            terminal.wait_painted(READY_S)
            return terminal.cpu_s(), terminal.memory_kib()
        finally:
            terminal.close()
