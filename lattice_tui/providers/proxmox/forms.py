"""What names look like in Proxmox VE: regular expressions without anchors, for Python and JSON Schema alike.

Sources: pve-access-control and pve-common (JSONSchema.pm), the CRDs of cluster-api-provider-proxmox v0.9.
"""

from __future__ import annotations

from typing import Final

BLOCK: Final = "spec.provider.config.proxmox"
"""Where Proxmox's block stands in cluster.yaml."""
NODE: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
STORAGE: Final = "[A-Za-z][-A-Za-z0-9_.]*[A-Za-z0-9]"
POOL: Final = "[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,2}"
INTERFACE: Final = "[A-Za-z][-A-Za-z0-9_.]{0,14}"
"""A bridge, a virtual network, a card: Linux takes 15 characters."""
TAG: Final = "[A-Za-z0-9_][-A-Za-z0-9_+.]*"
SSH_KEY: Final = (
    "(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com)"
    " AAAA[0-9A-Za-z+/]+={0,3}(?: [^\\u0000-\\u001f]*)?"
)
_NAME: Final = "[A-Za-z][A-Za-z0-9._-]+"
REALM: Final = _NAME
TOKEN_ID: Final = f"[^\\s:/@!=]+@{_NAME}!{_NAME}"
"""`user@realm!name`. Proxmox itself lets a user's name hold an @; nobody's does."""
TOKEN_SECRET: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # noqa: S105
