"""`Connection`: one request after another to one API server, each answered or refused in our own words."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from lattice_tui import __version__
from lattice_tui.capi.errors import ApiError, ApiExpiredError, ApiInvalidError, ApiUnreachableError, unreachable
from lattice_tui.capi.kubeconfig import Kubeconfig, read_kubeconfig
from lattice_tui.capi.resources import JsonObject
from lattice_tui.capi.transport import new_pool

if TYPE_CHECKING:
    import urllib3

USER_AGENT = f"lattice-tui/{__version__}"
JSON = "application/json"
# Repeating these does no harm; a POST that was cut off may already have made its object.
_REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. Query entries that are empty are left out."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    content_type: str = JSON
    is_secret: bool = False
    """True: the server's words are not repeated, for they may quote the value."""


class Connection:
    """Sends requests. Survives a restarted server and renewed credentials; safe to share between threads."""

    def __init__(self, kubeconfig: Kubeconfig, *, timeout_s: float, path: str | os.PathLike[str] | None) -> None:
        self.timeout_s = timeout_s
        self._path = path
        self._lock = threading.Lock()
        self._kubeconfig = kubeconfig
        self._pool = new_pool(kubeconfig)

    @property
    def server(self) -> str:
        return self._kubeconfig.server

    def send(
        self, request: Request, *, timeout_s: float | None = None, stream: bool = False
    ) -> urllib3.BaseHTTPResponse:
        """The answer, below status 400; repeated once over a new connection, once with fresh credentials after 401."""
        refreshed = self._path is None
        reconnected = request.method not in _REPEATABLE
        while True:
            try:
                response = self._once(request, timeout_s or self.timeout_s, stream)
            except ApiUnreachableError as error:
                if error.kind != "lost" or reconnected:
                    raise
                reconnected = True
                continue
            if response.status < 400:
                return response
            refusal = _refusal(response, request)
            if refusal.status != 401 or refreshed:
                raise refusal
            self.refresh()
            refreshed = True

    def refresh(self) -> None:
        """Read the kubeconfig again: its token or certificate may have been renewed."""
        if self._path is None:
            return
        kubeconfig = kubeconfig_with_credentials(self._path)
        pool = new_pool(kubeconfig)
        with self._lock:
            old, self._kubeconfig, self._pool = self._pool, kubeconfig, pool
        old.clear()

    def close(self) -> None:
        """Close idle connections."""
        self._pool.clear()

    def _once(self, request: Request, timeout_s: float, stream: bool) -> urllib3.BaseHTTPResponse:
        # A tenth of a second and 10 MiB: paid by the first request, not by importing.
        import urllib3

        with self._lock:
            pool, kubeconfig = self._pool, self._kubeconfig
        headers = {"Accept": JSON, "User-Agent": USER_AGENT}
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if kubeconfig.token:
            headers["Authorization"] = f"Bearer {kubeconfig.token.reveal()}"
        query = urlencode({key: value for key, value in request.query.items() if value})
        try:
            return pool.request(
                request.method,
                f"{kubeconfig.server}{request.path}" + (f"?{query}" if query else ""),
                headers=headers,
                body=None if request.body is None else json.dumps(request.body).encode(),
                timeout=urllib3.Timeout(connect=min(self.timeout_s, timeout_s), read=timeout_s),
                preload_content=not stream,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise unreachable(kubeconfig.server, error) from error


def kubeconfig_with_credentials(path: str | os.PathLike[str]) -> Kubeconfig:
    """The kubeconfig at `path`; its credential program is asked when it names one."""
    kubeconfig = read_kubeconfig(path)
    if kubeconfig.needs_plugin:
        from lattice_tui.capi.plugin import with_plugin_credentials

        return with_plugin_credentials(kubeconfig, path)
    return kubeconfig


class _Details(msgspec.Struct):
    retryAfterSeconds: float = 0  # noqa: N815 - as the API names it


class Status(msgspec.Struct):
    """The body of a refusal, and of an ERROR watch event. Source: apimachinery `metav1.Status`."""

    code: int = 0
    reason: str = ""
    message: str = ""
    details: _Details | None = None


def refusal_of(status: Status, *, what: str, is_secret: bool = False, retry_after_s: float | None = None) -> ApiError:
    """The error for a Status. Server-side apply answers a typo with 500; to us that is an invalid object."""
    message = "(the message is hidden, for it may quote the secret)" if is_secret else status.message
    is_typo = status.code == 500 and (
        "failed to create typed patch object" in status.message or "field not declared in schema" in status.message
    )
    if status.code == 410:
        return ApiExpiredError(410, status.reason or "Expired", message, what=what)
    if is_typo or status.code in {400, 422}:
        return ApiInvalidError(422 if is_typo else status.code, "Invalid", message, what=what)
    if retry_after_s is None and status.details and status.details.retryAfterSeconds:
        retry_after_s = status.details.retryAfterSeconds
    return ApiError(status.code, status.reason, message, what=what, retry_after_s=retry_after_s)


def _refusal(response: urllib3.BaseHTTPResponse, request: Request) -> ApiError:
    data = response.data
    try:
        status = msgspec.json.decode(data, type=Status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        status = Status(message=data[:300].decode("utf-8", "replace"))
    status.code = response.status
    status.reason = status.reason or (response.reason or "")
    after = response.headers.get("Retry-After", "")
    return refusal_of(
        status,
        what=f"{request.method} {request.path}",
        is_secret=request.is_secret,
        retry_after_s=float(after) if after.isdecimal() else None,
    )
