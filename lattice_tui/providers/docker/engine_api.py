"""A small client of the Docker Engine API: what checks, probes and image pulls need, and nothing else.

Standard library only. Requests carry no version, so the engine answers in its newest: every field read
here is there since API 1.41 (Docker 20.10). Source: docs.docker.com/reference/api/engine.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from lattice_tui.providers.docker.endpoint import (
    DockerError,
    DockerUnreachableError,
    default_endpoint,
    socket_path,
    tcp_place,
    unreachable,
    wrong_form,
)
from lattice_tui.providers.docker.engine_facts import (
    ContainerInfo,
    EngineInfo,
    EngineVersion,
    ImageInfo,
    PullProgress,
    PullTally,
    container_from_inspect,
    container_from_list,
    engine_info,
    engine_version,
    image_info,
)
from lattice_tui.text import safe_text
from schemas.problem import Problem

__all__ = [
    "ContainerInfo",
    "DockerEngine",
    "DockerError",
    "DockerUnreachableError",
    "EngineInfo",
    "EngineVersion",
    "ImageInfo",
    "PullProgress",
    "default_endpoint",
]

MAX_ANSWER_BYTES = 16 * 1024 * 1024
PULL_STALL_S = 120.0
"""A pull that says nothing for this long is given up; a slow line still says something every second."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("docker", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class DockerEngine:
    """One Docker Engine. Every method opens its own connection, so an instance may be shared by threads.

    Every method raises DockerUnreachableError (the engine is not there) or DockerError (it says no), exit code 21.
    """

    def __init__(self, endpoint: str, timeout_s: float = 5.0) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s

    def ping(self) -> str:
        """The newest API version the engine speaks, as it says it: `1.44`."""
        with self._answer("GET", "/_ping") as response:
            said = response.read(64)
            version = response.getheader("Api-Version")
        if said != b"OK" or not version:
            raise unreachable(self.endpoint, ValueError("it answers /_ping, but not as Docker does"))
        return safe_text(version, 16)

    def version(self) -> EngineVersion:
        return engine_version(self._object("/version"))

    def info(self) -> EngineInfo:
        return engine_info(self._object("/info"))

    def image(self, name: str) -> ImageInfo | None:
        """The local image of that name, None when it has not been pulled."""
        found = self._object_or_none(f"/images/{quote(name, safe='/:@')}/json")
        return None if found is None else image_info(found)

    def pull(self, image: str, on_progress: Callable[[PullProgress], None]) -> None:
        """Pull `image` and return when it is there; progress comes a few times a second, from this thread."""
        tally = PullTally(image)
        query = urlencode({"fromImage": _with_tag(image)})
        with self._answer("POST", f"/images/create?{query}", timeout_s=PULL_STALL_S) as response:
            while line := response.readline(1024 * 1024):
                if not line.strip():
                    continue
                said = self._decode(line)
                if "error" in said:
                    raise DockerError(_pull_problem(image, safe_text(str(said["error"]), 300)))
                on_progress(tally.add(said))

    def containers(self, labels: Mapping[str, str] | None = None) -> list[ContainerInfo]:
        """Containers that carry all of `labels`, stopped ones too. An empty value means any value."""
        filters = {"label": [f"{key}={value}" if value else key for key, value in (labels or {}).items()]}
        query = urlencode({"all": "1", "filters": json.dumps(filters)})
        with self._answer("GET", f"/containers/json?{query}") as response:
            found = self._decode_any(response.read(MAX_ANSWER_BYTES))
        if not isinstance(found, list):
            raise unreachable(self.endpoint, ValueError("its list of containers is not a list"))
        return [container_from_list(item) for item in found if isinstance(item, dict)]

    def container(self, name: str) -> ContainerInfo | None:
        """The container of that name or id, None when there is none."""
        found = self._object_or_none(f"/containers/{quote(name, safe='')}/json")
        return None if found is None else container_from_inspect(found)

    def read(self, path: str) -> Any:
        """The JSON that `GET path` answers, None when the engine knows no such thing (404)."""
        with self._answer("GET", path, allow=http.HTTPStatus.NOT_FOUND) as response:
            if response.status == http.HTTPStatus.NOT_FOUND:
                return None
            return self._decode_any(response.read(MAX_ANSWER_BYTES))

    def _object(self, path: str) -> dict[str, Any]:
        with self._answer("GET", path) as response:
            return self._decode(response.read(MAX_ANSWER_BYTES))

    def _object_or_none(self, path: str) -> dict[str, Any] | None:
        with self._answer("GET", path, allow=http.HTTPStatus.NOT_FOUND) as response:
            if response.status == http.HTTPStatus.NOT_FOUND:
                return None
            return self._decode(response.read(MAX_ANSWER_BYTES))

    @contextmanager
    def _answer(
        self, method: str, path: str, *, allow: int = 200, timeout_s: float | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = self._connection(timeout_s or self._timeout_s)
        try:
            connection.request(method, path, headers={"Content-Length": "0"} if method == "POST" else {})
            response = connection.getresponse()
            if response.status not in (200, allow):
                raise self._refusal(method, path, response)
            yield response
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(self.endpoint, error) from error
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        if path := socket_path(self.endpoint):
            return _UnixConnection(path, timeout_s)
        if place := tcp_place(self.endpoint):
            return http.client.HTTPConnection(*place, timeout=timeout_s)
        raise wrong_form(self.endpoint)

    def _refusal(self, method: str, path: str, response: http.client.HTTPResponse) -> DockerError:
        body = self._decode_any(response.read(65536))
        message = body.get("message") if isinstance(body, dict) else None
        if not isinstance(message, str):
            return unreachable(self.endpoint, ValueError(f"HTTP {response.status} without Docker's words"))
        if path.startswith("/images/create"):
            return DockerError(_pull_problem("the image", safe_text(message, 300)))
        return DockerError(
            Problem(
                code="LT-DOCKER-008",
                title="Docker refused a request",
                detail=f"{method} {safe_text(path.partition('?')[0], 80)}: {response.status} {safe_text(message, 200)}",
                fix="Update Docker if it is older than 20.10, or restart it: sudo systemctl restart docker",
                check="docker info",
            )
        )

    def _decode(self, data: bytes) -> dict[str, Any]:
        found = self._decode_any(data)
        if not isinstance(found, dict):
            raise unreachable(self.endpoint, ValueError("its answer is not a JSON object"))
        return found

    def _decode_any(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except ValueError as error:
            raise unreachable(self.endpoint, ValueError("its answer is not JSON")) from error


def _with_tag(image: str) -> str:
    """Without a tag or digest the engine would pull every tag there is."""
    last = image.rpartition("/")[2]
    return image if ":" in last or "@" in last else f"{image}:latest"


def _pull_problem(image: str, message: str) -> Problem:
    fix = f"Check the connection to the registry, then try again: docker pull {image}"
    if "toomanyrequests" in message or "rate limit" in message:
        fix = "Docker Hub's limit for anonymous pulls is reached: docker login, or wait an hour"
    elif "not found" in message or "manifest unknown" in message:
        fix = "Choose another Kubernetes version, or set spec.provider.config.docker.nodeImage"
    return Problem(
        code="LT-DOCKER-009",
        title="An image could not be pulled",
        detail=f"{image}: {message}",
        fix=fix,
        check=f"docker pull {image}",
    )
