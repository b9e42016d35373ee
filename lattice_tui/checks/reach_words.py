"""What a check says of a server that is not reached: its name, its port, the proxy on the way."""

from __future__ import annotations

import errno
import os
import shlex
import socket

from lattice_tui.checks.connecting import ProxyAnswerError
from lattice_tui.checks.results import wrong
from lattice_tui.checks.servers import Proxy
from lattice_tui.checks.tls_words import Asked
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED)
_NO_WAY_OUT = "LT-HTTP-007"


def name_result(asked: Asked, proxy: Proxy | None, error: socket.gaierror | TimeoutError) -> CheckResult:
    """A name that led nowhere: it does not exist, or nobody could say."""
    host = safe_text(proxy.host if proxy is not None else asked.server.host, 80)
    if isinstance(error, TimeoutError) or error.errno == socket.EAI_AGAIN:
        return wrong(
            "fail",
            "LT-HTTP-002",
            f"no name server answers, so {host} cannot be looked up",
            why="This computer has no connection to the network that knows the name.",
            fix="Look at the network, or the VPN; an address in place of the name works without a name server",
            action=_look_up(host),
            field=asked.field,
            evidence=_said(error),
        )
    if proxy is not None:
        return wrong(
            "fail",
            _NO_WAY_OUT,
            f"the proxy {host} cannot be found",
            why=f"{proxy.variable} names it, so everything outside goes through it.",
            fix=f"Mend {proxy.variable}, or leave {asked.server.host} out of it: NO_PROXY={asked.server.host}",
            field=asked.field,
            evidence=_said(error),
        )
    return wrong(
        "fail",
        "LT-HTTP-001",
        f"the name {host} cannot be found",
        why="No name server knows it, and neither does this computer.",
        fix="Look at the spelling, or write the address in its place; a name of a VPN is known only inside it",
        action=_look_up(host),
        field=asked.field,
        evidence=_said(error),
    )


def port_result(asked: Asked, proxy: Proxy | None, error: OSError, port_hint: str) -> CheckResult:
    """A port that was not reached."""
    if isinstance(error, ProxyAnswerError) and proxy is not None:
        return _refused_by(asked, proxy, error)
    place = str(proxy) if proxy is not None else str(asked.server)
    hint = f" {port_hint}" if port_hint and proxy is None else ""
    if error.errno == errno.ECONNREFUSED:
        code, summary = "LT-HTTP-003", f"nothing listens on {place}"
        why = (
            "The computer is there and refused the connection: the port is another one, or the service is not running."
        )
        fix = f"Look at the port.{hint}"
    elif error.errno in _NO_ROUTE:
        code, summary = "LT-HTTP-005", f"there is no way to {place}"
        why = "No network of this computer leads there, or the last one on the way found nobody at the address."
        fix = "Look at the address, the network and the VPN"
    elif error.errno in _RESET:
        code, summary = "LT-HTTP-006", f"{place} cut the connection"
        why = "Something there, or a firewall on the way, does not want it."
        fix = f"Look at the port and the firewall.{hint}"
    elif isinstance(error, TimeoutError):
        code, summary = "LT-HTTP-004", f"no answer from {place}"
        why = "A firewall drops the connection, the computer is off, or the VPN is not connected."
        fix = f"Look whether it is on, and whether this computer may reach it.{hint}"
    else:
        code, summary = "LT-HTTP-005", f"{place} cannot be reached"
        why, fix = "The system refused the connection.", "Look at the address and the network"
    if proxy is not None:
        code = _NO_WAY_OUT
        fix = f"Mend {proxy.variable}, or leave {asked.server.host} out of it: NO_PROXY={asked.server.host}"
    return wrong("fail", code, summary, why=why, fix=fix, field=asked.field, evidence=_said(error))


def _refused_by(asked: Asked, proxy: Proxy, error: ProxyAnswerError) -> CheckResult:
    leave_out = f"leave {asked.server.host} out of it: NO_PROXY={asked.server.host}"
    if error.status == 407:
        code, summary = "LT-HTTP-008", f"the proxy {proxy} wants a user and a password"
        fix = f"Write them into the variable: {proxy.variable}=http://user:password@{proxy.host}:{proxy.port}"
    elif error.status in (502, 503, 504):
        code, summary = "LT-HTTP-010", f"the proxy {proxy} does not reach {asked.server}"
        fix = f"If the server is in your own network, {leave_out}"
    elif error.status:
        code, summary = "LT-HTTP-009", f"the proxy {proxy} refuses to connect to {asked.server}"
        fix = f"Ask whoever runs the proxy to allow it, or {leave_out}"
    else:
        code, summary = _NO_WAY_OUT, f"what {proxy.variable} names is not a proxy"
        fix = f"Mend {proxy.variable}, or {leave_out}"
    why = f"{proxy.variable} sends everything outside through it."
    return wrong("fail", code, summary, why=why, fix=fix, field=asked.field, evidence=error.words)


def _look_up(host: str) -> str:
    quoted = shlex.quote(host)
    return f"dscacheutil -q host -a name {quoted}" if os.uname().sysname == "Darwin" else f"getent hosts {quoted}"


def _said(error: OSError) -> str:
    return safe_text(error.strerror or str(error) or "no answer in time", 120)
