"""What follows from an answer: another provider brings its own defaults, and what was said for the old one is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lattice_tui.wizard.paths import CONTROL_PLANE, DEFAULT_POOL, VERSION, pool_replicas
from lattice_tui.wizard.state import WizardState
from lattice_tui.wizard.versions import proposed_version


@dataclass(frozen=True, slots=True)
class Size:
    """How many machines are proposed where nobody has said a number."""

    control_planes: int
    workers: int

    def answers(self) -> dict[str, str]:
        return {CONTROL_PLANE: str(self.control_planes), pool_replicas(DEFAULT_POOL): str(self.workers)}


SIZES: Final[Mapping[str, Size]] = {
    "docker": Size(1, 1),
    # Three on one host do not survive the host, and a home has one host mostly.
    "proxmox": Size(1, 2),
    "openstack": Size(3, 2),
    "aws": Size(3, 2),
}


def answered(state: WizardState, answers: Mapping[str, str]) -> WizardState:
    """The state with these answers, and with what follows from them."""
    before = state.provider
    for path, text in answers.items():
        state = state.with_answer(path, text)
    if state.provider == before:
        return state
    return _on_another_provider(state, before)


def _on_another_provider(state: WizardState, before: str) -> WizardState:
    """The new provider's defaults, for what was not answered by the person."""
    from lattice_tui.providers import registry  # a folder, once a provider is chosen

    if state.provider not in registry.names():
        return state
    old, new = SIZES.get(before), SIZES.get(state.provider)
    if old is not None and new is not None and old.answers().items() <= state.answers.items():
        for path, text in new.answers().items():
            state = state.with_answer(path, text)
    if before in registry.names() and state.answer(VERSION) == proposed_version(before):
        state = state.with_answer(VERSION, proposed_version(state.provider))
    provider = registry.load(state.provider)
    asked = {path for paths in provider.asked.values() for path in paths}
    for field in provider.fields:
        if field.path in asked and field.default and not state.answer(field.path):
            state = state.with_answer(field.path, field.default)
    return state
