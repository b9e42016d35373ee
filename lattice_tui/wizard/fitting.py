"""Which sizes fit into what is there right now: memory and processors, quotas, addresses, disks; surge included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lattice_tui.wizard.computer import BOOTSTRAP_PROVIDER, check_params
from lattice_tui.wizard.presets import PRESETS, Preset
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.subjects import Subject, subject_of

if TYPE_CHECKING:
    from schemas.checks import CheckResult


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a preset fits."""

    preset: str
    """Its id."""
    short: str = ""
    """What is missing, with its number; empty: it fits, as far as that could be looked at."""


def fitting_subjects(state: WizardState) -> tuple[tuple[Preset, Subject], ...]:
    """What to ask for each preset: the checks of capacity, with the preset's numbers. Takes some 0.1 s at first."""
    from lattice_tui.providers import registry  # a folder, only when something is looked at

    if state.provider not in registry.names():
        return ()
    only = registry.load(state.provider).capacity_checks
    return tuple((preset, replace(_subject(state, preset), only=only)) for preset in PRESETS) if only else ()


def fit_of(preset: Preset, results: Iterable[CheckResult], only: Iterable[str]) -> Fit:
    """What the results say of a preset: only what is proven wrong makes it too large."""
    wanted = frozenset(only)
    failed = [result for result in results if result.id in wanted and result.status == "fail"]
    return Fit(preset.id, failed[0].summary if failed else "")


def _subject(state: WizardState, preset: Preset) -> Subject:
    sized = state
    for path, text in preset.answers_for(state).items():
        sized = sized.with_answer(path, text)
    if state.provider == BOOTSTRAP_PROVIDER:
        return Subject(state.provider, check_params(sized))
    return subject_of(sized, "review")
