"""The rows every provider with a server begins with: its name, its port, its certificate, its clock.

`HTTPS_PROXY` and `NO_PROXY` of the environment are honoured and named. Nothing secret is sent by any of them.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from lattice_tui.checks.answers import Head, answer_problem, head_of, sent_elsewhere
from lattice_tui.checks.clock import clock_result
from lattice_tui.checks.connecting import connected, places_of
from lattice_tui.checks.reach_words import name_result, port_result
from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.checks.servers import Proxy, Server, is_address, is_this_computer, proxy_of, server_of
from lattice_tui.checks.tls import (
    TlsSeen,
    Trust,
    aiohttp_ssl,
    fingerprint_in,
    look_at_tls,
    plain_fingerprint,
    ssl_context,
)
from lattice_tui.checks.tls_words import (
    TRUST_ONCE,
    Asked,
    certificate_result,
    handshake_result,
    not_encrypted_result,
    plain_http_result,
    speaks_tls_result,
)
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

__all__ = [
    "TRUST_ONCE",
    "Proxy",
    "Server",
    "TlsSeen",
    "Trust",
    "aiohttp_ssl",
    "answer_problem",
    "fingerprint_in",
    "look_at_tls",
    "plain_fingerprint",
    "proxy_of",
    "server_of",
    "ssl_context",
    "transport_checks",
]

NAME_LIMIT_S, PORT_LIMIT_S, CERTIFICATE_LIMIT_S, CLOCK_LIMIT_S = 5.0, 15.0, 20.0, 15.0
"""Each above what its connections may take by themselves, so that they end with words of their own."""


def transport_checks(
    prefix: str,
    server: Server | None,
    trust: Trust,
    *,
    label: str,
    port_hint: str,
    field: str,
    ca_field: str,
    inputs: tuple[str, ...],
    needs: tuple[str, ...],
    path: str = "/",
    simulated: bool = False,
    env: Mapping[str, str] | None = None,
) -> tuple[Check, ...]:
    """`<prefix>-name`, `-port`, `-certificate` and `-clock`, each waiting for the one before; the first for `needs`.

    `label` names the server in words ("Proxmox"), `port_hint` is a sentence about its usual port. `env` holds the
    proxies' variables, by default those of this process. Without a server every row is unknown.
    """
    if server is None:
        rows: tuple[Callable[[], Awaitable[CheckResult]], ...] = (_no_address,) * 4
    else:
        asked = Asked(server, label, field, ca_field)
        look = _Look(asked, trust, port_hint, path, os.environ if env is None else env)
        rows = (look.name, look.port, look.certificate, look.clock)
    limits = (NAME_LIMIT_S, PORT_LIMIT_S, CERTIFICATE_LIMIT_S, CLOCK_LIMIT_S)
    made: list[Check] = []
    for word, limit_s, run in zip(("name", "port", "certificate", "clock"), limits, rows, strict=True):
        before = (made[-1].id,) if made else needs
        made.append(Check(f"{prefix}-{word}", f"{label} {word}", before, limit_s, run, simulated, inputs))
    return tuple(made)


async def _no_address() -> CheckResult:
    return unknown("no address yet")


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one server, a row at a time."""

    asked: Asked
    trust: Trust
    port_hint: str
    path: str
    env: Mapping[str, str]

    async def name(self) -> CheckResult:
        server, proxy = self.asked.server, self._proxy()
        if isinstance(proxy, CheckResult):
            return proxy
        host, port = (server.host, server.port) if proxy is None else (proxy.host, proxy.port)
        try:
            places = await places_of(host, port)
        except (socket.gaierror, TimeoutError) as error:
            return name_result(self.asked, proxy, error)
        found = list(dict.fromkeys(safe_text(str(address[0]), 60) for _, address in places))
        if proxy is not None:
            return ok(f"asked through the proxy {proxy}", evidence=f"{proxy.host} is {', '.join(found)}")
        if is_address(server.host):
            return ok(f"{server.host} is an address")
        return ok(f"{server.host} is {', '.join(found[:3])}", evidence=", ".join(found))

    async def port(self) -> CheckResult:
        proxy = self._proxy()
        if isinstance(proxy, CheckResult):
            return proxy
        try:
            end = await connected(self.asked.server, proxy)
        except socket.gaierror as error:
            return name_result(self.asked, proxy, error)
        except OSError as error:
            return port_result(self.asked, proxy, error, self.port_hint)
        end.close()
        return ok(f"{self.asked.server} takes connections{f', through {proxy}' if proxy is not None else ''}")

    async def certificate(self) -> CheckResult:
        proxy = self._proxy()
        if isinstance(proxy, CheckResult):
            return proxy
        if not self.asked.server.tls:
            return await self._without_tls(proxy)
        try:
            seen = await look_at_tls(self.asked.server, trust=self.trust, proxy=proxy)
        except OSError as error:
            # ssl.SSLError and TimeoutError are among them.
            if await self._answers_plainly(proxy):
                return plain_http_result(self.asked)
            return handshake_result(self.asked, error)
        return certificate_result(self.asked, seen, self.trust)

    async def clock(self) -> CheckResult:
        proxy = self._proxy()
        if isinstance(proxy, CheckResult):
            return proxy
        server = self.asked.server
        try:
            head = await head_of(server, self._context(), path=self.path, proxy=proxy)
        except OSError as error:
            return unknown("no complete answer to read the time from", evidence=_words(error))
        if head.status == 0:
            return unknown("no answer to read the time from", evidence=safe_text(head.first.decode("latin-1"), 60))
        if elsewhere := sent_elsewhere(server, head):
            return self._portal(elsewhere, head)
        return clock_result(head, self.asked.label)

    def _context(self) -> ssl.SSLContext | None:
        if not self.asked.server.tls:
            return None
        context = ssl_context(self.trust)
        if self.trust.fingerprint:
            # The row before has compared it, and nothing secret is sent here.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def _without_tls(self, proxy: Proxy | None) -> CheckResult:
        if not await self._answers_plainly(proxy) and await self._speaks_tls(proxy):
            return speaks_tls_result(self.asked)
        if is_this_computer(self.asked.server.host):
            return ok("plain HTTP, and it stays on this computer")
        return not_encrypted_result(self.asked)

    async def _answers_plainly(self, proxy: Proxy | None) -> bool:
        """Whether a plain request gets an answer of its own; servers that only say "use HTTPS" do not count."""
        plain = Server(self.asked.server.host, self.asked.server.port, tls=False)
        if proxy is not None and self.asked.server.tls:
            # The proxy would forward a plain request, and its own answer would be taken for the server's.
            return False
        try:
            head = await head_of(plain, None, proxy=proxy, timeout_s=3.0)
        except OSError:
            return False
        return head.status not in (0, 400, 426, 497) and not head.headers.get("location", "").startswith("https:")

    async def _speaks_tls(self, proxy: Proxy | None) -> bool:
        secured = Server(self.asked.server.host, self.asked.server.port)
        try:
            await look_at_tls(secured, 3.0, proxy=proxy)
        except OSError:
            return False
        return True

    def _portal(self, elsewhere: str, head: Head) -> CheckResult:
        if self.asked.server.tls:
            # Behind a certificate that is trusted it is the server itself that sends people to its own pages.
            return clock_result(head, self.asked.label)
        return wrong(
            "fail",
            "LT-HTTP-012",
            f"the network's sign-in page answers, it seems: it sends to {elsewhere}",
            why="Networks of hotels and trains answer in place of every server until you have signed in to them.",
            fix="Open any page in a browser, sign in to the network, and look again",
            field=self.asked.field,
            evidence=f"answered with {head.status}",
        )

    def _proxy(self) -> Proxy | CheckResult | None:
        try:
            proxy = proxy_of(self.asked.server, self.env)
        except ValueError as error:
            return wrong(
                "fail",
                "LT-HTTP-007",
                str(error),
                why="Everything outside goes through the proxy that it names.",
                fix="Write it like http://proxy.example:3128, or take the variable away",
                field=self.asked.field,
            )
        if proxy is not None and proxy.scheme != "http":
            return unknown(
                f"a proxy of the kind {safe_text(proxy.scheme, 20)}:// is not spoken here ({proxy.variable})",
                fix=f"Name one with http://, or leave the server out: NO_PROXY={self.asked.server.host}",
            )
        return proxy


def _words(error: OSError) -> str:
    return safe_text(error.strerror or str(error) or "no answer in time", 120)
