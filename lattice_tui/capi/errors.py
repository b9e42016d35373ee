"""What can go wrong between us and an API server.

LatticeError
+-- ApiError                 the server answered, and refused
|   +-- ApiInvalidError      it does not accept the object (400, 422, a typo in server-side apply)
|   +-- ApiExpiredError      the resourceVersion is too old (410): list again
+-- ApiUnreachableError      no answer: refused, timeout, tls, name, lost

No exception of the HTTP library leaves this package; each is chained with `from`.
"""

from __future__ import annotations

import socket
import ssl
from typing import Literal

from lattice_tui.capi.fingerprints import shown_fingerprint
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

MESSAGE_LIMIT = 1_000
"""A server's message may quote the whole object back; its beginning says what is wrong."""

UnreachableKind = Literal["refused", "timeout", "tls", "name", "lost"]

# Codes of ssl.SSLCertVerificationError.verify_code, from OpenSSL's x509_vfy.h.
_CERTIFICATE_FAULTS = {
    9: ("its certificate is not valid yet", "Compare this computer's clock with the real time."),
    10: ("its certificate has expired", "Check this computer's clock; else renew the server's certificate."),
    18: ("its certificate is self-signed", "Use the kubeconfig that belongs to this server."),
    19: ("its certificate comes from an unknown authority", "Use the kubeconfig that belongs to this server."),
    20: ("its certificate comes from an unknown authority", "Use the kubeconfig that belongs to this server."),
    62: ("its certificate is for another host name", "Use a host name that the certificate carries (certSANs)."),
    64: ("its certificate is for another address", "Use an address that the certificate carries (certSANs)."),
}


class ApiError(LatticeError):
    """The API server answered with an error. `message` is safe to print."""

    exit_code = ExitCode.MACHINES

    def __init__(
        self, status: int, reason: str, message: str, *, what: str, retry_after_s: float | None = None, clock: str = ""
    ):
        self.status = status
        self.reason = safe_text(reason, 80)
        self.message = safe_text(message, MESSAGE_LIMIT)
        self.what = safe_text(what, 200)
        """What was asked: `PATCH clusters/demo`."""
        self.retry_after_s = retry_after_s
        super().__init__(_refusal(status, self.reason, self.message, self.what, clock))
        if status in {401, 403}:
            self.exit_code = ExitCode.PERMISSION


class ApiInvalidError(ApiError):
    """The server does not accept the object as written."""


class ApiExpiredError(ApiError):
    """The resourceVersion or continue token is too old: list again."""


class ApiUnreachableError(LatticeError):
    """No answer from the API server. `kind` tells why."""

    exit_code = ExitCode.MACHINES

    def __init__(self, kind: UnreachableKind, server: str, detail: str = "", fix: str = "") -> None:
        self.kind = kind
        self.detail = safe_text(detail, 300)
        super().__init__(_silence(kind, safe_text(server, 120), self.detail, fix))


def unreachable(server: str, error: BaseException) -> ApiUnreachableError:
    """Tell the failures of a connection apart, wherever in the chain of causes the real one sits."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            default = (cause.verify_message, "Use the kubeconfig that belongs to this server.")
            return _untrusted(server, *_CERTIFICATE_FAULTS.get(cause.verify_code, default))
        if type(cause).__name__ == "CertificateError":
            # urllib3's own check of the name, used where the TLS library does not do it.
            return _untrusted(server, *_CERTIFICATE_FAULTS[62])
        if isinstance(cause, ssl.SSLEOFError):
            return ApiUnreachableError("lost", server, "the connection was cut")
        if isinstance(cause, ssl.SSLError):
            return ApiUnreachableError("tls", server, str(cause.reason or cause))
        if isinstance(cause, socket.gaierror):
            return ApiUnreachableError("name", server, str(cause.strerror or cause))
        if isinstance(cause, ConnectionRefusedError):
            return ApiUnreachableError("refused", server)
        if isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__:
            return ApiUnreachableError("timeout", server)
    return ApiUnreachableError("lost", server, str(error))


def _untrusted(server: str, detail: str, fix: str) -> ApiUnreachableError:
    """With the fingerprint of what the server shows: who runs it can say whether that is theirs."""
    shown = shown_fingerprint(server)
    return ApiUnreachableError("tls", server, f"{detail} ({shown})" if shown else detail, fix)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it wraps, innermost first; urllib3 keeps its causes in `reason` and in `args`."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found[::-1]


def _refusal(status: int, reason: str, message: str, what: str, clock: str) -> Problem:
    detail = f"{what}: {status} {reason}: {message}"
    if status == 401:
        return Problem(
            "LT-CAPI-103",
            "The API server does not know these credentials",
            clock or "Get a fresh kubeconfig, or log in again; then it goes on by itself.",
            detail,
            "kubectl --kubeconfig FILE auth whoami",
        )
    if status == 403:
        return Problem(
            "LT-CAPI-104",
            "The API server does not allow this",
            "Use a kubeconfig whose user may do it (cluster-admin).",
            detail,
            "kubectl --kubeconfig FILE auth can-i '*' '*'",
        )
    if status == 409:
        return Problem("LT-CAPI-105", "Another program owns this object", "See who changed it, then try again.", detail)
    if status in {400, 422}:
        return Problem(
            "LT-CAPI-102", "The API server does not accept an object", "Keep the details and report it to us.", detail
        )
    return Problem("LT-CAPI-101", f"The API server refused a request ({status})", "Try again in a moment.", detail)


def _silence(kind: UnreachableKind, server: str, detail: str, fix: str) -> Problem:
    check = f"curl -k {server}/version"
    if kind == "refused":
        title, default = "Nothing answers at the API server's address", "Wait until it is up, or check the address."
    elif kind == "timeout":
        title, default = (
            "The API server does not answer in time",
            "Check the network and firewalls between here and it.",
        )
    elif kind == "tls":
        title, default = (
            "The API server's identity could not be proven",
            "Use the kubeconfig that belongs to this server.",
        )
    elif kind == "name":
        title, default = "The API server's name is not known", "Check the server's name in the kubeconfig, and DNS."
    else:
        title, default = "The connection to the API server broke", "Wait until it is back; the work goes on by itself."
    code = {"refused": "LT-CAPI-110", "timeout": "LT-CAPI-111", "tls": "LT-CAPI-112", "name": "LT-CAPI-114"}
    return Problem(code.get(kind, "LT-CAPI-113"), title, fix or default, f"{server}: {detail or kind}", check)
