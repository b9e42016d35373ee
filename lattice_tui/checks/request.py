"""What a door asks of the helper process: one line of JSON on the helper's standard input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from lattice_tui.checks.lines import from_fields, parsed
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult

DEADLINE_S = 60.0
"""For all checks together: the slowest, a container that is tried, takes some seconds."""
MAX_REQUEST_BYTES = 4 * 1024 * 1024
_NO_PARAMS: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Which checks to run, with what. Its repr shows no secret."""

    provider: str
    params: Mapping[str, str] = field(default_factory=lambda: _NO_PARAMS)
    """Plain values by the provider's own names: see `Provider.check_params`."""
    secrets: Mapping[str, Secret] = field(default_factory=lambda: _NO_SECRETS)
    """They reach the helper over its standard input, never as an argument or in its environment."""
    before: Mapping[str, str] = field(default_factory=lambda: _NO_PARAMS)
    """The parameters that `results` were found with."""
    results: tuple[CheckResult, ...] = ()
    """Of the run before; what still holds is not looked at again and not answered again."""
    again: tuple[str, ...] = ()
    """Ids to look at in any case, and with them what needs them."""
    only: tuple[str, ...] = ()
    """Ids to look at, with what they need; empty: every check."""
    deadline_s: float = DEADLINE_S
    """What is not known by then is `unknown`."""

    def to_bytes(self) -> bytes:
        """One line of JSON with the secrets in it: for a pipe, never for a file."""
        said = {
            "provider": self.provider,
            "params": dict(self.params),
            "secrets": {name: secret.reveal() for name, secret in self.secrets.items()},
            "before": dict(self.before),
            "results": [asdict(result) for result in self.results],
            "again": self.again,
            "only": self.only,
            "deadline_s": self.deadline_s,
        }
        return json.dumps(said, ensure_ascii=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> CheckRequest:
        """Raises ValueError when the line is not what `to_bytes` makes; the error holds nothing of the line."""
        try:
            said = parsed(data)
        except ValueError:
            # The reader's own words, and the line they carry along, could hold a secret.
            raise ValueError("not a check request") from None
        if not isinstance(said, dict) or said.keys() != _KEYS or not isinstance(said["provider"], str):
            raise ValueError("not a check request")
        return cls(
            provider=said["provider"],
            params=_texts(said["params"]),
            secrets={name: Secret(value) for name, value in _texts(said["secrets"]).items()},
            before=_texts(said["before"]),
            results=tuple(from_fields(one) for one in _list(said["results"])),
            again=_words(said["again"]),
            only=_words(said["only"]),
            deadline_s=_seconds(said["deadline_s"]),
        )


_KEYS = {"provider", "params", "secrets", "before", "results", "again", "only", "deadline_s"}


def _texts(said: object) -> dict[str, str]:
    if isinstance(said, dict) and all(isinstance(value, str) for value in said.values()):
        return said
    raise ValueError("not a check request")


def _list(said: object) -> list[Any]:
    if isinstance(said, list):
        return said
    raise ValueError("not a check request")


def _words(said: object) -> tuple[str, ...]:
    words = _list(said)
    if all(isinstance(word, str) for word in words):
        return tuple(words)
    raise ValueError("not a check request")


def _seconds(said: object) -> float:
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e6:
        return float(said)
    raise ValueError("not a check request")
