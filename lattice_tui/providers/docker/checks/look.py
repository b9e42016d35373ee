"""What the checks of one run share: the engine's answers, each asked for once, and how a result is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.errors import LatticeError
from lattice_tui.providers.docker.endpoint import Endpoint, find_endpoint, is_on_this_computer
from lattice_tui.providers.docker.engine_api import DockerEngine, EngineInfo, EngineVersion
from lattice_tui.providers.docker.host import Host, this_host
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.providers.docker.probe import Probed
    from lattice_tui.providers.docker.seen import Seen

__all__ = ["DAEMON", "ENDPOINT", "GIB", "PROBE_S", "Host", "Look", "check", "ok", "this_host", "unknown", "wrong"]

ENDPOINT = "docker-endpoint"
DAEMON = "docker-daemon"
GIB = 1024**3
CHECK_S = 10.0
PROBE_S = 50.0
"""A container takes a second or two; what remains is for pulling its image, where that was agreed to."""


class Look:
    """Built once a run; whatever several checks read is asked for once and shared."""

    def __init__(self, wish: DockerWish, host: Host | None = None) -> None:
        self.wish = wish
        self.host = host or this_host()
        self._once = SharedAnswers().once

    async def endpoint(self) -> Endpoint:
        """Where Docker is. Raises LatticeError when that cannot be told."""
        return await self._once("endpoint", lambda: asyncio.to_thread(find_endpoint, self.wish.endpoint, self.host))

    async def engine(self) -> DockerEngine:
        """The engine there, whether it answers or not. Raises LatticeError when there is no endpoint."""
        return DockerEngine((await self.endpoint()).url, host=self.host)

    async def info(self) -> EngineInfo:
        """The engine's own account of itself. Raises LatticeError when it does not answer."""

        async def ask() -> EngineInfo:
            return await asyncio.to_thread((await self.engine()).info)

        return await self._once("info", ask)

    async def version(self) -> EngineVersion:
        """The engine's version and that of its API. Raises LatticeError when it does not answer."""

        async def ask() -> EngineVersion:
            return await asyncio.to_thread((await self.engine()).version)

        return await self._once("version", ask)

    async def probe(self) -> Probed:
        """What a privileged container saw, or why none was tried. Raises LatticeError when Docker is not there."""
        from lattice_tui.providers.docker.probe import probe

        async def ask() -> Probed:
            return await probe(await self.engine(), self.wish)

        return await self._once("probe", ask)

    async def seen(self) -> Seen | None:
        """What the container saw of Docker's host, None when there was none: without a word why."""
        try:
            return (await self.probe()).seen
        except LatticeError:
            # The check of privileged containers says what was wrong.
            return None

    async def is_local_linux(self) -> bool:
        """Whether Docker's files and limits are those of this very system, and not of a virtual machine."""
        if self.host.system != "Linux" or self.wish.simulated:
            return False
        if not is_on_this_computer((await self.endpoint()).url):
            return False
        info = await self.info()
        # A forwarded socket and Docker Desktop look like neighbours; the kernel and the name tell them apart.
        is_same = all(not said or not own or said == own for said, own in _identities(info, self.host))
        return is_same and not info.is_desktop


def _identities(info: EngineInfo, host: Host) -> tuple[tuple[str, str], ...]:
    return ((info.kernel, host.kernel), (info.name, host.name))


def check(
    look: Look,
    check_id: str,
    title: str,
    run: Callable[[], Awaitable[CheckResult]],
    *needs: str,
    inputs: tuple[str, ...] = (),
    timeout_s: float = CHECK_S,
) -> Check:
    """One check of this run. `inputs` are the names of the parameters it depends on."""
    return Check(check_id, title, needs, timeout_s, run, look.wish.simulated, inputs=inputs)
