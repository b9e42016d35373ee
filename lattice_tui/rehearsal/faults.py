"""The faults a rehearsal can be given, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MACHINE_NEVER_JOINS = "machine-never-joins"
API_DROPS = "api-drops"
MOVE_FAILS_ONCE = "move-fails-once"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong in the rehearsed world; the empty id means that nothing does."""

    id: str
    title: str
    """What goes wrong, for a list to choose from."""

    def __bool__(self) -> bool:
        return bool(self.id)


NO_FAULT = Fault("", "nothing goes wrong")

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.id: fault
        for fault in (
            NO_FAULT,
            Fault(MACHINE_NEVER_JOINS, "the last worker machine is made but never joins the cluster"),
            Fault(API_DROPS, "the bootstrap cluster's API drops its connections, and is away for a while"),
            Fault(MOVE_FAILS_ONCE, "the new cluster refuses the objects that are handed over, once"),
        )
    }
)
"""Every fault by its id."""


def fault(fault_id: str) -> Fault:
    """The fault of that id. Raises ValueError that lists the known ones."""
    try:
        return FAULTS[fault_id]
    except KeyError:
        known = ", ".join(name for name in FAULTS if name)
        raise ValueError(f"there is no fault {fault_id!r}; known: {known}") from None
