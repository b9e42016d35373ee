"""Leaving the wizard: the answers are on the disk before the terminal is given back, which says where."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lattice_tui.text import safe_text
from lattice_tui.wizard.drafts_keeping import DraftKeeper, Ending
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.summary import command
from screens.draft_dialogs import lost_question

if TYPE_CHECKING:
    from screens.app import LatticeApp


async def may_leave(app: LatticeApp, keeper: DraftKeeper) -> bool:
    """Whether every answer has reached the disk, or the person leaves without them. Only for workers: it may ask."""
    if await asyncio.to_thread(keeper.flush):
        return True
    return await app.push_screen_wait(lost_question(keeper.reason)) == "leave"


async def leave_wizard(app: LatticeApp, keeper: DraftKeeper, state: WizardState, *, discards: bool, asks: bool) -> None:
    """End the program; `discards` throws the answers away, `asks` is False where no question could be read."""
    if asks and not discards and not await may_leave(app, keeper):
        return
    ending = await asyncio.to_thread(keeper.finish if discards else keeper.close)
    app.leave(0, *farewell(ending, state))


def farewell(ending: Ending, state: WizardState) -> tuple[str, ...]:
    """What stays in the terminal: where the answers are, one thing a line."""
    path = safe_text(ending.path, 4096)
    if ending.word == "kept":
        return "Kept as a draft. lattice-tui opens it again.", f"It is in {path}"
    if ending.word == "saved":
        return f"Saved in {path}", f"Build it: {command(state, path)}"
    if ending.word == "lost" and ending.problem is not None:
        return (f"{safe_text(ending.problem.title)}: {safe_text(ending.problem.detail)}",)
    return ()
