"""TLS of a server: what its certificate says, and whether it is trusted. Nothing is sent but the handshake."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from lattice_tui.checks.connecting import connected
from lattice_tui.checks.servers import Proxy, Server
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    import aiohttp

    Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

HANDSHAKE_TIMEOUT_S = 5.0
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SHOWN = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")
_MAX_NAMES = 8


@dataclass(frozen=True, slots=True)
class Trust:
    """What vouches for a server's certificate: the system's roots, a CA of one's own, or one certificate by itself."""

    ca_pem: str = ""
    """Certificates to trust beside the system's, or in their place."""
    fingerprint: str = ""
    """SHA-256 of the one certificate that is taken, whatever else it says; colons and case do not matter."""
    system: bool = True


@dataclass(frozen=True, slots=True)
class TlsSeen:
    """One certificate as it was shown. Texts are safe to print."""

    fingerprint: str
    """SHA-256, 64 hexadecimal digits, lower case, without colons."""
    subject: str
    issuer: str
    names: tuple[str, ...]
    """Names and addresses that it is made for."""
    not_before: datetime | None
    """In UTC; None where the certificate cannot be read."""
    not_after: datetime | None
    pem: str
    verify_code: int
    """OpenSSL's, 0 when it is trusted: 18 to 21 unknown issuer, 10 expired, 9 not yet valid, 62 and 64 wrong name."""
    verify_words: str = ""


def plain_fingerprint(text: str) -> str:
    """64 digits without colons, of whatever way of writing it. Raises ValueError for a text that is none."""
    digits = re.sub(r"[\s:]", "", text).lower().removeprefix("sha256")
    if not _FINGERPRINT.fullmatch(digits):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits")
    return digits


def shown_fingerprint(digits: str) -> str:
    """`F0:12:...`, as consoles show it."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def fingerprint_in(evidence: str) -> str:
    """The fingerprint that a check's evidence begins with, 64 digits; empty when it begins with something else."""
    match = _SHOWN.match(evidence)
    return match[0].replace(":", "").lower() if match else ""


def ssl_context(trust: Trust) -> ssl.SSLContext:
    """A context that verifies against the system's roots and `ca_pem`; a fingerprint is no part of it.

    Raises LatticeError when `ca_pem` holds no certificate.
    """
    context = ssl.create_default_context() if trust.system else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trust.system and not _has_system_roots():
        import certifi  # a Python without the system's certificates, as python.org's is on macOS

        context.load_verify_locations(cafile=certifi.where())
    if trust.ca_pem.strip():
        try:
            context.load_verify_locations(cadata=trust.ca_pem)
        except (ssl.SSLError, ValueError):
            # Its words ("not enough data") say nothing to anybody.
            raise LatticeError(_no_certificate(), ExitCode.CREDENTIALS) from None
        # Python 3.13 refuses authorities without an Authority Key Identifier, which Proxmox makes for itself.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def aiohttp_ssl(trust: Trust) -> ssl.SSLContext | aiohttp.Fingerprint:
    """What aiohttp's `ssl=` takes. Raises LatticeError as `ssl_context`, ValueError for a fingerprint that is none."""
    if not trust.fingerprint:
        return ssl_context(trust)
    from aiohttp import Fingerprint  # half a second, only where a client is made

    return Fingerprint(bytes.fromhex(plain_fingerprint(trust.fingerprint)))


async def look_at_tls(
    server: Server,
    timeout_s: float = HANDSHAKE_TIMEOUT_S,
    *,
    trust: Trust | None = None,
    proxy: Proxy | None = None,
) -> TlsSeen:
    """The certificate that the server shows, and what becomes of it with `trust` (the system's roots alone).

    Two handshakes, each within the time. Raises ssl.SSLError when what answers speaks no TLS, LatticeError as
    `ssl_context`, TimeoutError, and whatever `connected` raises.
    """
    context = ssl_context(trust if trust is not None else Trust())
    async with streams(server, _any_certificate(), proxy, timeout_s) as (_, writer):
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    code, words = await _verdict(server, context, proxy, timeout_s)
    return seen(shown or b"", code, words)


@asynccontextmanager
async def streams(
    server: Server, context: ssl.SSLContext | None, proxy: Proxy | None = None, timeout_s: float = HANDSHAKE_TIMEOUT_S
) -> AsyncGenerator[Streams, None]:
    """A connection to read and write, with TLS where there is a context; it is cut at the end, politeness aside."""
    end = await connected(server, proxy)
    reader, writer = await _opened(end, server, context, timeout_s)
    try:
        yield reader, writer
    finally:
        # The other side may be silent: nothing is waited for.
        writer.transport.abort()
        await asyncio.sleep(0)


async def _opened(end: socket.socket, server: Server, context: ssl.SSLContext | None, timeout_s: float) -> Streams:
    try:
        async with asyncio.timeout(timeout_s):
            if context is None:
                return await asyncio.open_connection(sock=end)
            return await asyncio.open_connection(sock=end, ssl=context, server_hostname=server.host)
    except BaseException:
        end.close()
        raise


async def _verdict(server: Server, context: ssl.SSLContext, proxy: Proxy | None, timeout_s: float) -> tuple[int, str]:
    try:
        async with streams(server, context, proxy, timeout_s):
            return 0, ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_code, safe_text(error.verify_message, 120)


def seen(der: bytes, verify_code: int, verify_words: str = "") -> TlsSeen:
    """What a certificate says. One that cannot be read has its fingerprint and nothing else."""
    digits = sha256(der).hexdigest()
    pem = ssl.DER_cert_to_PEM_cert(der)
    from cryptography import x509  # only when a certificate is looked at

    try:
        read = x509.load_der_x509_certificate(der)
        subject, issuer = read.subject.rfc4514_string(), read.issuer.rfc4514_string()
        dates = read.not_valid_before_utc, read.not_valid_after_utc
    except ValueError:
        # OpenSSL took it and this reader is stricter: nobody is kept from going by the fingerprint.
        return TlsSeen(digits, "", "", (), None, None, pem, verify_code, verify_words)
    names = tuple(safe_text(name, 120) for name in _names(read))
    return TlsSeen(
        digits, safe_text(subject, 120), safe_text(issuer, 120), names, *dates, pem, verify_code, verify_words
    )


def _names(read: object) -> list[str]:
    from cryptography import x509

    assert isinstance(read, x509.Certificate)
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        # A common name alone counts for no client since 2017, and a broken extension for none either.
        return []
    names = found.get_values_for_type(x509.DNSName)
    addresses = found.get_values_for_type(x509.IPAddress)
    return [*names, *(str(address) for address in addresses)][:_MAX_NAMES]


def _any_certificate() -> ssl.SSLContext:
    """For looking only: whatever is shown is taken, and nothing is sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _has_system_roots() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or paths.capath)


def _no_certificate() -> Problem:
    return Problem(
        code="LT-TLS-012",
        title="The CA given holds no certificate",
        fix="Give the PEM text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, both lines included",
    )
