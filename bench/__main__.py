"""`make bench`: one line a goal; exit 1 when one is worse than its goal x 1.10."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bench.documents import Measured, measured_documents
from bench.door import measured_door
from bench.first_paint import measured_first_paint
from bench.goals import fails, goals, line
from bench.keys import KEYS_LIMIT, measure_keys
from bench.manifests import measured_manifests
from bench.provider_checks import measured_checks
from bench.ratio import measure
from bench.resuming import measured_resume
from bench.scheduling import measured_scheduling
from bench.watching import measured_watching


def measured_keys() -> Iterator[Measured]:
    """The line of G7."""
    yield Measured("G7", "keys", measure_keys().value, KEYS_LIMIT)


def main() -> int:
    """Measure every goal and print its line."""
    failed = False
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        for goal in goals(Path(folder)):
            ratio = measure(goal.a, goal.b)
            print(line(goal, ratio.value), flush=True)
            failed |= fails(goal, ratio.value)
    for measured in chain(
        measured_documents(),
        measured_manifests(),
        measured_keys(),
        measured_checks(),
        measured_door(),
        measured_first_paint(),
        measured_watching(),
        measured_scheduling(),
        measured_resume(),
    ):
        print(measured.line, flush=True)
        failed |= measured.fails
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
