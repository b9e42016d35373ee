"""What all services of the stand-in share: the gate in front of them, and their place in the catalog."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware

from lattice_tui.rehearsal.openstack.answers import SIGN_IN_NEEDED, Handler, RefusedError, refusal
from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.rehearsal.openstack.tokens import Token

_TOKEN: ContextVar[Token] = ContextVar("token")
"""Of the request that is being answered: every connection is a task of its own."""
FORBIDDEN = "Policy does not allow {method} {path} to be performed."
PLACES = {
    "identity": "/identity",
    "compute": "/compute",
    "image": "/image",
    "network": "/network",
    "block-storage": "/volume",
    "load-balancer": "/load-balancer",
}
"""Service type -> where its paths begin on the one port."""
CATALOG_PATHS = {**PLACES, "compute": "/compute/v2.1", "block-storage": "/volume/v3", "identity": "/identity"}
"""Service type -> the path of its catalog entry, as common installations have it."""
CATALOG_NAMES = {
    "identity": "keystone",
    "compute": "nova",
    "image": "glance",
    "network": "neutron",
    "block-storage": "cinder",
    "load-balancer": "octavia",
}


class FindsTokens(Protocol):
    async def find(self, token_id: str) -> Token | None: ...

    async def close(self) -> None: ...


class Site:
    """The cloud that is served now; tests put another one in its place."""

    def __init__(self, cloud: Cloud, tokens: FindsTokens) -> None:
        self.cloud = cloud
        self.tokens = tokens
        self.asked: list[str] = []
        """Every request, `GET /compute/v2.1/limits`, oldest first."""


def gate(site: Site, service: str, open_paths: frozenset[str]) -> Middleware:
    """The middleware of one service: its faults, the token, what policy refuses, and the form of its errors.

    `open_paths` (behind the service's place) need no token: its lists of versions.
    """

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path.removeprefix(PLACES[service]) or "/"
        site.asked.append(f"{request.method} {request.path}")
        entry = site.cloud.services.get(service)
        try:
            if entry is not None and entry.fault_status:
                return refusal(service, entry.fault_status, "The server is currently unavailable.")
            # Keystone says what is not there before it asks who one is; the others ask first.
            is_nowhere = service == "identity" and request.match_info.http_exception is not None
            if path.rstrip("/") not in open_paths and not is_nowhere:
                token = await _token(site, request)
                _TOKEN.set(token)
                _judge(request, token, service, path, () if entry is None else entry.forbidden)
            return await handler(request)
        except RefusedError as error:
            return refusal(service, error.status, error.message, error.kind)
        except aiohttp.ClientError as error:
            return refusal(service, 503, f"The identity service could not be asked: {type(error).__name__}")
        except web.HTTPNotFound:
            return refusal(service, 404, "The resource could not be found.")
        except web.HTTPMethodNotAllowed:
            return refusal(service, 405, "The method specified is not allowed for this resource.")

    return answered


async def _token(site: Site, request: web.Request) -> Token:
    token = await site.tokens.find(request.headers.get("X-Auth-Token", ""))
    if token is None:
        raise RefusedError(401, SIGN_IN_NEEDED)
    return token


def _judge(request: web.Request, token: Token, service: str, path: str, forbidden: tuple[str, ...]) -> None:
    """Roles decide: `reader` looks, `member` changes. Keystone's own rules are in its module."""
    if service == "identity":
        return
    behind_version = "/" + path.lstrip("/").partition("/")[2]
    may = token.is_reader if request.method in ("GET", "HEAD") else token.is_member
    if not may or any(behind_version.startswith(start) for start in forbidden):
        raise RefusedError(403, FORBIDDEN.format(method=request.method, path=behind_version), "PolicyNotAuthorized")


def token_of(_request: web.Request) -> Token:
    """The token that the gate has seen. Raises LookupError where a path needs none."""
    return _TOKEN.get()


def own_project(request: web.Request, project_id: str) -> None:
    """Raises RefusedError (403) when the path names another project than the token's."""
    token = token_of(request)
    if project_id != token.project_id and "admin" not in token.roles:
        raise RefusedError(403, FORBIDDEN.format(method=request.method, path=request.path))


def base_url(request: web.Request) -> str:
    """Where this server is, as the client called it."""
    return f"{request.scheme}://{request.host}"


async def json_body(request: web.Request, key: str) -> dict[str, object]:
    """The object under `key` in the request. Raises RefusedError (400) when there is none."""
    try:
        said = await request.json()
    except ValueError:
        said = None
    inner = said.get(key) if isinstance(said, dict) else None
    if not isinstance(inner, dict):
        raise RefusedError(400, f"Invalid input for field/attribute {key}.")
    return inner
