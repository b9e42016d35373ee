"""What Proxmox VE says no with, told apart by class so that a check can tell `fail` from `could not look`.

PveError                  Proxmox answered, but not with what was asked for
+-- PveUnreachableError   nothing answered, or TLS was not to be trusted
+-- NotProxmoxError       something answered that is not Proxmox VE's API: a page, a proxy, another product
+-- PveSignInError        401: the token is not good
+-- PveForbiddenError     403: the token is good, and may not
+-- PveNodeDownError      595 to 599: the server could not reach the node that it was to ask
+-- PveRefusedError       400, 500, 501 and the rest: in Proxmox's own words

Source: pve-http-server (status texts), AnyEvent::HTTP (59x), pve-access-control (texts of 401 and 403).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

TOKEN_ID_PATH: Final = "credentials.proxmox.token_id"  # noqa: S105
SECRET_PATH: Final = "credentials.proxmox.secret"  # noqa: S105
URL_PATH: Final = "credentials.proxmox.url"
_TOKENS_PAGE: Final = "Datacenter > Permissions > API Tokens"
_NODE_DOWN: Final = frozenset(range(595, 600))


class PveError(LatticeError):
    """Proxmox answered, but not with what was asked for."""

    exit_code = ExitCode.CREDENTIALS

    def __init__(self, problem: Problem, *, status: int = 0, reason: str = "") -> None:
        super().__init__(problem)
        self.status = status
        """Of HTTP; 0 where there was no answer."""
        self.reason = reason
        """Proxmox's own words, safe to print."""


class PveUnreachableError(PveError):
    """Nothing answered."""


class NotProxmoxError(PveError):
    """Something else answered."""


class PveSignInError(PveError):
    """401."""


class PveForbiddenError(PveError):
    """403."""

    exit_code = ExitCode.PERMISSION

    @property
    def missing(self) -> tuple[str, tuple[str, ...]] | None:
        """(path, privileges) of `Permission check failed (/vms/9000, VM.Audit|VM.Clone)`; None for other words."""
        match = re.search(r"\((?P<path>/[^,()]*), (?P<privileges>[A-Za-z.|]+)\)", self.reason)
        return None if match is None else (match["path"], tuple(match["privileges"].split("|")))


class PveNodeDownError(PveError):
    """595 to 599."""


class PveRefusedError(PveError):
    """Anything else."""


def refusal(status: int, reason: str, errors: Mapping[str, str], path: str, token_id: str) -> PveError:
    """The error for an answer of the API that is not 200. `reason` is the status line's text, or the body's message."""
    said = safe_text(" ".join(reason.split()), 200)
    if status == 401:
        return PveSignInError(sign_in_problem(said, token_id), status=status, reason=said)
    if status == 403:
        return PveForbiddenError(_forbidden(said, path), status=status, reason=said)
    if status in _NODE_DOWN:
        return PveNodeDownError(_node_down(status, said, path), status=status, reason=said)
    about = "; ".join(f"{safe_text(name, 40)}: {safe_text(text, 120)}" for name, text in errors.items())
    return PveRefusedError(_refused(status, said, about, path), status=status, reason=f"{said} {about}".strip())


def sign_in_problem(said: str, token_id: str) -> Problem:
    """What a 401 means. Its text is told apart where there is one; newer releases may say one thing for all."""
    user, _, name = token_id.partition("!")
    shown, user, name = safe_text(token_id, 80), safe_text(user, 60), safe_text(name, 40)
    low = said.lower()
    list_tokens = f"pveum user token list {user}"
    if "no such user" in low or "disabled" in low or "account expired" in low or ("user '" in low and "expired" in low):
        state = "disabled" if "disabled" in low else "expired" if "expired" in low else ""
        return Problem(
            "LT-PVE-120",
            f"Proxmox: the user {user} is {state}" if state else f"Proxmox has no user {user}",
            f"Datacenter > Permissions > Users: {'enable it, or mend its expiry' if state else 'see how it is written'}"
            ", realm and capitals too",
            detail=f"It says: {said}",
            check="pveum user list",
            path=TOKEN_ID_PATH,
        )
    if "no such token" in low:
        return Problem(
            "LT-PVE-121",
            f"Proxmox: {user} has no token {name}",
            f"{_TOKENS_PAGE} shows each as user@realm!name; the part after the ! is the token's own name. "
            f"To make it: pveum user token add {user} {name} --privsep 0",
            detail=f"It says: {said}",
            check=list_tokens,
            path=TOKEN_ID_PATH,
        )
    if "expired" in low:
        return Problem(
            "LT-PVE-123",
            f"Proxmox: the token {shown} has expired",
            f"{_TOKENS_PAGE}: give it a later expiry, or none: pveum user token modify {user} {name} --expire 0",
            detail=f"It says: {said}",
            check=list_tokens,
            path=TOKEN_ID_PATH,
        )
    if "invalid token value" in low or "token value" in low:
        return Problem(
            "LT-PVE-122",
            f"Proxmox: that is not the secret of the token {shown}",
            f"Proxmox shows a secret once. Without it: {_TOKENS_PAGE}, remove the token, add it again, copy the secret",
            detail=f"It says: {said}",
            check=list_tokens,
            path=SECRET_PATH,
        )
    return Problem(
        "LT-PVE-124",
        f"Proxmox does not let the token {shown} in",
        f"Look at its name under {_TOKENS_PAGE}, and copy the secret again; remove and add the token if it is lost",
        detail=f"It says: {said or 'nothing more than 401'}. User, name, secret or expiry: it does not say which.",
        check=list_tokens,
        path=SECRET_PATH,
    )


def _forbidden(said: str, path: str) -> Problem:
    return Problem(
        "LT-PVE-130",
        "The token may not look at this in Proxmox",
        "The row Permissions says which privileges are missing, and how to give them",
        detail=f"GET {safe_text(path, 120)}: {said or 'Permission check failed'}",
        path=TOKEN_ID_PATH,
    )


def _node_down(status: int, said: str, path: str) -> Problem:
    match = re.match(r"/?nodes/([^/]+)", path)
    node = safe_text(match[1], 63) if match else "a node"
    return Problem(
        "LT-PVE-132",
        f"Proxmox could not reach {node} ({status})",
        f"See whether {node} is switched on: Datacenter > Summary shows the nodes that are online",
        detail=f"The server that was asked hands the question on to that node: {said or 'no answer'}",
        check="pvecm status",
    )


def _refused(status: int, said: str, about: str, path: str) -> Problem:
    asked = f"GET {safe_text(path, 120)}"
    if status == 501:
        return Problem(
            "LT-PVE-133",
            "Proxmox does not know this part of its API",
            "Update Proxmox VE to 8 or later",
            detail=f"{asked}: {said or 501}",
            check="pveversion",
        )
    if status == 400:
        return Problem(
            "LT-PVE-134",
            "Proxmox did not understand the question",
            "Look at the value that it names",
            detail=f"{asked}: {about or said}",
        )
    return Problem(
        "LT-PVE-131",
        f"Proxmox could not answer ({status})",
        "Ask again in a moment; then look into the server's log",
        detail=f"{asked}: {said or about or 'no reason given'}",
        check="journalctl -u pvedaemon -u pveproxy --since -5min",
    )
