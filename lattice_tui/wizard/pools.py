"""Another worker pool: what it could be called, and what is wrong with a name."""

from __future__ import annotations

from itertools import count

from lattice_tui.text import safe_text
from lattice_tui.wizard.composing import read_answers
from lattice_tui.wizard.paths import DEFAULT_POOL
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem


def proposed_pool(state: WizardState) -> str:
    """A name that no pool has yet."""
    if DEFAULT_POOL not in state.pools:
        return DEFAULT_POOL
    return next(name for number in count(2) if (name := f"pool-{number}") not in state.pools)


def problem_with_pool(state: WizardState, name: str) -> Problem | None:
    """What the document's own rules say of another pool of that name; None when it can be added."""
    if name in state.pools:
        return Problem(
            code="LT-EDT-010",
            title=f"there is a pool called {safe_text(name, 60)} already",
            fix=f"Choose another name, for example: {proposed_pool(state)}",
        )
    known = {(problem.code, problem.title) for problem in read_answers(state).errors}
    found = read_answers(state.with_pool(name)).errors
    return next((problem for problem in found if (problem.code, problem.title) not in known), None)
