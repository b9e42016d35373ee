"""Keeping a secret that was typed or pasted: asked before one goes on, and said when it cannot be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from lattice_tui.errors import LatticeError
from lattice_tui.text import safe_text
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem
from screens.connect_dialogs import keep_question
from screens.seams import Seams

if TYPE_CHECKING:
    from textual.app import App

    from lattice_tui.wizard.signing_in import Keeping


async def kept(app: App[int], seams: Seams, state: WizardState) -> WizardState | Problem | None:
    """The state whose document refers to what is kept; None when the person stays here. For workers alone."""
    has_key_store, about = await asyncio.to_thread(seams.key_store)
    name = safe_text(state.name, 40)
    answer = await app.push_screen_wait(keep_question(has_key_store=has_key_store, about_key_store=about, name=name))
    if answer is None:
        return None
    try:
        return await asyncio.to_thread(seams.keep, state, cast("Keeping", answer))
    except LatticeError as error:
        return error.problem
    except OSError as error:
        return Problem(
            code="",
            title="The secret could not be kept",
            detail=safe_text(str(error), 200),
            fix="Choose another place for it",
        )
