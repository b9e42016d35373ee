"""The cluster's own certificate authority, with which Cluster API's controller can verify TLS.

CAPMOX cannot pin a fingerprint: without an authority it would not verify at all (`PROXMOX_INSECURE` is its default).
Source: CAPMOX pkg/scope/cluster.go (`insecure`, `root_ca` of the credentials' Secret), pve-docs (certificates/info).
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.providers.proxmox.answers import nodes_of, rows, text
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import PveError, PveRefusedError
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.client import ProxmoxClient

ROOT_FILE: Final = "pve-root-ca.pem"


@dataclass(frozen=True, slots=True)
class Certificates:
    """What one node says of its certificates; whoever has signed in may read it."""

    root_pem: str
    """Of the cluster's own authority, empty when the node names none."""
    root_fingerprint: str
    fingerprints: frozenset[str]
    """SHA-256 of every certificate that it may show, in hex without colons."""


def certificates_of(data: object) -> Certificates:
    """Of `GET /nodes/{node}/certificates/info`."""
    found = rows(data)
    root: Mapping[str, Any] = next((row for row in found if text(row, "filename") == ROOT_FILE), {})
    shown = (row for row in found if text(row, "filename") != ROOT_FILE)
    pem = text(root, "pem").strip()
    return Certificates(
        pem,
        _plain(text(root, "fingerprint")) or _fingerprint_of(pem),
        frozenset(_plain(text(row, "fingerprint")) for row in shown) - {""},
    )


async def root_ca(client: ProxmoxClient) -> str:
    """PEM of the authority that signs every node's certificate. Raises PveError when no node names one."""
    nodes = [node.name for node in nodes_of(await client.get("nodes")) if node.is_online]
    last: PveError | None = None
    for name in nodes:
        try:
            pem = certificates_of(await client.get(f"nodes/{part(name)}/certificates/info")).root_pem
        except PveError as error:
            # Another node has the same authority.
            last = error
            continue
        if pem:
            return pem
    raise last or PveRefusedError(
        Problem(
            "LT-PVE-192",
            "No node names the cluster's certificate authority",
            "Give it by hand: the text of /etc/pve/pve-root-ca.pem",
            check=f"cat /etc/pve/{ROOT_FILE}",
            path="credentials.proxmox.ca_pem",
        )
    )


def _fingerprint_of(pem: str) -> str:
    try:
        return sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    except ValueError:
        # No certificate after all; whoever uses it says so.
        return ""


def _plain(fingerprint: str) -> str:
    return fingerprint.replace(":", "").strip().lower()
