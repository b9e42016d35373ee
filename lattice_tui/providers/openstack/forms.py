"""What is wrong with the form of OpenStack credentials: no network is asked, every problem is said at once."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from lattice_tui.providers.openstack.credential_fields import ROOT
from lattice_tui.providers.openstack.entries import APPLICATION_CREDENTIAL, AUTH_TYPES, PASSWORD, PEM, TOKEN
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem, Severity

_NO_SECRET = Secret("")
_ID = r"[0-9a-f]{32}"
"""Keystone's own form; other clouds have others, so that it is no rule."""
_DASHBOARD = r"/(?:dashboard|horizon|project|auth/login)\b"


def problems(values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
    """In the order of the questions."""
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    return (
        *_address(given.get("auth_url", "")),
        *_way(given, secrets),
        *_spaces(secrets),
        *_authority(given.get("ca_pem", "")),
    )


def url_fault(url: str) -> str:
    """Why a text is not the address of Keystone; empty when it can be one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "its port is not a number from 1 to 65535"
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        return "it does not begin with https:// and a name"
    if parts.username or parts.password:
        return "it has a user name in it, which belongs into a field of its own"
    if port == 0:
        return "its port is not a number from 1 to 65535"
    if re.search(_DASHBOARD, parts.path):
        return "it is the address of the dashboard"
    if parts.path.rstrip("/").endswith("/v2.0"):
        return "it is the second version of Keystone, which is gone"
    return ""


def _address(url: str) -> Iterator[Problem]:
    if not url:
        yield _problem("LT-OS-030", "the identity address is missing", _write("auth_url", _EXAMPLE), "auth_url")
        return
    if fault := url_fault(url):
        shown = safe_text(url, 60) if "user name" not in fault else "the text"
        yield _problem(
            "LT-OS-030",
            f"{shown} is not an identity address: {fault}",
            _write("auth_url", _EXAMPLE),
            "auth_url",
        )
    elif url.startswith("http://") and not _is_own(urlsplit(url).hostname or ""):
        yield _problem(
            "LT-OS-037",
            "the identity address begins with http: the password travels unprotected",
            "Write https:// where the cloud has it.",
            "auth_url",
            severity="warning",
        )


_EXAMPLE = "https://keystone.example.com:5000/v3"


def _way(values: Mapping[str, str], secrets: Mapping[str, Secret]) -> Iterator[Problem]:
    sort = values.get("auth_type", PASSWORD)
    if sort not in AUTH_TYPES:
        yield _problem(
            "LT-OS-031",
            f"a cluster cannot sign in by {safe_text(sort, 40)}",
            "Make an application credential: openstack application credential create lattice --unrestricted",
            "auth_type",
        )
    elif sort == PASSWORD:
        if not (values.get("username") or values.get("user_id")):
            yield _missing("username", "the user name", "ada")
        if not secrets.get("password", _NO_SECRET):
            yield _missing("password", "the password", "")
    elif sort == APPLICATION_CREDENTIAL:
        credential = values.get("application_credential_id", "")
        if not credential and not values.get("application_credential_name"):
            yield _missing("application_credential_id", "the id of the application credential", "21dced0f...")
        elif credential and not re.fullmatch(_ID, credential):
            yield _problem(
                "LT-OS-033",
                "the id of the application credential is not 32 digits and letters, as Keystone makes them",
                "Look whether it is the id, and not the name: openstack application credential list",
                "application_credential_id",
                severity="warning",
            )
        if not secrets.get("application_credential_secret", _NO_SECRET):
            yield _missing("application_credential_secret", "the secret of the application credential", "")
    elif not secrets.get("token", _NO_SECRET):
        yield _missing("token", "the token", "")
    if sort in (PASSWORD, TOKEN) and not (values.get("project_name") or values.get("project_id")):
        yield _missing("project_name", "the project", "web")
    if sort == TOKEN:
        yield _problem(
            "LT-OS-035",
            "a token ends after some hours, and the cluster cannot mend itself from then on",
            "Use an application credential: openstack application credential create lattice --unrestricted",
            "auth_type",
            severity="warning",
        )


def _spaces(secrets: Mapping[str, Secret]) -> Iterator[Problem]:
    for name, secret in secrets.items():
        text = secret.reveal()
        if text and text != text.strip():
            yield _problem(
                "LT-OS-036",
                "the secret begins or ends with a space or a line end, which pasting often adds",
                "Paste it again, unless it is really a part of it.",
                name,
                severity="warning",
            )


def _authority(pem: str) -> Iterator[Problem]:
    if not pem:
        return
    if "PRIVATE KEY" in pem:
        yield _problem(
            "LT-OS-034",
            "the text of the certificate authority holds a private key",
            "Paste its certificate alone, from -----BEGIN CERTIFICATE----- on.",
            "ca_pem",
        )
        return
    try:
        if PEM not in pem:
            raise ValueError("no certificate")
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError):
        yield _problem(
            "LT-OS-034",
            "the text of the certificate authority is no certificate",
            "Paste the whole file, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
            "ca_pem",
        )


def _missing(name: str, what: str, example: str) -> Problem:
    fix = _write(name, example) if example else "Fill it in here, or take it from your openrc file."
    return _problem("LT-OS-032", f"{what} is missing", fix, name)


def _write(name: str, example: str) -> str:
    return f"Write it, for example: {example} (OS_{name.upper()} of your openrc file)"


def _is_own(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _problem(code: str, title: str, fix: str, name: str, *, severity: Severity = "error") -> Problem:
    return Problem(code=code, title=title, fix=fix, path=f"{ROOT}.{name}", severity=severity)
