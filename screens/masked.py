"""What somebody pastes, drawn without its values: it may be a secret, and somebody may stand behind them. Pure."""

from __future__ import annotations

import re

MASK = "*"
# What stands before a value: `export AWS_SECRET_ACCESS_KEY=`, `"password": `, `user@pam!name=`, `[default]`.
_NAME = re.compile(r"""\s*(?:-\s+)?(?:export\s+|set\s+|\$env:)?["']?[A-Za-z][A-Za-z0-9_.@!-]{0,62}["']?\s*[=:](?=.)""")
_HEAD = re.compile(r"\s*(?:\[[A-Za-z0-9 _.-]{1,62}\]|[A-Za-z][A-Za-z0-9_-]{0,62}:)\s*$")


def masked(line: str) -> str:
    """The line with everything but the name before a value as stars; as many characters as before."""
    if _HEAD.match(line):
        return line
    name = _NAME.match(line)
    shown = name.end() if name is not None else 0
    return line[:shown] + "".join(one if one.isspace() else MASK for one in line[shown:])
