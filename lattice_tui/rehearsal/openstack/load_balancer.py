"""Octavia: providers, flavors, load balancers, quotas. Source: docs.openstack.org/api-ref/load-balancer/v2."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import Handler, RefusedError, page
from lattice_tui.rehearsal.openstack.service import FORBIDDEN, Site, base_url, gate, own_project, token_of

OPEN = frozenset({"", "/v2", "/v2.0"})


class LoadBalancers:
    """The load balancing service of the cloud."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "load-balancer", OPEN)])
        for root in ("", "/"):
            app.router.add_get(root, self._versions)
        for version in ("v2", "v2.0"):
            app.router.add_get(f"/{version}", self._versions)
            app.router.add_get(f"/{version}/lbaas/providers", self._allowed(self._providers))
            app.router.add_get(f"/{version}/lbaas/flavors", self._allowed(self._flavors))
            app.router.add_get(f"/{version}/lbaas/loadbalancers", self._allowed(self._balancers))
            app.router.add_get(f"/{version}/lbaas/quotas/{{project}}", self._allowed(self._quotas))
        return app

    def _allowed(self, handler: Handler) -> Handler:
        """Octavia's own policy: a role of its own where the cloud has kept the advanced rules.

        Source: docs.openstack.org/octavia/latest/configuration/policy.html.
        """

        async def judged(request: web.Request) -> web.StreamResponse:
            roles = token_of(request).roles
            has_role = "admin" in roles or any(role.startswith("load-balancer_") for role in roles)
            if self._site.cloud.load_balancing.needs_role and not has_role:
                raise RefusedError(403, FORBIDDEN.format(method=request.method, path=request.path))
            return await handler(request)

        return judged

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        href = f"{base_url(request)}/load-balancer/v2"
        versions = [
            {"id": "v2.0", "status": "SUPPORTED", "links": [{"rel": "self", "href": href}]},
            {"id": "v2.27", "status": "CURRENT", "links": [{"rel": "self", "href": href}]},
        ]
        return web.json_response({"versions": versions})

    async def _providers(self, _request: web.Request) -> web.StreamResponse:
        providers = self._site.cloud.load_balancing.providers.items()
        return web.json_response({"providers": [{"name": name, "description": words} for name, words in providers]})

    async def _flavors(self, request: web.Request) -> web.StreamResponse:
        flavors: list[dict[str, Any]] = [
            {"id": flavor_id, "name": name, "description": words, "enabled": True, "flavor_profile_id": flavor_id}
            for flavor_id, name, words in self._site.cloud.load_balancing.flavors
        ]
        return page(request, flavors, self._site.cloud.page_size).with_links("flavors")

    async def _balancers(self, request: web.Request) -> web.StreamResponse:
        return page(request, self._site.cloud.load_balancers, self._site.cloud.page_size).with_links("loadbalancers")

    async def _quotas(self, request: web.Request) -> web.StreamResponse:
        own_project(request, request.match_info["project"])
        return web.json_response({"quota": dict(self._site.cloud.load_balancer_quotas)})
