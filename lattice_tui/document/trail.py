"""Where in the document we are: a path that is written out only when something is wrong there."""

from __future__ import annotations

import re

from lattice_tui.document.report import shown

Trail = tuple[str, "str | int"]
"""(path of what this hangs from, key or list index). Making one costs nothing; most are never shown."""

ROOT: Trail = ("", "")
_PLAIN_MAX_LENGTH = 40
"""Of a key that is shown as it is, without a closer look."""
_NEEDS_QUOTES = re.compile(r"""[.\[\]"\\\s]""")
_STEP = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."\[\]]+)|\[[0-9]+\]')


def path_text(trail: Trail) -> str:
    """`spec.nodes.workerPools.default.taints[0]`; a key with a dot or a bracket in it stands in quotes."""
    parent, step = trail
    if isinstance(step, int):
        return f"{parent}[{step}]"
    return joined(parent, step) if trail != ROOT else ""


def joined(path: str, key: str) -> str:
    """`metadata.labels` and `example.com/team` as `metadata.labels."example.com/team"`."""
    name = key
    if not (key.isidentifier() and key.isascii() and len(key) <= _PLAIN_MAX_LENGTH):
        name = shown(key)
        if not name or _NEEDS_QUOTES.search(name):
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{name}" if path else name


def last_key(trail: Trail) -> str:
    """The key, as it is written: `taints[0]` for an item of a list. Empty at the root."""
    parent, step = trail
    if isinstance(step, str):
        return shown(step)
    keys = [match[1] or match[2] for match in _STEP.finditer(parent) if match[1] or match[2]]
    return f"{keys[-1] if keys else ''}[{step}]"


def general_path(trail: Trail) -> str:
    """`spec.nodes.workerPools.*.replicas` for any pool, list items without their number."""
    keys = [match[1] or match[2] for match in _STEP.finditer(path_text(trail)) if match[1] or match[2]]
    if keys[:3] == ["spec", "nodes", "workerPools"] and len(keys) > 3:
        keys[3] = "*"
    return ".".join(keys)


def trail_of(path: str) -> Trail:
    """The trail of plain keys joined by dots."""
    parent, _, step = path.rpartition(".")
    return parent, step
