"""What Proxmox VE answers, read at the border: its numbers are sometimes texts, and keys come and go by release."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lattice_tui.text import safe_text

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """Of `GET /version`."""

    release: str
    """`9.1`"""
    version: str
    """`9.1.2`"""

    @property
    def major(self) -> int:
        """0 when it says none."""
        match = re.match(r"([0-9]{1,3})\b", self.release or self.version)
        return int(match[1]) if match else 0


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of `GET /nodes`."""

    name: str
    is_online: bool
    cpus: int
    memory_bytes: int
    used_memory_bytes: int
    fingerprint: str
    """SHA-256 of its certificate in hex without colons, empty when it says none."""


def rows(data: object) -> tuple[Row, ...]:
    """The objects of a list; whatever else is in it is left out."""
    return tuple(row for row in data if isinstance(row, dict)) if isinstance(data, list) else ()


def table(data: object) -> Row:
    """An object; an empty one for anything else."""
    return data if isinstance(data, dict) else {}


def text(row: Row, key: str) -> str:
    """The raw text at `key`, empty when there is none: for API calls and YAML; draw it through `safe_text`."""
    value = row.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def number(row: Row, key: str) -> int:
    """The whole number at `key`, 0 when there is none."""
    value = row.get(key)
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else 0
    return int(value) if isinstance(value, int | float) and abs(value) < 1e18 else 0


def is_on(row: Row, key: str) -> bool:
    """Whether a switch is on: 1, "1" or true."""
    return row.get(key) in (1, "1", True)


def version_of(data: object) -> Version:
    """Of `GET /version`."""
    row = table(data)
    return Version(safe_text(text(row, "release"), 20), safe_text(text(row, "version"), 20))


def nodes_of(data: object) -> tuple[NodeRow, ...]:
    """Of `GET /nodes`, by name."""
    return tuple(sorted(_nodes(data), key=lambda node: node.name))


def privileges_of(data: object) -> Mapping[str, Mapping[str, bool]]:
    """Of `GET /access/permissions`: path -> privilege -> whether it goes on to what is below."""
    return {
        path: {privilege: is_on(held, privilege) for privilege in held}
        for path, held in table(data).items()
        if isinstance(held, dict)
    }


def _nodes(data: object) -> Iterator[NodeRow]:
    for row in rows(data):
        if name := text(row, "node"):
            yield NodeRow(
                name,
                text(row, "status") == "online",
                number(row, "maxcpu"),
                number(row, "maxmem"),
                number(row, "mem"),
                text(row, "ssl_fingerprint").replace(":", "").lower(),
            )
