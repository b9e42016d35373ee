"""Proxmox VE's API over HTTPS: requests with a token, one certificate or one authority trusted, bounded answers.

A connection a request: nothing stays open between checks, and none has to be closed by whoever asks.
Source: pve-docs api-viewer; the header is `Authorization: PVEAPIToken=USER@REALM!NAME=SECRET` (pveum.adoc).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import quote
from uuid import uuid4

from lattice_tui.providers.proxmox.address import Place
from lattice_tui.providers.proxmox.errors import (
    URL_PATH,
    NotProxmoxError,
    PveError,
    PveNodeDownError,
    PveUnreachableError,
    refusal,
)
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    import aiohttp

    from lattice_tui.checks.transport import Trust

TIMEOUT_S = 10.0
"""A storage that hangs takes its time: proxmoxer's 5 s are too few for it."""
CONNECT_S = 4.0
RETRY_AFTER_S = 0.3
MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""A thousand guests are half a megabyte."""
MAX_AT_ONCE = 6
"""pveproxy runs three workers; more requests only queue up in it."""
_NO_TOKEN = Secret("")


class Answer(NamedTuple):
    """An HTTP answer as it came."""

    status: int
    reason: str
    content_type: str
    body: bytes


class ProxmoxClient:
    """One server, one token. Every method raises a PveError, and nothing else that is expected."""

    def __init__(
        self,
        place: Place,
        trust: Trust,
        *,
        token_id: str = "",
        secret: Secret = _NO_TOKEN,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.place = place
        self.token_id = token_id
        self._trust = trust
        self._secret = secret
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(MAX_AT_ONCE)

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        """The `data` of an answer. `path` is below /api2/json, without a slash in front, its parts quoted by `part`.

        Asked once more where a node did not answer (59x); where a connection broke, aiohttp does so by itself.
        """
        try:
            return await self._get(path, params, is_signed=True)
        except PveNodeDownError:
            await asyncio.sleep(RETRY_AFTER_S)
            return await self._get(path, params, is_signed=True)

    async def get_unsigned(self, path: str) -> Any:
        """The same without the token: it is not shown to a server that may not be Proxmox."""
        return await self._get(path, None, is_signed=False)

    async def send(self, verb: Literal["POST", "PUT", "DELETE"], path: str, data: Mapping[str, str | int]) -> Any:
        """The `data` of the answer to something that changes the site, asked for once: an UPID, where it takes time."""
        async with self._slots:
            answer = await self._answer(path, data, is_signed=True, verb=verb)
        return self._data(answer, path)

    async def upload(self, path: str, content: str, filename: str, file: bytes) -> Any:
        """Put a small file on a storage; the UPID. `filename` is ours: letters, digits, dots and dashes.

        The form is written by hand: pveproxy reads `content` before the file, and no body in chunks.
        Source: pve-http-server, file_upload_multipart.
        """
        boundary = f"lattice{uuid4().hex}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="content"\r\n\r\n{content}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="filename"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        form = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
        async with self._slots:
            answer = await self._answer(path, form, is_signed=True, verb="POST", boundary=boundary)
        return self._data(answer, path)

    async def _get(self, path: str, params: Mapping[str, str | int] | None, *, is_signed: bool) -> Any:
        async with self._slots:
            answer = await self._answer(path, params, is_signed=is_signed)
        return self._data(answer, path)

    def _data(self, answer: Answer, path: str) -> Any:
        """What the answer holds. Raises the PveError that it stands for."""
        said = _json(answer.body)
        if not isinstance(said, dict):
            # Some of its own refusals have no body that says more than the status line.
            if not answer.body.strip() and (answer.status in (401, 403, 501) or answer.status >= 595):
                raise refusal(answer.status, answer.reason, {}, path, self.token_id)
            raise not_proxmox(self.place, answer)
        if answer.status == 200 and "data" in said:
            return said["data"]
        message, errors = said.get("message"), said.get("errors")
        reason = message if isinstance(message, str) and message.strip() else answer.reason
        texts = {str(name): str(text) for name, text in errors.items()} if isinstance(errors, dict) else {}
        if answer.status == 200 or not said.keys() & {"data", "errors", "message"}:
            raise not_proxmox(self.place, answer)
        raise refusal(answer.status, reason, texts, path, self.token_id)

    async def _answer(
        self,
        path: str,
        params: Mapping[str, str | int] | bytes | None,
        *,
        is_signed: bool,
        verb: str = "GET",
        boundary: str = "",
    ) -> Answer:
        """`params` are a form that is written already where `boundary` names its parts."""
        import aiohttp  # half a second, and only when Proxmox is asked

        # Its debug lines would hold the header with the token.
        logging.getLogger("aiohttp").setLevel(logging.WARNING)
        headers = {"Accept": "application/json"}
        if is_signed:
            headers["Authorization"] = f"PVEAPIToken={self.token_id}={self._secret.reveal()}"
        timeout = aiohttp.ClientTimeout(total=self._timeout_s, sock_connect=CONNECT_S)
        session = aiohttp.ClientSession(
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(force_close=True, ssl=self._verified_by),
        )
        if boundary:
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        url = f"{self.place.url}/api2/json/{path}"
        try:
            way = _by_proxy(self.place)
            # A POST with its parameters in the address would leave them in the server's log.
            given: dict[str, Any] = {"data" if verb in ("POST", "PUT") else "params": _written(params)}
            # The headers go with the request: aiohttp shows those of a session to the proxy, too.
            asked = session.request(verb, url, headers=headers, allow_redirects=False, **given, **way)
            async with session, asked as response:
                return await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._unreachable(error) from None

    @cached_property
    def _verified_by(self) -> ssl.SSLContext | aiohttp.Fingerprint:
        """Made once: reading the system's authorities takes longer than a request."""
        from lattice_tui.checks.transport import aiohttp_ssl

        return aiohttp_ssl(self._trust)

    def _unreachable(self, error: Exception) -> PveError:
        """Its words hold no header: aiohttp's own errors name the host and the cause alone."""
        is_timeout = isinstance(error, TimeoutError)
        words = f"no answer within {self._timeout_s:g} s" if is_timeout else f"{type(error).__name__}: {error}"
        problem = Problem(
            "LT-PVE-110",
            f"Proxmox at {safe_text(self.place.url, 80)} could not be asked",
            "Look whether the node is well: systemctl status pveproxy; the rows above say how far it is reached",
            detail=safe_text(words.replace(self._secret.reveal() or "\0", "********"), 200),
            check=f"curl -k {self.place.url}",
            path=URL_PATH,
        )
        return PveUnreachableError(problem)


def _written(params: Mapping[str, str | int] | bytes | None) -> dict[str, str] | bytes:
    if isinstance(params, bytes):
        return params
    return {name: str(value) for name, value in (params or {}).items()}


def part(name: object) -> str:
    """A name as one part of a path."""
    return quote(str(name), safe="")


def not_proxmox(place: Place, answer: Answer) -> NotProxmoxError:
    """What answered, as far as it can be told."""
    from lattice_tui.checks.transport import answer_problem

    body = answer.body[:4096].decode("utf-8", "replace")
    known = answer_problem(
        answer.status, answer.content_type, body, expected="Proxmox VE's API", url=f"{place.url}/api2/json"
    )
    problem = known or Problem(
        "LT-PVE-111",
        f"What answers at {safe_text(place.url, 80)} is not Proxmox VE",
        f"Write the address of a Proxmox node, as in your browser: https://{safe_text(place.host, 60)}:8006",
        detail=f"HTTP {answer.status} {safe_text(answer.reason, 60)}, {safe_text(answer.content_type, 60)}",
        check=f"curl -k {place.url}/api2/json/access/domains",
        path=URL_PATH,
    )
    return NotProxmoxError(problem, status=answer.status)


async def _read(response: aiohttp.ClientResponse) -> Answer:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError(f"the answer is larger than {MAX_ANSWER_BYTES // 1024 // 1024} MiB")
    return Answer(response.status, response.reason or "", response.headers.get("Content-Type", ""), bytes(body))


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        # A page, or nothing at all: whoever asked says so.
        return None


def _by_proxy(place: Place) -> dict[str, Any]:
    """What aiohttp is told of the environment's proxy: by hand, since it would read ~/.netrc for the token, too.

    Raises ValueError when the variable holds no address.
    """
    from lattice_tui.checks.transport import Server, proxy_of

    proxy = proxy_of(Server(place.host, place.port), os.environ)
    if proxy is None:
        return {}
    headers = {"Proxy-Authorization": proxy.sign_in.reveal()} if proxy.sign_in else {}
    return {"proxy": f"{proxy.scheme}://{proxy.host}:{proxy.port}", "proxy_headers": headers}
