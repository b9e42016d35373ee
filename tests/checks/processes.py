"""Looking at processes from outside, as the system shows them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROC = Path("/proc")
needs_proc = pytest.mark.skipif(
    not (PROC / "self" / "stat").exists(), reason="needs /proc, to see processes from outside"
)


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody has waited for yet has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = PROC / str(pid) / "stat"
    return not (stat.exists() and _fields(stat)[0] == "Z")


def descendants(pid: int) -> set[int]:
    """Everything that this process started, and what that started. Needs /proc."""
    parents: dict[int, int] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(_fields(stat)[1])
        except OSError:
            # Ended while we were looking.
            continue
    found: set[int] = set()
    left = {pid}
    while left:
        left = {child for child, parent in parents.items() if parent in left} - found
        found |= left
    return found


def _fields(stat: Path) -> list[str]:
    """State, parent and the rest: the name before them may hold anything."""
    return stat.read_text().rpartition(")")[2].split()
