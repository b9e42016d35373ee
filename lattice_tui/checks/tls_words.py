"""What a check says of a certificate, and of a port that does not speak as it should."""

from __future__ import annotations

import shlex
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from lattice_tui.checks.results import ok, wrong
from lattice_tui.checks.servers import Server, is_address
from lattice_tui.checks.tls import TlsSeen, Trust, plain_fingerprint, shown_fingerprint
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

TRUST_ONCE = "trust-fingerprint"
"""`action_id` of a certificate that a person can take as it is; its fingerprint begins the evidence."""
_EXPIRED, _NOT_YET = 10, 9
_WRONG_NAME = (62, 64)
_UNKNOWN_ISSUER = (18, 19, 20, 21)
"""X509_V_ERR_*, openssl/x509_vfy.h."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wrote, and where: words about a server lead back there."""

    server: Server
    label: str
    field: str
    ca_field: str


def certificate_result(asked: Asked, seen: TlsSeen, trust: Trust) -> CheckResult:
    """The verdict on one certificate."""
    if trust.fingerprint:
        return _by_fingerprint(asked, seen, trust)
    if seen.verify_code == 0:
        return ok(f"trusted{_until(seen)}", evidence=evidence_of(seen))
    if seen.verify_code in (_EXPIRED, _NOT_YET):
        return _out_of_time(asked, seen)
    if seen.verify_code in _WRONG_NAME:
        return _wrong_name(asked, seen)
    if seen.verify_code in _UNKNOWN_ISSUER:
        return _unknown_issuer(asked, seen)
    return wrong(
        "fail",
        "LT-TLS-014",
        "the certificate does not hold: " + (seen.verify_words or f"OpenSSL's number {seen.verify_code}"),
        why=f"Nothing is sent to {asked.label} before it is sure that it is the one.",
        fix="Let whoever runs the server make a new certificate",
        action=_look_at(asked.server),
        field=asked.field,
        evidence=evidence_of(seen),
    )


def evidence_of(seen: TlsSeen) -> str:
    """The fingerprint first, then who and until when."""
    dates = ""
    if seen.not_before is not None and seen.not_after is not None:
        dates = f"; from {seen.not_before:%Y-%m-%d} to {seen.not_after:%Y-%m-%d}"
    names = f"; for {', '.join(seen.names)}" if seen.names else "; for no name"
    issuer = f"; issued by {seen.issuer}" if seen.issuer and seen.issuer != seen.subject else "; issued by itself"
    return f"{shown_fingerprint(seen.fingerprint)} (SHA-256); {seen.subject or 'nobody'}{dates}{issuer}{names}"


def _by_fingerprint(asked: Asked, seen: TlsSeen, trust: Trust) -> CheckResult:
    try:
        trusted = plain_fingerprint(trust.fingerprint)
    except ValueError as error:
        return wrong(
            "fail",
            "LT-TLS-005",
            "the trusted fingerprint is none",
            why=f"{error}.",
            fix="Take it out, and trust the certificate that is shown then",
            field=asked.ca_field,
            evidence=evidence_of(seen),
        )
    if trusted != seen.fingerprint:
        return wrong(
            "fail",
            "LT-TLS-005",
            "another certificate than the one you trusted",
            why="It was renewed since, or something on the way puts itself in the server's place.",
            fix=f"Compare the new fingerprint with the one {asked.label} shows; trust it only when they are the same",
            action=_look_at(asked.server),
            field=asked.ca_field,
            evidence=f"{evidence_of(seen)}; trusted was {shown_fingerprint(trusted)}",
            action_id=TRUST_ONCE,
        )
    if seen.not_after is not None and seen.not_after < datetime.now(UTC):
        return wrong(
            "warn",
            "LT-TLS-003",
            f"the certificate that you trusted has expired on {seen.not_after:%Y-%m-%d}",
            why="You can go on here; programs in the cluster that look at its date refuse it.",
            fix="Let whoever runs the server renew it",
            field=asked.field,
            evidence=evidence_of(seen),
        )
    return ok(f"the one you trusted{_until(seen)}", evidence=evidence_of(seen))


def _unknown_issuer(asked: Asked, seen: TlsSeen) -> CheckResult:
    is_own = seen.issuer == seen.subject
    summary = "self-signed: nothing else vouches for it" if is_own else "its issuer is not known to this computer"
    late = " It has also expired." if seen.not_after is not None and seen.not_after < datetime.now(UTC) else ""
    return wrong(
        "fail",
        "LT-TLS-001",
        summary,
        why=f"Anybody could have made it, so it does not prove that this is your {asked.label}.{late}",
        fix=f"Compare the fingerprint with the one that {asked.label} shows of its own certificate, and trust it when "
        "both are the same; or give the CA that issued it",
        action=_look_at(asked.server),
        field=asked.ca_field,
        evidence=evidence_of(seen),
        action_id=TRUST_ONCE,
    )


def _wrong_name(asked: Asked, seen: TlsSeen) -> CheckResult:
    usable = [name for name in seen.names if name != asked.server.host]
    plain = [name for name in usable if not name.startswith("*") and name not in ("localhost", "127.0.0.1", "::1")]
    offered = next((name for name in plain if not is_address(name)), plain[0] if plain else "")
    if offered:
        fix = f"Write the name that it is made for: {Server(offered, asked.server.port).url}"
    else:
        fix = f"Let whoever runs the server make one for {asked.server.host}"
    return wrong(
        "fail",
        "LT-TLS-002",
        f"it is not made for {safe_text(asked.server.host, 60)}",
        why=f"It is made for {', '.join(usable) or 'no name at all'}; another server may have answered.",
        fix=fix,
        field=asked.field,
        evidence=evidence_of(seen),
    )


def _out_of_time(asked: Asked, seen: TlsSeen) -> CheckResult:
    has_expired = seen.verify_code == _EXPIRED
    date = seen.not_after if has_expired else seen.not_before
    when = f" on {date:%Y-%m-%d}" if has_expired and date else f" before {date:%Y-%m-%d}" if date else ""
    return wrong(
        "fail",
        "LT-TLS-003" if has_expired else "LT-TLS-004",
        f"it has expired{when}" if has_expired else f"it is not valid{when}",
        why=f"Its time is over, or the clock here is wrong: it says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
        if has_expired
        else f"It begins later, or the clock here is slow: it says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.",
        fix="Set the clock of this computer if that date is wrong; else let whoever runs the server renew it",
        field=asked.field,
        evidence=evidence_of(seen),
    )


def handshake_result(asked: Asked, error: Exception) -> CheckResult:
    """What a handshake came to that showed no certificate, where the port does not speak plain HTTP either."""
    reason = str(getattr(error, "reason", "") or "")
    said = safe_text(reason.replace("_", " ").lower() or str(error) or type(error).__name__, 120)
    if isinstance(error, TimeoutError):
        code, summary = "LT-TLS-010", "something listens there, and says nothing"
        why, fix = "A firewall, or a program that is stuck, takes the connection and never answers.", "Look at the port"
    elif isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError):
        code, summary = "LT-TLS-009", "the connection was cut while it was being secured"
        why = "The port may not speak TLS; or a firewall or proxy on the way does not let it through."
        fix = "Look at the port; from another network, try the same"
    elif "WRONG_VERSION" in reason or "UNEXPECTED_MESSAGE" in reason or "RECORD_LAYER" in reason:
        code, summary = "LT-TLS-008", "what listens there does not speak TLS"
        why, fix = f"Another service is on port {asked.server.port}.", "Look at the port"
    else:
        code, summary = "LT-TLS-011", "the server and this computer agree on no way to secure the connection"
        why, fix = (
            "The server speaks versions of TLS that are too old, or wants a certificate of yours.",
            ("Let whoever runs the server switch on TLS 1.2 or later"),
        )
    return wrong(
        "fail", code, summary, why=why, fix=fix, action=_look_at(asked.server), field=asked.field, evidence=said
    )


def plain_http_result(asked: Asked) -> CheckResult:
    """Plain HTTP, where TLS was expected."""
    return wrong(
        "fail",
        "LT-TLS-006",
        "the port speaks plain HTTP, not HTTPS",
        why="A secret sent there could be read on the way, so nothing is sent.",
        fix=f"Look at the port of {asked.label}; only if it has no HTTPS at all, write "
        f"{Server(asked.server.host, asked.server.port, tls=False).url}",
        field=asked.field,
        evidence=f"{asked.server} answered a plain request",
    )


def speaks_tls_result(asked: Asked) -> CheckResult:
    """TLS, where plain HTTP was expected."""
    return wrong(
        "fail",
        "LT-TLS-007",
        "the port speaks HTTPS, and the address says http://",
        why="It does not answer a plain request.",
        fix=f"Write {Server(asked.server.host, asked.server.port).url}",
        field=asked.field,
        evidence=f"{asked.server} answered a TLS handshake",
    )


def not_encrypted_result(asked: Asked) -> CheckResult:
    """Plain HTTP, as the address says, on another computer."""
    return wrong(
        "warn",
        "LT-TLS-013",
        "plain HTTP: nothing on the way is encrypted",
        why="If you go on, the secret can be read by whoever shares a network with it.",
        fix="Use an https:// address if there is one",
        field=asked.field,
    )


def _look_at(server: Server) -> str:
    place = shlex.quote(str(server))
    return f"openssl s_client -connect {place} </dev/null | openssl x509 -noout -subject -dates -fingerprint -sha256"


def _until(seen: TlsSeen) -> str:
    return f", valid until {seen.not_after:%Y-%m-%d}" if seen.not_after is not None else ""
