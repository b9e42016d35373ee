"""The words for an endpoint that cannot be built on: its form, or where it leads."""

from __future__ import annotations

from lattice_tui.providers.docker.endpoint import (
    DEFAULT_ENDPOINT,
    DockerUnreachableError,
    Endpoint,
    is_on_this_computer,
    socket_path,
    tcp_place,
)
from lattice_tui.text import safe_text
from schemas.problem import Problem

TLS_PORT = 2376
_HERE = "Use a Docker Engine on this computer: unset DOCKER_HOST, or docker context use default"


def not_usable(endpoint: Endpoint) -> Problem | None:
    """Why an endpoint cannot be built on, None when it can."""
    url = endpoint.url
    if socket_path(url):
        return None
    if url.startswith("ssh://"):
        return _elsewhere(url, "it is reached over ssh")
    place = tcp_place(url)
    if place is not None and not is_on_this_computer(url):
        return _elsewhere(url, f"it is at {safe_text(place[0], 60)}")
    if url.startswith("https://") or (place is not None and (endpoint.has_tls or place[1] == TLS_PORT)):
        return _with_tls(url)
    return None if place is not None else _other_form(url)


def wrong_form(endpoint: str) -> DockerUnreachableError:
    """The endpoint is not one that can be spoken to."""
    return DockerUnreachableError(not_usable(Endpoint(endpoint, "")) or _other_form(endpoint))


def _elsewhere(url: str, where: str) -> Problem:
    return Problem(
        code="LT-DOCKER-050",
        title="Docker is on another computer",
        detail=f"{safe_text(url, 80)}: {where}. The cluster's API port would open there, and the socket that makes "
        "the machines would be that computer's.",
        fix=f"{_HERE}; or run this program on that computer",
        check="docker context ls; echo $DOCKER_HOST",
    )


def _with_tls(url: str) -> Problem:
    return Problem(
        code="LT-DOCKER-054",
        title="Docker is reached with TLS certificates, which is not spoken here",
        detail=f"{safe_text(url, 80)} is meant with certificates (DOCKER_TLS_VERIFY, https:// or port {TLS_PORT}).",
        fix="Use the engine's own socket: unset DOCKER_HOST DOCKER_TLS_VERIFY, "
        f"or export DOCKER_HOST={DEFAULT_ENDPOINT}",
        check="docker context ls; env | grep DOCKER_",
    )


def _other_form(url: str) -> Problem:
    said = safe_text(url, 80)
    return Problem(
        code="LT-DOCKER-006",
        title="The address of Docker is not one that can be used here",
        detail=f"DOCKER_HOST or the Docker context says {said!r}; understood: unix:///path and tcp://127.0.0.1:port.",
        fix=_right_form(said),
        check="docker context ls; echo $DOCKER_HOST",
    )


def _right_form(said: str) -> str:
    scheme, has_scheme, rest = said.partition("://")
    if not has_scheme and said.startswith(("/", "~/", "./")):
        # A shell does not put a home in place of ~ in the middle of a word.
        whole = said if said.startswith("/") else ("$HOME" if said.startswith("~") else "$PWD") + said[1:]
        return f"Write it with unix:// in front: export DOCKER_HOST=unix://{whole}"
    if not has_scheme and ":" in said:
        return f"Write it with tcp:// in front: export DOCKER_HOST=tcp://{said}"
    if scheme == "unix" and rest:
        return f"Write the whole path, from the root: export DOCKER_HOST=unix:///{rest}"
    if scheme == "npipe":
        return f"Run this program inside WSL2, where Docker is at {DEFAULT_ENDPOINT}"
    return f"Unset DOCKER_HOST, or set it to the usual place: export DOCKER_HOST={DEFAULT_ENDPOINT}"
