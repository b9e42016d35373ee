"""Who still uses the world: counted at every one of its doors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.typedefs import Middleware

from lattice_tui.rehearsal.api.server import ApiServer
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.certificates import CertificateAuthority

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Use:
    """Requests so far, and how many are being answered now; a watch or a running tool is one that goes on."""

    def __init__(self) -> None:
        self.requests = 0
        self.running = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around the handling of one request."""
        self.requests += 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    def middleware(self) -> Middleware:
        """For an application whose requests count."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            with self.counted():
                return await handler(request)

        return count


class CountedApiServer(ApiServer):
    """A cluster's API server whose requests count."""

    def __init__(self, store: Store, authority: CertificateAuthority, *, version: str, use: Use) -> None:
        super().__init__(store, authority, version=version)
        self._use = use

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        with self._use.counted():
            return await super()._handle(http)
