"""Seams that answer at once, from memory."""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
import weakref
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from pathlib import Path

from lattice_tui.checks.request import CheckRequest
from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.checks.stale import still_true
from lattice_tui.errors import LatticeError
from lattice_tui.providers.choosing import ChoicesRequest
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.preparing import CanMake, PrepareRequest, Said
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.fitting import Fit
from lattice_tui.wizard.paths import CREDENTIALS_NAME, CREDENTIALS_SOURCE
from lattice_tui.wizard.state import WizardState
from schemas.checks import CheckResult
from schemas.choices import LiveChoices
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
        later: Sequence[Sequence[CheckResult]] = (),
        inputs: Mapping[str, tuple[str, ...]] | None = None,
        events: Sequence[Sequence[ProgressEvent]] = (),
        checks_error: LatticeError | None = None,
        restart_error: LatticeError | None = None,
        tail_error: Exception | None = None,
        is_alive: bool = True,
        drafts: DraftStore | None = None,
        drafts_late_s: float = math.inf,
        looks_again: bool = False,
        found: Sequence[Found] = (),
        lists: Mapping[str, LiveChoices] | None = None,
        key_store: tuple[bool, str] = (True, ""),
        keep_error: LatticeError | None = None,
        fits: Sequence[Fit] = (),
        offers: Sequence[CanMake] = (),
        made: Sequence[Said] = (),
    ) -> None:
        """`later`: what the second and further looks find. `looks_again`: those come at once, else once it is set.

        Unless told otherwise, a disk is never late: the one that tests write to may be busy with others.
        """
        self._looks = [checks, *later]
        self._inputs = inputs or {}
        self.events = events
        self.checks_error = checks_error
        self.restart_error = restart_error
        self.tail_error = tail_error
        self.is_alive = is_alive
        self.drafts = drafts or _store_of_its_own(self)
        self.drafts_late_s = drafts_late_s
        self.looks_again = asyncio.Event()
        if looks_again:
            self.looks_again.set()
        self.checked: list[CheckRequest] = []
        self.asked: list[list[str]] = []
        """Ids of what each look has really looked at."""
        self.checks_closed = 0
        self.found = tuple(found)
        self.lists = dict(lists or {})
        self.key_store = key_store
        self.keep_error = keep_error
        self.kept: list[str] = []
        self._fit = tuple(fits)
        self.offers = tuple(offers)
        self.made = tuple(made)
        """What is told while something is made."""
        self.prepared: list[PrepareRequest] = []
        self.lists_asked: list[ChoicesRequest] = []
        self.requests: list[Request] = []
        self.signals: list[int] = []
        self.restarts = 0

    def seams(self) -> Seams:
        return Seams(
            checks=self._checks,
            start=self._start,
            restart=self._restart,
            tail=self._tail,
            is_engine_alive=lambda _folder: self.is_alive,
            signal_engine=self._signal,
            choices=self._choices,
            discover=lambda _wizard: self.found,
            keep=self._keep,
            key_store=lambda: self.key_store,
            fits=self._fits,
            prepare=self._prepare,
            drafts=self.drafts,
            drafts_late_s=self.drafts_late_s,
            pause=self._pause,
        )

    async def _fits(self, _wizard: WizardState) -> AsyncGenerator[Fit, None]:
        for fit in self._fit:
            yield fit

    async def _prepare(self, request: PrepareRequest, _cluster: str) -> AsyncGenerator[Said, None]:
        self.prepared.append(request)
        for one in self.offers if request.work == "list" else self.made:
            yield one

    async def _choices(self, request: ChoicesRequest) -> AsyncGenerator[LiveChoices, None]:
        """What each list holds; one that is not in memory never comes."""
        self.lists_asked.append(request)
        for path in request.fields:
            if path in self.lists:
                yield self.lists[path]
        if not all(path in self.lists for path in request.fields):
            await asyncio.Event().wait()

    def _keep(self, wizard: WizardState, where: str) -> WizardState:
        self.kept.append(where)
        if self.keep_error is not None:
            raise self.keep_error
        name = "" if where == "env" else wizard.name
        return wizard.with_answer(CREDENTIALS_SOURCE, where).with_answer(CREDENTIALS_NAME, name)

    async def _checks(self, request: CheckRequest) -> AsyncGenerator[CheckResult, None]:
        """The real runner over checks that answer from memory; one whose answer is `wait` never answers."""
        found = self._looks[min(len(self.checked), len(self._looks) - 1)]
        self.checked.append(request)
        asked: list[str] = []
        self.asked.append(asked)
        if self.checks_error is not None and not request.params.get("simulated"):
            raise self.checks_error
        checks = [
            Check(one.id, one.title, (), 600.0, partial(_answer, one, asked), inputs=self._inputs.get(one.id, ()))
            for one in found
        ]
        known = still_true(checks, request.results, before=request.before, now=request.params, again=request.again)
        try:
            async with aclosing(run_checks(checks, known=known, announce=True)) as results:
                async for result in results:
                    yield result
        finally:
            self.checks_closed += 1

    async def _pause(self, _seconds: float) -> None:
        await self.looks_again.wait()
        await asyncio.sleep(0.02)

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


def _store_of_its_own(owner: object) -> DraftStore:
    """A state folder that lives as long as `owner`."""
    folder = tempfile.mkdtemp(prefix="lattice-drafts-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return DraftStore(Path(folder) / "state", clock=still())


async def _answer(result: CheckResult, asked: list[str]) -> CheckResult:
    asked.append(result.id)
    if result.status == "wait":
        await asyncio.Event().wait()
    return result


class HandClock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def still(moment: datetime = START) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
