"""The certificate that a server shows, for a person to compare: read without believing it, with nothing sent."""

from __future__ import annotations

import hashlib
import socket
import ssl
from urllib.parse import urlsplit

LOOK_TIMEOUT_S = 3.0


def shown_fingerprint(server: str, timeout_s: float = LOOK_TIMEOUT_S) -> str:
    """`SHA-256 AB:CD:...` of the certificate at `https://host:port`; empty when none is shown in time."""
    url = urlsplit(server)
    if url.scheme != "https" or not url.hostname:
        return ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((url.hostname, url.port or 443), timeout=timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=url.hostname) as shown,
        ):
            return _fingerprint(shown.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        return ""


def _fingerprint(certificate_der: bytes) -> str:
    return f"SHA-256 {hashlib.sha256(certificate_der).digest().hex(':').upper()}" if certificate_der else ""
