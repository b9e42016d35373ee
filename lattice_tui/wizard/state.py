"""`WizardState`: everything a person has answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lattice_tui.wizard.paths import (
    BOOTSTRAP,
    CONTROL_PLANE,
    DEFAULT_POOL,
    NAME,
    POOLS,
    PROVIDER,
    VERSION,
    is_under,
    pool_of,
    pool_replicas,
)
from lattice_tui.wizard.steps import StepId

if TYPE_CHECKING:
    from schemas.document import LatticeCluster


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A cluster.yaml that the person brought. Its bytes are kept: what is not answered anew stays as written."""

    file: str
    data: bytes
    answers: Mapping[str, str]
    """The answers that the file gives."""


@dataclass(frozen=True, slots=True)
class WizardState:
    """Frozen: each answer makes a new state, so going back loses nothing."""

    answers: Mapping[str, str]
    """Path in cluster.yaml -> the text given."""
    step: StepId = "where"
    visited: frozenset[StepId] = field(default_factory=frozenset)
    rehearsal: bool = False
    opened: OpenedFile | None = None
    save_to: str = "cluster.yaml"

    def answer(self, path: str) -> str:
        """The answer at `path`, empty when none was given."""
        return self.answers.get(path, "")

    def with_answer(self, path: str, text: str) -> WizardState:
        """The same state with one answer changed."""
        return replace(self, answers={**self.answers, path: text})

    def with_pool(self, name: str, replicas: int = 1) -> WizardState:
        """The same state with another worker pool, after the others. A pool that is there keeps its place."""
        return self.with_answer(pool_replicas(name), str(replicas))

    def without_pool(self, name: str) -> WizardState:
        """The same state without that worker pool. Without any, the control plane runs everything."""
        gone = pool_replicas(name)
        return replace(self, answers={path: text for path, text in self.answers.items() if path != gone})

    def at(self, step: StepId) -> WizardState:
        """The same answers, seen from another step."""
        visited = self.visited if step == self.step else self.visited | {self.step}
        return replace(self, step=step, visited=visited)

    @property
    def name(self) -> str:
        return self.answer(NAME)

    @property
    def provider(self) -> str:
        return self.answer(PROVIDER)

    @property
    def pools(self) -> tuple[str, ...]:
        """Names of the worker pools, in the order of the answers."""
        return _pools_of(self.answers)

    @property
    def given_pools(self) -> tuple[str, ...]:
        """Names of the worker pools of the file that was opened."""
        return _pools_of(self.opened.answers) if self.opened else ()

    @property
    def changed(self) -> Mapping[str, str]:
        """The answers that differ from the opened file's; pools that were removed are in `given_pools` alone."""
        given = self.opened.answers if self.opened else {}
        return {path: text for path, text in self.answers.items() if given.get(path) != text}


def _pools_of(answers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(pool_of(path) for path in answers if is_under(path, POOLS))


def first_state(*, rehearsal: bool = False) -> WizardState:
    """A state with every default filled in. Raises nothing: the pins are part of the product."""
    from lattice_tui.document.fields import BOOTSTRAP as BOOTSTRAP_FIELD
    from lattice_tui.document.fields import NAME as NAME_FIELD
    from lattice_tui.wizard.versions import proposed_version  # reads the pins, only when a wizard opens

    answers = {
        PROVIDER: "docker",
        NAME: NAME_FIELD.default,
        CONTROL_PLANE: "1",
        pool_replicas(DEFAULT_POOL): "1",
        VERSION: proposed_version("docker"),
        BOOTSTRAP: BOOTSTRAP_FIELD.default,
    }
    return WizardState(answers=answers, rehearsal=rehearsal)


def state_of_file(file: str, data: bytes, cluster: LatticeCluster, *, rehearsal: bool = False) -> WizardState:
    """The answers that a file gives, ready to be changed one by one."""
    answers = answers_of(cluster)
    return WizardState(
        answers=answers,
        rehearsal=rehearsal,
        opened=OpenedFile(file=file, data=data, answers=answers),
        save_to=file,
    )


def answers_of(cluster: LatticeCluster) -> dict[str, str]:
    """The wizard's questions, answered by a document."""
    kubernetes = cluster.spec.provider.kubernetes
    pools = {pool_replicas(name): str(pool.replicas) for name, pool in cluster.spec.nodes.worker_pools.items()}
    return {
        PROVIDER: cluster.provider_name,
        NAME: cluster.metadata.name,
        CONTROL_PLANE: str(cluster.spec.nodes.control_plane),
        **pools,
        VERSION: kubernetes.version,
        BOOTSTRAP: kubernetes.bootstrap,
    }
