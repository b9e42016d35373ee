"""Whatever a person pastes: an `export` block, a part of ~/.aws, the console's CSV, JSON of the AWS command line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lattice_tui.providers.aws import shapes
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.pasting import MAX_PASTED_CHARACTERS, exports, ini_sections, mapping
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

_NAMES = {
    "accesskeyid": "access_key_id",
    "awsaccesskeyid": "access_key_id",
    "secretaccesskey": "secret_access_key",
    "awssecretaccesskey": "secret_access_key",
    "sessiontoken": "session_token",
    "awssessiontoken": "session_token",
    "awssecuritytoken": "session_token",
    "expiration": "expires_at",
    "awscredentialexpiration": "expires_at",
    "awsexpiration": "expires_at",
}
"""A key's name without case, dashes, spaces and underscores -> ours."""
_NESTED = ("Credentials", "AccessKey", "roleCredentials")
"""Of `aws sts assume-role`, `aws iam create-access-key` and `aws sso get-role-credentials`."""
Pasted = dict[str, str]


def read_pasted(text: str) -> Found | Problem:
    """What is understood of it; keys of the first profile where there are several. Nothing is run, no file is read."""
    text = text.strip("\ufeff \t\r\n")
    for what, found, more in _readings(text[:MAX_PASTED_CHARACTERS]):
        if found.get("access_key_id") or found.get("secret_access_key"):
            return _found(what, found, more)
    return Problem(
        "LT-AWS-037",
        "no AWS keys are in this text",
        "Paste what the console or the AWS command line shows: export AWS_ACCESS_KEY_ID=..., a part of "
        "~/.aws/credentials, the .csv file, or JSON",
        path="credentials.aws.access_key_id",
    )


def _readings(text: str) -> Iterator[tuple[str, Pasted, tuple[str, ...]]]:
    """(what it seems to be, the keys, remarks), best reading first."""
    if text.startswith("{"):
        said = mapping(text) or {}
        for inner in (said, *(said.get(name) for name in _NESTED)):
            if isinstance(inner, dict):
                yield "JSON", _named(inner), ()
    if "[" in text:
        sections = {name: _named(keys) for name, keys in ini_sections(text).items()}
        with_keys = {name: keys for name, keys in sections.items() if keys.get("access_key_id")}
        for name, keys in with_keys.items():
            others = ", ".join(other for other in with_keys if other != name)
            shown = safe_text(name.removeprefix("profile ") or "without a name", 60)
            yield f"profile {shown}", keys, (f"left out: {safe_text(others, 120)}",) if others else ()
    yield "lines of a shell", _named(exports(text)), ()
    yield "a part of ~/.aws", _named(ini_sections(text).get("", {})), ()
    yield "CSV", _csv(text), ()
    yield "two keys", _bare(text), ()


def _named(said: Mapping[str, Any]) -> Pasted:
    """The keys that are ours, by our names; what is no text is left out."""
    named: Pasted = {}
    for key, value in said.items():
        ours = _NAMES.get(re.sub("[^a-z]", "", key.lower()))
        if ours and isinstance(value, str) and value.strip():
            named.setdefault(ours, value.strip().strip("\"'"))
    return named


def _csv(text: str) -> Pasted:
    """The file that the console offers: a line of names, a line of values."""
    try:
        rows = [row for row in csv.reader(text.splitlines()) if row]
    except csv.Error:
        return {}
    if len(rows) < 2 or len(rows[0]) < 2:
        return {}
    return _named(dict(zip((name.strip() for name in rows[0]), rows[1], strict=False)))


def _bare(text: str) -> Pasted:
    """Both keys, and perhaps a token, without their names."""
    words = re.split(r"[\s,;:|\"']+", text)
    key_id = next((word for word in words if shapes.fits(shapes.ACCESS_KEY, word)), "")
    secret = next((word for word in words if shapes.fits(shapes.SECRET_KEY, word)), "")
    if not key_id:
        return {}
    token = max((word for word in words if len(word) > 100), key=len, default="")
    found = {"access_key_id": key_id, "secret_access_key": secret, "session_token": token}
    return {name: value for name, value in found.items() if value}


def _found(what: str, found: Pasted, more: tuple[str, ...]) -> Found:
    secrets = {name: Secret(found[name]) for name in ("secret_access_key", "session_token") if found.get(name)}
    values = {name: found[name] for name in ("access_key_id", "expires_at") if found.get(name)}
    missing = [f"{name} is not in it" for name in ("access_key_id", "secret_access_key") if not found.get(name)]
    return Found("env", "", f"pasted: {what}", values, secrets, (*missing, *more), is_pasted=True)
