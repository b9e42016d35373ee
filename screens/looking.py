"""The worker behind a page with checks: it looks, tells, and looks again at what may have been mended meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.message import Message

from lattice_tui.checks.request import CheckRequest
from lattice_tui.errors import LatticeError
from lattice_tui.wizard.board import Board
from lattice_tui.wizard.computer import check_params, checked_provider
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId
from lattice_tui.wizard.subjects import Subject, subject_of
from schemas.problem import Problem
from screens.clock import Clock
from screens.seams import Seams

AGAIN_EVERY_S = 5.0
"""Between two looks at what is not ok: soon enough for whoever mends it in another window."""


@dataclass(frozen=True, slots=True)
class LookOrder:
    """What is to be looked at."""

    state: WizardState
    board: Board
    """What is known so far."""
    is_anew: bool
    may_pull: bool
    step: StepId = "computer"
    mends_itself: bool = True
    """Whether what is not ok is looked at again by itself: not where signing in too often locks somebody out."""


@dataclass
class LookNews(Message):
    """A check was announced, began or ended, or all are done."""

    order: LookOrder
    board: Board
    next_at: datetime | None = None
    """When the next look begins by itself."""


@dataclass
class LookStopped(Message):
    """The checks could not be started at all."""

    order: LookOrder
    board: Board
    problem: Problem


async def keep_looking(tell: Callable[[Message], object], seams: Seams, clock: Clock, order: LookOrder) -> None:
    """Look at what is not known for these answers, then at what failed or is unknown, until nothing is.

    Being cancelled closes the checks, which ends their process.
    """
    board, is_anew = order.board, order.is_anew
    subject = await asyncio.to_thread(_subject, order)
    params = dict(subject.params)
    is_new = not set(subject.only) <= {result.id for result in board.results}
    if not (is_anew or is_new or _needs_look(board, params, mends_itself=order.mends_itself)):
        return
    while True:
        results = () if is_anew else board.outcomes
        request = CheckRequest(
            subject.provider, params, subject.secrets, before=board.params, results=results, only=subject.only
        )
        board = board.begun(params, anew=is_anew)
        tell(LookNews(order, board))
        try:
            async with aclosing(seams.checks(request)) as checks:
                async for result in checks:
                    board = board.told(result, clock())
                    tell(LookNews(order, board))
        except LatticeError as error:
            tell(LookStopped(order, board.ended(), error.problem))
            return
        board, is_anew = board.ended(), False
        if not board.open_ids or not order.mends_itself:
            tell(LookNews(order, board))
            return
        tell(LookNews(order, board, clock() + timedelta(seconds=AGAIN_EVERY_S)))
        await seams.pause(AGAIN_EVERY_S)


def _subject(order: LookOrder) -> Subject:
    """Whose checks, with what: of this computer, or of the provider."""
    if order.step == "computer":
        params = check_params(order.state, may_pull=order.may_pull)
        return Subject(checked_provider(order.state), params)
    return subject_of(order.state, order.step)


def _needs_look(board: Board, params: Mapping[str, str], *, mends_itself: bool) -> bool:
    is_open = bool(board.open_ids) and mends_itself
    return board.is_looking or not board.has_all or is_open or params != board.params
