"""Connections to a server, directly or through a proxy, each within its time. Nothing is known yet of what answers."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence

from lattice_tui.checks.servers import Proxy, Server
from lattice_tui.text import safe_text

DNS_TIMEOUT_S = 3.0
CONNECT_TIMEOUT_S = 3.0
MAX_ADDRESSES = 4
"""Of one name; a server with more is not looked at any further."""
_MAX_PROXY_ANSWER = 16 * 1024
_TELLING = (errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH)
"""Of several addresses' errors, the one that says most comes first; a silence says least."""
Place = tuple[int, tuple[object, ...]]
"""Address family and socket address."""


class ProxyAnswerError(OSError):
    """The proxy answered, and did not open the way. `status` is its HTTP status, 0 when it spoke something else."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"the proxy answered {status or 'something else'}")
        self.status = status
        self.words = words
        """Its first line, safe to print."""


async def places_of(host: str, port: int, timeout_s: float = DNS_TIMEOUT_S) -> list[Place]:
    """Where a name leads. Raises socket.gaierror, and TimeoutError when no name server answers in time."""
    async with asyncio.timeout(timeout_s):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # The same address comes once for every protocol that has it.
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


async def connected(server: Server, proxy: Proxy | None = None, timeout_s: float = CONNECT_TIMEOUT_S) -> socket.socket:
    """A socket to the server; with a proxy, the way through it is open where the server speaks TLS.

    Raises socket.gaierror, OSError with its errno, TimeoutError, and ProxyAnswerError.
    """
    way: Server | Proxy = proxy if proxy is not None else server
    places = await places_of(way.host, way.port)
    end = await _first_that_answers(places[:MAX_ADDRESSES], timeout_s)
    if proxy is None or not server.tls:
        return end
    try:
        async with asyncio.timeout(timeout_s * 2):
            await _through(end, proxy, server)
    except BaseException:
        end.close()
        raise
    return end


async def _first_that_answers(places: Sequence[Place], timeout_s: float) -> socket.socket:
    failures: list[OSError] = []
    for place in places:
        try:
            return await _connect(place, timeout_s / len(places))
        except OSError as error:
            failures.append(error)
    # TimeoutError is an OSError without one of these numbers.
    failures.sort(key=lambda error: _TELLING.index(error.errno) if error.errno in _TELLING else len(_TELLING))
    raise failures[0] if failures else OSError(errno.EADDRNOTAVAIL, "the name leads to no address")


async def _connect(place: Place, timeout_s: float) -> socket.socket:
    family, address = place
    end = socket.socket(family, socket.SOCK_STREAM)
    try:
        end.setblocking(False)
        async with asyncio.timeout(timeout_s):
            await asyncio.get_running_loop().sock_connect(end, address)
    except BaseException:
        end.close()
        raise
    return end


async def _through(end: socket.socket, proxy: Proxy, server: Server) -> None:
    """Ask the proxy to open the way. Source: RFC 9110, 9.3.6."""
    loop = asyncio.get_running_loop()
    sign_in = f"Proxy-Authorization: {proxy.sign_in.reveal()}\r\n" if proxy.sign_in else ""
    await loop.sock_sendall(end, f"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{sign_in}\r\n".encode())
    answer = b""
    # The server says nothing before we do, so nothing of its own can follow the empty line.
    while b"\r\n\r\n" not in answer and len(answer) < _MAX_PROXY_ANSWER:
        chunk = await loop.sock_recv(end, 4096)
        if not chunk:
            break
        answer += chunk
    status = status_of(answer)
    if not 200 <= status < 300:
        raise ProxyAnswerError(status, safe_text(answer.split(b"\r\n", 1)[0].decode("utf-8", "replace"), 80))


def status_of(answer: bytes) -> int:
    """The status of an HTTP answer, 0 when it is none."""
    words = answer.split(b"\r\n", 1)[0].split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or len(words[1]) != 3 or not words[1].isdigit():
        return 0
    return int(words[1])
