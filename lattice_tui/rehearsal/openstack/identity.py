"""Keystone, a light one: sign-in by password, application credential and token, projects, regions, catalog.

For the rehearsal, where no other Keystone is. What it says in refusals is what Keystone 30 says.
Source: docs.openstack.org/api-ref/identity/v3.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import SIGN_IN_NEEDED, RefusedError
from lattice_tui.rehearsal.openstack.catalog import catalog_of
from lattice_tui.rehearsal.openstack.cloud import ApplicationCredential
from lattice_tui.rehearsal.openstack.identity_bodies import credential_body, project_body, token_body
from lattice_tui.rehearsal.openstack.service import Site, base_url, gate, json_body, token_of
from lattice_tui.rehearsal.openstack.signing import SignsIn
from lattice_tui.rehearsal.openstack.tokens import Tokens

OPEN = frozenset({"", "/v3", "/v3/auth/tokens"})


class Identity:
    """The identity service of the cloud."""

    def __init__(self, site: Site, tokens: Tokens) -> None:
        self._site = site
        self._tokens = tokens
        self._signs_in = SignsIn(site, tokens)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "identity", OPEN)])
        for root in ("", "/"):
            app.router.add_get(root, self._versions)
        for slash in ("", "/"):
            app.router.add_get(f"/v3{slash}", self._version)
        app.router.add_post("/v3/auth/tokens", self._sign_in)
        app.router.add_get("/v3/auth/tokens", self._validate)
        app.router.add_delete("/v3/auth/tokens", self._revoke)
        app.router.add_get("/v3/auth/projects", self._projects)
        app.router.add_get("/v3/auth/catalog", self._catalog)
        app.router.add_get("/v3/regions", self._regions)
        app.router.add_get("/v3/users/{user}/projects", self._projects)
        app.router.add_get("/v3/users/{user}/application_credentials", self._credentials)
        app.router.add_post("/v3/users/{user}/application_credentials", self._make_credential)
        app.router.add_get("/v3/users/{user}/application_credentials/{id}", self._credential)
        app.router.add_delete("/v3/users/{user}/application_credentials/{id}", self._delete_credential)
        return app

    def _described(self, request: web.Request) -> dict[str, Any]:
        links = [{"rel": "self", "href": f"{base_url(request)}/identity/v3/"}]
        kinds = [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}]
        return {
            "id": "v3.14",
            "status": "stable",
            "updated": "2020-04-07T00:00:00Z",
            "links": links,
            "media-types": kinds,
        }

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"versions": {"values": [self._described(request)]}}, status=300)

    async def _version(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"version": self._described(request)})

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        token = await self._signs_in.sign_in(await json_body(request, "auth"))
        body = token_body(token, catalog_of(self._site.cloud, base_url(request)))
        return web.json_response(body, status=201, headers={"X-Subject-Token": self._tokens.give(token)})

    async def _validate(self, request: web.Request) -> web.StreamResponse:
        asking = await self._tokens.find(request.headers.get("X-Auth-Token", ""))
        subject = request.headers.get("X-Subject-Token", "")
        token = await self._tokens.find(subject)
        if asking is None:
            raise RefusedError(401, SIGN_IN_NEEDED)
        if token is None:
            raise RefusedError(404, "Could not find token.")
        body = token_body(token, catalog_of(self._site.cloud, base_url(request)))
        return web.json_response(body, headers={"X-Subject-Token": subject})

    async def _revoke(self, request: web.Request) -> web.StreamResponse:
        self._tokens.known.pop(request.headers.get("X-Subject-Token", ""), None)
        return web.Response(status=204)

    async def _projects(self, request: web.Request) -> web.StreamResponse:
        user = self._site.cloud.user(token_of(request).user)
        return web.json_response({"projects": [project_body(name) for name in user.roles], "links": {"next": None}})

    async def _catalog(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"catalog": catalog_of(self._site.cloud, base_url(request)), "links": {}})

    async def _regions(self, _request: web.Request) -> web.StreamResponse:
        regions = [{"id": name, "description": "", "parent_region_id": None} for name in self._site.cloud.regions]
        return web.json_response({"regions": regions, "links": {"next": None}})

    async def _credentials(self, request: web.Request) -> web.StreamResponse:
        token = token_of(request)
        mine = [item for item in self._site.cloud.application_credentials if item.user == token.user]
        name = request.query.get("name")
        bodies = [credential_body(item) for item in mine if name is None or item.name == name]
        return web.json_response({"application_credentials": bodies, "links": {"next": None}})

    async def _make_credential(self, request: web.Request) -> web.StreamResponse:
        token = token_of(request)
        held = self._held(token.application_credential)
        if held is not None and not held.is_unrestricted:
            raise RefusedError(403, "You are not authorized to perform the requested action.")
        said = await json_body(request, "application_credential")
        name = str(said.get("name", ""))
        asked = said.get("roles")
        roles = tuple(str(role["name"]) for role in asked) if isinstance(asked, list) and asked else tuple(token.roles)
        if not set(roles) <= token.roles:
            raise RefusedError(400, "Invalid application credential: Could not find role assignment.")
        if any(item.name == name and item.user == token.user for item in self._site.cloud.application_credentials):
            raise RefusedError(409, "Conflict occurred attempting to store application_credential - Duplicate entry.")
        made = ApplicationCredential(
            id=uuid.uuid4().hex,
            name=name,
            secret=str(said.get("secret") or secrets.token_urlsafe(64)),
            user=token.user,
            project=token.project,
            roles=roles,
            is_unrestricted=bool(said.get("unrestricted", False)),
            expires_at=str(said.get("expires_at") or ""),
        )
        self._site.cloud.application_credentials.append(made)
        # The one moment at which the secret is shown.
        body = {"application_credential": {**credential_body(made), "secret": made.secret}}
        return web.json_response(body, status=201)

    def _held(self, credential_id: str) -> ApplicationCredential | None:
        for item in self._site.cloud.application_credentials:
            if item.id == credential_id:
                return item
        return None

    def _of_the_path(self, request: web.Request) -> ApplicationCredential:
        asked = request.match_info["id"]
        held = self._held(asked)
        if held is None or held.user != token_of(request).user:
            raise RefusedError(404, f"Could not find Application Credential: {asked}.")
        return held

    async def _credential(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"application_credential": credential_body(self._of_the_path(request))})

    async def _delete_credential(self, request: web.Request) -> web.StreamResponse:
        self._site.cloud.application_credentials.remove(self._of_the_path(request))
        return web.Response(status=204)
