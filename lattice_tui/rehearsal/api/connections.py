"""The open connections of a server, so that they can be cut, and so that none outlives it."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

GOODBYE_S = 0.3
"""How long a client may take to hang up. One with an idle connection in its pool never does by itself."""
POLL_S = 0.01


class Connections:
    """Transports and their sockets, by the protocol that serves them."""

    def __init__(self) -> None:
        self._open: dict[Any, tuple[asyncio.Transport, Any]] = {}

    def note(self, http: web.Request) -> None:
        """Remember the connection a request came on; forget those that are gone."""
        transport = http.transport
        if http.protocol in self._open or not isinstance(transport, asyncio.Transport):
            return
        self._open = {protocol: pair for protocol, pair in self._open.items() if not _is_closed(pair[1])}
        self._open[http.protocol] = (transport, transport.get_extra_info("socket"))

    def abort(self) -> None:
        """Cut all of them at once, in the middle of whatever they carry."""
        for transport, _socket in self._open.values():
            transport.abort()

    async def close(self) -> None:
        """Wait a moment until those that are closing are closed, then cut the rest and see them closed."""
        await self._all_closed(GOODBYE_S)
        self.abort()
        await self._all_closed(GOODBYE_S)
        self._open.clear()

    async def _all_closed(self, patience_s: float) -> None:
        # A socket tells nobody that it is closed, so it is looked at.
        for _ in range(round(patience_s / POLL_S)):
            if all(_is_closed(socket) for _, socket in self._open.values()):
                return
            await asyncio.sleep(POLL_S)


def _is_closed(socket: Any) -> bool:
    return socket is None or socket.fileno() < 0
