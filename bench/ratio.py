"""The CPU ratio of two commands, run in turn so that a drifting machine slows both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 25
WARM_UP = 2
"""Rounds that only fill the file cache and write bytecode."""
_NOWHERE = subprocess.DEVNULL
# As on a person's computer: bytecode is kept, and nothing changes how the interpreter starts.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass(frozen=True, slots=True)
class Ratio:
    """Medians over the rounds; CPU seconds are user plus system time of the process and its children."""

    value: float
    a_cpu_s: float
    b_cpu_s: float


def measure(a: Sequence[str], b: Sequence[str], rounds: int = ROUNDS) -> Ratio:
    """Run A and B in turn. Raises RuntimeError when one of them fails: a failing command is quick for nothing."""
    pairs = [_round(a, b, flipped=number % 2 == 1) for number in range(WARM_UP + rounds)][WARM_UP:]
    return Ratio(
        value=statistics.median(a_cpu_s / b_cpu_s for a_cpu_s, b_cpu_s in pairs),
        a_cpu_s=statistics.median(a_cpu_s for a_cpu_s, _ in pairs),
        b_cpu_s=statistics.median(b_cpu_s for _, b_cpu_s in pairs),
    )


def _round(a: Sequence[str], b: Sequence[str], *, flipped: bool) -> tuple[float, float]:
    if flipped:
        b_cpu_s = cpu_s(b)
        return cpu_s(a), b_cpu_s
    return cpu_s(a), cpu_s(b)


def cpu_s(command: Sequence[str]) -> float:
    """CPU seconds of one run with its output thrown away."""
    child = subprocess.Popen(command, env=_ENVIRONMENT, stdin=_NOWHERE, stdout=_NOWHERE, stderr=_NOWHERE)
    _, status, usage = os.wait4(child.pid, 0)
    # Told to Popen, which would otherwise wait for a child that has been reaped.
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with exit code {child.returncode}")
    return usage.ru_utime + usage.ru_stime
