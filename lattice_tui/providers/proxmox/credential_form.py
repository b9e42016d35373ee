"""Whether an address, a token id and a secret have the form that Proxmox takes. Nothing is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lattice_tui.providers.proxmox.address import BACKUP_PORT, PORT, place_of
from lattice_tui.providers.proxmox.errors import SECRET_PATH, TOKEN_ID_PATH, URL_PATH
from lattice_tui.providers.proxmox.forms import TOKEN_ID, TOKEN_SECRET
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

_PLACEHOLDERS: Final = frozenset({"tokenid", "token_id", "tokenname", "token-name", "token", "name", "your-token"})
# Proxmox takes an @ in a user's name; 64 characters of it, 32 of a realm.
_ODD_USER: Final = re.compile(r"[^\s:/!=]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+")
_REALM_MAX_LENGTH = 32


def form_problems(values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
    """Every problem at once; `path` is the field's. What is empty is missing."""
    token = values.get("token_id", "").strip()
    secret = secrets.get("secret", Secret("")).reveal().strip()
    if re.fullmatch(TOKEN_SECRET, token) and re.fullmatch(TOKEN_ID, secret):
        return (*_url(values.get("url", "")), _SWAPPED)
    return (*_url(values.get("url", "")), *_token(token), *_secret(secret), *_trust(values))


def _url(text: str) -> Iterator[Problem]:
    try:
        place = place_of(text)
    except ValueError as error:
        said = safe_text(text.strip(), 60)
        yield Problem(
            "LT-PVE-102",
            f"{said} is not the address of a Proxmox server" if said else "The address of Proxmox is missing",
            f"Write it as in your browser: {_nearest(text)}",
            detail=f"{safe_text(str(error), 120)}." if said else "",
            path=URL_PATH,
        )
        return
    if place.port == BACKUP_PORT:
        yield Problem(
            "LT-PVE-102",
            f"Port {BACKUP_PORT} is Proxmox Backup Server's, which makes no machines",
            f"Write the address of a Proxmox VE node: https://{safe_text(place.host, 60)}:{PORT}",
            path=URL_PATH,
            severity="warning",
        )


def _nearest(text: str) -> str:
    """The same address with https, where that is all."""
    try:
        return place_of(re.sub(r"^\w+://", "", text.strip())).url
    except ValueError:
        return "https://192.168.1.10:8006"


def _token(token: str) -> Iterator[Problem]:
    how = "Datacenter > Permissions > API Tokens shows user and name: write user@realm!name"
    if re.fullmatch(TOKEN_ID, token):
        realm, _, name = token.partition("@")[2].partition("!")
        if name.lower() in _PLACEHOLDERS:
            yield Problem(
                "LT-PVE-103",
                f"{safe_text(name, 40)} stands for a token's name",
                f"{how}; the name is the one it was given: {safe_text(token.partition('!')[0], 60)}!installer",
                path=TOKEN_ID_PATH,
                severity="warning",
            )
        if len(realm) > _REALM_MAX_LENGTH:
            yield Problem("LT-PVE-103", "The realm is longer than Proxmox takes", how, path=TOKEN_ID_PATH)
        return
    if _ODD_USER.fullmatch(token):
        yield Problem(
            "LT-PVE-103",
            "The user's name holds an @: that is rarely meant",
            how,
            path=TOKEN_ID_PATH,
            severity="warning",
        )
        return
    said = safe_text(token, 60)
    if not token:
        title = "The API token is missing"
    elif re.fullmatch(TOKEN_SECRET, token):
        # A secret in the wrong field must not be shown.
        title = "That is a secret, not the name of a token"
    elif "=" in token or re.search(TOKEN_SECRET, token):
        # Whatever is more than the name may be the secret, which must not be shown.
        title = "That is more than the name of a token"
    elif "!" not in token:
        title = f"{said} names a user, not a token" if "@" in token else f"{said} names neither user nor realm"
    else:
        title = f"{said} is not the name of a token"
    example = (
        f"{said}!installer" if "@" in token and "!" not in token and "more" not in title else "lattice@pve!installer"
    )
    yield Problem("LT-PVE-103", title, f"{how}, for example: {example}", path=TOKEN_ID_PATH)


def _secret(secret: str) -> Iterator[Problem]:
    if re.fullmatch(TOKEN_SECRET, secret):
        return
    yield Problem(
        "LT-PVE-104",
        "That is not the secret of a token" if secret else "The token's secret is missing",
        "A secret has 36 letters and digits, 8-4-4-4-12; Proxmox shows it once. Lost: remove the token, add it again",
        detail=f"It has {len(secret)} characters. A password is not taken." if secret else "",
        path=SECRET_PATH,
    )


def _trust(values: Mapping[str, str]) -> Iterator[Problem]:
    fingerprint = values.get("fingerprint", "").replace(":", "").strip()
    if fingerprint and not re.fullmatch("[0-9a-fA-F]{64}", fingerprint):
        yield Problem(
            "LT-PVE-106",
            "That is not the SHA-256 fingerprint of a certificate",
            "Copy it from a node: pvenode cert info; 64 hexadecimal digits, with or without colons",
            path="credentials.proxmox.fingerprint",
        )
    ca_pem = values.get("ca_pem", "").strip()
    if ca_pem and "-----BEGIN CERTIFICATE-----" not in ca_pem:
        yield Problem(
            "LT-PVE-106",
            "That is not a certificate authority's certificate",
            "Take the text of /etc/pve/pve-root-ca.pem: it begins with -----BEGIN CERTIFICATE-----",
            path="credentials.proxmox.ca_pem",
        )


_SWAPPED: Final = Problem(
    "LT-PVE-105",
    "Token and secret are swapped",
    "Write user@realm!name as the token, and the 36 characters as the secret",
    detail="image-builder calls the secret PROXMOX_TOKEN; Cluster API calls the token's name so.",
    path=TOKEN_ID_PATH,
)
