"""Credentials that were written into the file: found by their form, never shown again."""

from __future__ import annotations

import re

from lattice_tui.document.report import Report
from lattice_tui.document.tree import Node

# Proxmox API tokens, AWS key ids, PEM blocks, GitHub and GitLab tokens, JSON web tokens.
_KNOWN_FORMS = (
    r"![^=\s]+=[0-9a-f]{8}-|^A[KS]IA[0-9A-Z]{16}$|-----BEGIN|^gh[pousr]_[A-Za-z0-9]{20,}|^glpat-|^eyJ[\w-]+\.[\w-]+\."
)
# An AWS secret key: 40 letters of base64. A commit's name is as long, and has no capitals.
_FORTY_LETTERS = r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9/+]{40}"
_LOOKED_AT_LENGTH = 4096


def looks_secret(text: str) -> bool:
    """Whether a value is itself a credential, whatever its key says."""
    head = text[:_LOOKED_AT_LENGTH]
    return bool(re.search(_KNOWN_FORMS, head) or (not head.startswith("/") and re.fullmatch(_FORTY_LETTERS, head)))


def secret_in_file(at: Node | None, path: str, report: Report) -> None:
    """Report a credential written into the file; its value is never shown."""
    report.error(
        "LT-DOC-031",
        "secrets never live in cluster.yaml",
        "Delete the value, change it where it was made, and write a reference: credentials: {source: env}",
        at=at,
        path=path,
        detail="A cluster.yaml is shared, committed and printed.",
    )
