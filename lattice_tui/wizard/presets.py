"""Sizes to choose from, each with the reason one would."""

from __future__ import annotations

from dataclasses import dataclass

from lattice_tui.wizard.paths import CONTROL_PLANE, DEFAULT_POOL, pool_replicas
from lattice_tui.wizard.state import WizardState


@dataclass(frozen=True, slots=True)
class Preset:
    """A number of control planes and workers under a name."""

    id: str
    title: str
    control_planes: int
    workers: int
    why: str
    not_for: str

    @property
    def machines(self) -> int:
        return self.control_planes + self.workers

    def answers_for(self, state: WizardState) -> dict[str, str]:
        """The numbers as answers to the wizard's questions: the workers go to the one pool that is there."""
        pool = state.pools[0] if state.pools else DEFAULT_POOL
        return {CONTROL_PLANE: str(self.control_planes), pool_replicas(pool): str(self.workers)}


PRESETS: tuple[Preset, ...] = (
    Preset(
        "try",
        "Try it",
        1,
        1,
        "The smallest cluster that behaves like a large one.",
        "Not for anything you would miss: one machine gone is half the cluster.",
    ),
    Preset(
        "home",
        "Home",
        1,
        2,
        "Two workers, so that programs move when one worker is restarted.",
        "The single control plane may not fail: without it nothing new starts.",
    ),
    Preset(
        "survives",
        "Survives one failure",
        3,
        2,
        "Three control planes, so that one may fail.",
        "On one computer this is practice: when the computer stops, all three stop.",
    ),
)


def can_be_preset(state: WizardState) -> bool:
    """Presets know one pool: with several, choosing one would leave the others standing or throw them away."""
    return len(state.pools) <= 1


def preset_of(state: WizardState) -> Preset | None:
    """The preset that the answers equal, None when the numbers are the person's own."""
    if len(state.pools) != 1:
        return None
    return next((preset for preset in PRESETS if preset.answers_for(state).items() <= state.answers.items()), None)
