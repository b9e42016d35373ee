"""The sentences of the review: what will be built, and the command that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from lattice_tui.wizard.paths import CONTROL_PLANE, VERSION, pool_replicas
from lattice_tui.wizard.state import WizardState


def sentence(state: WizardState, provider_title: str) -> str:
    """What will be built, in one sentence."""
    workers = [(pool, state.answer(pool_replicas(pool))) for pool in state.pools]
    machines = [_count(state.answer(CONTROL_PLANE), "control plane"), *(_pool(workers))]
    verb = "Rehearse building" if state.rehearsal else "Build"
    return (
        f"{verb} the cluster {state.name} on {provider_title}, "
        f"with {_list(machines)}, running Kubernetes {state.answer(VERSION)}."
    )


def command(state: WizardState, file: str) -> str:
    """The same from a shell, ready to be pasted."""
    words = ["lattice", "install", "--cluster", file]
    return shlex.join([*words, "--rehearse"] if state.rehearsal else words)


def not_installed_yet(provider_title: str, file: str) -> str:
    """What can be done with a file that this version does not build from."""
    return (
        f"This version does not build on {provider_title} yet. The file can be saved and checked: "
        f"{shlex.join(['lattice', 'check', '--cluster', file])}"
    )


def _pool(workers: Sequence[tuple[str, str]]) -> list[str]:
    if len(workers) == 1:
        return [_count(workers[0][1], "worker")]
    return [f"{_count(replicas, 'worker')} in {pool}" for pool, replicas in workers]


def _count(number: str, noun: str) -> str:
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


def _list(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else list(parts))
