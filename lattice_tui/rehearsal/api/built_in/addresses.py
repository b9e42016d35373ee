"""Cluster addresses and node ports of Services: drawn, or taken as asked.

No dice: a Service of one name is given the same address in every world, unless another one has it.
Source: pkg/registry/core/service/{ipallocator,portallocator}.
"""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Iterable
from typing import Any, Final

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.built_in.services import EXTERNAL_NAME, HEADLESS, wants_node_ports
from lattice_tui.rehearsal.api.kinds import SERVICE

JsonObject = dict[str, Any]

RANGE: Final = ipaddress.ip_network("10.96.0.0/16")
RESERVED: Final = 257
"""The first addresses are left for those who name them. Source: ipallocator's static band."""
FIRST_PORT, LAST_PORT = 30_000, 32_767
RESERVED_PORTS: Final = 86
"""Source: portallocator's static band of a range of that size."""


def allocated(obj: JsonObject, others: Iterable[JsonObject]) -> JsonObject:
    """A Service with the addresses and node ports it wants and does not name; `others` are all stored ones."""
    spec = obj.get("spec") or {}
    wants_address = spec.get("type") != EXTERNAL_NAME and not spec.get("clusterIP") and not spec.get("clusterIPs")
    lacking = [port for port in spec.get("ports") or [] if not port.get("nodePort")] if wants_node_ports(spec) else []
    if not wants_address and not lacking:
        return obj
    seed = zlib.crc32("/".join((obj["metadata"].get("namespace", ""), obj["metadata"].get("name", ""))).encode())
    taken, taken_ports = _taken(others)
    spec = dict(spec)
    if wants_address:
        address = _free_address(seed, taken)
        spec |= {"clusterIP": address, "clusterIPs": [address]}
    if lacking:
        ports = []
        for port in spec["ports"]:
            number = port.get("nodePort") or _free_port(seed, taken_ports)
            taken_ports.add(number)
            ports.append({**port, "nodePort": number})
        spec["ports"] = ports
    return {**obj, "spec": spec}


def check(obj: JsonObject, others: Iterable[JsonObject]) -> None:
    """Raises ApiError 422 for an address or a node port that is another Service's, or none of this cluster's."""
    spec, name = obj.get("spec") or {}, obj["metadata"]["name"]
    if spec.get("type") == EXTERNAL_NAME:
        return
    taken, taken_ports = _taken(one for one in others if one["metadata"]["uid"] != obj["metadata"]["uid"])
    address = spec.get("clusterIP")
    if address and address != HEADLESS:
        why = "provided IP is already allocated" if address in taken else ""
        if ipaddress.ip_address(address) not in RANGE:
            why = "the provided network does not match the current range"
        if why:
            shown = f'["{address}"]'
            words = f"Invalid value: {shown}: failed to allocate IP {address}: {why}"
            raise errors.invalid(SERVICE, name, "spec.clusterIPs", words)
    for index, port in enumerate(spec.get("ports") or []):
        number = port.get("nodePort")
        if not number:
            continue
        why = "provided port is already allocated" if number in taken_ports else ""
        if not FIRST_PORT <= number <= LAST_PORT:
            valid = f"The range of valid ports is {FIRST_PORT}-{LAST_PORT}"
            why = f"provided port is not in the valid range. {valid}"
        if why:
            raise errors.invalid(SERVICE, name, f"spec.ports[{index}].nodePort", f"Invalid value: {number}: {why}")


def _taken(services: Iterable[JsonObject]) -> tuple[set[str], set[int]]:
    addresses: set[str] = set()
    ports: set[int] = set()
    for service in services:
        spec = service.get("spec") or {}
        addresses |= {spec.get("clusterIP") or "", *(spec.get("clusterIPs") or ())}
        ports |= {port["nodePort"] for port in spec.get("ports") or [] if port.get("nodePort")}
    return addresses, ports


def _free_address(seed: int, taken: set[str]) -> str:
    room = RANGE.num_addresses - RESERVED - 1
    for step in range(room):
        address = str(RANGE[RESERVED + (seed + step) % room])
        if address not in taken:
            return address
    raise errors.ApiError(500, "InternalError", "failed to allocate a serviceIP: range is full")


def _free_port(seed: int, taken: set[int]) -> int:
    first = FIRST_PORT + RESERVED_PORTS
    room = LAST_PORT - first + 1
    for step in range(room):
        port = first + (seed + step) % room
        if port not in taken:
            return port
    raise errors.ApiError(500, "InternalError", "failed to allocate a nodePort: range is full")
