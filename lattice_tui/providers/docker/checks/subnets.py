"""D13: whether the ranges of pods and services, Docker's networks and this computer's routes keep out of each
other's way, and whether packets of Docker's size fit the line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from lattice_tui.checks.routes import Route, host_routes, line_mtu
from lattice_tui.checks.runner import Check
from lattice_tui.document.ranges import Network, choose_ranges, network, overlaps
from lattice_tui.providers.docker.checks.look import DAEMON, Look, check, ok, wrong
from lattice_tui.providers.docker.engine_networks import USUAL_MTU, DockerNetwork, docker_networks
from schemas.checks import CheckResult

KIND = "kind"
"""The network that every machine is on, whoever made it. Source: kind, CAPD: both use this name alone."""
DEFAULT = "bridge"
"""kind takes the packet size of its network from this one. Source: kind, providers/docker/network.go."""
_FIELD = "spec.provider.kubernetes.clusterNetwork"
_BOTH = ("podCidr", "serviceCidr")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Every range that is in use around the cluster."""

    networks: tuple[DockerNetwork, ...] = ()
    routes: tuple[Route, ...] = ()
    """This computer's, without those that lead into Docker's own networks; empty where Docker is elsewhere."""
    line_mtu: int | None = None

    @property
    def kind(self) -> DockerNetwork | None:
        """The machines' network, None before the first cluster on this computer."""
        return next((one for one in self.networks if one.name == KIND), None)

    @property
    def taken(self) -> tuple[Network, ...]:
        """All of it."""
        subnets = [subnet for one in self.networks for subnet in one.subnets]
        return (*subnets, *(route.network for route in self.routes))


@dataclass(frozen=True, slots=True)
class Range:
    """A range of the cluster."""

    key: Literal["podCidr", "serviceCidr"]
    text: str
    network: Network
    is_given: bool
    """Written in the document, not chosen by us."""

    @property
    def words(self) -> str:
        return f"the {'pod' if self.key == 'podCidr' else 'service'} range {self.text}"


def checks(look: Look) -> tuple[Check, ...]:
    """One row for all addresses."""

    async def run() -> CheckResult:
        around = await surroundings(look)
        return judge(wanted_ranges(look.wish.pod_cidr, look.wish.service_cidr, around.taken), around)

    return (check(look, "docker-subnets", "Networks", run, DAEMON, inputs=("pod_cidr", "service_cidr")),)


async def surroundings(look: Look) -> Surroundings:
    """Docker's networks, and this computer's routes where Docker is on it. Raises LatticeError."""
    engine = await look.engine()
    networks = await asyncio.to_thread(docker_networks, engine)
    if not await look.is_local_linux():
        return Surroundings(networks)
    routes = await asyncio.to_thread(host_routes, look.host.proc)
    own = {one.interface for one in networks}
    foreign = tuple(route for route in routes if not route.is_default and route.interface not in own)
    return Surroundings(networks, foreign, line_mtu(routes, look.host.sys))


def wanted_ranges(pod_cidr: str, service_cidr: str, taken: tuple[Network, ...] = ()) -> tuple[Range, ...]:
    """The ranges that the plan will have; empty texts, and texts that mean none, are chosen as the plan chooses."""
    given = {key: text if network(text) else None for key, text in zip(_BOTH, (pod_cidr, service_cidr), strict=True)}
    pods, services = choose_ranges(given["podCidr"], given["serviceCidr"], taken)
    return tuple(_range(key, text, given[key] is not None) for key, text in zip(_BOTH, (pods, services), strict=True))


def _range(key: str, text: str, is_given: bool) -> Range:
    wanted = network(text)
    assert wanted is not None
    return Range("podCidr" if key == "podCidr" else "serviceCidr", text, wanted, is_given)


def judge(ranges: tuple[Range, ...], around: Surroundings) -> CheckResult:
    """The worst of what was found; the rest stands beside it as evidence. Pure."""
    found = sorted(_findings(ranges, around), key=lambda one: one.status != "fail")
    if not found:
        return ok(_fine(ranges, around))
    first, rest = found[0], found[1:]
    told = "; ".join(filter(None, (first.evidence, *(one.summary for one in rest))))
    return replace(first, evidence=told)


def _findings(ranges: tuple[Range, ...], around: Surroundings) -> Iterator[CheckResult]:
    for one in ranges:
        if result := _with_machines(one, ranges, around) or _with_others(one, ranges, around):
            yield result
    if result := _docker_over_route(around):
        yield result
    if result := _too_large_packets(around):
        yield result


def _fine(ranges: tuple[Range, ...], around: Surroundings) -> str:
    pods, services = (one.text for one in ranges)
    kind = around.kind
    machines = next((str(one) for one in kind.subnets if one.version == 4), "") if kind else ""
    said = f"pods {pods}, services {services}" + (f", machines {machines}" if machines else "")
    mtu = _docker_mtu(around)
    return said if mtu == USUAL_MTU else f"{said}; packets of {mtu} bytes"


def _with_machines(one: Range, ranges: tuple[Range, ...], around: Surroundings) -> CheckResult | None:
    kind = around.kind
    clash = next((subnet for subnet in kind.subnets if overlaps(one.network, subnet)), None) if kind else None
    if clash is None:
        return None
    return wrong(
        "fail",
        "LT-NETS-001",
        f"{_sentence(one.words)} overlaps Docker's network {KIND} ({clash})",
        why="the machines have their own addresses there: they could not reach each other",
        fix=_proposal(one, ranges, around),
        action=f"docker network inspect {KIND}",
        field=f"{_FIELD}.{one.key}",
        evidence="" if one.is_given else "no range was given, and this is the one that is proposed",
    )


def _with_others(one: Range, ranges: tuple[Range, ...], around: Surroundings) -> CheckResult | None:
    others = [
        f"{route.network} over {route.interface}" for route in around.routes if overlaps(one.network, route.network)
    ]
    others += [
        f"Docker's network {other.name} ({subnet})"
        for other in around.networks
        for subnet in other.subnets
        if overlaps(one.network, subnet)
    ]
    if not others:
        return None
    return wrong(
        "warn",
        "LT-NETS-002",
        f"{_sentence(one.words)} overlaps {others[0]}",
        why="what has an address there could not be reached from the cluster, which would look for it inside itself",
        fix=_proposal(one, ranges, around),
        action="ip route",
        field=f"{_FIELD}.{one.key}",
        evidence="; ".join(others[1:3]),
    )


def _proposal(one: Range, ranges: tuple[Range, ...], around: Surroundings) -> str:
    """A range that is free here, in the words to write down."""
    kept = {other.key: other.text for other in ranges if other.key != one.key}
    chosen = dict(zip(_BOTH, choose_ranges(kept.get("podCidr"), kept.get("serviceCidr"), around.taken), strict=True))
    text = chosen[one.key]
    free = network(text)
    if free is not None and not any(overlaps(free, other) for other in around.taken):
        return f"Write {one.key}: {text}, which is free here"
    return f"Write a {one.key} that nothing here uses, inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"


def _docker_over_route(around: Surroundings) -> CheckResult | None:
    """A VPN on Docker's addresses: 172.17.0.0/16 and its neighbours are popular with both."""
    machines = [one for one in around.networks if one.name in (KIND, DEFAULT)]
    for one in machines:
        for route in around.routes:
            if any(overlaps(subnet, route.network) for subnet in one.subnets):
                return wrong(
                    "warn",
                    "LT-NETS-003",
                    f"Docker's network {one.name} overlaps {route.network} over {route.interface}",
                    why="what is behind that route, a VPN mostly, could not be reached while Docker has the addresses",
                    fix='Give Docker others: "default-address-pools" in /etc/docker/daemon.json, then restart Docker'
                    + (f" and docker network rm {KIND}" if one.name == KIND else ""),
                    action=f"docker network inspect {one.name}",
                )
    return None


def _docker_mtu(around: Surroundings) -> int:
    by_name = {one.name: one.mtu for one in around.networks}
    return by_name.get(KIND) or by_name.get(DEFAULT) or USUAL_MTU


def _too_large_packets(around: Surroundings) -> CheckResult | None:
    mtu = _docker_mtu(around)
    if around.line_mtu is None or mtu <= around.line_mtu:
        return None
    again = f" and docker network rm {KIND}" if around.kind else ""
    return wrong(
        "warn",
        "LT-NETS-004",
        f"Docker sends packets of {mtu} bytes, this computer's line takes {around.line_mtu}",
        why="large answers may get lost on the way: image pulls inside the machines then hang without an error",
        fix=f'Write "mtu": {around.line_mtu} into /etc/docker/daemon.json, then restart Docker{again}',
        action="ip link",
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
