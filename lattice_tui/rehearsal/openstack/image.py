"""Glance: images, and how one gets in (upload, web-download). Source: docs.openstack.org/api-ref/image/v2."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.openstack.answers import RefusedError, page
from lattice_tui.rehearsal.openstack.cloud import Image
from lattice_tui.rehearsal.openstack.service import Site, base_url, gate, token_of

OPEN = frozenset({"", "/versions", "/v2"})
MOST_BYTES = 64 * 1024**2
"""An upload to the stand-in is small."""
QCOW2_MAGIC = b"QFI\xfb"
_OWN = ("name", "disk_format", "container_format", "visibility", "min_disk", "min_ram", "id", "tags", "protected")


class Images:
    """The image service of the cloud."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def app(self) -> web.Application:
        app = web.Application(middlewares=[gate(self._site, "image", OPEN)], client_max_size=MOST_BYTES)
        for path in ("", "/", "/versions", "/v2", "/v2/"):
            app.router.add_get(path, self._versions)
        app.router.add_get("/v2/info/import", self._ways_in)
        app.router.add_get("/v2/images", self._images)
        app.router.add_post("/v2/images", self._create)
        app.router.add_get("/v2/images/{id}", self._image)
        app.router.add_patch("/v2/images/{id}", self._change)
        app.router.add_delete("/v2/images/{id}", self._delete)
        app.router.add_put("/v2/images/{id}/file", self._upload)
        app.router.add_post("/v2/images/{id}/import", self._import)
        return app

    async def _versions(self, request: web.Request) -> web.StreamResponse:
        links = [{"rel": "self", "href": f"{base_url(request)}/image/v2/"}]
        versions = [{"id": "v2.16", "status": "CURRENT", "links": links}]
        # The root answers 300 as Glance does; clients read the list all the same.
        return web.json_response({"versions": versions}, status=300)

    async def _ways_in(self, _request: web.Request) -> web.StreamResponse:
        ways = ["glance-direct"] + (["web-download"] if self._site.cloud.can_web_download else [])
        return web.json_response({"import-methods": {"description": "Import methods available.", "value": ways}})

    async def _images(self, request: web.Request) -> web.StreamResponse:
        token = token_of(request)
        rows = [_image_body(image) for image in self._site.cloud.images if _is_seen(image, token.project_id)]
        for key in ("name", "status", "visibility", "disk_format", "id"):
            wanted = request.query.get(key)
            if wanted is not None and not (key == "visibility" and wanted == "all"):
                rows = [row for row in rows if _fits(str(row[key]), wanted)]
        return page(request, rows, self._site.cloud.page_size).with_next(
            "images", request.path_qs.partition("/image")[2]
        )

    async def _image(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(_image_body(self._find(request)))

    def _find(self, request: web.Request) -> Image:
        asked = request.match_info["id"]
        for image in self._site.cloud.images:
            if image.id == asked:
                return image
        raise RefusedError(404, f"No image found with ID {asked}")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        try:
            said: dict[str, Any] = await request.json()
        except ValueError:
            raise RefusedError(400, "JSON is needed.") from None
        if said.get("visibility") == "public" and "admin" not in token_of(request).roles:
            raise RefusedError(403, "You are not authorized to complete publicize_image action.")
        image = Image(
            id=str(said.get("id") or uuid.uuid4()),
            name=str(said.get("name", "")),
            status="queued",
            size_bytes=0,
            min_disk_gib=int(said.get("min_disk", 0)),
            min_memory_mib=int(said.get("min_ram", 0)),
            disk_format=str(said.get("disk_format", "")),
            visibility=str(said.get("visibility", "shared")),
            properties={key: value for key, value in said.items() if key not in _OWN},
            owner=token_of(request).project_id,
        )
        self._site.cloud.images.append(image)
        return web.json_response(_image_body(image), status=201)

    async def _change(self, request: web.Request) -> web.StreamResponse:
        image = self._own(request)
        for change in json.loads(await request.text()):
            if change["op"] in ("add", "replace"):
                image.properties[change["path"].lstrip("/")] = change["value"]
        return web.json_response(_image_body(image))

    def _own(self, request: web.Request) -> Image:
        """Raises RefusedError (403) for another project's image."""
        image = self._find(request)
        if image.owner != token_of(request).project_id:
            raise RefusedError(403, f"You are not permitted to modify image {image.id}.")
        return image

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        image = self._own(request)
        content = await request.read()
        if image.disk_format == "qcow2" and not content.startswith(QCOW2_MAGIC):
            self._site.cloud.images.remove(image)
            raise RefusedError(415, "Image format does not match the declared disk_format qcow2.")
        image.size_bytes, image.status = len(content), "active"
        image.properties.update(os_hash_algo="sha512", os_hash_value=hashlib.sha512(content).hexdigest())
        return web.Response(status=204)

    async def _import(self, request: web.Request) -> web.StreamResponse:
        image = self._own(request)
        method = (await request.json()).get("method", {})
        if method.get("name") != "web-download" or not self._site.cloud.can_web_download:
            raise RefusedError(403, f"Import method {method.get('name')!r} is not allowed.")
        address = str(method.get("uri", ""))
        # Nothing is fetched: an address that says so has failed, every other one has arrived.
        image.status = "killed" if "broken" in address else "active"
        image.size_bytes = 600_000_000
        return web.Response(status=202)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        self._site.cloud.images.remove(self._own(request))
        return web.Response(status=204)


def _is_seen(image: Image, project_id: str) -> bool:
    return image.visibility in ("public", "community") or image.owner in ("", project_id)


def _fits(held: str, wanted: str) -> bool:
    """A filter value; `in:a,b` lists several."""
    return held in wanted[3:].split(",") if wanted.startswith("in:") else held == wanted


def _image_body(image: Image) -> dict[str, Any]:
    is_there = image.status == "active"
    return {
        **image.properties,
        "id": image.id,
        "name": image.name,
        "status": image.status,
        "size": image.size_bytes if is_there else None,
        "min_disk": image.min_disk_gib,
        "min_ram": image.min_memory_mib,
        "disk_format": image.disk_format,
        "container_format": "bare",
        "visibility": image.visibility,
        "owner": image.owner,
        "created_at": image.created_at,
        "updated_at": image.created_at,
        "protected": False,
        "tags": [],
        "self": f"/v2/images/{image.id}",
        "file": f"/v2/images/{image.id}/file",
        "schema": "/v2/schemas/image",
    }
