"""`CheckResult`: what one look at the real world found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckStatus = Literal["wait", "ok", "warn", "fail", "skip", "unknown"]
"""`fail` is proven wrong; `unknown` could not be looked at, never blocks, and is listed; `wait` is still running."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check, ready to be drawn or sent as JSON."""

    id: str
    title: str
    status: CheckStatus
    summary: str
    """What was found, one line: `Docker 28.2, Linux, x86_64`."""
    why: str = ""
    fix: str = ""
    action: str = ""
    """A command the person can copy, empty when there is none."""
    field: str = ""
    """Path in cluster.yaml that the result is about."""
    evidence: str = ""
    code: str = ""
    """`LT-<AREA>-<NNN>` when the status is warn or fail."""
    elapsed_s: float = 0.0
    simulated: bool = False
    """True when the answer comes from the rehearsed world."""
    action_id: str = ""
    """What a door can offer to do, empty for nothing: `try-image` pulls a small image and tries a container,
    `trust-fingerprint` takes a certificate as it is, `make-keypair` (and the like) makes what is missing.
    """
