"""What the machines of a cluster take together, and whether there is room for it. Pure; prices are not its matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MachineNeed:
    """Machines of one kind. None: the size is not known yet."""

    role: str
    count: int
    surge: int
    """Machines beside them while they are renewed."""
    cpus: int | None
    memory_mib: int | None
    disk_gib: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """All machines together, those beside them while renewing not counted. None: one of them is not known."""

    machines: int
    machines_with_surge: int
    cpus: int | None
    memory_mib: int | None
    disk_gib: int | None


def totals(needs: Iterable[MachineNeed]) -> Totals:
    """The sums over all kinds; a kind with no machines counts for nothing, whatever is unknown of it."""
    kinds = [need for need in needs if need.count + need.surge > 0]
    return Totals(
        machines=sum(need.count for need in kinds),
        machines_with_surge=sum(need.count + need.surge for need in kinds),
        cpus=_sum((need.count, need.cpus) for need in kinds),
        memory_mib=_sum((need.count, need.memory_mib) for need in kinds),
        disk_gib=_sum((need.count, need.disk_gib) for need in kinds),
    )


def largest_surge(needs: Iterable[MachineNeed]) -> Totals:
    """What is taken beside the cluster while it is renewed: every kind that is renewed has its surge at once."""
    kinds = [need for need in needs if need.surge > 0]
    return totals(MachineNeed(n.role, n.surge, 0, n.cpus, n.memory_mib, n.disk_gib) for n in kinds)


def compared(what: str, need: float, free: float, unit: str) -> str:
    """Need against room, both in `unit`: `memory needs 44 GiB, 38 GiB free: 6 GiB short`.

    What is short is never rounded down to nothing, so the words do not contradict `need > free`.
    """
    words = f"{what} needs {_number(need)} {unit}, {_number(free)} {unit} free"
    return words if need <= free else f"{words}: {_number(need - free)} {unit} short"


def gib(mib: float) -> float:
    """GiB of MiB."""
    return mib / 1024


def _sum(parts: Iterable[tuple[int, int | None]]) -> int | None:
    total = 0
    for count, size in parts:
        if size is None and count:
            return None
        total += count * (size or 0)
    return total


def _number(value: float) -> str:
    rounded = round(value, 1)
    if value > 0 and rounded == 0:
        return "less than 0.1"
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"
