"""`python -m tests.real_clients.clusterctl_cut_off REAL POINTS -- ARGUMENTS`: clusterctl, killed at the next point.

POINTS is a file with one point a line; each run takes the first one away. The real clusterctl goes through gates; at
its point it is killed by `kill -9`, and this process with it. A run for which no point is left goes to its end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.real_clients.gates import Call, Gates, Judge, Side, Verdict

POLL_S = 0.02


def nth(count: int, holds: Callable[[Call], bool]) -> Judge:
    """Hold the call that is the `count`-th for which it holds."""
    seen = 0

    def judge(call: Call) -> Verdict:
        nonlocal seen
        seen += holds(call)
        return "hold" if holds(call) and seen == count else "pass"

    return judge


def pauses(side: Side, value: bytes) -> Callable[[Call], bool]:
    """Whether the call sets `spec.paused` of a Cluster."""
    return lambda call: (
        (call.side, call.method, call.kind) == (side, "PATCH", "clusters") and b'"paused":' + value in call.body
    )


def creates(call: Call) -> bool:
    """Whether the call makes an object in the target's namespace."""
    return (call.side, call.method) == ("target", "POST") and call.kind != ""


def marks(call: Call) -> bool:
    """Whether the call is the first of those that take an object from the source."""
    return (call.side, call.method) == ("source", "PATCH") and b"delete-for-move" in call.body


def lets_go(call: Call) -> bool:
    """Whether the call takes the finalizers from an object that was asked to go."""
    return (call.side, call.method) == ("source", "PATCH") and b'"finalizers"' in call.body


POINTS: dict[str, Callable[[], Judge]] = {
    "before pausing": lambda: nth(1, pauses("source", b"true")),
    "paused": lambda: nth(1, creates),
    "half created": lambda: nth(8, creates),
    "all created": lambda: nth(1, marks),
    "half deleted": lambda: nth(3, lets_go),
    "before unpausing": lambda: nth(1, pauses("target", b"null")),
    "": lambda: lambda _call: "pass",
}
"""What a run that is killed there has done last; `half deleted` leaves an object that only its finalizers hold."""


def run(real: str, point: str, arguments: list[str]) -> int:
    """Run clusterctl up to the point; its exit code, -9 when it was killed there."""
    gates = Gates(POINTS[point]())
    arguments = list(arguments)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sides: tuple[tuple[Side, str], ...] = (("source", "--kubeconfig"), ("target", "--to-kubeconfig"))
        for side, flag in sides:
            place = arguments.index(flag) + 1
            out = Path(folder) / side
            stack.enter_context(gates.before(side, Path(arguments[place]), out))
            arguments[place] = str(out)
        process = subprocess.Popen([real, *arguments], stdin=subprocess.DEVNULL)
        while process.poll() is None and not gates.held.is_set():
            time.sleep(POLL_S)
        process.kill()
        return process.wait()


def next_point(path: Path) -> str:
    """Take the first line away."""
    point, _, rest = path.read_text().partition("\n")
    path.write_text(rest)
    return point


if __name__ == "__main__":
    code = run(sys.argv[1], next_point(Path(sys.argv[2])), sys.argv[sys.argv.index("--") + 1 :])
    if code == -signal.SIGKILL:
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(code)
