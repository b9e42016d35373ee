"""D1 to D5: where Docker is, whether it answers, and whether it is a Docker that machines can be made with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from lattice_tui.checks.runner import Check, failed
from lattice_tui.providers.docker.address import not_usable
from lattice_tui.providers.docker.checks.look import DAEMON, ENDPOINT, Look, check, ok, wrong
from lattice_tui.providers.docker.endpoint import DockerUnreachableError, Endpoint, socket_path
from lattice_tui.providers.docker.places import Place, answering, how_to_use
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

MIN_API = (1, 41)
"""Docker 20.10, the oldest the kind release is tested with."""
ARCHITECTURES = frozenset({"x86_64", "amd64", "aarch64", "arm64"})


def checks(look: Look) -> tuple[Check, ...]:
    """The rows that everything else about Docker waits for."""
    daemon = _Daemon(look)
    return (
        check(look, ENDPOINT, "Where Docker is", daemon.endpoint, inputs=("endpoint",)),
        check(look, DAEMON, "Docker answers", daemon.daemon, ENDPOINT, inputs=("endpoint",), timeout_s=20.0),
        check(look, "docker-linux", "Linux containers", daemon.linux, DAEMON),
        check(look, "docker-version", "Docker version", daemon.version, DAEMON),
        check(look, "docker-architecture", "Processor type", daemon.architecture, DAEMON),
    )


class _Daemon:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def endpoint(self) -> CheckResult:
        endpoint = await self._look.endpoint()
        if problem := not_usable(endpoint):
            return _with_source(failed("", "", problem), endpoint)
        if self._look.wish.simulated:
            return ok("the rehearsed world's own (simulated)")
        if endpoint.is_default and not await asyncio.to_thread(self._is_there, endpoint):
            others = await asyncio.to_thread(answering, self._look.host, endpoint.url)
            if others:
                return _elsewhere(others, endpoint, self._look)
        if endpoint.trouble:
            return replace(failed("", "", endpoint.trouble), status="warn")
        return ok(", ".join(filter(None, (safe_text(endpoint.url, 80), endpoint.source))))

    async def daemon(self) -> CheckResult:
        endpoint, engine = await self._look.endpoint(), await self._look.engine()
        try:
            await asyncio.to_thread(engine.ping)
            version, info = await self._look.version(), await self._look.info()
        except DockerUnreachableError as error:
            return await self._silent(failed("", "", error.problem), endpoint)
        if version.is_podman:
            return _podman(safe_text(endpoint.url, 80), self._look)
        where = "simulated" if self._look.wish.simulated else safe_text(endpoint.url, 80)
        system = safe_text(info.operating_system or info.os_type, 60)
        return ok(f"Docker {safe_text(info.server_version, 30)}, {system} ({where})")

    async def linux(self) -> CheckResult:
        info = await self._look.info()
        if info.os_type == "linux":
            return ok("runs Linux containers")
        return wrong(
            "fail",
            "LT-DOCKER-010",
            f"Docker runs {info.os_type or 'no'} containers, not Linux ones",
            why="machines are Linux containers",
            fix="Docker Desktop: click the whale in the taskbar, Switch to Linux containers",
            action="docker info --format '{{.OSType}}'",
        )

    async def version(self) -> CheckResult:
        version = await self._look.version()
        said = f"Docker {version.version}, API {version.api_version}"
        if _numbers(version.api_version) >= MIN_API:
            return ok(said)
        return wrong(
            "warn",
            "LT-DOCKER-011",
            f"{said} is older than 20.10",
            why="kind is tested with Docker 20.10 (API 1.41) and newer",
            fix="Update Docker: https://docs.docker.com/engine/install/",
            action="docker version",
        )

    async def architecture(self) -> CheckResult:
        info = await self._look.info()
        if info.architecture in ARCHITECTURES:
            return ok(info.architecture)
        return wrong(
            "fail",
            "LT-DOCKER-012",
            f"There are no machine images for {info.architecture or 'this processor'}",
            why="the node images are made for x86_64 and arm64 alone",
            fix="Use a Docker Engine on an x86_64 or arm64 computer",
            action="docker info --format '{{.Architecture}}'",
        )

    async def _silent(self, result: CheckResult, endpoint: Endpoint) -> CheckResult:
        """What was wrong, who chose that place, and what answers instead."""
        result = _with_source(result, endpoint)
        if self._look.wish.simulated or not endpoint.source:
            return result
        others = await asyncio.to_thread(answering, self._look.host, endpoint.url)
        docker = next((place for place in others if not place.is_podman), None)
        if docker is None:
            return result
        line = how_to_use(docker, endpoint, self._look.host)
        return replace(result, fix=f"{result.fix}; or use the {docker.what} that answers here: {line}", action=line)

    @staticmethod
    def _is_there(endpoint: Endpoint) -> bool:
        from pathlib import Path

        path = socket_path(endpoint.url)
        try:
            return path is None or Path(path).exists()
        except OSError:
            # Not to be looked at is not absent: the engine's own check says what is in the way.
            return True


def _with_source(result: CheckResult, endpoint: Endpoint) -> CheckResult:
    if not endpoint.source or endpoint.is_default:
        return result
    return replace(result, evidence=f"{safe_text(endpoint.url, 80)}, {endpoint.source}")


def _elsewhere(others: Sequence[Place], endpoint: Endpoint, look: Look) -> CheckResult:
    places = [place for place in others if not place.is_podman]
    if not places:
        return _podman(others[0].url, look)
    first, *more = places
    line = how_to_use(first, endpoint, look.host)
    also = "".join(f"; or {how_to_use(place, endpoint, look.host)} ({place.what})" for place in more)
    return wrong(
        "fail",
        "LT-DOCKER-051",
        f"{first.what} answers, but not at the usual place",
        why=f"there is nothing at {endpoint.url}; {first.what} listens at {first.url}, and nothing points there",
        fix=f"Point to it, then start this program again: {line}{also}",
        action=line,
    )


def _podman(where: str, look: Look) -> CheckResult:
    return wrong(
        "fail",
        "LT-DOCKER-056",
        "Podman answers here, not Docker",
        why=f"{where} is Podman's; Cluster API's Docker provider needs a Docker Engine, and is not tested with Podman",
        fix="Install Docker Engine beside it: https://docs.docker.com/engine/install/; then unset DOCKER_HOST",
        action="docker version" if look.host.which("docker") else "",
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
