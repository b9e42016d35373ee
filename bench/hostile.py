"""What refusing a hostile file costs: CPU time and memory, each file in a process that has read nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.bombs import BOMBS

# One process imports the reader; a fork of it reads each file, so that no file is measured with another's memory.
_READER = """
import json, os, resource, sys, time
from lattice_tui.providers.reading import read_cluster_bytes
read_cluster_bytes(open(sys.argv[1], "rb").read())
read_cluster_bytes(b"a: 1")
def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        data = open(line.rstrip("\\n"), "rb").read()
        before, started = peak_mib(), time.process_time()
        found = read_cluster_bytes(data)
        taken, grown = time.process_time() - started, peak_mib() - before
        print(json.dumps([taken, grown, [problem.code for problem in found.errors]]), flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print(json.dumps([0.0, 0.0, [f"ended with {os.waitstatus_to_exitcode(status)}"]]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one file was answered."""

    name: str
    cpu_s: float
    grown_mib: float
    codes: tuple[str, ...]
    """Of its errors; `ended with N` when reading it ended the process."""


def write_bombs(folder: Path) -> dict[str, Path]:
    """Every bomb as a file in `folder`, by its name."""
    files = {}
    for number, (name, make) in enumerate(BOMBS.items()):
        files[name] = folder / f"bomb-{number}.yaml"
        files[name].write_text(make(), "utf-8")
    return files


def refusals(files: dict[str, Path], good: Path) -> list[Refusal]:
    """Read each file once. `good` is read first, so that what every reading needs is there."""
    done = subprocess.run(
        [sys.executable, "-c", _READER, str(good)],
        input="".join(f"{path}\n" for path in files.values()),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Refusal(name, cpu_s, grown_mib, tuple(codes))
        for name, (cpu_s, grown_mib, codes) in zip(files, answers, strict=True)
    ]


def slowest(found: Iterable[Refusal]) -> Refusal:
    """The one that took the most CPU time."""
    return max(found, key=lambda refusal: refusal.cpu_s)


def largest(found: Iterable[Refusal]) -> Refusal:
    """The one that took the most memory."""
    return max(found, key=lambda refusal: refusal.grown_mib)
