"""`Connection`: one request after another to one API server, each answered or refused in our own words."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import msgspec

from lattice_tui import __version__
from lattice_tui.capi.clocks import clock_hint, seconds_of
from lattice_tui.capi.errors import ApiError, ApiExpiredError, ApiInvalidError, ApiUnreachableError, unreachable
from lattice_tui.capi.kubeconfig import Kubeconfig, read_kubeconfig
from lattice_tui.capi.resources import JsonObject
from lattice_tui.capi.timing import USUAL
from lattice_tui.capi.transport import new_pool
from lattice_tui.errors import LatticeError

if TYPE_CHECKING:
    import urllib3

USER_AGENT = f"lattice-tui/{__version__}"
JSON = "application/json"
# Repeating these does no harm; a POST that was cut off may already have made its object.
RENEW_EVERY_S = 30.0
"""A token file is read again this often, a credential program asked again at most this often."""
ANSWER_CAP = 256 << 20
"""The largest answer that is read: twice a list of 10,000 machines in one page."""
_PIECE = 1 << 18
_log = logging.getLogger(__name__)
R = TypeVar("R")
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

    def __init__(
        self,
        kubeconfig: Kubeconfig,
        *,
        timeout_s: float,
        path: str | os.PathLike[str] | None,
        answer_within_s: float = USUAL.answer_within_s,
        renew_every_s: float = RENEW_EVERY_S,
    ) -> None:
        self.timeout_s = timeout_s
        self._answer_within_s = answer_within_s
        self._renew_every_s = renew_every_s
        self._path = path
        self._lock = threading.Lock()
        self._renewing = threading.Lock()
        self._renewed_s: float | None = None
        self._read_s = time.monotonic()
        self._kubeconfig = kubeconfig
        self._pool = new_pool(kubeconfig)

    @property
    def server(self) -> str:
        return self._kubeconfig.server

    def send(self, request: Request, *, timeout_s: float | None = None) -> bytes:
        """The whole answer; repeated once over a new connection, once with fresh credentials after 401.

        Raises ApiError from status 400 on, ApiUnreachableError when there is no whole answer in time.
        """
        return self._exchange(request, timeout_s or self.timeout_s, self._whole)

    def open(self, request: Request, *, timeout_s: float) -> urllib3.BaseHTTPResponse:
        """As `send`, but the answer's body is left to be read; `timeout_s` is how long it may be silent."""
        return self._exchange(request, timeout_s, lambda response: response)

    def _exchange(self, request: Request, timeout_s: float, read: Callable[[urllib3.BaseHTTPResponse], R]) -> R:
        renewed = self._path is None
        reconnected = request.method not in _REPEATABLE
        while True:
            self._renew_in_time()
            used = self._kubeconfig
            try:
                response = self._once(request, timeout_s)
                if response.status < 400:
                    return read(response)
                refusal = _refusal(response, self._whole(response), request)
            except ApiUnreachableError as error:
                if error.kind != "lost" or reconnected:
                    raise
                reconnected = True
                continue
            if refusal.status != 401 or renewed or not self._renew(used):
                raise refusal
            renewed = True

    def _renew_in_time(self) -> None:
        """Read a token file again now and then: somebody keeps it fresh."""
        known = self._kubeconfig
        is_old = known.is_token_in_file and time.monotonic() - self._read_s >= self._renew_every_s
        if self._path is None or not is_old:
            return
        try:
            self._renew(known)
        except LatticeError:
            # What we have may still do: the server decides.
            _log.info("the credentials could not be renewed before they run out")

    def _renew(self, used: Kubeconfig) -> bool:
        """Read the kubeconfig again: its token or certificate may have been renewed.

        False when that was done a moment ago: eight watchers that are refused ask a credential program once, and a
        program that keeps giving what the server refuses is not asked all the time. Raises KubeconfigError.
        """
        with self._renewing:
            if self._kubeconfig is not used:
                return True
            now_s = time.monotonic()
            if self._path is None or (self._renewed_s is not None and now_s - self._renewed_s < self._renew_every_s):
                return False
            self._renewed_s = self._read_s = now_s
            kubeconfig = kubeconfig_with_credentials(self._path)
            pool = new_pool(kubeconfig)
            with self._lock:
                old, self._kubeconfig, self._pool = self._pool, kubeconfig, pool
            old.clear()
            return True

    def close(self) -> None:
        """Close idle connections."""
        self._pool.clear()

    def _once(self, request: Request, timeout_s: float) -> urllib3.BaseHTTPResponse:
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
                preload_content=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise unreachable(kubeconfig.server, error) from error

    def _whole(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The body, bounded in size and in time: a server that drips would hold us for ever."""
        import urllib3

        end_s = time.monotonic() + self._answer_within_s
        parts: list[bytes] = []
        size = 0
        try:
            while part := response.read1(_PIECE, decode_content=False):
                parts.append(part)
                size += len(part)
                if size > ANSWER_CAP:
                    raise ApiUnreachableError("lost", self.server, f"an answer of more than {ANSWER_CAP >> 20} MiB")
                if time.monotonic() > end_s:
                    raise ApiUnreachableError("timeout", self.server, "its answer comes too slowly")
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise unreachable(self.server, error) from error
        finally:
            # Read to its end, its connection has gone back to the pool; else it is of no more use.
            response.close()
        return b"".join(parts)


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


def refusal_of(
    status: Status, *, what: str, is_secret: bool = False, retry_after_s: float | None = None, clock: str = ""
) -> ApiError:
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
    return ApiError(status.code, status.reason, message, what=what, retry_after_s=retry_after_s, clock=clock)


def _refusal(response: urllib3.BaseHTTPResponse, data: bytes, request: Request) -> ApiError:
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
        retry_after_s=_seconds(after),
        clock=clock_hint(response.headers.get("Date", "")) if response.status == 401 else "",
    )


def _seconds(retry_after: str) -> float | None:
    """Retry-After is a number of seconds, or a date (RFC 9110, 10.2.3); None when it is neither."""
    if retry_after.isdecimal():
        return float(retry_after)
    at_s = seconds_of(retry_after)
    return None if at_s is None else max(0.0, at_s - time.time())
