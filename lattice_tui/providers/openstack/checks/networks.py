"""O15, O16, O20, O22: the way out of the cloud, the API's address, ranges that share nothing, name servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.document.ranges import Network, network, overlaps
from lattice_tui.providers.openstack.checks.look import ENDPOINTS, ROOT, Look, check, listed, nearest, not_chosen, safe
from lattice_tui.providers.openstack.fields import UUID
from schemas.checks import CheckResult

EXTERNAL = "openstack-external-network"
FIELD = f"{ROOT}.externalNetworkId"
_RANGES = "spec.provider.kubernetes.clusterNetwork"


def checks(look: Look) -> tuple[Check, ...]:
    """Rows about networks and addresses."""
    networks = _Networks(look)
    ranges = ("node_cidr", "pod_cidr", "service_cidr", "dns_nameservers", "external_network_id")
    return (
        check(look, EXTERNAL, "External network", networks.external, ENDPOINTS, inputs=("external_network_id",)),
        check(look, "openstack-floating-ip", "Right to a floating IP", networks.floating_ip, ENDPOINTS),
        check(look, "openstack-host", "Address of the API", networks.host, EXTERNAL, inputs=("host",)),
        check(look, "openstack-subnets", "Ranges of addresses", networks.subnets, ENDPOINTS, inputs=ranges),
        check(look, "openstack-dns", "Name servers", networks.dns, ENDPOINTS, inputs=("dns_nameservers",)),
    )


class _Networks:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def external(self) -> CheckResult:
        networks = await self._look.external_networks()
        wanted = self._look.wish.external_network_id
        known = [f"{safe(one.name, 30)} ({safe(one.id, 40)})" for one in networks]
        if not networks:
            return wrong(
                "fail",
                "LT-OS-230",
                "the project sees no external network",
                why="without a way out no image is fetched, and the API gets no address",
                fix="Ask whoever runs the cloud for an external network that this project may use",
                action="openstack network list --external",
                field=FIELD,
            )
        if not wanted:
            return not_chosen("External network", evidence=", ".join(known))
        for one in networks:
            if wanted == one.id:
                return ok(f"{safe(one.name, 40)}, one of {len(networks)}" if len(networks) > 1 else safe(one.name, 40))
        named = [one for one in networks if one.name == wanted]
        if named:
            return wrong(
                "fail",
                "LT-OS-233",
                f"{safe(wanted, 40)} is the name of the network, not its id",
                why="the cluster's controllers take an id alone; names may be there twice",
                fix=f"Write externalNetworkId: {safe(named[0].id, 40)}",
                field=FIELD,
            )
        return await self._not_external(wanted, known)

    async def _not_external(self, wanted: str, known: list[str]) -> CheckResult:
        others = await self._look.listed("networks", lambda cloud: cloud.network.networks()) if _is_id(wanted) else ()
        inner = next((one for one in others if one.id == wanted), None)
        title = (
            f"the network {safe(inner.name, 40)} does not lead out of the cloud"
            if inner is not None
            else f"there is no external network {safe(wanted, 40)} here"
        )
        return wrong(
            "fail",
            "LT-OS-231" if inner is not None else "LT-OS-232",
            title,
            why="the cluster's router hangs on it, and floating IPs come from it",
            fix=f"Write the id of one of: {', '.join(known)}",
            action="openstack network list --external",
            field=FIELD,
        )

    async def floating_ip(self) -> CheckResult:
        return unknown(
            "whether you may make a floating IP is seen only when it is made",
            why="a cloud's policy may keep it to admins: create_floatingip is disallowed by policy",
            fix="Try it: openstack floating ip create NETWORK; and give it back: openstack floating ip delete ADDRESS. "
            "Where it is refused, ask for one, and write it as endpoints.host",
        )

    async def host(self) -> CheckResult:
        host, field = self._look.wish.host, "spec.endpoints.host"
        if not host:
            return ok("none given: a floating IP is made while building")
        addresses = await self._look.listed("floating-ips", lambda cloud: cloud.network.ips())
        found = next((one for one in addresses if one.floating_ip_address == host), None)
        free = [str(one.floating_ip_address) for one in addresses if not one.port_id]
        better = f"Write one of: {listed(free)}; or leave host out" if free else "Leave host out: then one is made"
        if found is None:
            return wrong(
                "fail",
                "LT-OS-235",
                f"{safe(host, 40)} is not a floating IP of this project",
                why="only an address of the project can be attached to the API",
                fix=better,
                action="openstack floating ip list",
                field=field,
            )
        if found.port_id:
            return wrong(
                "fail",
                "LT-OS-236",
                f"{safe(host, 40)} is attached to something else",
                why="taking it away would cut off what it leads to now",
                fix=better,
                action=f"openstack floating ip show {safe(host, 40)}",
                field=field,
                evidence=f"port {safe(found.port_id, 40)}",
            )
        wanted = self._look.wish.external_network_id
        if wanted and found.floating_network_id != wanted:
            return wrong(
                "fail",
                "LT-OS-237",
                f"{safe(host, 40)} belongs to another external network",
                why="it cannot be attached behind a router of the chosen one",
                fix=f"Write externalNetworkId: {safe(found.floating_network_id, 40)}, or another address",
                field=field,
            )
        return ok(f"{safe(host, 40)}, free")

    async def subnets(self) -> CheckResult:
        subnets = await self._look.subnets()
        clashes = sorted(self._clashes(subnets), key=lambda result: result.status != "fail")
        if clashes:
            return clashes[0]
        return ok(f"{safe(self._look.wish.node_cidr, 20)} is free", evidence=f"{len(subnets)} subnets seen")

    def _clashes(self, subnets: Sequence[Any]) -> Iterator[CheckResult]:
        wish = self._look.wish
        ranges = {
            f"{ROOT}.nodeCidr": ("the machines", wish.node_cidr),
            f"{_RANGES}.podCidr": ("the pods", wish.pod_cidr),
            f"{_RANGES}.serviceCidr": ("the services", wish.service_cidr),
        }
        taken = [(one, net) for one in subnets if (net := network(str(one.cidr))) is not None]
        for field, (whose, text) in ranges.items():
            own = network(text) if text else None
            if own is None:
                continue
            for subnet, net in taken:
                if overlaps(own, net):
                    yield self._clash(field, whose, own, subnet, net)
            for server in wish.dns_nameservers:
                if _is_in(server, own):
                    yield _server_inside(field, whose, own, server)

    def _clash(self, field: str, whose: str, own: Network, subnet: Any, net: Network) -> CheckResult:
        is_external = bool(subnet.network_id) and subnet.network_id == self._look.wish.external_network_id
        return wrong(
            "fail" if is_external else "warn",
            "LT-OS-239" if is_external else "LT-OS-238",
            f"{own}, for {whose}, meets the subnet {safe(subnet.name or subnet.id, 30)} ({net})",
            why="machines could not reach what is really there"
            if is_external
            else "going on works as long as no router joins the two",
            fix="Choose a range that is free, for example: " + _free_range(self._look.wish.node_cidr, subnet),
            action="openstack subnet list",
            field=field,
        )

    async def dns(self) -> CheckResult:
        servers = self._look.wish.dns_nameservers
        if not servers:
            return unknown(
                "none given: the machines ask the cloud's own, and some clouds have none",
                fix="Where machines find no names, write dnsNameservers: [9.9.9.9]",
            )
        return unknown(
            f"whether {listed(servers, 3)} answers inside the cloud is not seen from here",
            fix="Ask from a machine of the cloud: nslookup registry.k8s.io " + safe(servers[0], 40),
        )


def _server_inside(field: str, whose: str, own: Network, server: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-OS-242",
        f"the name server {safe(server, 40)} lies in {own}, the range of {whose}",
        why="the machines would look for it among themselves",
        fix="Choose another range, or another name server",
        field=field,
    )


def _free_range(wanted: str, subnet: Any) -> str:
    proposals = ("10.6.0.0/24", "10.66.0.0/24", "172.29.0.0/24", "192.168.231.0/24")
    taken = network(str(subnet.cidr))
    free = [
        one for one in proposals if one != wanted and (net := network(one)) and not (taken and overlaps(net, taken))
    ]
    return nearest(wanted, free)[0] if free else proposals[0]


def _is_in(text: str, own: Network) -> bool:
    try:
        return ip_address(text) in own
    except ValueError:
        return False


def _is_id(text: str) -> bool:
    return re.fullmatch(UUID, text) is not None
