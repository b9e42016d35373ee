"""What the answers ask of this computer, and what its checks mean for going on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lattice_tui.wizard.composing import read_answers
from lattice_tui.wizard.state import WizardState
from schemas.checks import CheckResult

TRY_IMAGE = "try-image"
"""The action of a result that a small image and one container would tell more."""
BOOTSTRAP_PROVIDER = "docker"
"""Whatever the machines run on, the bootstrap cluster runs in this computer's Docker."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results, sorted by what they ask of the person."""

    blocking: tuple[CheckResult, ...]
    """Proven wrong: the install would fail."""
    soft: tuple[CheckResult, ...]
    """Works, with a consequence to know."""
    running: tuple[CheckResult, ...]
    unknown: tuple[CheckResult, ...]
    """Could not be looked at: listed, in nobody's way."""

    @property
    def is_clear(self) -> bool:
        return not (self.blocking or self.soft or self.running)


def verdict(results: Iterable[CheckResult]) -> Verdict:
    """`unknown` and `skip` never block: they are shown, and what they wait on is blocking by itself."""
    by_status: dict[str, list[CheckResult]] = {"fail": [], "warn": [], "wait": [], "unknown": []}
    for result in results:
        by_status.setdefault(result.status, []).append(result)
    return Verdict(
        blocking=tuple(by_status["fail"]),
        soft=tuple(by_status["warn"]),
        running=tuple(by_status["wait"]),
        unknown=tuple(by_status["unknown"]),
    )


def checked_provider(_state: WizardState) -> str:
    """Whose checks the computer's page runs: wherever the machines are, the bootstrap cluster is in Docker here."""
    return BOOTSTRAP_PROVIDER


def check_params(state: WizardState, *, may_pull: bool = False) -> dict[str, str]:
    """The answers by the names of the provider's checks. Takes some 0.1 s at first: not for the event loop.

    Answers that make no document yet ask for nothing in particular: the provider's own defaults stand in.
    `may_pull`: the person has agreed to fetch the small image that containers are tried with.
    """
    from lattice_tui.providers import registry

    params: dict[str, str] = {}
    if state.provider == BOOTSTRAP_PROVIDER:
        read = read_answers(state)
        if read.cluster is not None and read.config is not None:
            params = registry.load(state.provider).check_params(read.cluster, read.config)
    return params | ({"simulated": "1"} if state.rehearsal else {}) | ({"try_image": "1"} if may_pull else {})
