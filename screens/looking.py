"""The worker behind the computer page: it looks, tells, and looks again at what may have been mended meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.message import Message

from lattice_tui.checks.request import CheckRequest
from lattice_tui.errors import LatticeError
from lattice_tui.wizard.board import Board
from lattice_tui.wizard.computer import check_params, checked_provider
from lattice_tui.wizard.state import WizardState
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
    params = await asyncio.to_thread(check_params, order.state, may_pull=order.may_pull)
    provider = await asyncio.to_thread(checked_provider, order.state)
    if not is_anew and not _needs_look(board, params):
        return
    while True:
        results = () if is_anew else board.outcomes
        request = CheckRequest(provider, params, before=board.params, results=results)
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
        if not board.open_ids:
            tell(LookNews(order, board))
            return
        tell(LookNews(order, board, clock() + timedelta(seconds=AGAIN_EVERY_S)))
        await seams.pause(AGAIN_EVERY_S)


def _needs_look(board: Board, params: dict[str, str]) -> bool:
    return board.is_looking or not board.has_all or bool(board.open_ids) or params != board.params
