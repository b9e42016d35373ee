"""A small client of the Docker Engine API: what checks, tried containers and image pulls need, and nothing else.

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

from lattice_tui.providers.docker.address import wrong_form
from lattice_tui.providers.docker.endpoint import (
    DockerError,
    DockerRefusedError,
    DockerUnreachableError,
    default_endpoint,
    socket_path,
    tcp_place,
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
    plain_output,
)
from lattice_tui.providers.docker.host import Host
from lattice_tui.providers.docker.silence import unreachable
from lattice_tui.text import safe_text
from schemas.problem import Problem

__all__ = [
    "ContainerInfo",
    "DockerEngine",
    "DockerError",
    "DockerRefusedError",
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
CONTAINER_S = 20.0
"""Making and starting a container is the work of a second; on a busy disk it takes its time."""
MAX_OUTPUT_BYTES = 256 * 1024
_NOTHING: frozenset[int] = frozenset()
_NOT_FOUND: frozenset[int] = frozenset({http.HTTPStatus.NOT_FOUND})


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

    def __init__(self, endpoint: str, timeout_s: float = 5.0, host: Host | None = None) -> None:
        """`host` is the computer that advice is given for, this one where it is left out."""
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._host = host

    def ping(self) -> str:
        """The newest API version the engine speaks, as it says it: `1.44`."""
        with self._answer("GET", "/_ping") as response:
            said = response.read(64)
            version = response.getheader("Api-Version")
        if said != b"OK" or not version:
            raise self._unreachable(ValueError("it answers /_ping, but not as Docker does"))
        return safe_text(version, 16)

    def version(self) -> EngineVersion:
        return engine_version(self._object("/version"))

    def info(self) -> EngineInfo:
        return engine_info(self._object("/info"))

    def image(self, name: str) -> ImageInfo | None:
        """The local image of that name, None when it has not been pulled."""
        found = self._object_or_none(f"/images/{quote(name, safe='/:@')}/json")
        return None if found is None else image_info(found)

    def image_tags(self, repository: str) -> list[str]:
        """The local images of a repository, as `kindest/node:v1.35.5`."""
        query = urlencode({"filters": json.dumps({"reference": [repository]})})
        with self._answer("GET", f"/images/json?{query}") as response:
            found = self._decode_any(response.read(MAX_ANSWER_BYTES))
        images = [image_info(said) for said in found if isinstance(said, dict)] if isinstance(found, list) else []
        return [tag for image in images for tag in image.tags if tag.startswith(f"{repository}:")]

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
            raise self._unreachable(ValueError("its list of containers is not a list"))
        return [container_from_list(item) for item in found if isinstance(item, dict)]

    def container(self, name: str) -> ContainerInfo | None:
        """The container of that name or id, None when there is none."""
        found = self._object_or_none(f"/containers/{quote(name, safe='')}/json")
        return None if found is None else container_from_inspect(found)

    def read(self, path: str) -> Any:
        """The JSON that `GET path` answers, None when the engine knows no such thing (404)."""
        with self._answer("GET", path, allow=_NOT_FOUND) as response:
            if response.status == http.HTTPStatus.NOT_FOUND:
                return None
            return self._decode_any(response.read(MAX_ANSWER_BYTES))

    def create_container(self, name: str, spec: Mapping[str, Any]) -> None:
        """Make a container, not yet started. `spec` is the body of `POST /containers/create`."""
        query = urlencode({"name": name})
        with self._answer("POST", f"/containers/create?{query}", body=spec, timeout_s=CONTAINER_S) as response:
            response.read(MAX_ANSWER_BYTES)

    @contextmanager
    def attached(self, name: str, timeout_s: float = CONTAINER_S) -> Iterator[Callable[[], str]]:
        """Listen to a container before it is started; the callable waits for its end and returns what it printed.

        Once it has ended, a container that is removed by itself has no log left to ask for.
        """
        query = urlencode({"stream": "1", "stdout": "1", "stderr": "1"})
        path = f"/containers/{quote(name, safe='')}/attach?{query}"
        with self._answer("POST", path, timeout_s=timeout_s) as response:
            yield lambda: plain_output(response.read(MAX_OUTPUT_BYTES))

    def start_container(self, name: str) -> None:
        with self._answer("POST", f"/containers/{quote(name, safe='')}/start", timeout_s=CONTAINER_S) as response:
            response.read(MAX_ANSWER_BYTES)

    def remove_container(self, name: str) -> bool:
        """Remove a container, whether it runs or not. False when there is none, or another hand is at it."""
        path = f"/containers/{quote(name, safe='')}?{urlencode({'force': '1', 'v': '1'})}"
        gone = frozenset({http.HTTPStatus.NOT_FOUND, http.HTTPStatus.CONFLICT})
        with self._answer("DELETE", path, allow=gone, timeout_s=CONTAINER_S) as response:
            response.read(MAX_ANSWER_BYTES)
            return response.status not in gone

    def _object(self, path: str) -> dict[str, Any]:
        with self._answer("GET", path) as response:
            return self._decode(response.read(MAX_ANSWER_BYTES))

    def _object_or_none(self, path: str) -> dict[str, Any] | None:
        with self._answer("GET", path, allow=_NOT_FOUND) as response:
            if response.status == http.HTTPStatus.NOT_FOUND:
                return None
            return self._decode(response.read(MAX_ANSWER_BYTES))

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        allow: frozenset[int] = _NOTHING,
        timeout_s: float | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        connection = self._connection(timeout_s or self._timeout_s)
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if sent else {}
        if method == "POST":
            headers["Content-Length"] = str(len(sent))
        try:
            connection.request(method, path, sent or None, headers)
            response = connection.getresponse()
            if not 200 <= response.status < 300 and response.status not in allow:
                raise self._refusal(method, path, response)
            yield response
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        if path := socket_path(self.endpoint):
            return _UnixConnection(path, timeout_s)
        if place := tcp_place(self.endpoint):
            return http.client.HTTPConnection(*place, timeout=timeout_s)
        raise wrong_form(self.endpoint)

    def _unreachable(self, error: Exception) -> DockerUnreachableError:
        if isinstance(error, ConnectionError | http.client.HTTPException):
            # A line that broke says nothing of why; whether somebody still listens does.
            error = self._refusal_to_connect() or error
        return unreachable(self.endpoint, error, self._host)

    def _refusal_to_connect(self) -> OSError | None:
        connection = self._connection(self._timeout_s)
        try:
            connection.connect()
        except OSError as error:
            return error
        finally:
            connection.close()
        return None

    def _refusal(self, method: str, path: str, response: http.client.HTTPResponse) -> DockerError:
        body = self._decode_any(response.read(65536))
        said = body.get("message") if isinstance(body, dict) else None
        if not isinstance(said, str):
            return self._unreachable(ValueError(f"HTTP {response.status} without Docker's words"))
        message = safe_text(said, 400)
        if path.startswith("/images/create"):
            problem = _pull_problem("the image", message)
        else:
            problem = Problem(
                code="LT-DOCKER-008",
                title="Docker refused a request",
                detail=f"{method} {safe_text(path.partition('?')[0], 80)}: {response.status} {message}",
                fix="Update Docker if it is older than 20.10, or restart it: sudo systemctl restart docker",
                check="docker info",
            )
        return DockerRefusedError(problem, status=response.status, message=message)

    def _decode(self, data: bytes) -> dict[str, Any]:
        found = self._decode_any(data)
        if not isinstance(found, dict):
            raise self._unreachable(ValueError("its answer is not a JSON object"))
        return found

    def _decode_any(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._unreachable(ValueError("its answer is not JSON")) from error


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
