"""What the screens ask the rest of the program for. Every call may take long: only workers make them.

A test hands in its own `Seams`; nothing on a screen reaches past them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.checks.request import CheckRequest
    from lattice_tui.providers.choosing import ChoicesRequest
    from lattice_tui.providers.credentials import Found
    from lattice_tui.providers.preparing import PrepareRequest, Said
    from lattice_tui.wizard.drafts import DraftStore
    from lattice_tui.wizard.fitting import Fit
    from lattice_tui.wizard.signing_in import Keeping
    from lattice_tui.wizard.state import WizardState
    from schemas.choices import LiveChoices
    from schemas.events import ProgressEvent

REHEARSAL_SPEED = 10.0
"""Simulated seconds per second in a rehearsal that is started here: slow enough to read, under a minute in all."""


class Tail(Protocol):
    """The reading end of a journal."""

    def read_new(self) -> list[ProgressEvent]:
        """The events written since the last call."""


@dataclass(frozen=True, slots=True)
class Request:
    """A document that is ready to be built."""

    data: bytes
    file: str
    rehearsal: bool


async def _nothing_known(_wizard: WizardState) -> AsyncGenerator[Fit, None]:
    return
    yield  # what makes this an iterator


async def _nothing_to_make(_request: PrepareRequest, _cluster: str) -> AsyncGenerator[Said, None]:
    return
    yield  # as above


@dataclass(frozen=True, slots=True)
class Seams:
    """The ways out of the screens."""

    checks: Callable[[CheckRequest], AsyncGenerator[CheckResult, None]]
    """Results as they come; raises LatticeError when nothing can be asked. Closing the iterator ends the checks.

    Where the request says `simulated`, the rehearsed world answers; it is started if need be.
    """
    start: Callable[[Request], Path]
    """Prepares the run and starts its engine; answers its folder. Blocks; raises LatticeError or OSError."""
    restart: Callable[[Path], None]
    """Starts the engine of a run that was stopped. Blocks; raises LatticeError."""
    tail: Callable[[Path], Tail]
    is_engine_alive: Callable[[Path], bool]
    signal_engine: Callable[[Path, int], bool]
    choices: Callable[[ChoicesRequest], AsyncGenerator[LiveChoices, None]]
    """Pick-lists as they come, one a field. Closing the iterator ends the fetching. Where the request says `simulated`,
    the rehearsed world answers.
    """
    discover: Callable[[WizardState], tuple[Found, ...]]
    """What there is to sign in with, in a rehearsal the simulated account. Blocks."""
    keep: Callable[[WizardState, Keeping], WizardState]
    """Keeps what was given there, and lets the document refer to it. Blocks; raises LatticeError or OSError."""
    key_store: Callable[[], tuple[bool, str]]
    """Whether the system's key store can be used, and a sentence about it. Blocks."""
    drafts: DraftStore
    """The wizards that were left. Its calls block; they raise DraftError."""
    drafts_late_s: float
    """A disk that has not taken an answer for so long is said to hang."""
    fits: Callable[[WizardState], AsyncGenerator[Fit, None]] = _nothing_known
    """For each preset whether there is room for it, as it comes. Closing the iterator ends the looking."""
    prepare: Callable[[PrepareRequest, str], AsyncGenerator[Said, None]] = _nothing_to_make
    """Lists, makes or undoes what the provider lacks; what exists is written down before it is told."""
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Lets that many seconds go by, between two looks at the same thing."""


def real_seams(state: Path) -> Seams:
    """The seams of the product. `state` is the state folder."""
    from lattice_tui.wizard.drafts import DraftStore
    from lattice_tui.wizard.drafts_trouble import LATE_S

    return Seams(
        checks=lambda request: _checks(state, request),
        start=lambda request: _start(state, request),
        restart=_restart,
        tail=_tail,
        is_engine_alive=_is_engine_alive,
        signal_engine=_signal_engine,
        choices=lambda request: _choices(state, request),
        discover=lambda wizard: _discover(state, wizard),
        keep=_keep,
        key_store=_key_store,
        fits=lambda wizard: _fits(state, wizard),
        prepare=lambda request, cluster: _prepare(state, request, cluster),
        drafts=DraftStore(state),
        drafts_late_s=LATE_S,
    )


async def _world_of(state: Path, params: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters that lead into the rehearsed world, which is started if need be; none outside of a rehearsal."""
    if not params.get("simulated"):
        return {}
    from lattice_tui.rehearsal.check_world import rehearsed_params  # no aiohttp: the world is another process

    return await asyncio.to_thread(rehearsed_params, state)


async def _checks(state: Path, request: CheckRequest) -> AsyncGenerator[CheckResult, None]:
    from contextlib import aclosing

    from lattice_tui.providers.checking import check_live

    world = await _world_of(state, request.params)
    # Where the world is found is no answer of the person's: it makes no result stale.
    request = replace(request, params={**request.params, **world}, before={**request.before, **world})
    async with aclosing(check_live(request)) as results:
        async for result in results:
            yield result


async def _fits(state: Path, wizard: WizardState) -> AsyncGenerator[Fit, None]:
    from lattice_tui.checks.request import CheckRequest
    from lattice_tui.wizard.fitting import fit_of, fitting_subjects

    for preset, subject in await asyncio.to_thread(fitting_subjects, wizard):
        request = CheckRequest(subject.provider, subject.params, secrets=subject.secrets, only=subject.only)
        results = [result async for result in _checks(state, request)]
        yield fit_of(preset, results, subject.only)


def _prepare(state: Path, request: PrepareRequest, cluster: str) -> AsyncGenerator[Said, None]:
    from lattice_tui.providers.inventory import Inventory, prepare_on_record

    return prepare_on_record(request, Inventory(state, rehearsal=bool(request.params.get("simulated"))), cluster)


async def _choices(state: Path, request: ChoicesRequest) -> AsyncGenerator[LiveChoices, None]:
    from contextlib import aclosing

    from lattice_tui.providers.choosing import choose_live

    world = await _world_of(state, request.params)
    request = replace(request, params={**request.params, **world})
    async with aclosing(choose_live(request)) as lists:
        async for found in lists:
            yield found


def _discover(state: Path, wizard: WizardState) -> tuple[Found, ...]:
    from lattice_tui.wizard.signing_in import discovered

    if wizard.rehearsal:
        from lattice_tui.rehearsal.check_world import rehearsed_credentials

        return rehearsed_credentials(state, wizard.provider)
    return discovered(wizard.provider)


def _keep(wizard: WizardState, where: Keeping) -> WizardState:
    from lattice_tui.wizard.signing_in import kept

    return kept(wizard, where)


def _key_store() -> tuple[bool, str]:
    from lattice_tui.providers.credential_store import default_store

    return default_store().keyring_state()


def _start(state: Path, request: Request) -> Path:
    from lattice_tui.install.files import WORLD
    from lattice_tui.install.launch import RunOptions, prepare_run, start_engine
    from lattice_tui.paths import run_folder
    from lattice_tui.providers.reading import read_cluster_bytes

    read = read_cluster_bytes(request.data, request.file)
    options = RunOptions(rehearsal=request.rehearsal, speed=REHEARSAL_SPEED if request.rehearsal else 1.0)
    if request.rehearsal and read.cluster is not None:
        from lattice_tui.rehearsal.launch import stop_world

        stop_world(run_folder(state, read.cluster.metadata.name, rehearsal=True) / WORLD)
    folder = prepare_run(read, state, options, fresh=request.rehearsal)
    start_engine(folder)
    return folder


def _restart(folder: Path) -> None:
    from lattice_tui.install.launch import start_engine

    start_engine(folder)


def _tail(folder: Path) -> Tail:
    from lattice_tui.install.files import JOURNAL
    from lattice_tui.install.tail import JournalTail

    return JournalTail(folder / JOURNAL)


def _is_engine_alive(folder: Path) -> bool:
    from lattice_tui.install.launch import engine_pid

    return engine_pid(folder) is not None


def _signal_engine(folder: Path, signum: int) -> bool:
    from lattice_tui.install.launch import signal_engine

    return signal_engine(folder, signum)
