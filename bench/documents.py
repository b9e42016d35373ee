"""G4 and G19: what reading a cluster.yaml costs, beside the plain loader on the same text in the same process."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.goals import SLACK
from bench.hostile import largest, refusals, slowest, write_bombs
from bench.ratio import Ratio

ROUNDS = 41
DOCUMENTS_A_ROUND = 100
GUARD_LIMIT = 1.6
"""G19: the guard's CPU time beside the plain loader's, which builds what the guard builds."""
READING_LIMIT = 2.0
"""G4: 1,500 documents a second where the plain loader manages 3,000."""
RATE_GOAL = 1500
HOSTILE_LIMIT_MS = 150.0
HOSTILE_LIMIT_MIB = 20.0
GOOD_DOCUMENT = Path(__file__).resolve().parent.parent / "examples" / "docker.yaml"


@dataclass(frozen=True, slots=True)
class Measured:
    """One line: a value, and the limit or the goal it is held against."""

    id: str
    name: str
    value: float
    goal: float
    is_floor: bool = False
    """The value may not be lower than the goal, rather than not higher."""
    fails_the_bench: bool = True
    """False for what depends on the machine alone."""

    @property
    def is_ok(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.is_floor else self.value <= self.goal

    @property
    def line(self) -> str:
        """`G<id> <name> <value> <goal> ok|short`, as for every other goal."""
        return f"{self.id} {self.name} {self.value:.2f} {self.goal:.2f} {'ok' if self.is_ok else 'short'}"

    @property
    def fails(self) -> bool:
        """Whether it is worse than a machine that is never still would make it."""
        return self.fails_the_bench and not self.is_floor and self.value > self.goal * SLACK


def measured_documents() -> Iterator[Measured]:
    """The lines of G4 and G19, each as soon as it is known."""
    text = GOOD_DOCUMENT.read_text("utf-8")
    plain, guard, whole = _plain(text), _guard(text), _whole(text.encode())
    reading = ratio_of(whole, plain)
    yield Measured("G4", "documents", reading.value, READING_LIMIT)
    yield Measured("G4", "rate", 1 / reading.a_cpu_s, RATE_GOAL, is_floor=True, fails_the_bench=False)
    yield Measured("G19", "guard", ratio_of(guard, plain).value, GUARD_LIMIT)
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        found = refusals(write_bombs(Path(folder)), GOOD_DOCUMENT)
    yield Measured("G19", "hostilems", slowest(found).cpu_s * 1000, HOSTILE_LIMIT_MS, fails_the_bench=False)
    yield Measured("G19", "hostilemib", largest(found).grown_mib, HOSTILE_LIMIT_MIB)


def ratio_of(a: Callable[[], object], b: Callable[[], object], rounds: int = ROUNDS) -> Ratio:
    """CPU seconds of one call of each, measured in turn in this process."""
    pairs = [(_cpu_s(a), _cpu_s(b)) for _ in range(rounds + 1)][1:]
    return Ratio(
        value=statistics.median(a_cpu_s / b_cpu_s for a_cpu_s, b_cpu_s in pairs),
        a_cpu_s=statistics.median(a_cpu_s for a_cpu_s, _ in pairs),
        b_cpu_s=statistics.median(b_cpu_s for _, b_cpu_s in pairs),
    )


def _cpu_s(call: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(DOCUMENTS_A_ROUND):
        call()
    return (time.process_time() - started) / DOCUMENTS_A_ROUND


def _plain(text: str) -> Callable[[], object]:
    import yaml

    return lambda: yaml.load(text, Loader=yaml.CSafeLoader)


def _guard(text: str) -> Callable[[], object]:
    from lattice_tui.document.guard import build_tree
    from lattice_tui.document.report import Report

    return lambda: build_tree(text, Report("cluster.yaml"))


def _whole(data: bytes) -> Callable[[], object]:
    """Decoding, the guard, every rule of the document and of its provider."""
    from lattice_tui.providers.reading import read_cluster_bytes

    found = read_cluster_bytes(data)
    if found.cluster is None or found.problems:
        raise RuntimeError(f"{GOOD_DOCUMENT.name} has a problem: only good input is measured")
    return lambda: read_cluster_bytes(data)
