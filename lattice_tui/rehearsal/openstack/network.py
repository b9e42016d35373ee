"""Neutron: networks, subnets, quotas, zones, routers, ports, floating IPs.

Source: docs.openstack.org/api-ref/network/v2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import Handler, RefusedError, page
from lattice_tui.rehearsal.openstack.cloud import FloatingIp, Network, Subnet
from lattice_tui.rehearsal.openstack.service import FORBIDDEN, Site, base_url, gate, json_body, own_project, token_of

OPEN = frozenset({"", "/v2.0"})
_CONTROLS = ("limit", "marker", "fields", "sort_key", "sort_dir", "page_reverse")


class Networking:
    """The network service of the cloud."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "network", OPEN)])
        for root in ("", "/"):
            app.router.add_get(root, self._versions)
        for slash in ("", "/"):
            app.router.add_get(f"/v2.0{slash}", self._resources)
        for kind in ("networks", "subnets", "routers", "ports", "floatingips", "availability_zones", "extensions"):
            app.router.add_get(f"/v2.0/{kind}", self._list_of(kind))
        for kind in ("networks", "subnets", "floatingips"):
            app.router.add_get(f"/v2.0/{kind}/{{id}}", self._one_of(kind))
        app.router.add_get("/v2.0/security-groups", self._list_of("security_groups"))
        app.router.add_post("/v2.0/floatingips", self._make_floating_ip)
        app.router.add_get("/v2.0/quotas/{project}", self._quotas)
        app.router.add_get("/v2.0/quotas/{project}/details", self._quota_details)
        app.router.add_get("/v2.0/quotas/{project}/details.json", self._quota_details)
        return app

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        links = [{"rel": "self", "href": f"{base_url(request)}/network/v2.0/"}]
        return web.json_response({"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})

    async def _resources(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"resources": []})

    def _rows(self, kind: str, project_id: str) -> Sequence[dict[str, Any]]:
        cloud = self._site.cloud
        match kind:
            case "networks":
                return [self._network_body(network, project_id) for network in cloud.networks]
            case "subnets":
                return [_subnet_body(subnet, project_id) for subnet in cloud.subnets]
            case "floatingips":
                return [_floating_body(address, project_id) for address in cloud.floating_ips]
            case "availability_zones":
                states = {True: "available", False: "unavailable"}
                return [
                    {"name": zone.name, "resource": what, "state": states[zone.is_available]}
                    for zone in cloud.network_zones
                    for what in ("network", "router")
                ]
            case "routers":
                return cloud.routers
            case "ports":
                return cloud.ports
            case "security_groups":
                return [{"id": "d0d0d0d0-0000-4000-8000-000000000016", "name": "default", "project_id": project_id}]
            case _:
                return [
                    {"alias": alias, "name": alias} for alias in ("external-net", "quotas", "quota_details", "router")
                ]

    def _list_of(self, kind: str) -> Handler:
        async def listed(request: web.Request) -> web.StreamResponse:
            rows = self._rows(kind, token_of(request).project_id)
            wanted = {key: value for key, value in request.query.items() if key not in _CONTROLS}
            found = [row for row in rows if all(_is_so(row, key, value) for key, value in wanted.items())]
            mark = "id" if found and "id" in found[0] else "name"
            return page(request, found, self._site.cloud.page_size, mark).with_links(kind)

        return listed

    def _one_of(self, kind: str) -> Handler:
        async def one(request: web.Request) -> web.StreamResponse:
            asked = request.match_info["id"]
            for row in self._rows(kind, token_of(request).project_id):
                if row["id"] == asked:
                    return web.json_response({kind.removesuffix("s"): row})
            name = {"networks": "Network", "subnets": "Subnet", "floatingips": "Floating IP"}[kind]
            raise RefusedError(404, f"{name} {asked} could not be found.", f"{name.replace(' ', '')}NotFound")

        return one

    def _network_body(self, network: Network, project_id: str) -> dict[str, Any]:
        return {
            "id": network.id,
            "name": network.name,
            "status": network.status,
            "admin_state_up": True,
            "router:external": network.is_external,
            "shared": network.is_shared,
            "availability_zones": list(network.zones),
            "subnets": [subnet.id for subnet in self._site.cloud.subnets if subnet.network_id == network.id],
            "project_id": "" if network.is_external else project_id,
            "tenant_id": "" if network.is_external else project_id,
            "mtu": 1500,
            "description": "",
        }

    async def _make_floating_ip(self, request: web.Request) -> web.StreamResponse:
        cloud = self._site.cloud
        if not cloud.may_make_floating_ips:
            message = f"(rule:create_floatingip) is disallowed by policy. {FORBIDDEN.format(method='POST', path='')}"
            raise RefusedError(403, message, "PolicyNotAuthorized")
        if len(cloud.floating_ips) >= cloud.network_quotas["floatingip"].limit >= 0:
            raise RefusedError(409, "Quota exceeded for resources: ['floatingip'].", "OverQuota")
        said = await json_body(request, "floatingip")
        number = len(cloud.floating_ips) + 41
        address = FloatingIp(
            f"ab3c4d5e-1111-4222-8333-{number:012d}", f"203.0.113.{number}", str(said.get("floating_network_id", ""))
        )
        cloud.floating_ips.append(address)
        return web.json_response({"floatingip": _floating_body(address, token_of(request).project_id)}, status=201)

    async def _quotas(self, request: web.Request) -> web.StreamResponse:
        own_project(request, request.match_info["project"])
        return web.json_response(
            {"quota": {name: quota.limit for name, quota in self._site.cloud.network_quotas.items()}}
        )

    async def _quota_details(self, request: web.Request) -> web.StreamResponse:
        own_project(request, request.match_info["project"])
        details = {
            name: {"limit": quota.limit, "used": quota.used, "reserved": quota.reserved}
            for name, quota in self._site.cloud.network_quotas.items()
        }
        return web.json_response({"quota": details})


def _is_so(row: dict[str, Any], key: str, value: str) -> bool:
    """A filter of a list; one that the row does not have does not count, as Neutron ignores unknown ones."""
    if key not in row:
        return True
    held = row[key]
    return held is (value.lower() in ("true", "1")) if isinstance(held, bool) else str(held) == value


def _subnet_body(subnet: Subnet, project_id: str) -> dict[str, Any]:
    return {
        "id": subnet.id,
        "name": subnet.name,
        "network_id": subnet.network_id,
        "cidr": subnet.cidr,
        "gateway_ip": subnet.gateway or None,
        "dns_nameservers": list(subnet.dns_servers),
        "ip_version": 6 if ":" in subnet.cidr else 4,
        "enable_dhcp": True,
        "project_id": project_id,
        "tenant_id": project_id,
    }


def _floating_body(address: FloatingIp, project_id: str) -> dict[str, Any]:
    return {
        "id": address.id,
        "floating_ip_address": address.address,
        "floating_network_id": address.network_id,
        "port_id": address.port_id or None,
        "fixed_ip_address": None,
        "status": "ACTIVE" if address.port_id else "DOWN",
        "project_id": project_id,
        "tenant_id": project_id,
    }
