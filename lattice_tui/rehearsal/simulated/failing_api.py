"""An API server that drops its connections and goes away for a while, as one on a computer with too little memory.

The controllers and the machines know nothing of it: they go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lattice_tui.rehearsal.api.kinds import CLUSTER
from lattice_tui.rehearsal.pace import Pace

if TYPE_CHECKING:
    from lattice_tui.rehearsal.simulated.clusters import LiveCluster

DROP_EVERY_S = 12.0
"""Simulated seconds between two drops."""
DROPS_BEFORE = 2
"""Drops before it is away."""
AWAY_S = 14.0
"""Real seconds, however fast the world is: the patience of whoever watches is real, too (10 s until `stale`)."""
LOOK_EVERY_S = 0.5


async def fail_at_times(cluster: LiveCluster, pace: Pace, is_alive: Callable[[], bool]) -> None:
    """From its first Cluster object on: drop every connection, again and again, and once be away. Ends with it."""
    while is_alive() and not (CLUSTER in cluster.store.served() and cluster.store.list(CLUSTER)):
        await pace.sleep(LOOK_EVERY_S)
    drops = 0
    while is_alive():
        cluster.server.drop_connections()
        drops += 1
        if drops == DROPS_BEFORE:
            await cluster.server.stop()
            await asyncio.sleep(AWAY_S)
            if is_alive():
                await cluster.server.start(cluster.port)
        await pace.sleep(DROP_EVERY_S)
