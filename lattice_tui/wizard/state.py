"""`WizardState`: everything a person has answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lattice_tui.secrets import Secret
from lattice_tui.wizard.paths import (
    BOOTSTRAP,
    CONTROL_PLANE,
    CREDENTIALS,
    CREDENTIALS_NAME,
    CREDENTIALS_SOURCE,
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
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """Path of a credential field -> what was given. They live here alone: no draft and no document holds them."""

    def answer(self, path: str) -> str:
        """The answer at `path`, empty when none was given."""
        return self.answers.get(path, "")

    def with_answer(self, path: str, text: str) -> WizardState:
        """The same state with one answer changed."""
        return replace(self, answers={**self.answers, path: text})

    def with_secret(self, path: str, secret: Secret | None) -> WizardState:
        """The same state with one secret changed, or forgotten."""
        kept = {known: value for known, value in self.secrets.items() if known != path}
        return replace(self, secrets=kept if secret is None else {**kept, path: secret})

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
    def written(self) -> Mapping[str, str]:
        """The answers that cluster.yaml holds: not what signs in, not what another provider was asked, and nothing
        that was left empty, where it is not always asked. The provider's block comes in the order it is asked in.
        """
        own = f"{PROVIDER}.{self.provider}."
        kept = {path: text for path, text in self.answers.items() if _is_written(path, text, own)}
        return {path: kept[path] for path in sorted(kept, key=_place)} if self.has_block else kept

    @property
    def has_block(self) -> bool:
        """Whether anything was answered that only some providers ask."""
        return any(path not in _ALWAYS and not is_under(path, POOLS) for path in self.answers)

    @property
    def changed(self) -> Mapping[str, str]:
        """The answers that differ from the opened file's; pools that were removed are in `given_pools` alone."""
        given = self.opened.answers if self.opened else {}
        return {path: text for path, text in self.answers.items() if given.get(path) != text}


_ALWAYS = (NAME, PROVIDER, CONTROL_PLANE, VERSION, BOOTSTRAP)
"""Every wizard asks for these: an empty one is a problem to mend, not a key to leave out."""


def _is_written(path: str, text: str, own: str) -> bool:
    if path in _ALWAYS or is_under(path, POOLS):
        return True
    if is_under(path, CREDENTIALS) or (path.startswith(f"{PROVIDER}.") and not path.startswith(own)):
        return False
    return bool(text.strip())


def _place(path: str) -> int:
    """Where a key stands in the document."""
    from lattice_tui.wizard.values import places  # the models, once something was asked that not everybody is

    return places().get(path, 0)


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
        **_own_answers(cluster),
    }


def _own_answers(cluster: LatticeCluster) -> dict[str, str]:
    """What only this provider's wizard asks, as far as the document says it."""
    from lattice_tui.providers import registry  # its folder, only when a file is opened
    from lattice_tui.wizard.values import text_of

    provider = registry.load(cluster.provider_name) if cluster.provider_name in registry.names() else None
    asked = [path for paths in provider.asked.values() for path in paths] if provider is not None else []
    if not asked:
        return {}
    data = cluster.model_dump(by_alias=True, exclude_defaults=True)
    found = {path: _at(data, path) for path in (*asked, CREDENTIALS_SOURCE, CREDENTIALS_NAME)}
    basic = (NAME, CONTROL_PLANE, VERSION, BOOTSTRAP)
    return {path: text_of(value) for path, value in found.items() if value is not None and path not in basic}


def _at(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data
