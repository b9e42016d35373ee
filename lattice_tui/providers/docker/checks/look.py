"""What the checks of one run share: the engine's answers, each asked for once, and how a result is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from lattice_tui.checks.runner import Check
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
T = TypeVar("T")


class Look:
    """Built once a run; whatever several checks read is asked for once and shared."""

    def __init__(self, wish: DockerWish, host: Host | None = None) -> None:
        self.wish = wish
        self.host = host or this_host()
        self._shared: dict[str, _Shared] = {}

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

    async def _once(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer of the one task for `what`; with the last check that waits for it, the task ends as well."""
        shared = self._shared.get(what)
        if shared is None:
            shared = self._shared[what] = _Shared(asyncio.ensure_future(ask()))
        shared.waiting += 1
        try:
            # One check that is given up must not take the answer away from the others.
            return cast("T", await asyncio.shield(shared.task))
        except asyncio.CancelledError:
            if shared.waiting == 1 and not shared.task.done():
                del self._shared[what]
                shared.task.cancel()
                # A container that is tried is put away before its check has ended.
                await asyncio.wait({shared.task})
            raise
        finally:
            shared.waiting -= 1


@dataclass
class _Shared:
    """A question that was asked once, and how many checks wait for its answer."""

    task: asyncio.Future[Any]
    waiting: int = 0


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


def ok(summary: str, *, why: str = "", evidence: str = "") -> CheckResult:
    """It is as it should be."""
    return CheckResult("", "", "ok", summary, why=why, evidence=evidence)


def unknown(summary: str, *, why: str = "", fix: str = "", action_id: str = "", evidence: str = "") -> CheckResult:
    """It could not be looked at; that never blocks."""
    return CheckResult("", "", "unknown", summary, why=why, fix=fix, action_id=action_id, evidence=evidence)


def wrong(
    status: Literal["fail", "warn"],
    code: str,
    summary: str,
    *,
    why: str,
    fix: str,
    action: str = "",
    field: str = "",
    evidence: str = "",
    action_id: str = "",
) -> CheckResult:
    """It is not as it should be: what, why that matters, what to do, and a command to copy."""
    return CheckResult(
        id="",
        title="",
        status=status,
        summary=summary,
        why=why,
        fix=fix,
        action=action,
        field=field,
        evidence=evidence,
        code=code,
        action_id=action_id,
    )
