"""Pick-lists of networks: a new VPC or one of the person's own, and its subnets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.quotas import VPCS
from lattice_tui.providers.aws.choosing import Asking, name_tag, plural, shown
from schemas.choices import LiveChoice, LiveChoices

WayOut = Literal["public", "private", "closed"]
"""`private`: out through a NAT gateway alone; `closed`: no way to the internet."""


@dataclass(frozen=True, slots=True)
class _Subnet:
    id: str
    vpc: str
    zone: str
    cidr: str
    name: str
    free: int
    way_out: WayOut


async def vpc_list(asking: Asking, path: str) -> LiveChoices:
    """A new network first, which is recommended; then the region's own that can carry a cluster."""
    vpcs = await asking.session.every("ec2", "describe_vpcs", "Vpcs")
    subnets = await asking.shared.once("subnets", lambda: _subnets(asking))
    of_vpc: dict[str, list[_Subnet]] = defaultdict(list)
    for subnet in subnets:
        of_vpc[subnet.vpc].append(subnet)
    full = await _full(asking, len(vpcs))
    new = LiveChoice("", "make a new one", ("10.0.0.0/16",), full or "recommended: goes with the cluster", not full)
    reason = "a new one is made with the cluster and removed with it"
    if full:
        reason = "there is no room for a new one: delete one, raise the quota, or take one of your own"
    return asking.listed(path, [new, *(_vpc(each, of_vpc[each["VpcId"]]) for each in vpcs)], reason=reason)


def _vpc(said: dict[str, Any], subnets: list[_Subnet]) -> LiveChoice:
    zones = {subnet.zone for subnet in subnets}
    facts = (shown(said.get("CidrBlock", "")), plural(len(subnets), "subnet"), plural(len(zones), "zone"))
    why = ""
    if said.get("IsDefault"):
        why = "the default VPC has public subnets alone: machines would stand in the open"
    elif not any(subnet.way_out == "private" for subnet in subnets):
        why = "no private subnet in it has a way out through a NAT gateway"
    return LiveChoice(str(said["VpcId"]), name_tag(said) or str(said["VpcId"]), facts, why, not why)


async def _full(asking: Asking, count: int) -> str:
    """Why no new network fits; empty when one does, or when nobody says."""
    service, code = VPCS
    try:
        answer = await asking.session.call("service-quotas", "get_service_quota", ServiceCode=service, QuotaCode=code)
    except AwsAnswerError:
        # A quota that may not be read is none that is full.
        return ""
    limit = int(answer["Quota"]["Value"])
    return f"{count} of {limit} VPCs of the region are in use" if count >= limit else ""


async def control_plane_subnet_list(asking: Asking, path: str) -> LiveChoices:
    """Subnets of the chosen VPC, private ones first; the load balancer wants a public one beside them."""
    return await _subnet_list(asking, path, public_remark="for the load balancer")


async def worker_subnet_list(asking: Asking, path: str) -> LiveChoices:
    """Subnets of the chosen VPC, private ones first."""
    return await _subnet_list(asking, path, public_remark="machines in it can be reached from the internet")


async def _subnet_list(asking: Asking, path: str, public_remark: str) -> LiveChoices:
    vpc = asking.wish.vpc_id
    if not vpc:
        return asking.unknown(path, "only for a VPC of your own: choose VPC first")
    subnets = await asking.shared.once("subnets", lambda: _subnets(asking))
    order = {"private": 0, "public": 1, "closed": 2}
    of_vpc = sorted(
        (subnet for subnet in subnets if subnet.vpc == vpc), key=lambda each: (order[each.way_out], each.zone, each.id)
    )
    reason = "one in each zone that is used" if of_vpc else f"{shown(vpc)} has no subnets in {asking.session.region}"
    return asking.listed(path, [_choice(subnet, public_remark) for subnet in of_vpc], reason=reason)


def _choice(subnet: _Subnet, public_remark: str) -> LiveChoice:
    why, is_usable = "", True
    if not subnet.free:
        why, is_usable = "no free addresses", False
    elif subnet.way_out == "closed":
        why, is_usable = "no way out: machines could not fetch images", False
    elif subnet.way_out == "public":
        why = public_remark
    facts = (shown(subnet.zone), shown(subnet.cidr), subnet.way_out, f"{subnet.free} free")
    return LiveChoice(subnet.id, subnet.name or subnet.id, facts, why, is_usable)


async def _subnets(asking: Asking) -> list[_Subnet]:
    said = await asking.session.every("ec2", "describe_subnets", "Subnets")
    tables = await asking.session.every("ec2", "describe_route_tables", "RouteTables")
    main: dict[str, WayOut] = {}
    own: dict[str, WayOut] = {}
    for table in tables:
        way_out = _way_out(table)
        for association in table.get("Associations") or ():
            if association.get("SubnetId"):
                own[association["SubnetId"]] = way_out
            elif association.get("Main"):
                main[table["VpcId"]] = way_out
    return [
        _Subnet(
            str(each["SubnetId"]),
            str(each["VpcId"]),
            str(each.get("AvailabilityZone", "")),
            str(each.get("CidrBlock", "")),
            name_tag(each),
            int(each.get("AvailableIpAddressCount", 0)),
            # A subnet without a table of its own has its VPC's main one.
            own.get(each["SubnetId"], main.get(each["VpcId"], "closed")),
        )
        for each in said
    ]


def _way_out(table: dict[str, Any]) -> WayOut:
    for route in table.get("Routes") or ():
        if route.get("DestinationCidrBlock") != "0.0.0.0/0" or route.get("State") == "blackhole":
            continue
        if str(route.get("GatewayId", "")).startswith("igw-"):
            return "public"
        if any(route.get(way) for way in ("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId")):
            return "private"
    return "closed"
