"""Containers that are only tried: the part of the Docker stand-in where one is made, listened to, started and gone.

No process runs. What such a container would print of its host is said at once, for a host without any fault. Every
other container is refused: machines come and go through kind and the controllers.
Source: docs.docker.com/reference/api/engine/v1.44, Container.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TRIED_LABEL = "dev.lattice.probe"
TRIED_IMAGE = "busybox:1.37"
"""In the stand-in from the start: whatever a rehearsal asks for, nothing is pulled for it."""
GIB = 1024**3
HELD_BYTES = GIB // 2
"""By whatever else runs there: a host without any fault has room."""
DISK_FREE_BYTES = 200 * GIB
RAW_STREAM = "application/vnd.docker.raw-stream"
_ONLY_TRIED = "the rehearsed world's machines come and go through kind and the controllers"


@dataclass
class Tried:
    """One of them."""

    name: str
    image: str
    is_removed_at_its_end: bool
    labels: dict[str, str]
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        return hashlib.sha256(f"tried {self.name}".encode()).hexdigest()


class TriedContainers:
    """Those that are there now, and the routes they are reached by."""

    def __init__(self, memory_bytes: int) -> None:
        self._printed = _printed(memory_bytes).encode()
        self._tried: dict[str, Tried] = {}

    def add_routes(self, router: web.UrlDispatcher, prefix: str) -> None:
        """Beside the stand-in's own; it reads, these write."""
        router.add_post(prefix + "/containers/create", self._create)
        router.add_post(prefix + "/containers/{name}/attach", self._attach)
        router.add_post(prefix + "/containers/{name}/start", self._start)
        router.add_post(prefix + "/containers/{name}/wait", self._wait)
        router.add_get(prefix + "/containers/{name}/logs", self._logs)
        router.add_delete(prefix + "/containers/{name}", self._remove)

    def summaries(self) -> list[dict[str, Any]]:
        """For the list of containers."""
        return [
            {
                "Id": one.id,
                "Names": [f"/{one.name}"],
                "Image": one.image,
                "State": "exited" if one.has_ended.is_set() else "created",
                "Labels": one.labels,
            }
            for one in self._tried.values()
        ]

    async def _create(self, request: web.Request) -> web.StreamResponse:
        try:
            said = await request.json()
        except json.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or TRIED_LABEL not in (said.get("Labels") or {}):
            return _says(403, _ONLY_TRIED)
        host = said.get("HostConfig") or {}
        labels = {str(key): str(value) for key, value in said["Labels"].items()}
        tried = Tried(
            request.query.get("name", "tried"), str(said.get("Image")), host.get("AutoRemove") is True, labels
        )
        if tried.name in self._tried:
            return _says(409, f"Conflict. The container name /{tried.name} is already in use")
        self._tried[tried.name] = tried
        return web.json_response({"Id": tried.id, "Warnings": []}, status=201)

    async def _attach(self, request: web.Request) -> web.StreamResponse:
        tried = self._find(request)
        if tried is None:
            return _missing(request)
        response = web.StreamResponse(headers={"Content-Type": RAW_STREAM})
        await response.prepare(request)
        await tried.has_ended.wait()
        await response.write(_frame(self._printed))
        return response

    async def _start(self, request: web.Request) -> web.StreamResponse:
        tried = self._find(request)
        if tried is None:
            return _missing(request)
        tried.has_ended.set()
        if tried.is_removed_at_its_end:
            self._tried.pop(tried.name, None)
        return web.Response(status=204)

    async def _wait(self, request: web.Request) -> web.StreamResponse:
        tried = self._find(request)
        if tried is None:
            return _missing(request)
        await tried.has_ended.wait()
        return web.json_response({"StatusCode": 0})

    async def _logs(self, request: web.Request) -> web.StreamResponse:
        tried = self._find(request)
        if tried is None:
            return _missing(request)
        printed = _frame(self._printed) if tried.has_ended.is_set() else b""
        return web.Response(body=printed, headers={"Content-Type": RAW_STREAM})

    async def _remove(self, request: web.Request) -> web.StreamResponse:
        tried = self._find(request)
        if tried is None:
            return _missing(request)
        self._tried.pop(tried.name, None)
        tried.has_ended.set()
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Tried | None:
        name = request.match_info["name"]
        for tried in self._tried.values():
            if name == tried.name or (len(name) >= 4 and tried.id.startswith(name)):
                return tried
        return None


def _frame(printed: bytes) -> bytes:
    """As the engine sends what came on standard output: stream 1, three zeros, the length, the content."""
    return b"\1\0\0\0" + len(printed).to_bytes(4) + printed


def _printed(memory_bytes: int) -> str:
    """What the script of a privileged container prints, line by line."""
    lines = (
        "== meminfo",
        f"MemTotal: {memory_bytes // 1024} kB",
        f"MemAvailable: {(memory_bytes - HELD_BYTES) // 1024} kB",
        "== limits",
        "max",
        "== disk",
        "Filesystem 1024-blocks Used Available Capacity Mounted on",
        f"overlay {256 * GIB // 1024} {56 * GIB // 1024} {DISK_FREE_BYTES // 1024} 22% /",
        "== watches",
        "1048576",
        "== instances",
        "8192",
        "== first",
        "sh",
        "== mount",
        "yes",
        "== end",
    )
    return "\n".join(lines) + "\n"


def _missing(request: web.Request) -> web.Response:
    return _says(404, f"No such container: {request.match_info['name']} ({_ONLY_TRIED})")


def _says(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
