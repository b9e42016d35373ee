"""What the checks and pick-lists of a step are asked with: the answers so far, half a document or a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lattice_tui.secrets import Secret
from lattice_tui.wizard.composing import bare_document
from lattice_tui.wizard.signing_in import check_params_of, given
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.steps import StepId

_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})
_STAGES: tuple[StepId, ...] = ("connect", "build", "addresses")
"""Steps that show checks of the provider, in order: each rests on the ones before."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose checks, with what. Its repr shows no secret."""

    provider: str
    params: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(default_factory=lambda: _NO_SECRETS)
    only: tuple[str, ...] = ()
    """Ids of the checks whose rows the step shows, after those that they rest on."""


def subject_of(state: WizardState, step: StepId) -> Subject:
    """What is asked in `connect`, `build`, `addresses`, or of everything (`review`). Takes some 0.1 s at first."""
    from lattice_tui.providers import registry  # a folder each, only when something is looked at
    from lattice_tui.providers.half_filled import params_of

    provider = registry.load(state.provider)
    values, secrets = given(state)
    params = params_of(bare_document(state), state.provider) | check_params_of(values)
    if state.rehearsal:
        params["simulated"] = "1"
    return Subject(state.provider, params, secrets, only=_only(provider.stages, step))


def _only(stages: Mapping[str, tuple[str, ...]], step: StepId) -> tuple[str, ...]:
    if step not in _STAGES:
        return ()
    before = _STAGES[: _STAGES.index(step) + 1]
    return tuple(dict.fromkeys(check_id for each in before for check_id in stages.get(each, ())))
