"""A server that a provider's API is on: read from what a person wrote, and the way to it, a proxy included."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text

LAST_PORT = 65_535
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_ZONE = re.compile(r"[A-Za-z0-9_.-]*")
"""What follows the % of a link-local IPv6 address."""
_MAX_HOST = 253
_PROXY_PORT = 80


@dataclass(frozen=True, slots=True)
class Server:
    """Where something listens. `host` is a name in ASCII, or an address without brackets."""

    host: str
    port: int
    tls: bool = True

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """`https://pve.example:8006`, without a slash at the end."""
        return f"{'https' if self.tls else 'http'}://{self}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy between this computer and a server. Its repr shows no password."""

    host: str
    port: int
    variable: str
    """The variable that names it."""
    scheme: str = "http"
    sign_in: Secret = field(default_factory=lambda: Secret(""))
    """Value of the header Proxy-Authorization, empty where the variable names no user."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port} ({self.variable})"


def server_of(url: str, default_port: int) -> Server:
    """The server that a URL, or a bare name with or without a port, means; without a scheme it speaks TLS.

    Raises ValueError that says in a few words what the text is not, to be put after the text itself.
    """
    text = url.strip()
    if not text:
        raise ValueError("is empty")
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("has a space or a control character in it")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("has no port between 1 and 65535, or brackets that do not match") from None
    if parts.scheme.lower() not in ("https", "http"):
        raise ValueError(f"begins with {safe_text(parts.scheme, 20)}://, not with https://")
    if "@" in parts.netloc:
        raise ValueError("has a user or a password in it: leave out what is before the @")
    if port == 0:
        raise ValueError("has the port 0")
    return Server(_host(parts.hostname or ""), port or default_port, tls=parts.scheme.lower() == "https")


def proxy_of(server: Server, env: Mapping[str, str]) -> Proxy | None:
    """The proxy that the environment names for a server; None where there is none, or NO_PROXY leaves the server out.

    This computer itself is never reached through one. Raises ValueError when the variable holds no address.
    """
    for variable in ("HTTPS_PROXY", "ALL_PROXY") if server.tls else ("HTTP_PROXY", "ALL_PROXY"):
        for name in (variable.lower(), variable):
            if env.get(name, "").strip():
                return None if _is_direct(server, env) else _proxy(env[name].strip(), name)
    return None


def _proxy(text: str, variable: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = _host(parts.hostname or ""), parts.port or _PROXY_PORT
    except ValueError:
        # Its text may hold a password.
        raise ValueError(f"{variable} does not hold the address of a proxy") from None
    sign_in = ""
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        sign_in = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Proxy(host, port, variable, parts.scheme.lower(), Secret(sign_in))


def _is_direct(server: Server, env: Mapping[str, str]) -> bool:
    """Whether NO_PROXY leaves it out, in the forms that Go knows: names, suffixes, addresses, ranges, ports."""
    if is_this_computer(server.host):
        return True
    for entry in (env.get("no_proxy") or env.get("NO_PROXY") or "").split(","):
        word = entry.strip().lower()
        if word == "*" or (word and _leaves_out(word, server)):
            return True
    return False


def _leaves_out(word: str, server: Server) -> bool:
    host = server.host.lower()
    try:
        return ip_address(host) in ip_network(word, strict=False)
    except ValueError:
        # A name on one side or the other.
        name, _, port = word.rpartition(":") if word.count(":") == 1 else (word, "", "")
    if port and port != str(server.port):
        return False
    name = name.removeprefix("*").removeprefix(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def is_this_computer(host: str) -> bool:
    """Whether it is a loopback address, or a name that only means one (RFC 6761)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def is_address(host: str) -> bool:
    """Whether it is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _host(text: str) -> str:
    if not text:
        raise ValueError("names no server")
    if is_address(text):
        if not _ZONE.fullmatch(text.partition("%")[2]):
            raise ValueError("names a network card that none is called")
        return text
    try:
        host = text.encode("ascii" if text.isascii() else "idna").decode()
    except UnicodeError:
        raise ValueError("has a name that no server can have") from None
    labels = host.removesuffix(".").split(".")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("has a name that no server can have")
    if labels[-1].isdigit():
        raise ValueError("has an address with a number missing, or one above 255")
    return host
