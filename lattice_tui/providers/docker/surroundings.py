"""The ranges in use around Docker's machines, for whoever chooses ranges that nobody has written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lattice_tui.errors import LatticeError

if TYPE_CHECKING:
    from lattice_tui.document.ranges import Network
    from lattice_tui.providers.docker.host import Host

LOOK_S = 5.0


def taken_ranges(host: Host | None = None) -> tuple[Network, ...]:
    """Docker's networks and this computer's routes; empty when Docker does not answer. Blocks, 5 s at most."""
    return asyncio.run(_taken(host))


async def _taken(host: Host | None) -> tuple[Network, ...]:
    from lattice_tui.providers.docker.checks.look import Look
    from lattice_tui.providers.docker.checks.subnets import surroundings
    from lattice_tui.providers.docker.wish import DockerWish

    try:
        async with asyncio.timeout(LOOK_S):
            return (await surroundings(Look(DockerWish(), host))).taken
    except (LatticeError, TimeoutError):
        # Without Docker nothing is built here; its own check says what is wrong.
        return ()
