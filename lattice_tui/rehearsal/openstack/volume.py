"""Cinder: limits, types, zones. Source: docs.openstack.org/api-ref/block-storage/v3."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import RefusedError, page
from lattice_tui.rehearsal.openstack.cloud import VolumeType
from lattice_tui.rehearsal.openstack.service import Site, base_url, gate, own_project

OPEN = frozenset({"", "/v3"})


class Volumes:
    """The block storage service of the cloud."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "block-storage", OPEN)])
        for root in ("", "/"):
            app.router.add_get(root, self._versions)
        for slash in ("", "/"):
            app.router.add_get(f"/v3{slash}", self._versions)
        # Clients put the project into the path or leave it out: Cinder takes both since 3.67.
        for project in ("", "/{project:[0-9a-f]{32}}"):
            app.router.add_get(f"/v3{project}/limits", self._limits)
            app.router.add_get(f"/v3{project}/types", self._types)
            app.router.add_get(f"/v3{project}/types/{{id}}", self._type)
            app.router.add_get(f"/v3{project}/os-availability-zone", self._zones)
            app.router.add_get(f"/v3{project}/os-quota-sets/{{asked}}", self._quotas)
        return app

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        version = {
            "id": "v3.0",
            "status": "CURRENT",
            "version": "3.71",
            "min_version": "3.0",
            "links": [{"rel": "self", "href": f"{base_url(request)}/volume/v3/"}],
        }
        return web.json_response({"versions": [version]})

    async def _limits(self, _request: web.Request) -> web.StreamResponse:
        quotas = self._site.cloud.volume_quotas
        absolute = {
            "maxTotalVolumes": quotas["volumes"].limit,
            "totalVolumesUsed": quotas["volumes"].used,
            "maxTotalVolumeGigabytes": quotas["gigabytes"].limit,
            "totalGigabytesUsed": quotas["gigabytes"].used,
            "maxTotalSnapshots": 10,
            "totalSnapshotsUsed": 0,
            "maxTotalBackups": 10,
            "totalBackupsUsed": 0,
            "maxTotalBackupGigabytes": 1000,
            "totalBackupGigabytesUsed": 0,
        }
        return web.json_response({"limits": {"rate": [], "absolute": absolute}})

    async def _quotas(self, request: web.Request) -> web.StreamResponse:
        own_project(request, request.match_info["asked"])
        with_use = request.query.get("usage", "").lower() == "true"
        body: dict[str, Any] = {"id": request.match_info["asked"]}
        for name, quota in self._site.cloud.volume_quotas.items():
            details = {"limit": quota.limit, "in_use": quota.used, "reserved": quota.reserved}
            body[name] = details if with_use else quota.limit
        return web.json_response({"quota_set": body})

    async def _types(self, request: web.Request) -> web.StreamResponse:
        types = [_type_body(kind) for kind in self._site.cloud.volume_types if kind.is_public]
        return page(request, types, self._site.cloud.page_size).with_links("volume_types")

    async def _type(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["id"]
        for kind in self._site.cloud.volume_types:
            if kind.id == asked:
                return web.json_response({"volume_type": _type_body(kind)})
        raise RefusedError(404, f"Volume type {asked} could not be found.")

    async def _zones(self, _request: web.Request) -> web.StreamResponse:
        zones = self._site.cloud.volume_zones
        rows = [{"zoneName": zone.name, "zoneState": {"available": zone.is_available}} for zone in zones]
        return web.json_response({"availabilityZoneInfo": rows})


def _type_body(kind: VolumeType) -> dict[str, Any]:
    return {
        "id": kind.id,
        "name": kind.name,
        "description": kind.description,
        "is_public": kind.is_public,
        "os-volume-type-access:is_public": kind.is_public,
        "extra_specs": {},
    }
