"""A computer of a test's own, and Docker's checks run against it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.providers.docker.checks import daemon, probe, resources, settings
from lattice_tui.providers.docker.checks.look import GIB, Host, Look
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.checks.fake_engine import FakeEngine


def make_host(
    folder: Path,
    *,
    free_gib: float | None = 100,
    watches: int = 1048576,
    instances: int = 8192,
    available_gib: float = 15,
    **others: Any,
) -> Host:
    """A Linux laptop with nothing wrong, below `folder`; the engine of `fake_engine` runs on it."""
    inotify = folder / "proc" / "sys" / "fs" / "inotify"
    for made in (inotify, folder / "sys", folder / "etc", folder / "run" / "systemd" / "system", folder / "home"):
        made.mkdir(parents=True, exist_ok=True)
    (inotify / "max_user_watches").write_text(f"{watches}\n")
    (inotify / "max_user_instances").write_text(f"{instances}\n")
    (folder / "proc" / "meminfo").write_text(f"MemAvailable: {int(available_gib * 1024**2)} kB\n")
    host = Host(
        name="laptop",
        kernel="6.1.0-18-amd64",
        user="mina",
        uid=1000,
        groups=frozenset({65000}),
        home=folder / "home",
        docker_socket=str(folder / "docker.sock"),
        proc=folder / "proc",
        sys=folder / "sys",
        etc=folder / "etc",
        run=folder / "run",
        which=lambda name: f"/usr/bin/{name}",
        free_bytes=lambda _folder: None if free_gib is None else int(free_gib * GIB),
    )
    return replace(host, **others)


def own_checks(look: Look) -> tuple[Check, ...]:
    """The checks of the engine itself; what lies around it has tests of its own."""
    return (*daemon.checks(look), *settings.checks(look), *probe.checks(look), *resources.checks(look))


async def look_at(engine: FakeEngine | None, host: Host, **wish: Any) -> dict[str, CheckResult]:
    """Every outcome by id. Without an engine the endpoint is found as the docker command finds it."""
    endpoint = wish.pop("endpoint", engine.endpoint if engine else "")
    look = Look(DockerWish(endpoint=endpoint, **wish), host)
    return {result.id: result async for result in run_checks(own_checks(look)) if result.status != "wait"}
