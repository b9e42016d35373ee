"""G11 and G12: what watching and listing machines cost beside the Kubernetes client library, and beside plain JSON."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.documents import Measured

EVENTS = 6_000
MACHINES = 10_000
WATCH_FLOOR = 6.0
"""G11: events for each CPU second, beside `kubernetes.watch.Watch`."""
JSON_FLOOR = 3.0
"""G11: the same, beside a loop of `json.loads` over the HTTP library's own stream."""
LIST_CPU_LIMIT = 0.15
"""G12: CPU of the first list, beside `CustomObjectsApi` in one shot."""
LIST_MEMORY_LIMIT = 0.2
"""G12: peak resident memory of the whole process, beside the same."""
ROUNDS = 9
LIST_ROUNDS = 5
WARM_UP = 1


def measured_watching() -> Iterator[Measured]:
    """The four lines, each the median over rounds in which every client runs once, in turn."""
    with _server(EVENTS, 0) as url:
        rounds = list(_rounds(("watcher", "kubernetes-watch", "json-watch"), url, EVENTS, ROUNDS))
    watch = statistics.median(library[0] / ours[0] for ours, library, _ in rounds)
    plain = statistics.median(json[0] / ours[0] for ours, _, json in rounds)
    yield Measured("G11", "watch beside kubernetes.watch", watch, WATCH_FLOOR, is_floor=True)
    yield Measured("G11", "watch beside json.loads", plain, JSON_FLOOR, is_floor=True)
    with _server(0, MACHINES) as url:
        rounds = list(_rounds(("watcher", "kubernetes-list"), url, MACHINES, LIST_ROUNDS))
    cpu = statistics.median(ours[0] / library[0] for ours, library in rounds)
    memory = statistics.median(ours[1] / library[1] for ours, library in rounds)
    yield Measured("G12", f"list of {MACHINES} machines, CPU", cpu, LIST_CPU_LIMIT)
    yield Measured("G12", f"list of {MACHINES} machines, memory", memory, LIST_MEMORY_LIMIT)


def _rounds(names: tuple[str, ...], url: str, count: int, rounds: int) -> Iterator[tuple[tuple[float, int], ...]]:
    for number in range(WARM_UP + rounds):
        # Every other round backwards: a drifting machine favours nobody.
        order = names if number % 2 else names[::-1]
        costs = {name: _cost(name, url, count) for name in order}
        if number >= WARM_UP:
            yield tuple(costs[name] for name in names)


def _cost(name: str, url: str, count: int) -> tuple[float, int]:
    """(CPU seconds, peak KiB) of one client. Raises CalledProcessError when it fails."""
    command = (sys.executable, "-m", "bench.watch_clients", name, url, str(count))
    said = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True, timeout=120).stdout
    cpu_s, peak_kib = said.split()
    return float(cpu_s), int(peak_kib)


@contextmanager
def _server(events: int, machines: int) -> Iterator[str]:
    command = (sys.executable, "-m", "bench.watch_server", str(events), str(machines))
    server = subprocess.Popen(
        command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()


def _environment() -> dict[str, str]:
    """Without a proxy: the API server is on this computer, and the libraries do not agree on who asks one."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


if __name__ == "__main__":
    for measured in measured_watching():
        print(measured.line, flush=True)
