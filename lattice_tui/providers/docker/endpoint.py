"""Which Docker Engine is meant, and the words for each way of not reaching it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_ENDPOINT = f"unix://{DEFAULT_SOCKET}"


class DockerError(LatticeError):
    """The Docker Engine answered, but not with what was asked for."""

    exit_code = ExitCode.DOCKER


class DockerUnreachableError(DockerError):
    """No Docker Engine answers at the endpoint; the problem says which kind of silence it is."""


def default_endpoint(environment: Mapping[str, str] | None = None) -> str:
    """The endpoint the `docker` command would use: DOCKER_HOST, DOCKER_CONTEXT, the current context, the usual socket.

    Raises DockerUnreachableError when the context that is named does not exist.
    Source: docker/cli, cli/command/cli.go (resolveContextName).
    """
    variables = os.environ if environment is None else environment
    if host := variables.get("DOCKER_HOST"):
        return host
    folder = Path(variables.get("DOCKER_CONFIG") or Path(variables.get("HOME") or Path.home(), ".docker"))
    context = variables.get("DOCKER_CONTEXT") or _current_context(folder)
    if not context or context == "default":
        return DEFAULT_ENDPOINT
    return _context_endpoint(folder, context)


def _current_context(folder: Path) -> str:
    config = _read_json(folder / "config.json")
    current = config.get("currentContext")
    return current if isinstance(current, str) else ""


def _context_endpoint(folder: Path, context: str) -> str:
    # The docker command files a context under the SHA-256 of its name.
    meta = folder / "contexts" / "meta" / hashlib.sha256(context.encode()).hexdigest() / "meta.json"
    endpoints = _read_json(meta).get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    if isinstance(host, str) and host:
        return host
    raise DockerUnreachableError(
        Problem(
            code="LT-DOCKER-007",
            title=f"Docker context {safe_text(context, 40)!r} does not exist",
            detail=f"it is chosen by DOCKER_CONTEXT or by currentContext in {folder / 'config.json'}",
            fix="Choose an existing one: docker context use default",
            check="docker context ls",
        )
    )


def _read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # No file, or one the docker command could not read either: it then falls back to the defaults.
        return {}
    return content if isinstance(content, dict) else {}


def socket_path(endpoint: str) -> str | None:
    """The path of a `unix://` endpoint, None for the others."""
    parts = urlsplit(endpoint)
    return parts.path if parts.scheme == "unix" and parts.path.startswith("/") else None


def tcp_place(endpoint: str) -> tuple[str, int] | None:
    """Host and port of a `tcp://` or `http://` endpoint, None for the others. 2375 is Docker's port without TLS."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("tcp", "http") or not parts.hostname:
        return None
    try:
        return parts.hostname, parts.port or 2375
    except ValueError:
        return None


def wrong_form(endpoint: str) -> DockerUnreachableError:
    """The endpoint is not one that can be spoken to."""
    said = safe_text(endpoint, 80)
    scheme = urlsplit(endpoint).scheme
    fix = f"Write it with unix:// in front, as {DEFAULT_ENDPOINT}"
    if scheme in ("ssh", "https", "npipe"):
        fix = f"Use a Docker Engine on this computer: unset DOCKER_HOST, or set it to {DEFAULT_ENDPOINT}"
    return DockerUnreachableError(
        Problem(
            code="LT-DOCKER-006",
            title="The address of Docker is not one that can be used here",
            detail=f"DOCKER_HOST or the Docker context says {said!r}; unix:///path and tcp://host:port are understood",
            fix=fix,
            check="docker context ls; echo $DOCKER_HOST",
        )
    )


def unreachable(endpoint: str, error: Exception) -> DockerUnreachableError:
    """The words for one failed connection, told apart by its cause."""
    said = safe_text(endpoint, 80)
    if isinstance(error, FileNotFoundError):
        return DockerUnreachableError(_not_there(said))
    if isinstance(error, ConnectionRefusedError):
        return DockerUnreachableError(_refused(said))
    if isinstance(error, PermissionError):
        return DockerUnreachableError(_forbidden(said))
    if isinstance(error, TimeoutError):
        return DockerUnreachableError(_too_slow(said))
    return DockerUnreachableError(_not_docker(said, safe_text(str(error) or type(error).__name__, 160)))


def _not_there(endpoint: str) -> Problem:
    if shutil.which("docker") is None:
        fix = "Install Docker Engine or Docker Desktop (https://docs.docker.com/get-docker/) and start it"
        title = "Docker is not installed on this computer"
        detail = f"there is no docker command on PATH, and nothing at {endpoint}"
    else:
        fix = "Start Docker: sudo systemctl start docker, or open Docker Desktop"
        title = "Docker is not running"
        detail = f"the docker command is there, but there is nothing at {endpoint}"
        if other := _other_socket():
            fix += f"; or use the one found here: export DOCKER_HOST=unix://{other}"
    return Problem(code="LT-DOCKER-001", title=title, detail=detail, fix=fix, check="docker version")


def _refused(endpoint: str) -> Problem:
    return Problem(
        code="LT-DOCKER-002",
        title="Docker has stopped",
        detail=f"{endpoint} is there, but nothing listens on it: the socket is left over from a stopped daemon",
        fix="Start Docker again: sudo systemctl restart docker, or open Docker Desktop",
        check="docker version",
    )


def _forbidden(endpoint: str) -> Problem:
    return Problem(
        code="LT-DOCKER-003",
        title="You may not use Docker on this computer",
        detail=f"{endpoint} may be opened by root and the group docker; you are in neither",
        fix="Add yourself: sudo usermod -aG docker $USER, then log out and in again",
        check="id -nG shows docker; docker version shows a server",
    )


def _too_slow(endpoint: str) -> Problem:
    return Problem(
        code="LT-DOCKER-004",
        title="Docker does not answer in time",
        detail=f"{endpoint} takes connections, but gave no answer",
        fix="Wait a moment if Docker has just been started, else restart it: sudo systemctl restart docker",
        check="docker version answers within a second or two",
    )


def _not_docker(endpoint: str, why: str) -> Problem:
    return Problem(
        code="LT-DOCKER-005",
        title="What answers there is not a Docker Engine",
        detail=f"{endpoint}: {why}",
        fix=f"Point DOCKER_HOST to a Docker Engine, usually {DEFAULT_ENDPOINT}, or unset it",
        check="docker version; echo $DOCKER_HOST",
    )


def _other_socket() -> str:
    """A Docker socket at another usual place, empty when there is none."""
    home = Path.home()
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    candidates = (
        Path(runtime, "docker.sock"),
        home / ".docker" / "run" / "docker.sock",
        home / ".docker" / "desktop" / "docker.sock",
        home / ".colima" / "default" / "docker.sock",
    )
    for candidate in candidates:
        try:
            if candidate.is_socket():
                return str(candidate)
        except OSError:
            # A folder we may not look into holds no socket that we may use.
            continue
    return ""
