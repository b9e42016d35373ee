"""The person's public SSH keys: `~/.ssh/*.pub`, read and told apart. Private keys are never opened."""

from __future__ import annotations

import base64
import binascii
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 16 * 1024
"""A public key with its comment is under one; sixteen hold the longest RSA key there is."""
_KINDS: Final = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
"""Best first. Keys on a security token are not listed: clouds do not take them."""
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key of a file."""

    path: Path
    kind: str
    """`ssh-ed25519`, as the file says."""
    blob: str
    """The key itself, base64."""
    comment: str
    """Whose it is, as the file says; may be empty."""

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return " ".join(filter(None, (self.kind, self.blob, self.comment)))

    @property
    def md5(self) -> str:
        """`aa:bb:...`, as OpenStack lists key pairs."""
        digest = hashlib.md5(base64.b64decode(self.blob), usedforsecurity=False).hexdigest()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))

    @property
    def sha256(self) -> str:
        """`SHA256:...`, as `ssh-keygen -l` prints it."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def own_public_keys(home: Path | None = None) -> tuple[PublicKey, ...]:
    """The keys in the person's `.ssh`, best kind first; files that hold something else are passed over."""
    try:
        files = sorted(((home or Path.home()) / ".ssh").glob("*.pub"))
    except (OSError, RuntimeError):
        # No home, or one that may not be read: there are no keys to offer.
        return ()
    keys = [key for file in files if (key := _read(file)) is not None]
    return tuple(sorted(keys, key=lambda key: (_KINDS.index(key.kind), key.path.name)))


def public_key(text: str, path: Path) -> PublicKey | None:
    """The key of a line as OpenSSH writes it; None for anything else."""
    words = text.strip().split(None, 2)
    if len(words) < 2 or words[0] not in _KINDS or "\n" in text.strip():
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    # The key says its own kind again inside. Source: RFC 4253, 6.6.
    length = int.from_bytes(blob[:_LENGTH_BYTES], "big")
    if blob[_LENGTH_BYTES : _LENGTH_BYTES + length] != words[0].encode():
        return None
    return PublicKey(path, words[0], words[1], words[2].strip() if len(words) > 2 else "")


def _read(file: Path) -> PublicKey | None:
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
            return None
        return public_key(file.read_text("utf-8"), file)
    except (OSError, ValueError):
        return None
