"""What the review shows, gathered from the answers."""

from __future__ import annotations

from dataclasses import dataclass

from lattice_tui.wizard.composing import document_text, read_answers
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.summary import command, not_installed_yet, sentence
from schemas.plan import StepInfo
from schemas.problem import Problem

NO_RUN = "00000000"
"""Stands for the run's id, which is drawn when the run is prepared."""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The review of answers that make a document; with problems, only those."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    sentence: str = ""
    text: str = ""
    """cluster.yaml."""
    command: str = ""
    steps: tuple[StepInfo, ...] = ()
    can_start: bool = True
    """Whether this version can build it."""
    note: str = ""
    """Where it cannot: what the file is good for until then."""


def review_facts(state: WizardState, *, speed: float) -> ReviewFacts:
    """Read the answers once more, and say what they lead to. `speed` is the rehearsal's, 1 outside of one."""
    from lattice_tui.install.plan_steps import step_infos
    from lattice_tui.install.resolve import resolve
    from lattice_tui.providers.registry import load

    read = read_answers(state)
    if read.errors or read.cluster is None or read.config is None:
        return ReviewFacts(read.errors)
    card = load(state.provider).card
    if not card.installs:
        return ReviewFacts(
            problems=(),
            warnings=read.warnings,
            sentence=sentence(state, card.title),
            text=document_text(state),
            command=command(state, state.save_to),
            can_start=False,
            note=not_installed_yet(card.title, state.save_to),
        )
    plan = resolve(read.cluster, read.config, run_id=NO_RUN)
    return ReviewFacts(
        problems=(),
        warnings=read.warnings,
        sentence=sentence(state, card.title),
        text=document_text(state),
        command=command(state, state.save_to),
        steps=step_infos(plan, speed=speed),
    )
