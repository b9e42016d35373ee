"""How the services answer: each one's own form of an error, and pages of a list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_NOVA_WORDS = {400: "badRequest", 403: "forbidden", 404: "itemNotFound", 409: "conflictingRequest", 413: "overLimit"}
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
SIGN_IN_NEEDED = "The request you have made requires authentication."


class RefusedError(Exception):
    """The service says no; the middleware puts it into the service's own form."""

    def __init__(self, status: int, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        """Neutron's name of the error: `OverQuota`."""


def refusal(service: str, status: int, message: str, kind: str = "") -> web.Response:
    """An error as that service words it. Source: api-ref of each service, and what openstacksdk reads of it."""
    if status == 401 or service == "identity":
        body: dict[str, Any] = {"error": {"code": status, "title": _TITLES.get(status, "Error"), "message": message}}
    elif service in ("compute", "block-storage"):
        body = {_NOVA_WORDS.get(status, "computeFault"): {"code": status, "message": message}}
    elif service == "network":
        body = {"NeutronError": {"type": kind or "HTTPError", "message": message, "detail": ""}}
    elif service == "load-balancer":
        body = {"faultcode": "Client" if status < 500 else "Server", "faultstring": message, "debuginfo": None}
    else:
        title = _TITLES.get(status, "Error")
        body = {"message": f"{message}<br /><br />\n\n\n", "code": f"{status} {title}", "title": title}
    return web.json_response(body, status=status)


def page(request: web.Request, items: Sequence[Mapping[str, Any]], most: int, mark: str = "id") -> _Page:
    """The part of a list that `limit` and `marker` ask for, and the address of the next part.

    Raises RefusedError (400) for a marker that is in no item.
    """
    try:
        limit = min(int(request.query.get("limit", most)), most)
    except ValueError:
        raise RefusedError(400, f"Invalid input for query parameters limit: {request.query['limit']!r}") from None
    start = 0
    marker = request.query.get("marker")
    if marker is not None:
        known = [str(item[mark]) for item in items]
        if marker not in known:
            raise RefusedError(400, f"marker [{marker}] not found")
        start = known.index(marker) + 1
    rows = [dict(item) for item in items[start : start + limit]]
    has_more = bool(rows) and start + limit < len(items)
    following = str(request.url.update_query(marker=str(rows[-1][mark]), limit=str(limit))) if has_more else ""
    return _Page(rows, following)


class _Page:
    """Rows and the absolute address of the next page, empty when this is the last one."""

    def __init__(self, rows: list[dict[str, Any]], following: str) -> None:
        self.rows = rows
        self.following = following

    def with_links(self, key: str) -> web.Response:
        """As Nova, Neutron, Cinder and Octavia send it."""
        body: dict[str, Any] = {key: self.rows}
        if self.following:
            body[f"{key}_links"] = [{"rel": "next", "href": self.following}]
        return web.json_response(body)

    def with_next(self, key: str, first: str) -> web.Response:
        """As Glance sends it: paths without the server."""
        body: dict[str, Any] = {key: self.rows, "first": first}
        if self.following:
            body["next"] = URL(self.following).path_qs.partition("/image")[2]
        return web.json_response(body)
