"""The words for each way of not reaching a Docker Engine, with what to do about it on this very system."""

from __future__ import annotations

import os
from pathlib import Path

from lattice_tui.providers.docker.endpoint import DEFAULT_ENDPOINT, DockerUnreachableError, socket_path
from lattice_tui.providers.docker.host import Host, this_host
from lattice_tui.text import safe_text
from schemas.problem import Problem

DOCKER_GROUP = "docker"


def unreachable(endpoint: str, error: Exception, host: Host | None = None) -> DockerUnreachableError:
    """The words for one failed connection, told apart by its cause."""
    host = host or this_host()
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        problem = _not_there(endpoint, host)
    elif isinstance(error, ConnectionRefusedError):
        problem = _refused(endpoint, host)
    elif isinstance(error, PermissionError):
        problem = _forbidden(endpoint, host)
    elif isinstance(error, TimeoutError):
        problem = _too_slow(endpoint, host)
    else:
        problem = _not_docker(endpoint, safe_text(str(error) or type(error).__name__, 160))
    return DockerUnreachableError(problem)


def how_to_start(endpoint: str, host: Host, verb: str = "start") -> str:
    """The command that starts (or restarts) the engine at this endpoint, on this system."""
    path = socket_path(endpoint) or ""
    if "/.colima/" in path:
        return f"colima {verb}"
    if host.system == "Darwin":
        return "open -a Docker"
    if "/.docker/desktop/" in path:
        return f"systemctl --user {verb} docker-desktop"
    if path.startswith(("/run/user/", host.environment.get("XDG_RUNTIME_DIR") or "/run/user/")):
        return f"systemctl --user {verb} docker"
    sudo = "" if host.uid == 0 else "sudo "
    return f"{sudo}systemctl {verb} docker" if host.has_systemd else f"{sudo}service docker {verb}"


def _start(endpoint: str, host: Host, verb: str = "start") -> str:
    command = how_to_start(endpoint, host, verb)
    if host.is_wsl:
        return f"{command}, or open Docker Desktop in Windows and turn on Settings, Resources, WSL integration"
    if host.system == "Darwin":
        return f"{command}, or with Colima: colima {verb}"
    if host.has_systemd or "systemctl" not in command:
        return command
    return f"{command}, or start dockerd as this system starts its services"


def _not_there(endpoint: str, host: Host) -> Problem:
    said = safe_text(endpoint, 80)
    if host.which("docker") is None and host.which("dockerd") is None:
        return Problem(
            code="LT-DOCKER-001",
            title="Docker is not installed on this computer",
            detail=f"there is no docker command on PATH, and nothing at {said}",
            fix=_how_to_install(host),
            check="docker version",
        )
    return Problem(
        code="LT-DOCKER-001",
        title="Docker is not running",
        detail=f"the docker command is there, but there is nothing at {said}",
        fix=f"Start Docker: {_start(endpoint, host)}",
        check="docker version",
    )


def _how_to_install(host: Host) -> str:
    if host.system == "Darwin":
        return (
            "Install Docker Desktop (https://docs.docker.com/get-docker/), or: brew install colima docker; colima start"
        )
    if host.is_wsl:
        return (
            "Install Docker Desktop in Windows and turn on Settings, Resources, WSL integration; "
            "or install Docker Engine in here: https://docs.docker.com/engine/install/"
        )
    return "Install Docker Engine and start it: https://docs.docker.com/engine/install/"


def _refused(endpoint: str, host: Host) -> Problem:
    said = safe_text(endpoint, 80)
    if socket_path(endpoint) is None:
        return Problem(
            code="LT-DOCKER-002",
            title="Nothing listens where Docker should be",
            detail=f"{said} refuses connections: the engine has stopped, or listens on another port",
            fix=f"Start Docker, or take its own socket: export DOCKER_HOST={DEFAULT_ENDPOINT}",
            check="docker version; echo $DOCKER_HOST",
        )
    return Problem(
        code="LT-DOCKER-002",
        title="Docker has stopped",
        detail=f"{said} is there, but nothing listens on it: the socket is left over from a stopped daemon",
        fix=f"Start Docker again: {_start(endpoint, host, 'restart')}",
        check="docker version",
    )


def _forbidden(endpoint: str, host: Host) -> Problem:
    said = safe_text(endpoint, 80)
    gid, group = _group_of_socket(endpoint, host)
    user = safe_text(host.user, 40) or "$USER"
    title = "You may not use Docker on this computer"
    if gid is not None and gid in host.groups:
        return Problem(
            code="LT-DOCKER-003",
            title=title,
            detail=f"{said} belongs to the group {group}, which you are in; something else keeps you out",
            fix=f"Let the group in: sudo chmod 660 {safe_text(socket_path(endpoint) or '', 80)}; "
            "and look whether SELinux or AppArmor refused it: sudo dmesg",
            check="docker version shows a server",
        )
    if gid == 0:
        return Problem(
            code="LT-DOCKER-003",
            title=title,
            detail=f"{said} may be opened by root alone: Docker found no group {DOCKER_GROUP} when it started",
            fix=f"Make the group and join it: sudo groupadd -f {DOCKER_GROUP}; sudo usermod -aG {DOCKER_GROUP} {user}; "
            f"then {how_to_start(endpoint, host, 'restart')}, and log out and in again",
            check=f"id -nG shows {DOCKER_GROUP}; docker version shows a server",
        )
    if group and host.user in _members(host).get(group, ()):
        return Problem(
            code="LT-DOCKER-057",
            title=f"You are in the group {group}, but not since you logged in",
            detail=f"/etc/group names {user} in {group}; this session was begun before that, and has not got it",
            fix=f"Log out and in again. For this terminal alone: newgrp {group}",
            check=f"id -nG shows {group}",
        )
    return Problem(
        code="LT-DOCKER-003",
        title=title,
        detail=f"{said} may be opened by root and the group {group or DOCKER_GROUP}; you are in neither",
        fix=f"Add yourself: sudo usermod -aG {group or DOCKER_GROUP} {user}, then log out and in again",
        check=f"id -nG shows {group or DOCKER_GROUP}; docker version shows a server",
    )


def _group_of_socket(endpoint: str, host: Host) -> tuple[int | None, str]:
    """Number and name of the group that may open the socket; None where that may not even be looked at."""
    try:
        gid = os.stat(socket_path(endpoint) or "").st_gid
    except OSError:
        return None, ""
    return gid, _group_names(host).get(gid, "")


def _groups(host: Host) -> list[list[str]]:
    rows = (line.split(":") for line in host.text_of(Path(host.etc, "group")).splitlines())
    return [row for row in rows if len(row) == 4 and row[2].isdecimal()]


def _group_names(host: Host) -> dict[int, str]:
    return {int(number): safe_text(name, 40) for name, _, number, _ in _groups(host)}


def _members(host: Host) -> dict[str, tuple[str, ...]]:
    return {name: tuple(members.strip().split(",")) for name, _, _, members in _groups(host)}


def _too_slow(endpoint: str, host: Host) -> Problem:
    return Problem(
        code="LT-DOCKER-004",
        title="Docker does not answer in time",
        detail=f"{safe_text(endpoint, 80)} takes connections, but gave no answer",
        fix=f"Wait a moment if Docker has just been started, else restart it: {_start(endpoint, host, 'restart')}",
        check="docker version",
    )


def _not_docker(endpoint: str, why: str) -> Problem:
    return Problem(
        code="LT-DOCKER-005",
        title="What answers there is not a Docker Engine",
        detail=f"{safe_text(endpoint, 80)}: {why}",
        fix=f"Point DOCKER_HOST to a Docker Engine, usually {DEFAULT_ENDPOINT}, or unset it",
        check="docker version; echo $DOCKER_HOST",
    )
