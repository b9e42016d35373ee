"""Who asks: the certificate or token of a connection, and whom its impersonation headers name."""

from __future__ import annotations

from aiohttp import web

from lattice_tui.rehearsal.api.access import Identity, authenticated, impersonated
from lattice_tui.rehearsal.api.tables import Tables


class Callers:
    """The tokens a server accepts, and what it reads from requests."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._tokens: dict[str, Identity] = {}

    def accept(self, token: str, user: str, groups: tuple[str, ...] = ()) -> None:
        """Let a bearer token in."""
        self._tokens[token] = authenticated(user, groups)

    def of(self, http: web.Request) -> Identity | None:
        """Who asks; None when nobody we know. Raises ApiError 403 for an impersonation that is not allowed."""
        who = self._credentials(http)
        if who is None or not any(name.lower().startswith("impersonate-") for name in http.headers):
            return who
        groups = http.headers.getall("Impersonate-Group", [])
        return impersonated(self._tables, who, http.headers.get("Impersonate-User", ""), groups)

    def _credentials(self, http: web.Request) -> Identity | None:
        kind, _, token = http.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._tokens.get(token.strip())
        certificate = http.get_extra_info("peercert") or {}
        pairs = [pair for part in certificate.get("subject", ()) for pair in part]
        user = next((value for name, value in pairs if name == "commonName"), "")
        if not user:
            return None
        return authenticated(user, [value for name, value in pairs if name == "organizationName"])
