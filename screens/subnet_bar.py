"""The drawn subnet: gateway, pool, endpoint, load balancers and what is in use, in one bar. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from screens.lines import Line, span

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Block = tuple[Address, Address]

MAX_CELLS = 64
LEAST_SHOWN = 256
"""Addresses in the part that is drawn, at least: a pool of five is no picture of its own."""
MARKS = {"gateway": "G", "vip": "V", "pool": "P", "lb": "L", "used": "x", "clash": "!", "free": "."}
TONES = {"gateway": "strong", "vip": "now", "pool": "ok", "lb": "warn", "used": "dim", "clash": "fail", "free": "dim"}


@dataclass(frozen=True, slots=True)
class SubnetParts:
    """What lies where. What is not known yet is None."""

    subnet: Network
    gateway: Address | None = None
    pool: Block | None = None
    vip: Address | None = None
    lb: Block | None = None
    used: tuple[Address, ...] = ()

    @property
    def blocks(self) -> tuple[tuple[str, int, int], ...]:
        """(kind, first, last) of everything that the person chooses, and of the gateway."""
        found = []
        for kind, one in (("gateway", self.gateway), ("vip", self.vip)):
            if one is not None:
                found.append((kind, int(one), int(one)))
        for kind, block in (("pool", self.pool), ("lb", self.lb)):
            if block is not None and block[0].version == block[1].version and block[0] <= block[1]:  # type: ignore[operator]
                found.append((kind, int(block[0]), int(block[1])))
        return tuple(found)


def subnet_lines(parts: SubnetParts, width: int) -> list[Line]:
    """What part is drawn, the bar, and what its letters mean."""
    part = _shown_part(parts)
    per_cell = -(-part.num_addresses // min(MAX_CELLS, max(16, width)))
    first = int(part.network_address)
    cells = [
        _kind_of(parts, start, min(start + per_cell, first + part.num_addresses) - 1)
        for start in range(first, first + part.num_addresses, per_cell)
    ]
    return [_head(parts, part, per_cell), _bar(cells), *_legend(parts, width)]


def _shown_part(parts: SubnetParts) -> Network:
    """The smallest part of the subnet that holds everything there is to see."""
    inside = [
        (low, high)
        for _, low, high in parts.blocks
        if int(parts.subnet.network_address) <= low and high <= int(parts.subnet.broadcast_address)
    ]
    if not inside or parts.subnet.num_addresses <= LEAST_SHOWN:
        return parts.subnet
    low, high = min(one for one, _ in inside), max(one for _, one in inside)
    host_bits = max((low ^ high).bit_length(), LEAST_SHOWN.bit_length() - 1)
    prefix = max(parts.subnet.prefixlen, parts.subnet.max_prefixlen - host_bits)
    address = type(parts.subnet.network_address)(low)
    return ip_network(f"{address}/{prefix}", strict=False)


def _kind_of(parts: SubnetParts, low: int, high: int) -> str:
    """What a cell from `low` to `high` shows: a clash before a single address, that before a range."""
    here = [
        (kind, max(low, first), min(high, last)) for kind, first, last in parts.blocks if first <= high >= low <= last
    ]
    used = [int(one) for one in parts.used if low <= int(one) <= high]
    if _clashes(here, used, parts):
        return "clash"
    kinds = [kind for kind, _, _ in here]
    for kind in ("gateway", "vip", "pool", "lb"):
        if kind in kinds:
            return kind
    return "used" if used else "free"


def _clashes(here: Sequence[tuple[str, int, int]], used: Sequence[int], parts: SubnetParts) -> list[int]:
    """The first address of each pair that has two owners. The gateway answers, of course: that is no second one."""
    found = []
    for index, (_, first, last) in enumerate(here):
        for _, other_first, other_last in here[index + 1 :]:
            if other_first <= last and first <= other_last:
                found.append(max(first, other_first))
    gateway = int(parts.gateway) if parts.gateway is not None else -1
    chosen = [(first, last) for kind, first, last in here if kind != "gateway"]
    return found + [one for one in used if one != gateway and any(first <= one <= last for first, last in chosen)]


def _head(parts: SubnetParts, part: Network, per_cell: int) -> Line:
    whole = str(parts.subnet) if part == parts.subnet else f"{part}, a part of {parts.subnet}"
    each = "1 address" if per_cell == 1 else f"{per_cell} addresses"
    return (span(whole, "strong"), span(f"   {each} a mark", "dim"))


def _bar(cells: Sequence[str]) -> Line:
    """Neighbours of one kind as one piece."""
    pieces: list[list[str]] = []
    for kind in cells:
        if pieces and pieces[-1][0] == kind:
            pieces[-1].append(kind)
        else:
            pieces.append([kind])
    return tuple(span(MARKS[piece[0]] * len(piece), TONES[piece[0]]) for piece in pieces)


def _legend(parts: SubnetParts, width: int) -> list[Line]:
    """Every letter that is there, with its addresses, in as few lines as they take."""
    entries: list[tuple[str, str]] = []
    if parts.gateway is not None:
        entries.append(("gateway", f"gateway {parts.gateway}"))
    if parts.vip is not None:
        entries.append(("vip", f"endpoint {parts.vip}"))
    for kind, word, block in (("pool", "pool", parts.pool), ("lb", "load balancers", parts.lb)):
        if block is not None:
            entries.append((kind, f"{word} {block[0]} to {block[1]}{_size(block)}"))
    if parts.used:
        entries.append(("used", f"in use {len(parts.used)}"))
    clashes = _clashes(parts.blocks, [int(one) for one in parts.used], parts)
    if clashes:
        first = type(parts.subnet.network_address)(min(clashes))
        entries.append(("clash", f"{first} has two owners" + (", and others" if len(clashes) > 1 else "")))
    lines: list[list[tuple[str, str]]] = [[]]
    for entry in entries:
        taken = sum(len(text) + 5 for _, text in lines[-1])
        if lines[-1] and taken + len(entry[1]) + 2 > width:
            lines.append([])
        lines[-1].append(entry)
    return [_legend_line(line) for line in lines]


def _legend_line(entries: Sequence[tuple[str, str]]) -> Line:
    spans = []
    for number, (kind, text) in enumerate(entries):
        spans += [span("   ")] if number else []
        spans += [span(MARKS[kind], TONES[kind]), span(f" {text}", "dim")]
    return tuple(spans)


def _size(block: Block) -> str:
    count = int(block[1]) - int(block[0]) + 1
    return f" ({count})" if count > 0 else ""
