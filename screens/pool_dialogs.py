"""Adding and removing a worker pool: what is asked first. Esc changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import pool_replicas
from lattice_tui.wizard.state import WizardState
from schemas.problem import Problem
from screens.dialogs import Answer, Dialog, Question
from screens.problem_content import problem_content
from screens.still import Still

KEEP = ""
TEXT_WIDTH = 68


class PoolQuestion(Dialog):
    """Asks for the name of another pool, until there is one that can be taken."""

    def __init__(self, proposed: str, problem_with: Callable[[str], Problem | None]) -> None:
        """`problem_with` says what keeps a name from being taken."""
        super().__init__("Add a worker pool")
        self._proposed = proposed
        self._problem_with = problem_with

    def contents(self) -> ComposeResult:
        yield Still(
            Content("Its name: lower-case letters, digits and dashes. It begins with one machine."),
            classes="dialog-hint",
        )
        yield Input(self._proposed, max_length=63, compact=True)
        yield Still("", id="pool-problem", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        problem = self._problem_with(name)
        if problem is None:
            self.dismiss(name)
        else:
            self.query_one("#pool-problem", Still).update(problem_content(problem, TEXT_WIDTH))


def removal_question(state: WizardState, first: str) -> Question:
    """Asks which pool goes; `first` is highlighted when there are several, keeping when there is one."""
    pools = [Answer(pool, safe_text(f"Remove {pool}, {_machines(state, pool)}", 60)) for pool in state.pools]
    answers = [Answer(KEEP, "Keep it" if len(pools) == 1 else "Keep all"), *pools]
    lines = ["What cluster.yaml says of it goes with it. To undo that, add a pool of the same name."]
    if len(pools) == 1:
        lines.append("It is the last one: without workers the control plane runs everything.")
    current = 1 + state.pools.index(first) if first in state.pools and len(pools) > 1 else 0
    question = Question("Remove a worker pool", Content("\n".join(lines)), answers, current)
    question.set_class(len(pools) > 1, "-of-many")
    return question


def _machines(state: WizardState, pool: str) -> str:
    number = state.answer(pool_replicas(pool))
    return f"{number} machine" if number == "1" else f"{number} machines"
