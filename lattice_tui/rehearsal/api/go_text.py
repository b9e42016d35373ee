"""Values as Go's `fmt` prints them, for messages that must read as the real server's do."""

from __future__ import annotations

import json
from typing import Any


def printed(value: Any) -> str:
    """As `%v` prints it: `map[image:x name:y]`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{printed(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(printed, value))}]"
    if value is None:
        return "<nil>"
    return value if isinstance(value, str) else _scalar(value)


def as_syntax(value: Any) -> str:
    """As `%#v` writes it: `map[string]interface {}{"image":"x"}`."""
    if isinstance(value, dict):
        inner = ", ".join(f"{as_syntax(key)}:{as_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(as_syntax, value))}}}"
    if value is None:
        return "interface {}(nil)"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _scalar(value)


def type_name(value: Any) -> str:
    """As `%T` names the type of a value that was read from JSON or YAML."""
    if isinstance(value, dict):
        return "map[string]interface {}"
    if isinstance(value, list):
        return "[]interface {}"
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "<nil>" if value is None else "float64"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
