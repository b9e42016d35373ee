"""`Trap`: one setting of an engine that works for others and not for machines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trap:
    """What is set, why that matters for machines, and what to do; always a warning."""

    code: str
    summary: str
    why: str
    fix: str
    action: str = ""
    evidence: str = ""
