"""Reading a kubeconfig: the server, its authority, and who we are. Secrets stay `Secret`."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

MAX_BYTES = 1 << 20
"""Far more than any kubeconfig; a larger file is something else."""


class KubeconfigError(LatticeError):
    """The kubeconfig cannot be used."""

    exit_code = ExitCode.CREDENTIALS


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What the current context of a kubeconfig says. Source: client-go's `clientcmd/api/v1`."""

    server: str
    ca_pem: str = ""
    """Empty: the system's authorities are asked."""
    client_certificate_pem: str = ""
    client_key: Secret | None = None
    token: Secret | None = None
    tls_server_name: str = ""
    is_token_in_file: bool = False
    """The token comes from a file that somebody keeps fresh."""
    needs_plugin: bool = False
    """True when the credentials come from a program (`exec`, `auth-provider`); see plugin.py."""


def read_kubeconfig(path: str | os.PathLike[str]) -> Kubeconfig:
    """The current context of the file. Raises KubeconfigError, never with a secret in its words."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(file, f"it cannot be read: {error.strerror}") from error
    return parse_kubeconfig(data, file)


def parse_kubeconfig(data: bytes, file: Path) -> Kubeconfig:
    """As `read_kubeconfig`, from bytes; `file` names it in errors and anchors the relative paths inside."""
    document = _document(data, file)
    _context, cluster, user = _current(document, file)
    server = str(cluster.get("server") or "")
    _check_server(server, cluster, file)
    key = _pem(user, "client-key", file)
    return Kubeconfig(
        server=server.rstrip("/"),
        ca_pem=_pem(cluster, "certificate-authority", file),
        client_certificate_pem=_pem(user, "client-certificate", file),
        client_key=Secret(key) if key else None,
        token=_token(user, file),
        tls_server_name=str(cluster.get("tls-server-name") or ""),
        is_token_in_file=bool(user.get("tokenFile")),
        needs_plugin=bool(user.get("exec") or user.get("auth-provider")),
    )


def with_server(data: bytes, server: str) -> bytes:
    """The same kubeconfig, whose current cluster is reached at `server`."""
    import yaml

    file = Path("kubeconfig")
    document = _document(data, file)
    _context, cluster, _user = _current(document, file)
    cluster["server"] = server
    text: str = yaml.dump(document, sort_keys=False, default_flow_style=False)
    return text.encode()


def _document(data: bytes, file: Path) -> dict[str, Any]:
    import yaml

    if len(data) > MAX_BYTES:
        raise _unusable(file, "it is larger than 1 MiB")
    try:
        document = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        # The parser's words would quote the file, which holds secrets.
        raise _unusable(file, f"it is not YAML ({type(error).__name__})") from None
    if not isinstance(document, dict) or not document.get("clusters"):
        raise _unusable(file, "it names no cluster")
    return document


def _current(document: dict[str, Any], file: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    name = str(document.get("current-context") or "")
    contexts = document.get("contexts") or []
    if not name and isinstance(contexts, list) and len(contexts) == 1 and isinstance(contexts[0], dict):
        name = str(contexts[0].get("name") or "")
    context = _named(contexts, name, "context", file)
    cluster = _named(document.get("clusters"), str(context.get("cluster") or ""), "cluster", file)
    user_name = str(context.get("user") or "")
    user = _named(document.get("users"), user_name, "user", file) if user_name else {}
    return context, cluster, user


def _named(entries: object, name: str, what: str, file: Path) -> dict[str, Any]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") == name and isinstance(entry.get(what), dict):
            found: dict[str, Any] = entry[what]
            return found
    raise _unusable(file, f"it has no {what} called {safe_text(name, 60)!r}" if name else "it has no current-context")


def _check_server(server: str, cluster: Mapping[str, Any], file: Path) -> None:
    url = urlsplit(server)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise _unusable(file, f"its server {safe_text(server, 80)!r} is not an https:// address")
    if url.scheme == "http" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise _unusable(file, "its server is plain http://, which would send the credentials readable")
    if cluster.get("insecure-skip-tls-verify"):
        raise _unusable(file, "it says insecure-skip-tls-verify, so anybody could answer for the server")


def _pem(entry: Mapping[str, Any], key: str, file: Path) -> str:
    if encoded := entry.get(f"{key}-data"):
        try:
            return base64.b64decode(str(encoded), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            raise _unusable(file, f"its {key}-data is not base64 of a PEM text") from None
    if place := entry.get(key):
        return _beside(file, str(place), key)
    return ""


def _token(user: Mapping[str, Any], file: Path) -> Secret | None:
    if place := user.get("tokenFile"):
        return Secret(_beside(file, str(place), "tokenFile").strip())
    token = str(user.get("token") or "")
    return Secret(token) if token else None


def _beside(file: Path, place: str, key: str) -> str:
    """The text of a file named inside a kubeconfig; relative paths start at the kubeconfig's folder."""
    try:
        return (file.parent / place).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, f"its {key} {safe_text(place, 80)!r} cannot be read") from error


def _unusable(file: Path, why: str) -> KubeconfigError:
    return KubeconfigError(
        Problem(
            code="LT-CAPI-120",
            title="This kubeconfig cannot be used",
            fix="Name a kubeconfig with one https:// server, its authority and a user.",
            detail=f"{safe_text(str(file), 200)}: {why}",
            check=f"kubectl --kubeconfig {safe_text(str(file), 200)} version",
        )
    )
