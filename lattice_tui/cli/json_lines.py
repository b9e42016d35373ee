"""JSON lines of the commands that do not replay a journal. Documented in docs/json-output.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lattice_tui.cli.guarding import write_out
from schemas.problem import Problem

VERSION = 1
"""Version of every line's shape; raised when a field changes its meaning or goes away."""


def write_json(event: str, fields: Mapping[str, Any]) -> None:
    """One line `{"v": 1, "event": ..., ...}` on standard output."""
    write_out(json.dumps({"v": VERSION, "event": event, **fields}, ensure_ascii=False, separators=(",", ":")))


def problem_fields(problem: Problem) -> dict[str, Any]:
    """A problem as a flat object, the fields of `schemas.problem.Problem`."""
    return asdict(problem)
