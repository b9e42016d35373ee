"""One of Docker's checks, run by itself on an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.providers.docker.checks.look import DAEMON, Host, Look, this_host
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult

Module = Callable[[Look], tuple[Check, ...]]


class Engine(Protocol):
    """A real one, or a stand-in on a real socket."""

    @property
    def endpoint(self) -> str: ...


async def found_by(
    module: Module, engine: Engine, wish: DockerWish | None = None, host: Host | None = None
) -> CheckResult:
    """What the only check of `module` finds on `engine`, whose daemon is known to answer."""
    asked = replace(wish or DockerWish(), endpoint=engine.endpoint)
    known = {DAEMON: CheckResult(DAEMON, "Docker answers", "ok", "")}
    checks = module(Look(asked, host or this_host()))
    [result] = [result async for result in run_checks(checks, known=known) if result.status != "wait"]
    return result
