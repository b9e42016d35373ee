"""Other places where a Docker Engine may listen on this computer, and which of them answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.providers.docker.endpoint import DockerError, Endpoint
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.host import Host

ASK_S = 1.5
"""A local engine answers in milliseconds; one that hangs is not worth offering."""


@dataclass(frozen=True, slots=True)
class Place:
    """A socket at which something answered as Docker does."""

    url: str
    what: str
    """`rootless Docker`, `Colima`, ..."""
    is_podman: bool = False


def candidates(host: Host) -> tuple[tuple[Path, str], ...]:
    """Where engines put their sockets, the likeliest first. Source: their own documentation."""
    runtime = Path(host.environment.get("XDG_RUNTIME_DIR") or host.run / "user" / str(host.uid))
    home = host.home
    colimas = sorted(home.glob(".colima/*/docker.sock")) if (home / ".colima").is_dir() else []
    return (
        (Path(host.docker_socket), "Docker"),
        (runtime / "docker.sock", "rootless Docker"),
        (home / ".docker" / "desktop" / "docker.sock", "Docker Desktop"),
        (home / ".docker" / "run" / "docker.sock", "Docker Desktop"),
        *((path, "Colima") for path in colimas),
        (home / ".orbstack" / "run" / "docker.sock", "OrbStack"),
        (home / ".rd" / "docker.sock", "Rancher Desktop"),
        (runtime / "podman" / "podman.sock", "Podman"),
        (host.run / "podman" / "podman.sock", "Podman"),
    )


def answering(host: Host, besides: str) -> tuple[Place, ...]:
    """The places that answer now, without the endpoint that is known already. Blocks for up to 3 s."""
    there = [(path, what) for path, what in candidates(host) if f"unix://{path}" != besides and _is_socket(path)]
    if not there:
        return ()
    with ThreadPoolExecutor(len(there)) as threads:
        found = threads.map(lambda one: _ask(*one), there)
        return tuple(place for place in found if place is not None)


def _is_socket(path: Path) -> bool:
    try:
        return path.is_socket()
    except OSError:
        # A folder we may not look into holds no socket that we may use.
        return False


def _ask(path: Path, what: str) -> Place | None:
    url = f"unix://{path}"
    try:
        version = DockerEngine(url, ASK_S).version()
    except DockerError:
        # Nothing, or nothing of use: that is all there is to know of a place nobody named.
        return None
    if not version.api_version:
        return None
    return Place(url, what, version.is_podman)


def how_to_use(place: Place, endpoint: Endpoint, host: Host) -> str:
    """The exact line that makes the docker command, and with it this program, use that place."""
    if place.url == f"unix://{host.docker_socket}":
        if "DOCKER_HOST" in endpoint.source:
            return "unset DOCKER_HOST"
        if "DOCKER_CONTEXT" in endpoint.source:
            return "unset DOCKER_CONTEXT; docker context use default"
        return "docker context use default"
    return f"export DOCKER_HOST={place.url}"
