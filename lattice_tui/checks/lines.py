"""A `CheckResult` as one JSON line, and back. What a helper prints is foreign text until it has come through here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any

from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_FIELDS = frozenset(field.name for field in fields(CheckResult))
_REQUIRED = frozenset(field.name for field in fields(CheckResult) if field.default is MISSING)
MAX_TEXT = 2000
"""Characters of a text that explains: a list of commands for what is missing is longer than any line."""
_LIMITS: Mapping[str, int] = {"id": 64, "title": 80, "summary": 240}
_STATUSES = ("wait", "ok", "warn", "fail", "skip", "unknown")


def to_line(result: CheckResult) -> str:
    """One JSON line for `from_line`."""
    return json.dumps(asdict(result), ensure_ascii=True)


def from_line(line: bytes) -> CheckResult:
    """Raises ValueError when the line is not what `to_line` makes."""
    return from_fields(parsed(line))


def parsed(line: bytes) -> Any:
    """What JSON says. Raises ValueError, also for nesting that is deeper than any of ours."""
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def from_fields(said: object) -> CheckResult:
    """The result that these fields make, its texts safe to print. Raises ValueError."""
    if not isinstance(said, Mapping) or not _REQUIRED <= said.keys() <= _FIELDS or said["status"] not in _STATUSES:
        raise ValueError("not a check result")
    return CheckResult(**{key: _clean(key, value) for key, value in said.items()})


def _clean(key: str, value: object) -> Any:
    if key == "elapsed_s":
        return _seconds(value)
    if key == "simulated":
        if isinstance(value, bool):
            return value
    elif isinstance(value, str):
        return safe_text(value, _LIMITS.get(key, MAX_TEXT))
    raise ValueError(f"{key} is not what a check result has there")


def _seconds(value: object) -> float:
    # JSON's integers have no end and Python's reader takes NaN: neither is a time that anything can be done with.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return float(value)
    raise ValueError("elapsed_s is not what a check result has there")
