"""What signs in to a provider: plain values and secrets, as its checks, choices and install hooks take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lattice_tui.secrets import Secret


@dataclass(frozen=True, slots=True)
class Account:
    """Plain values as parameters, and secrets, which go no other way than this. Its repr shows no secret."""

    params: Mapping[str, str] = field(default_factory=dict)
    """`credentials.<name>` -> plain value; `credentials.missing` says why there are none."""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """By the last part of the credential fields' paths: `token_secret`."""


NO_ACCOUNT = Account()
