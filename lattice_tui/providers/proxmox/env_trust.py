"""Whose certificate is trusted, as the environment says: for whoever has no dialog to trust one in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Around

FINGERPRINT: Final = "PROXMOX_FINGERPRINT"
CA_FILE: Final = "PROXMOX_CA_FILE"
MAX_CA_BYTES = 256 * 1024
"""A bundle of a house's authorities; one certificate is 2 kB."""


def trust_values(around: Around) -> tuple[dict[str, str], tuple[str, ...]]:
    """(values by the names of the credential fields, remarks on what could not be read)."""
    values: dict[str, str] = {}
    if fingerprint := around.env.get(FINGERPRINT, "").strip():
        values["fingerprint"] = fingerprint.replace(":", "").lower()
    written = around.env.get(CA_FILE, "").strip()
    if not written:
        return values, ()
    path = around.cwd / _at_home(written, around.home)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_CA_BYTES + 1)
        if len(data) > MAX_CA_BYTES:
            raise OSError("it is larger than 256 KiB")
    except OSError as error:
        return values, (f"{CA_FILE} cannot be read: {safe_text(error.strerror or str(error), 80)}",)
    values["ca_pem"] = data.decode("utf-8", "replace")
    return values, ()


def _at_home(written: str, home: Path) -> Path:
    # In quotes, a shell leaves the ~ as it is.
    return home / written[2:] if written.startswith("~/") else Path(written)
