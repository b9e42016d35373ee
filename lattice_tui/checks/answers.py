"""Answers of HTTP servers: the head of one, and what stands in an API's place when its answer is none."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lattice_tui.checks.connecting import status_of
from lattice_tui.checks.servers import Proxy, Server
from lattice_tui.checks.tls import streams
from lattice_tui.text import safe_text
from schemas.problem import Problem

HEAD_TIMEOUT_S = 5.0
MAX_HEAD_BYTES = 32 * 1024
_TITLE = re.compile(r"<title[^>]*>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
_LOOKED_AT = 4096
"""Characters of a body that say what it is."""
_GATEWAY = (502, 503, 504)
_PORTAL = (511,)
"""Network Authentication Required, RFC 6585."""
_PORTAL_WORDS = re.compile(r"captive|hotspot|wi-?fi|accept the terms|log ?in to (the|this) network", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of an answer."""

    status: int
    """0 when what came is not HTTP."""
    headers: dict[str, str]
    """By name in lower case, as the server wrote them: not safe to print."""
    first: bytes
    """Its first bytes."""
    asked_at: datetime
    answered_at: datetime


async def head_of(
    server: Server,
    context: ssl.SSLContext | None,
    *,
    path: str = "/",
    proxy: Proxy | None = None,
    timeout_s: float = HEAD_TIMEOUT_S,
) -> Head:
    """Ask for `path` and read the head of the answer. Raises OSError, and TimeoutError when it takes too long."""
    async with asyncio.timeout(timeout_s), streams(server, context, proxy) as (reader, writer):
        is_forwarded = proxy is not None and not server.tls
        sign_in = proxy.sign_in.reveal() if proxy is not None and is_forwarded else ""
        signed = f"Proxy-Authorization: {sign_in}\r\n" if sign_in else ""
        asked_at = datetime.now(UTC)
        writer.write(
            f"GET {server.url if is_forwarded else ''}{path} HTTP/1.1\r\nHost: {server}\r\n{signed}"
            "User-Agent: lattice-tui\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        said = await _until_empty_line(reader)
    return Head(status_of(said), _headers(said), said[:64], asked_at, datetime.now(UTC))


async def _until_empty_line(reader: asyncio.StreamReader) -> bytes:
    said = b""
    while b"\r\n\r\n" not in said and len(said) < MAX_HEAD_BYTES:
        chunk = await reader.read(4096)
        if not chunk:
            break
        said += chunk
        if not said.startswith(b"HTTP"[: len(said)]):
            break
    return said


def _headers(said: bytes) -> dict[str, str]:
    head = said.partition(b"\r\n\r\n")[0].decode("latin-1")
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def answer_problem(status: int, content_type: str, body: str, *, expected: str, url: str) -> Problem | None:
    """What is wrong with an answer that should be the API's JSON; None for one that is, an API's own error included.

    `expected` names the API in the person's words ("the Proxmox API"); `url` is what was asked, without a secret.
    """
    where = safe_text(url, 80)
    if status == 407:
        return _problem(
            "LT-HTTP-008",
            "The proxy wants a user and a password",
            "Write both into it: HTTPS_PROXY=http://user:password@proxy:port, or leave the host out: NO_PROXY",
            f"{where} was answered with 407.",
        )
    if _is_json(body):
        return None
    if 300 <= status < 400:
        return _problem(
            "LT-HTTP-016",
            f"The answer sends you elsewhere, and is not of {expected}",
            "Use the address that it sends to, or the API's own",
            f"{where} was answered with {status}.",
        )
    if status in _PORTAL or (_is_page(content_type, body) and _PORTAL_WORDS.search(body[:_LOOKED_AT])):
        return _problem(
            "LT-HTTP-012",
            "A sign-in page of the network answers in place of the server",
            "Open any page in a browser, sign in to the network, and look again",
            _seen(where, status, body),
        )
    if status in _GATEWAY:
        return _problem(
            "LT-HTTP-013",
            f"A proxy or gateway in front of {expected} does not reach it",
            "Look whether the service behind it runs; or ask it directly, without the proxy",
            _seen(where, status, body),
        )
    return _other(status, content_type, body, expected, where)


def _other(status: int, content_type: str, body: str, expected: str, where: str) -> Problem | None:
    if _is_page(content_type, body):
        return _problem(
            "LT-HTTP-011",
            f"A web page answers, not {expected}",
            "Look at the address and its port: it leads to a page for people, or to another service",
            _seen(where, status, body),
        )
    if not body.strip():
        if status == 204 or status >= 400:
            # Nothing to say, or an error whose number says it all.
            return None
        return _problem(
            "LT-HTTP-014",
            f"An empty answer, where {expected} has something to say",
            "Look again; if it stays so, look at the proxy in front of it",
            f"{where} was answered with {status} and nothing else.",
        )
    if status >= 400 and "json" not in content_type.lower():
        # A plain sentence beside an error's number: whoever asked knows what the number means there.
        return None
    return _problem(
        "LT-HTTP-015",
        f"The answer is not of {expected}",
        "Look at the address and its port: another service answers there, or the answer was cut short",
        _seen(where, status, body),
    )


def sent_elsewhere(server: Server, head: Head) -> str:
    """Where a redirect leads that leaves the server, as portals of networks do; empty when it stays."""
    if not 300 <= head.status < 400:
        return ""
    try:
        target = urlsplit(head.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""
    return safe_text(target, 80) if target and target.lower() != server.host.lower() else ""


def _seen(where: str, status: int, body: str) -> str:
    title = _TITLE.search(body[:_LOOKED_AT])
    first = title[1] if title else body.strip()[:80]
    said = f': "{safe_text(first.strip(), 80)}"' if first.strip() else ""
    return f"{where} was answered with {status}{said}."


def _is_page(content_type: str, body: str) -> bool:
    return "html" in content_type.lower() or body.lstrip()[:9].lower().startswith(("<!doctype", "<html"))


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _problem(code: str, title: str, fix: str, detail: str) -> Problem:
    return Problem(code=code, title=title, fix=fix, detail=detail)
