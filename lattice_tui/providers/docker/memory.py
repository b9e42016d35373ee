"""How much memory a cluster on Docker takes at its peak, and how much containers may have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lattice_tui.providers.docker.engine_api import EngineInfo
from lattice_tui.providers.docker.host import Host
from lattice_tui.providers.docker.seen import Seen, memory_info, smallest_limit

GIB = 1024**3
BOOTSTRAP_GIB = 3.0
"""The bootstrap cluster with its controllers, and Docker itself."""
MACHINE_GIB = 1.25
"""One machine with kubelet and its share of the control plane; measured as 1.0 to 1.5."""
CONTROLLERS_GIB = 1.0
"""cert-manager and Cluster API's controllers once more, in the new cluster, while they move there."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The moment that takes most: everything stands, and nothing of what was temporary has gone."""

    total_gib: float
    words: str
    """The arithmetic, in one sentence."""

    @property
    def whole_gib(self) -> int:
        return math.ceil(self.total_gib)


def peak_of(control_planes: int, workers: int, *, moves: bool) -> Peak:
    """`moves`: the management moves into the new cluster; else the bootstrap cluster stays and nothing comes twice."""
    machines = control_planes + workers
    total = BOOTSTRAP_GIB + machines * MACHINE_GIB + (CONTROLLERS_GIB if moves else 0.0)
    parts = [f"{BOOTSTRAP_GIB:.1f} for the bootstrap cluster", f"{machines} x {MACHINE_GIB:g} for the machines"]
    if moves:
        parts.append(f"{CONTROLLERS_GIB:.1f} for the controllers, which run in both while they move")
    else:
        parts[0] += ", which stays"
    return Peak(total, f"It needs about {total:.1f} GiB at its peak: {', '.join(parts)}.")


@dataclass(frozen=True, slots=True)
class Room:
    """The memory that containers may have together."""

    bytes: int | None
    """None: nobody says."""
    available_bytes: int | None
    """Free now, None where that cannot be seen."""
    is_limited: bool
    """Whether a control group allows less than there is."""
    words: str


def room_for_containers(info: EngineInfo, seen: Seen | None, host: Host | None) -> Room:
    """`seen`: by a container that was tried. `host`: this computer, when Docker runs on it and not inside of it."""
    total = info.memory_bytes or (seen.memory_bytes if seen else None)
    limit = seen.limit_bytes if seen else (own_limit(host, info) if host else None)
    available = seen.available_bytes if seen else (_own_available(host) if host else None)
    if not total:
        return Room(None, available, False, "")
    if limit is not None and limit < total:
        # What is free on the system says nothing of what is free below the limit.
        words = f"{limit / GIB:.1f} GiB for containers, by a limit of their control group ({total / GIB:.1f} there)"
        return Room(limit, None, True, words)
    return Room(total, available, False, f"{total / GIB:.1f} GiB for Docker")


def own_limit(host: Host, info: EngineInfo) -> int | None:
    """The limit of the groups that Docker puts containers below, where nobody named another one (cgroup-parent)."""
    root = host.sys / "fs" / "cgroup"
    parent = "system.slice" if info.cgroup_driver == "systemd" else "docker"
    files = [root / "memory.max", root / parent / "memory.max"]
    files += [root / "memory" / "memory.limit_in_bytes", root / "memory" / parent / "memory.limit_in_bytes"]
    return smallest_limit([host.text_of(path) for path in files])


def _own_available(host: Host) -> int | None:
    return memory_info(host.text_of(host.proc / "meminfo").splitlines()).get("MemAvailable")
