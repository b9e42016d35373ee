"""`ApiServer`: a store behind HTTPS on loopback, as a real Kubernetes API server speaks.

Serves health, version, discovery, resources and watches. Clients show a certificate of the cluster's CA or a bearer
token; without either only health and version are answered.
"""

from __future__ import annotations

import logging
import ssl
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.access import ANONYMOUS, Asked, Identity, refusal
from lattice_tui.rehearsal.api.callers import Callers
from lattice_tui.rehearsal.api.connections import Connections
from lattice_tui.rehearsal.api.documents import Document, Documents
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.handlers import Handlers
from lattice_tui.rehearsal.api.kubeconfig import admin_kubeconfig
from lattice_tui.rehearsal.api.requests import Request, asked_of, target_of
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.api.watch import BOOKMARK_EVERY_S, Watch, watch_query
from lattice_tui.rehearsal.certificates import CertificateAuthority

JsonObject = dict[str, Any]

HOST = "127.0.0.1"
SERVER_NAMES = (HOST, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz", "/version"})
"""What anybody may ask. Source: the ClusterRole system:public-info-viewer."""
MAX_BODY_BYTES = 3 * 1024 * 1024
"""Source: the limit of a real API server, 3145728."""
SHUTDOWN_S = 1.0

log = logging.getLogger(__name__)


class ApiServer:
    """One cluster's API server. `start()` binds a port; `stop()` ends every watch and every connection."""

    def __init__(
        self,
        store: Store,
        authority: CertificateAuthority,
        *,
        version: str,
        bookmark_every_s: float = BOOKMARK_EVERY_S,
        access: bool = True,
    ) -> None:
        """`access`: ask the stored roles and bindings who may do what; else everybody who is let in may do all."""
        self.store = store
        self.port = 0
        self.answers_410_at_once = False
        """Refuse a watch that is too old with HTTP 410 rather than an ERROR event; servers were seen to do both."""
        self._authority = authority
        self._documents = Documents(store, version)
        self._callers = Callers(store)
        self._access = access
        self._overload = (0, 0)
        self._bookmark_every_s = bookmark_every_s
        self._handlers = Handlers(store, self.accept_token)
        self._watches: set[Watch] = set()
        self._connections = Connections()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT`; needs `start()`."""
        return f"https://{HOST}:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # A watch must end with its client, even when nothing is ever written to it again.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, HOST, port, ssl_context=_server_context(self._authority))
            await site.start()
        except OSError:
            await self._runner.cleanup()
            self._runner = None
            raise
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening, end the watches as a server that shuts down does. A second call does nothing."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        for watch in tuple(self._watches):
            watch.end()
        await runner.cleanup()
        await self._connections.close()

    def drop_connections(self) -> None:
        """Cut every connection in the middle, as when a server is killed. It goes on listening."""
        self._connections.abort()

    def expire_watches(self) -> None:
        """Send every open watch the ERROR event of a version that is too old."""
        for watch in tuple(self._watches):
            watch.fail(errors.expired(self.store.oldest_version, self.store.resource_version))

    def accept_token(self, token: str, user: str, groups: tuple[str, ...] = ()) -> None:
        """Let a bearer token in. Without groups its user may do what roles and bindings give it."""
        self._callers.accept(token, user, groups)

    def overloaded(self, retry_after_s: int, count: int) -> None:
        """Answer the next `count` requests with 429, as a server does that has too many of them."""
        self._overload = (retry_after_s, count)

    def kubeconfig(self, name: str, server: str | None = None) -> str:
        """An administrator's kubeconfig (YAML); `server` replaces the address where it is seen from elsewhere."""
        return admin_kubeconfig(self._authority, name, server or self.url)

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        self._connections.note(http)
        try:
            return await self._answer(http)
        except ApiError as error:
            if error.is_plain:
                return web.Response(status=error.code, text=f"{error.code} page not found\n")
            return _json(error.code, error.status())
        except web.HTTPRequestEntityTooLarge:
            message = f"Request entity too large: limit is {MAX_BODY_BYTES}"
            return _json(413, ApiError(413, "RequestEntityTooLarge", message).status())
        except RecursionError:
            return _json(400, errors.bad_request("exceeded max depth").status())
        except Exception:
            log.exception("a request failed: %s %s", http.method, http.path)
            return _json(500, ApiError(500, "InternalError", "Internal error occurred: see the world's log").status())

    async def _answer(self, http: web.Request) -> web.StreamResponse:
        path, accept = http.path.rstrip("/") or "/", ",".join(http.headers.getall("Accept", []))
        if path in ("/healthz", "/livez", "/readyz"):
            return web.Response(text="ok")
        retry_after_s, count = self._overload
        if count:
            self._overload = (retry_after_s, count - 1)
            words = "Too many requests, please try again later.\n"
            return web.Response(status=429, text=words, headers={"Retry-After": str(retry_after_s)})
        who = self._callers.of(http)
        if path not in OPEN_PATHS and who is None:
            raise ApiError(401, "Unauthorized", "Unauthorized")
        if not _is_resource_path(path):
            if path not in OPEN_PATHS and who is not None:
                self._check_access(who, Asked(http.method.lower(), path=path))
            document = self._documents.at(path, accept, f"{HOST}:{self.port}") if http.method == "GET" else None
            if document is None:
                raise errors.no_such_path()
            return _document(http, document)
        request = Request(
            method=http.method,
            path=path,
            query=http.query,
            content_type=http.content_type,
            body=await http.read(),
            user_agent=http.headers.get("User-Agent", ""),
            accept=accept,
            identity=who or ANONYMOUS,
        )
        self._check_access(request.identity, asked_of(request))
        if request.method == "GET" and request.is_watch:
            return await self._watch(http, request)
        answer = self._handlers.answer(request)
        response = _json(answer.code, answer.body)
        for warning in answer.warnings:
            response.headers.add("Warning", f"299 - {_quoted(warning)}")
        return response

    def _check_access(self, who: Identity, asked: Asked) -> None:
        """Raises ApiError 403."""
        if self._access and (error := refusal(self.store, who, asked)):
            raise error

    async def _watch(self, http: web.Request, request: Request) -> web.StreamResponse:
        target = target_of(self.store, request.path)
        query = watch_query(request, target.kind, target.namespace, target.name)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        try:
            watch = Watch(self.store, query, self._bookmark_every_s)
        except ApiError as error:
            if self.answers_410_at_once:
                raise
            await response.prepare(http)
            await response.write(msgspec.json.encode({"type": "ERROR", "object": error.status()}) + b"\n")
            return response
        self._watches.add(watch)
        try:
            await response.prepare(http)
            async for lines in watch.lines():
                await response.write(lines)
        except ConnectionResetError:
            # The client is gone; there is nobody left to tell.
            log.debug("a watch of %s ended with its client", target.kind.plural)
        finally:
            watch.end()
            self._watches.discard(watch)
        return response


def _is_resource_path(path: str) -> bool:
    parts = path.strip("/").split("/")
    return (parts[0] == "api" and len(parts) > 2) or (parts[0] == "apis" and len(parts) > 3)


def _document(http: web.Request, document: Document) -> web.Response:
    headers = {"Content-Type": document.media_type}
    if document.entity_tag:
        headers["ETag"] = document.entity_tag
        if http.headers.get("If-None-Match", "") == document.entity_tag:
            return web.Response(status=304, headers=headers)
    return web.Response(body=document.content, headers=headers)


def _quoted(text: str) -> str:
    """A quoted string of a header."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(code: int, body: JsonObject) -> web.Response:
    return web.Response(status=code, body=msgspec.json.encode(body), content_type="application/json")


def _server_context(authority: CertificateAuthority) -> ssl.SSLContext:
    certificate, key = authority.issue_server(SERVER_NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=authority.ca_pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    # OpenSSL takes a server's own key from a file only; this one is private (0600) and gone at once.
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:
        pair.write(certificate + key)
        pair.flush()
        context.load_cert_chain(Path(pair.name))
    return context
