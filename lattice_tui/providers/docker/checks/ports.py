"""D11: the ports that are wanted on this computer, and who holds them. A busy one is a warning: nothing of ours
listens there until an operator is added to the finished cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lattice_tui.checks.ports import EVERYWHERE, LOOPBACK, holder_of, is_taken, next_free
from lattice_tui.checks.runner import Check
from lattice_tui.providers.docker.checks.look import DAEMON, Look, check, ok, wrong
from lattice_tui.providers.docker.engine_networks import published_ports
from schemas.checks import CheckResult

KEYS = ("grpcPort", "bootstrapPort")
"""Of `spec.endpoints`, in the order of the wish's ports."""


def checks(look: Look) -> tuple[Check, ...]:
    """One row for all ports."""
    return (check(look, "docker-ports", "Ports on this computer", _Ports(look).run, DAEMON, inputs=("ports",)),)


class _Ports:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._published: Mapping[int, str] = {}
        # In a rehearsal nothing real is made, so nothing real can be in its way.
        self._is_real = not look.wish.simulated

    async def run(self) -> CheckResult:
        """Every port is tried; the first busy one is the result's, the others stand beside it."""
        engine = await self._look.engine()
        found = await asyncio.to_thread(published_ports, engine)
        self._published = {published.port: published.container for published in reversed(found)}
        wanted = self._look.wish.ports
        busy = [port for port in wanted if await asyncio.to_thread(self._is_busy, port)]
        if busy:
            return await asyncio.to_thread(self._result, busy)
        return ok(" and ".join(str(port) for port in wanted) + (" are free" if len(wanted) > 1 else " is free"))

    def _is_busy(self, port: int) -> bool:
        return port in self._published or (self._is_real and is_taken(port))

    def _result(self, busy: list[int]) -> CheckResult:
        proposals: list[str] = []
        taken = set(self._look.wish.ports)
        for port in busy:
            if (free := next_free(port, lambda one: one in taken or self._is_busy(one))) is not None:
                taken.add(free)
                proposals.append(f"{self._key(port)}: {free}")
        fix = (
            f"Write {' and '.join(proposals)} (free here), or stop what holds it" if proposals else "Stop what holds it"
        )
        return wrong(
            "warn",
            "LT-PORT-001",
            "; ".join(f"{self._key(port)} {port} is taken by {self._holder(port)}" for port in busy),
            why="the cluster can be built; a Lattice operator that is added later could not be reached at that port",
            fix=fix,
            action=self._command(busy[0]),
            field=f"spec.endpoints.{self._key(busy[0])}",
            evidence=f"tried on {LOOPBACK} and {EVERYWHERE}" if self._is_real else "",
        )

    def _key(self, port: int) -> str:
        index = self._look.wish.ports.index(port)
        return KEYS[index] if index < len(KEYS) else "port"

    def _holder(self, port: int) -> str:
        if name := self._published.get(port):
            return f"the container {name}"
        return str(holder_of(port, self._look.host.proc))

    def _command(self, port: int) -> str:
        """What shows the holder once more."""
        if port in self._published:
            return f"docker ps --filter publish={port}"
        if self._look.host.system == "Darwin":
            return f"lsof -nP -iTCP:{port} -sTCP:LISTEN"
        return f"ss -ltnp 'sport = :{port}'"
