"""Where a Proxmox server is: whatever a person pastes, as one URL with a host and a port."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from lattice_tui.document.host_rules import host_fault

PORT: Final = 8006
"""Of Proxmox VE. CAPMOX takes 443 where none is written, so it always is."""
BACKUP_PORT: Final = 8007
"""Of Proxmox Backup Server, which is another product."""
_MAX_LENGTH = 2048


class Place(NamedTuple):
    """A server: `pve1.example.com`, 8006."""

    host: str
    """Without brackets."""
    port: int

    @property
    def url(self) -> str:
        """`https://pve1.example.com:8006`, as CAPMOX takes it: it appends the path of the API itself."""
        return f"https://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def place_of(text: str) -> Place:
    """The server that `pve1`, `https://pve1:8006/api2/json` and a browser's address of its page all name.

    Raises ValueError, in words for a person, for what names none.
    """
    text = text.strip()
    if not text:
        raise ValueError("it is empty")
    if len(text) > _MAX_LENGTH or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError("it has a space, or is not one line")
    scheme, separator, _ = text.partition("://")
    if separator and scheme.lower() != "https":
        raise ValueError("Proxmox speaks https alone" if scheme.lower() == "http" else f"it begins with {scheme[:20]}")
    try:
        parts = urlsplit(text if separator else f"https://{_bracketed(text)}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("its port is no number from 1 to 65535, or it is half an IPv6 address") from None
    if parts.username is not None:
        raise ValueError("it holds a user name; sign-in is by token")
    if not host:
        raise ValueError("it names no host")
    if (fault := host_fault(host.lower().rstrip("."))) is not None:
        raise ValueError(fault or "its host is no name and no address")
    if port == 0:
        raise ValueError("port 0 is none")
    return Place(host.lower().rstrip("."), port or PORT)


def _bracketed(text: str) -> str:
    """An IPv6 address that is written alone, as URLs take it."""
    return f"[{text}]" if text.count(":") > 1 and re.fullmatch(r"[0-9A-Fa-f:.]+", text) else text
