"""How each step stands, in words, and what was answered there."""

from __future__ import annotations

from collections.abc import Sequence

from lattice_tui.wizard.paths import CONTROL_PLANE, VERSION, pool_replicas
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId, owner_of
from schemas.problem import Problem


def word(state: WizardState, step: StepId, errors: Sequence[Problem]) -> str:
    """`here`, `ok`, `fail` (it has a problem) or `open` (not seen yet)."""
    if step == state.step:
        return "here"
    if step not in state.visited:
        return "open"
    return "fail" if any(owner_of(error.path, state.provider).id == step for error in errors) else "ok"


def answer(state: WizardState, step: StepId) -> str:
    """What was answered in a step, in few words; empty where nothing was asked or seen."""
    if step not in state.visited and step != state.step:
        return ""
    if step == "where":
        return f"{state.name}, {state.provider}"
    if step == "size":
        workers = "+".join(state.answer(pool_replicas(pool)) for pool in state.pools) or "0"
        return f"{state.answer(CONTROL_PLANE)} + {workers} machines"
    return state.answer(VERSION) if step in ("version", "build") else ""
