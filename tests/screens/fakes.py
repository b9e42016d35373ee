"""Seams that answer at once, from memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from pathlib import Path

from lattice_tui.errors import LatticeError
from schemas.checks import CheckResult
from schemas.events import ProgressEvent
from screens.seams import Request, Seams
from tests.screens.recording import START

CHECKS: tuple[CheckResult, ...] = (
    CheckResult("docker", "Docker answers", "ok", "Docker 28.2, Linux, x86_64", simulated=True),
    CheckResult("memory", "Memory", "ok", "16 GiB, about 6 GiB needed", simulated=True),
    CheckResult("disk", "Disk", "ok", "120 GiB free, about 10 GiB needed", simulated=True),
    CheckResult("inotify", "File watches", "ok", "524,288 watches, 512 instances", simulated=True),
)


class MemoryTail:
    """Hands out events in batches, as a file that grows would."""

    def __init__(self, *batches: Sequence[ProgressEvent]) -> None:
        self._batches = list(batches)

    def read_new(self) -> list[ProgressEvent]:
        return list(self._batches.pop(0)) if self._batches else []


class FakeWorld:
    """Everything behind the seams, with a record of what was asked."""

    def __init__(
        self,
        *,
        checks: Sequence[CheckResult] = CHECKS,
        events: Sequence[Sequence[ProgressEvent]] = (),
        endpoint_error: LatticeError | None = None,
        restart_error: LatticeError | None = None,
        tail_error: Exception | None = None,
        is_alive: bool = True,
    ) -> None:
        self.checks = checks
        self.events = events
        self.endpoint_error = endpoint_error
        self.restart_error = restart_error
        self.tail_error = tail_error
        self.is_alive = is_alive
        self.checked: list[bool] = []
        self.requests: list[Request] = []
        self.signals: list[int] = []
        self.restarts = 0

    def seams(self) -> Seams:
        return Seams(
            docker_endpoint=self._endpoint,
            checks=self._checks,
            start=self._start,
            restart=self._restart,
            tail=self._tail,
            is_engine_alive=lambda _folder: self.is_alive,
            signal_engine=self._signal,
        )

    def _endpoint(self, simulated: bool) -> str:
        if self.endpoint_error is not None and not simulated:
            raise self.endpoint_error
        return "unix:///tmp/docker.sock"

    async def _checks(self, endpoint: str, simulated: bool) -> AsyncGenerator[CheckResult, None]:
        self.checked.append(simulated)
        for result in self.checks:
            yield result

    def _start(self, request: Request) -> Path:
        self.requests.append(request)
        return Path("/run/of/my-cluster")

    def _tail(self, folder: Path) -> MemoryTail:
        if self.tail_error is not None:
            raise self.tail_error
        return MemoryTail(*self.events)

    def _restart(self, folder: Path) -> None:
        if self.restart_error is not None:
            raise self.restart_error
        self.restarts += 1

    def _signal(self, folder: Path, signum: int) -> bool:
        self.signals.append(signum)
        return True


def still(moment: datetime = START) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
