"""One cloud as a file or the environment describes it, made into plain values and secrets of one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text

PASSWORD, APPLICATION_CREDENTIAL, TOKEN = "password", "v3applicationcredential", "token"
AUTH_TYPES = (PASSWORD, APPLICATION_CREDENTIAL, TOKEN)
"""What Cluster API's OpenStack provider can sign in with. Source: gophercloud/utils, openstack/clientconfig."""
SECRET_NAMES = ("password", "application_credential_secret", "token")
_TYPES = {
    "": "",
    "password": PASSWORD,
    "v3password": PASSWORD,
    "v2password": PASSWORD,
    "v3applicationcredential": APPLICATION_CREDENTIAL,
    "v3token": TOKEN,
    "token": TOKEN,
    "v2token": TOKEN,
}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "auth_url": ("auth_url",),
    "username": ("username",),
    "user_id": ("user_id",),
    "project_name": ("project_name", "tenant_name"),
    "project_id": ("project_id", "tenant_id"),
    "user_domain_name": ("user_domain_name", "domain_name"),
    "user_domain_id": ("user_domain_id", "domain_id", "default_domain_id"),
    "project_domain_name": ("project_domain_name", "domain_name"),
    "project_domain_id": ("project_domain_id", "domain_id", "default_domain_id"),
    "application_credential_id": ("application_credential_id",),
    "application_credential_name": ("application_credential_name",),
    "region_name": ("region_name",),
    "interface": ("interface", "endpoint_type"),
    "password": ("password",),
    "application_credential_secret": ("application_credential_secret",),
    "token": ("token", "auth_token"),
}
_SCOPE = ("project_name", "project_id", "project_domain_name", "project_domain_id")
_PERSON = ("username", "user_id", "user_domain_name", "user_domain_id")
_NULLS = ("null", "~", "Null", "NULL", "None")
PEM = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Entry:
    """Values by the names of the credential fields, and what a person should know about them."""

    values: dict[str, str]
    secrets: dict[str, Secret]
    remarks: tuple[str, ...]


def entry_of(said: Mapping[str, Any], read_ca: Callable[[str], tuple[str, str]] | None = None) -> Entry:
    """The entry of a clouds.yaml, or of variables by their names without `OS_`.

    `read_ca` answers (PEM, "") or ("", why not) for the file that `cacert` names; None: no file may be read.
    """
    found = {name: _text(said, keys) for name, keys in _NAMES.items()}
    values = {name: text for name, text in found.items() if text and name not in SECRET_NAMES}
    secrets = {name: found[name] for name in SECRET_NAMES if found[name]}
    remarks: list[str] = []
    values["auth_type"] = _auth_type(_text(said, ("auth_type", "auth_plugin")).lower(), values, secrets, remarks)
    _keep_what_fits(values, secrets, remarks)
    _region(said, values, remarks)
    _certificates(said, values, read_ca, remarks)
    return Entry(values, {name: Secret(text) for name, text in secrets.items()}, tuple(remarks))


def _text(said: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    auth = said.get("auth")
    for key in keys:
        for place in (auth if isinstance(auth, dict) else {}, said):
            value = place.get(key)
            if isinstance(value, str) and value.strip() and value not in _NULLS:
                # A password may begin or end with a space, nothing else does.
                return value if key in SECRET_NAMES else value.strip()
    return ""


def _auth_type(written: str, values: Mapping[str, str], secrets: Mapping[str, str], remarks: list[str]) -> str:
    known = _TYPES.get(written, written)
    if known not in ("", *AUTH_TYPES):
        remarks.append(
            f"signs in by {safe_text(written, 40)}, which a cluster cannot do: make an application credential"
        )
        return known
    has_credential = "application_credential_id" in values or "application_credential_secret" in secrets
    if known == "" and has_credential:
        remarks.append(f"has an application credential without auth_type: {APPLICATION_CREDENTIAL} is taken")
        return APPLICATION_CREDENTIAL
    if known == "" and "token" in secrets and "password" not in secrets:
        return TOKEN
    return known or PASSWORD


def _keep_what_fits(values: dict[str, str], secrets: dict[str, str], remarks: list[str]) -> None:
    """Drop what the way of signing in cannot be given, and name the domain that everybody means."""
    sort = values["auth_type"]
    if sort == APPLICATION_CREDENTIAL:
        by_id = "application_credential_id" in values
        dropped = [name for name in (*_SCOPE, *(_PERSON if by_id else ())) if values.pop(name, None)]
        if dropped:
            remarks.append(f"left out, the application credential holds it already: {', '.join(dropped)}")
    for name in SECRET_NAMES:
        if name != {PASSWORD: "password", TOKEN: "token"}.get(sort, "application_credential_secret"):
            secrets.pop(name, None)
    for whose in ("user", "project"):
        if f"{whose}_domain_id" in values and f"{whose}_domain_name" in values:
            # Both at once is refused; the id is the exact one.
            values.pop(f"{whose}_domain_name")
    needed = [("user", "username")] if sort == PASSWORD else []
    needed += [("project", "project_name")] if sort in (PASSWORD, TOKEN) else []
    missing = [
        whose
        for whose, name in needed
        if name in values and not values.keys() & {f"{whose}_domain_name", f"{whose}_domain_id"}
    ]
    for whose in missing:
        values[f"{whose}_domain_name"] = "Default"
    if missing:
        remarks.append(f"names no domain for the {' and the '.join(missing)}: Default is taken")


def _region(said: Mapping[str, Any], values: dict[str, str], remarks: list[str]) -> None:
    regions = said.get("regions")
    if "region_name" in values or not isinstance(regions, list):
        return
    names = [one.get("name") if isinstance(one, dict) else one for one in regions]
    known = [name for name in names if isinstance(name, str) and name]
    if known:
        values["region_name"] = known[0]
        if len(known) > 1:
            remarks.append(f"has the regions {safe_text(', '.join(known), 80)}: the first is taken")


def _certificates(
    said: Mapping[str, Any],
    values: dict[str, str],
    read_ca: Callable[[str], tuple[str, str]] | None,
    remarks: list[str],
) -> None:
    if _text(said, ("verify",)).lower() in ("false", "no", "off", "0") or _text(said, ("insecure",)).lower() in (
        "true",
        "yes",
        "1",
    ):
        remarks.append("turns certificate checks off, which is not followed: give the cloud's CA instead")
    if _text(said, ("cert",)):
        remarks.append("has a client certificate, which neither this program nor the cluster uses")
    written = _text(said, ("cacert",))
    if not written:
        return
    if PEM in written:
        values["ca_pem"] = written
    elif read_ca is None:
        remarks.append(f"its CA is in a file, {safe_text(written, 80)}: give its contents as the CA")
    else:
        pem, why = read_ca(written)
        if pem:
            values["ca_pem"] = pem
        else:
            remarks.append(f"its CA file {safe_text(written, 80)} {why}")
