"""`Problem`: what is wrong, where, and what to do instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words a person can act on. Expected failure is this value, not an exception."""

    code: str
    """`LT-<AREA>-<NNN>`, stable across releases."""
    title: str
    """What happened, one line without a full stop, under 70 columns where its data allow."""
    fix: str
    """What to do, or what to write instead, with an example made from the person's own data."""
    detail: str = ""
    """Why we think so: evidence, safe to print."""
    check: str = ""
    """How to see that it is mended: a command or a place to look."""
    path: str = ""
    """Path in cluster.yaml (`spec.nodes.workerPools.default.replicas`), empty when it is not about a field."""
    file: str = ""
    line: int | None = None
    """1-based, as editors count."""
    column: int | None = None
    """1-based, in characters."""
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """`file:line:column`, as far as known."""
        parts = [self.file or "cluster.yaml"]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)
