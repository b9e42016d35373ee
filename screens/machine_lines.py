"""The machines as lines: rows from the start, as placeholders from the replica counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from lattice_tui.text import safe_text
from schemas.rows import MachineRow
from schemas.snapshot import Snapshot
from screens import words
from screens.clock import read_time
from screens.lines import Line, columns

GAP = 2
HEAD = ("ROLE", "NODE", "ADDRESS", "STATE", "FOR", "WHY")


@dataclass(frozen=True, slots=True)
class Planned:
    """A machine that the document asks for and that is not there yet."""

    role: str
    pool: str
    why: str = "not made yet"


Shown = MachineRow | Planned


def shown_machines(snapshot: Snapshot) -> tuple[Shown, ...]:
    """The machines in the order of the document, each group filled up with what is still to come."""
    groups: list[tuple[str, str, int]] = [
        ("control-plane", f"{snapshot.cluster}-control-plane", snapshot.control_plane_replicas)
    ]
    groups += [("worker", name, replicas) for name, replicas in snapshot.pools]
    rows = list(snapshot.machines.values())
    shown: list[Shown] = []
    for role, pool, replicas in groups:
        mine = [row for row in rows if row.role == role and (role == "control-plane" or row.pool == pool)]
        standing = sum(row.state != "deleting" for row in mine)
        shown += mine
        if snapshot.state != "done":
            shown += [Planned(role, pool)] * max(0, replicas - standing)
    known = {row.uid for row in shown if isinstance(row, MachineRow)}
    return (*shown, *(row for row in rows if row.uid not in known))


def widths(width: int, rows: Sequence[Shown] = (), cluster: str = "") -> tuple[int, int, int, int, int, int]:
    """Columns for a pane of `width` cells: what is known takes what it needs, the reason takes the rest.

    Below 100 cells the role is short and the cluster's name is left out of the node's: both stand elsewhere.
    Below 66 the address is left to the line under the table.
    """
    is_wide, is_tight = width >= 100, width < 66
    role, state, since = (13 if is_wide else 7), 8, 6
    machines = [row for row in rows if isinstance(row, MachineRow)]
    node = _widest([_name(row, cluster, is_wide) for row in machines], 12, 40 if is_wide else 18 if is_tight else 21)
    address = 0 if is_tight else _widest([row.address for row in machines], 11, 39 if is_wide else 15)
    gaps = GAP * (4 if is_tight else 5)
    return role, node, address, state, since, max(8, width - role - node - address - state - since - gaps)


def machine_lines(snapshot: Snapshot, now: datetime, width: int, *, is_short: bool = False) -> list[Line]:
    """A head and one line a machine; a short one leaves role and address to the full table."""
    rows = shown_machines(snapshot)
    sizes = widths(width, rows, snapshot.cluster)
    if is_short:
        role, node, address, state, since, why = sizes
        sizes = (0, node, 0, state, since, why + role + address + 2 * GAP)
    head = columns([(text, "head", size) for text, size in zip(HEAD, sizes, strict=True)])
    return [head, *(_line(row, snapshot.cluster, now, sizes, is_wide=width >= 100) for row in rows)]


def machine_detail(row: Shown) -> str:
    """Everything that the current line had to cut."""
    if isinstance(row, Planned):
        return f"{_role(row.role, 13)}: {row.why}"
    place = ", ".join(part for part in (row.node or row.name, row.address, row.version) if part)
    return safe_text(f"{place}: {_why(row) or row.state}")


def counts(snapshot: Snapshot) -> str:
    """`2 of 3 ready`."""
    shown = shown_machines(snapshot)
    ready = sum(isinstance(row, MachineRow) and row.state == "ready" for row in shown)
    return f"{ready} of {len(shown)} ready"


def _line(row: Shown, cluster: str, now: datetime, sizes: Sequence[int], *, is_wide: bool) -> Line:
    role, node, address, state, since, why = sizes
    if isinstance(row, Planned):
        node_text = "-" if role else _role(row.role, 13)
        texts = [_role(row.role, role), node_text, "-", "planned", "-", row.why]
        return columns([(text, "dim", size) for text, size in zip(texts, sizes, strict=True)])
    return columns(
        [
            (_role(row.role, role), "", role),
            (_name(row, cluster, is_wide), "", node),
            (row.address or "-", "" if row.address else "dim", address),
            (row.state, words.MACHINE_TONES[row.state], state),
            (_age(row.since, now), "dim", since),
            (_why(row), "dim" if row.state == "ready" else "", why),
        ]
    )


def _role(role: str, width: int) -> str:
    if role == "control-plane":
        return "control plane" if width >= 13 else "control"
    return role


def _name(row: MachineRow, cluster: str, is_wide: bool) -> str:
    name = row.node or row.name
    return name if is_wide else name.removeprefix(f"{cluster}-")


def _widest(texts: Sequence[str], least: int, most: int) -> int:
    return max(least, min(most, max(map(cell_len, texts), default=0)))


def _age(since: str, now: datetime) -> str:
    moment = read_time(since)
    return words.short_duration((now - moment).total_seconds()) if moment else "-"


def _why(row: MachineRow) -> str:
    if row.state == "ready":
        return ""
    return row.message or row.reason or row.phase
