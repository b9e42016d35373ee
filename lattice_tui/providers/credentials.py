"""Credentials of every provider alike: what was found, where, and how a provider offers its own.

A value here never reaches cluster.yaml, a draft, a log or an argument: secrets are `Secret`, and the document holds a
reference (`spec.credentials`) alone. Nothing that was found is used before a person, or the document, has picked it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

from lattice_tui.secrets import Secret

if TYPE_CHECKING:
    from lattice_tui.providers.credential_store import CredentialStore
    from schemas.document import CredentialsRef
    from schemas.fields import Field
    from schemas.problem import Problem

CREDENTIALS = "credentials"
"""Root of the paths of credential fields: `credentials.proxmox.token_id`. Not a part of cluster.yaml."""
PARAM = "credentials."
"""Before the name of a credential's plain value among the parameters of checks: `credentials.token_id`."""
Source = Literal["env", "keyring", "file", "profile"]
"""As `spec.credentials.source`."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Around:
    """Where credentials may lie. A test hands in its own; nothing else of the computer is looked at."""

    env: Mapping[str, str]
    home: Path
    cwd: Path
    store: CredentialStore | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One set of credentials. Its repr shows no secret."""

    source: Source
    name: str
    """What `spec.credentials.name` says: a profile, a cloud, an entry of the store; empty for the environment."""
    label: str
    """Where it is, in the person's words: `environment: PROXMOX_URL, PROXMOX_TOKEN, PROXMOX_SECRET`."""
    values: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """By the last part of the credential fields' paths: `url`, `token_id`."""
    secrets: Mapping[str, Secret] = field(default_factory=lambda: _NO_SECRETS)
    remarks: tuple[str, ...] = ()
    """What a person should know before picking it: `differs from the environment in: url`, `expires in 40 min`."""
    is_pasted: bool = False

    def params(self) -> dict[str, str]:
        """Its plain values, by the names that checks take."""
        return {f"{PARAM}{name}": value for name, value in self.values.items()}


class Credentials(Protocol):
    """What a provider's `credentials` module offers, as one object. Only `load` and `discover` read anything."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its questions, path `credentials.<provider>.<name>`; secret ones have the kind `secret`."""
        ...

    def discover(self, around: Around) -> tuple[Found, ...]:
        """Everything that is there: environment, the tool's own files, our store. Never raises for a broken file: it
        is found with a remark that says what is wrong. Sources that disagree are all in it, each with a remark.
        """
        ...

    def parse(self, text: str) -> Found | Problem:
        """Whatever a person pastes: an `export` block, an INI or YAML file, a token. No network, no file is read."""
        ...

    def problems(self, values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
        """What is wrong with their form; `path` is the field's. No network. Every problem at once."""
        ...

    def load(self, reference: CredentialsRef | None, around: Around) -> Found:
        """The credentials that a document refers to (None: the environment).

        Raises LatticeError with exit code CREDENTIALS that says what was looked for, where, and what to write.
        """
        ...
