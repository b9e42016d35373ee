"""`make bench`: one line a goal; exit 1 when one is worse than its goal x 1.10."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.goals import fails, goals, line
from bench.ratio import measure


def main() -> int:
    """Measure every goal and print its line."""
    failed = False
    with tempfile.TemporaryDirectory(prefix="lattice-bench-") as folder:
        for goal in goals(Path(folder)):
            ratio = measure(goal.a, goal.b)
            print(line(goal, ratio.value), flush=True)
            failed |= fails(goal, ratio.value)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
