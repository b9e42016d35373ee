"""A stand-in for the Docker Engine's API: the machine room's containers and images, as `docker` would show them.

Speaks API 1.44 over a unix socket, with or without a version in front of the path. Reads, image pulls and containers
that are only tried: machines come and go through kind and the controllers.
Source: docs.docker.com/reference/api/engine/v1.44.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.docker_networks import GATEWAY, host_networks, kind_network, network_id
from lattice_tui.rehearsal.docker_tried import TRIED_IMAGE, TriedContainers
from lattice_tui.rehearsal.pace import Pace
from lattice_tui.rehearsal.room import Container, MachineRoom
from lattice_tui.rehearsal.simulated.images import find_image, image_id, pull_layers, tags_and_digests
from lattice_tui.rehearsal.simulated.use import Use

API_VERSION = "1.44"
ENGINE_VERSION = "25.0.5"
"""The Docker release that brought API 1.44."""
NAME = "simulated"
CPUS = 8
MEMORY_BYTES = 16 * 1024**3
IMAGE_BYTES = 1_012_000_000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DockerStandIn:
    """The API on one unix socket."""

    def __init__(self, room: MachineRoom, pace: Pace, audit: Audit, use: Use) -> None:
        self._room = room
        self._pace = pace
        self._audit = audit
        self._tried = TriedContainers(MEMORY_BYTES)
        app = web.Application(middlewares=[use.middleware(), _docker_words])
        for prefix in ("", r"/v{version:\d+\.\d+}"):
            self._add_routes(app.router, prefix)
        self.runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)

    async def start(self, socket: str) -> None:
        """Listen on the unix socket at that path."""
        await self.runner.setup()
        await web.UnixSite(self.runner, socket).start()

    async def stop(self) -> None:
        await self.runner.cleanup()

    def _add_routes(self, router: web.UrlDispatcher, prefix: str) -> None:
        router.add_get(prefix + "/_ping", self._ping)
        router.add_get(prefix + "/version", self._version)
        router.add_get(prefix + "/info", self._info)
        router.add_get(prefix + "/images/json", self._list_images)
        router.add_post(prefix + "/images/create", self._pull)
        router.add_get(prefix + "/images/{name:.+}/json", self._image)
        router.add_get(prefix + "/containers/json", self._containers)
        router.add_get(prefix + "/containers/{name}/json", self._container)
        router.add_get(prefix + "/distribution/{name:.+}/json", self._distribution)
        router.add_get(prefix + "/networks", self._networks)
        router.add_get(prefix + "/networks/{name}", self._network)
        router.add_get(prefix + "/volumes", self._volumes)
        self._tried.add_routes(router, prefix)

    async def _ping(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="OK", headers={"Docker-Experimental": "false", "Swarm": "inactive"})

    async def _version(self, _request: web.Request) -> web.StreamResponse:
        facts = {
            "Version": ENGINE_VERSION,
            "ApiVersion": API_VERSION,
            "MinAPIVersion": "1.24",
            "Os": "linux",
            "Arch": "amd64",
            "GoVersion": "none",
            "GitCommit": NAME,
            "KernelVersion": NAME,
            "BuildTime": "",
        }
        details = {key: str(value) for key, value in facts.items() if key != "Version"}
        engine = {"Name": "Engine", "Version": ENGINE_VERSION, "Details": details}
        return web.json_response({"Platform": {"Name": "Simulated Docker Engine"}, "Components": [engine], **facts})

    async def _info(self, _request: web.Request) -> web.StreamResponse:
        states = [container.state for container in self._room.containers.values()]
        return web.json_response(
            {
                "ID": NAME,
                "Name": NAME,
                "ServerVersion": ENGINE_VERSION,
                "OSType": "linux",
                "OperatingSystem": "Simulated Linux",
                "Architecture": "x86_64",
                "KernelVersion": NAME,
                "NCPU": CPUS,
                "MemTotal": MEMORY_BYTES,
                "DockerRootDir": "/var/lib/docker",
                "Driver": "overlay2",
                "CgroupDriver": "systemd",
                "CgroupVersion": "2",
                "SecurityOptions": ["name=seccomp,profile=builtin", "name=cgroupns"],
                **dict.fromkeys(("MemoryLimit", "SwapLimit", "PidsLimit", "CPUShares", "CpuCfsQuota", "CPUSet"), True),
                "Containers": len(states),
                "ContainersRunning": states.count("running"),
                "ContainersPaused": 0,
                "ContainersStopped": len(states) - states.count("running"),
                "Images": len(self._images),
                "Labels": ["dev.lattice.simulated=true"],
                "Plugins": {"Volume": ["local"], "Network": ["bridge", "host"], "Log": ["json-file"]},
                "RegistryConfig": {"IndexConfigs": {}, "InsecureRegistryCIDRs": [], "Mirrors": []},
                "Swarm": {"LocalNodeState": "inactive"},
                "Runtimes": {"runc": {"path": "runc"}},
                "DefaultRuntime": "runc",
            }
        )

    @property
    def _images(self) -> set[str]:
        return self._room.images | {TRIED_IMAGE}

    async def _list_images(self, request: web.Request) -> web.StreamResponse:
        try:
            wanted = _filters(request.query.get("filters", "")).get("reference", [])
        except ValueError as error:
            return _says(400, f"invalid filter: {error}")
        found = [name for name in sorted(self._images) if not wanted or _is_of(name, wanted)]
        return web.json_response([_image_summary(name) for name in found])

    async def _image(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        known = find_image(name, self._images)
        if known is None:
            return _says(404, f"No such image: {name}")
        return web.json_response({**_image_summary(known), "Os": "linux", "Architecture": "amd64"})

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        image, tag = request.query.get("fromImage", ""), request.query.get("tag", "")
        if not image:
            return _says(400, "fromImage is needed: the rehearsed world only pulls")
        if tag:
            image = f"{image}@{tag}" if tag.startswith("sha256:") else f"{image}:{tag}"
        response = web.StreamResponse(headers={"Content-Type": "application/json", **_headers()})
        await response.prepare(request)
        async for line in pull_layers(image, self._room.images, self._pace, self._audit):
            await response.write(json.dumps(line).encode() + b"\r\n")
        return response

    async def _containers(self, request: web.Request) -> web.StreamResponse:
        with_stopped = request.query.get("all", "0") in ("1", "true", "True")
        try:
            filters = _filters(request.query.get("filters", ""))
        except ValueError as error:
            return _says(400, f"invalid filter: {error}")
        found = [
            _summary(container)
            for container in self._room.containers.values()
            if (with_stopped or container.state == "running" or filters.get("status")) and _matches(container, filters)
        ]
        # None of them runs for a moment that anybody could see.
        tried = self._tried.summaries() if with_stopped and not any(filters.values()) else []
        return web.json_response(found + tried)

    async def _container(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        for container in self._room.containers.values():
            if name == container.name or (len(name) >= 4 and container.id.startswith(name)):
                return web.json_response(_inspected(container))
        return _says(404, f"No such container: {name}")

    async def _distribution(self, request: web.Request) -> web.StreamResponse:
        """What a registry has under that name: in the rehearsed world it has everything."""
        digest = tags_and_digests(request.match_info["name"])[1][0].partition("@")[2]
        platforms = [{"architecture": name, "os": "linux"} for name in ("amd64", "arm64")]
        media_type = "application/vnd.oci.image.index.v1+json"
        descriptor = {"mediaType": media_type, "digest": digest, "size": 1024}
        return web.json_response({"Descriptor": descriptor, "Platforms": platforms})

    async def _networks(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response([*host_networks(), kind_network(self._room.containers.values())])

    async def _network(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["name"]
        for network in (*host_networks(), kind_network(self._room.containers.values())):
            if asked in (network["Name"], network["Id"]):
                return web.json_response(network)
        return _says(404, f"network {asked} not found")

    async def _volumes(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"Volumes": [], "Warnings": []})


@web.middleware
async def _docker_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Docker's headers on every answer, and its words for what is not there."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        words = "page not found" if error.status in (404, 405) else error.reason
        response = _says(404 if error.status == 405 else error.status, words)
    if not response.prepared:
        response.headers.update(_headers())
    return response


def _headers() -> dict[str, str]:
    return {"Api-Version": API_VERSION, "Ostype": "linux", "Server": f"Docker/{ENGINE_VERSION} ({NAME})"}


def _says(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)


def _filters(text: str) -> dict[str, list[str]]:
    """Both forms that clients send: lists, and maps of value -> true."""
    said = json.loads(text) if text else {}
    if not isinstance(said, dict) or not all(isinstance(values, list | dict) for values in said.values()):
        raise ValueError("filters are an object of lists")
    return {str(key): [str(value) for value in values] for key, values in said.items()}


def _is_of(image: str, references: list[str]) -> bool:
    """Whether the image is of one of the repositories, or has one of the tags."""
    tags, digests = tags_and_digests(image)
    repository = digests[0].partition("@")[0]
    return any(reference == repository or reference in tags for reference in references)


def _matches(container: Container, filters: dict[str, list[str]]) -> bool:
    for label in filters.get("label", []):
        key, equals, value = label.partition("=")
        if key not in container.labels or (equals and container.labels[key] != value):
            return False
    names, states, ids = filters.get("name", []), filters.get("status", []), filters.get("id", [])
    return (
        (not names or any(name.strip("^$/") in container.name for name in names))
        and (not states or container.state in states)
        and (not ids or any(container.id.startswith(start) for start in ids))
    )


def _summary(container: Container) -> dict[str, Any]:
    return {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": container.image,
        "ImageID": image_id(container.image),
        "Command": "'/usr/local/bin/entrypoint /sbin/init'",
        "Created": int(_moment(container.created_at).timestamp()),
        "Ports": [
            {"IP": "127.0.0.1", "PrivatePort": inside, "PublicPort": outside, "Type": "tcp"}
            for inside, outside in container.ports.items()
        ],
        "Labels": dict(container.labels),
        "State": container.state,
        "Status": _status(container),
        "HostConfig": {"NetworkMode": "kind"},
        "NetworkSettings": {"Networks": _container_networks(container)},
        "Mounts": _mounts(container),
    }


def _inspected(container: Container) -> dict[str, Any]:
    is_running = container.state == "running"
    return {
        "Id": container.id,
        "Name": f"/{container.name}",
        "Created": container.created_at,
        "Path": "/usr/local/bin/entrypoint",
        "Args": ["/sbin/init"],
        "State": {"Status": container.state, "Running": is_running, "ExitCode": 0, "StartedAt": container.created_at},
        "Image": image_id(container.image),
        "Config": {"Hostname": container.name, "Image": container.image, "Labels": dict(container.labels)},
        "HostConfig": {"NetworkMode": "kind", "Privileged": True},
        "Mounts": _mounts(container),
        "NetworkSettings": {
            "Ports": {
                f"{inside}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(outside)}]
                for inside, outside in container.ports.items()
            },
            "Networks": _container_networks(container),
        },
    }


def _container_networks(container: Container) -> dict[str, Any]:
    address = container.address if container.state == "running" else ""
    return {
        network: {"IPAddress": address, "IPPrefixLen": 16, "Gateway": GATEWAY, "NetworkID": network_id(network)}
        for network in container.networks
    }


def _mounts(container: Container) -> list[dict[str, Any]]:
    """`source:destination`, or one path for a mount that has the same on both sides."""
    pairs = [mount.partition(":") for mount in container.mounts]
    return [
        {"Type": "bind", "Source": source, "Destination": destination or source, "Mode": "", "RW": True}
        for source, _, destination in pairs
    ]


def _status(container: Container) -> str:
    if container.state == "created":
        return "Created"
    passed_s = max(0, int((datetime.now(UTC) - _moment(container.created_at)).total_seconds()))
    passed = f"{passed_s} seconds" if passed_s < 60 else f"{passed_s // 60} minutes"
    return f"Up {passed}" if container.state == "running" else f"Exited (0) {passed} ago"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _image_summary(name: str) -> dict[str, Any]:
    tags, digests = tags_and_digests(name)
    return {
        "Id": image_id(name),
        "RepoTags": tags,
        "RepoDigests": digests,
        "ParentId": "",
        "Created": 1767225600,
        "Size": IMAGE_BYTES,
        "SharedSize": -1,
        "Labels": {},
        "Containers": -1,
    }
