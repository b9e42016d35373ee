"""Nova: limits, flavors, key pairs, availability zones, servers. Source: docs.openstack.org/api-ref/compute."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import RefusedError, page
from lattice_tui.rehearsal.openstack.cloud import Flavor, KeyPair
from lattice_tui.rehearsal.openstack.service import Site, base_url, gate, json_body, own_project, token_of

OPEN = frozenset({"", "/v2.1"})
_LIMITS = {
    "instances": ("maxTotalInstances", "totalInstancesUsed"),
    "cores": ("maxTotalCores", "totalCoresUsed"),
    "ram": ("maxTotalRAMSize", "totalRAMUsed"),
    "server_groups": ("maxServerGroups", "totalServerGroupsUsed"),
    "server_group_members": ("maxServerGroupMembers", ""),
    "key_pairs": ("maxTotalKeypairs", ""),
}
"""Quota -> its names among the absolute limits: how many there may be, how many there are."""


class Compute:
    """The compute service of the cloud."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "compute", OPEN)])
        for root in ("", "/"):
            app.router.add_get(root, self._versions)
        for slash in ("", "/"):
            app.router.add_get(f"/v2.1{slash}", self._version)
        app.router.add_get("/v2.1/limits", self._limits)
        app.router.add_get("/v2.1/flavors", self._flavors)
        app.router.add_get("/v2.1/flavors/detail", self._flavors)
        app.router.add_get("/v2.1/flavors/{id}", self._flavor)
        app.router.add_get("/v2.1/flavors/{id}/os-extra_specs", self._extra_specs)
        app.router.add_get("/v2.1/os-keypairs", self._key_pairs)
        app.router.add_post("/v2.1/os-keypairs", self._make_key_pair)
        app.router.add_get("/v2.1/os-keypairs/{name}", self._key_pair)
        app.router.add_delete("/v2.1/os-keypairs/{name}", self._delete_key_pair)
        app.router.add_get("/v2.1/os-availability-zone", self._zones)
        app.router.add_get("/v2.1/os-quota-sets/{project}", self._quotas)
        app.router.add_get("/v2.1/servers", self._servers)
        app.router.add_get("/v2.1/servers/detail", self._servers)
        return app

    def _described(self, request: web.Request) -> dict[str, Any]:
        return {
            "id": "v2.1",
            "status": "CURRENT",
            "version": self._site.cloud.microversion,
            "min_version": "2.1",
            "updated": "2013-07-23T11:33:21Z",
            "links": [{"rel": "self", "href": f"{base_url(request)}/compute/v2.1/"}],
        }

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"versions": [self._described(request)]})

    async def _version(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"version": self._described(request)})

    async def _limits(self, _request: web.Request) -> web.StreamResponse:
        absolute = {}
        for name, quota in self._site.cloud.compute_quotas.items():
            most, used = _LIMITS[name]
            absolute[most] = quota.limit
            if used:
                absolute[used] = quota.used
        return web.json_response({"limits": {"rate": [], "absolute": absolute}})

    async def _quotas(self, request: web.Request) -> web.StreamResponse:
        own_project(request, request.match_info["project"])
        quotas = {name: quota.limit for name, quota in self._site.cloud.compute_quotas.items()}
        return web.json_response({"quota_set": {"id": request.match_info["project"], **quotas}})

    async def _flavors(self, request: web.Request) -> web.StreamResponse:
        flavors = [_flavor_body(flavor) for flavor in self._site.cloud.flavors if flavor.is_public]
        return page(request, flavors, self._site.cloud.page_size).with_links("flavors")

    async def _flavor(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"flavor": _flavor_body(self._find_flavor(request))})

    async def _extra_specs(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"extra_specs": self._find_flavor(request).extra_specs})

    def _find_flavor(self, request: web.Request) -> Flavor:
        asked = request.match_info["id"]
        for flavor in self._site.cloud.flavors:
            if flavor.id == asked:
                return flavor
        raise RefusedError(404, f"Flavor {asked} could not be found.")

    async def _key_pairs(self, request: web.Request) -> web.StreamResponse:
        pairs = [{"name": pair.name, "keypair": _key_body(pair)} for pair in self._site.cloud.key_pairs]
        answer = page(request, pairs, self._site.cloud.page_size, mark="name")
        answer.rows = [{"keypair": row["keypair"]} for row in answer.rows]
        return answer.with_links("keypairs")

    async def _key_pair(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"keypair": _key_body(self._find_key(request))})

    async def _make_key_pair(self, request: web.Request) -> web.StreamResponse:
        said = await json_body(request, "keypair")
        name, public_key = str(said.get("name", "")), str(said.get("public_key", ""))
        cloud = self._site.cloud
        if any(pair.name == name for pair in cloud.key_pairs):
            raise RefusedError(409, f"Key pair '{name}' already exists.")
        if len(cloud.key_pairs) >= cloud.compute_quotas["key_pairs"].limit:
            raise RefusedError(403, "Quota exceeded, too many key pairs.")
        pair = KeyPair(name, public_key, fingerprint_of(public_key))
        cloud.key_pairs.append(pair)
        return web.json_response({"keypair": {**_key_body(pair), "user_id": token_of(request).user_id}}, status=201)

    async def _delete_key_pair(self, request: web.Request) -> web.StreamResponse:
        self._site.cloud.key_pairs.remove(self._find_key(request))
        return web.Response(status=204)

    def _find_key(self, request: web.Request) -> KeyPair:
        asked = request.match_info["name"]
        for pair in self._site.cloud.key_pairs:
            if pair.name == asked:
                return pair
        raise RefusedError(404, f"Keypair {asked} not found for user {token_of(request).user_id}")

    async def _zones(self, request: web.Request) -> web.StreamResponse:
        zones = list(self._site.cloud.compute_zones)
        rows = [{"zoneName": zone.name, "zoneState": {"available": zone.is_available}, "hosts": None} for zone in zones]
        if "admin" in token_of(request).roles:
            # The zone of the control services is shown to administrators alone.
            rows.append({"zoneName": "internal", "zoneState": {"available": True}, "hosts": None})
        return web.json_response({"availabilityZoneInfo": rows})

    async def _servers(self, request: web.Request) -> web.StreamResponse:
        return page(request, self._site.cloud.servers, self._site.cloud.page_size).with_links("servers")


def fingerprint_of(public_key: str) -> str:
    """MD5 in colon form, as Nova shows it. Raises RefusedError (400) for what is no public key."""
    parts = public_key.split()
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (IndexError, ValueError):
        raise RefusedError(400, "Keypair data is invalid: failed to generate fingerprint") from None
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _flavor_body(flavor: Flavor) -> dict[str, Any]:
    return {
        "id": flavor.id,
        "name": flavor.name,
        "original_name": flavor.name,
        "vcpus": flavor.vcpus,
        "ram": flavor.memory_mib,
        "disk": flavor.disk_gib,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "swap": 0,
        "rxtx_factor": 1.0,
        "description": None,
        "OS-FLV-DISABLED:disabled": False,
        "os-flavor-access:is_public": flavor.is_public,
        "extra_specs": flavor.extra_specs,
        "links": [],
    }


def _key_body(pair: KeyPair) -> dict[str, Any]:
    return {"name": pair.name, "public_key": pair.public_key, "fingerprint": pair.fingerprint, "type": "ssh"}
