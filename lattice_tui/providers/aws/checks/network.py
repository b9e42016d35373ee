"""A14: the network that is made, or one of the person's own with its subnets, routes and free addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, check, ok, wrong
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

NEW_VPC: Final = "10.0.0.0/16"
"""Of a network that Cluster API makes. Source: cluster-api-provider-aws, DefaultVPCCIDR."""
_LOAD_BALANCER_ADDRESSES: Final = 8
"""Free addresses that a load balancer wants in each of its subnets. Source: ELB guide."""
_INPUTS = (
    "vpc_id",
    "cp_subnet_ids",
    "worker_subnet_ids",
    "internal_load_balancer",
    "control_planes",
    "pools",
    "zone_count",
    "pod_cidr",
    "service_cidr",
    "name",
)


@dataclass(frozen=True, slots=True)
class _Subnet:
    id: str
    vpc: str
    zone: str
    free: int
    way_out: str
    """`public` (an internet gateway), `private` (a NAT or transit gateway), empty: none."""


def checks(look: Look) -> tuple[Check, ...]:
    return (check(look, rows.NETWORK, "Network", _Network(look).network, rows.REGION, inputs=_INPUTS),)


class _Network:
    def __init__(self, look: Look) -> None:
        self._look = look

    async def network(self) -> CheckResult:
        wish = self._look.wish
        if not wish.vpc_id:
            zones = (await self._look.zones())[: wish.zone_count]
            return self._crossing((NEW_VPC,)) or ok(
                f"a new VPC {NEW_VPC}, public and private subnets in {', '.join(zones)}",
            )
        vpc = await self._vpc(wish.vpc_id)
        if vpc is None:
            return await self._no_vpc()
        try:
            subnets = await self._subnets(wish.vpc_id)
        except AwsAnswerError as error:
            if error.kind != "absent":
                raise
            return self._bad_subnet("LT-AWS-181", f"AWS knows no such subnet: {error.words}", wish.subnet_ids[0])
        ranges = [str(one.get("CidrBlock", "")) for one in vpc.get("CidrBlockAssociationSet") or (vpc,)]
        return self._crossing(ranges) or self._judged(subnets, bool(vpc.get("IsDefault")))

    async def _vpc(self, vpc_id: str) -> Mapping[str, Any] | None:
        try:
            said = await self._look.session.call("ec2", "describe_vpcs", VpcIds=[vpc_id])
        except AwsAnswerError as error:
            if error.code.startswith("InvalidVpc"):
                return None
            raise
        return next(iter(said.get("Vpcs", ())), None)

    async def _no_vpc(self) -> CheckResult:
        vpcs = await self._look.session.every("ec2", "describe_vpcs", "Vpcs")
        there = ", ".join(f"{vpc.get('VpcId')} ({vpc.get('CidrBlock')})" for vpc in vpcs[:6])
        return wrong(
            "fail",
            "LT-AWS-180",
            f"There is no VPC {safe_text(self._look.wish.vpc_id, 30)} in {self._look.wish.region}",
            why="A VPC belongs to one region and one account.",
            fix="Write the id of one that is there, or leave vpcId and the subnets out: one is made",
            action="aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,CidrBlock]'",
            field=f"{BLOCK}.vpcId",
            evidence=safe_text(there),
        )

    async def _subnets(self, vpc_id: str) -> tuple[_Subnet, ...]:
        wanted = list(self._look.wish.subnet_ids)
        session = self._look.session
        said = await session.every("ec2", "describe_subnets", "Subnets", SubnetIds=wanted) if wanted else []
        filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
        tables = await session.every("ec2", "describe_route_tables", "RouteTables", Filters=filters)
        return tuple(
            _Subnet(
                str(one["SubnetId"]),
                str(one["VpcId"]),
                str(one["AvailabilityZone"]),
                int(one.get("AvailableIpAddressCount") or 0),
                _way_out(str(one["SubnetId"]), tables),
            )
            for one in said
        )

    def _judged(self, subnets: Sequence[_Subnet], is_default: bool) -> CheckResult:
        wish = self._look.wish
        if elsewhere := next((one for one in subnets if one.vpc != wish.vpc_id), None):
            return self._bad_subnet("LT-AWS-181", f"{elsewhere.id} belongs to {elsewhere.vpc}", elsewhere.id)
        if locked := next((one for one in subnets if not one.way_out), None):
            return self._bad_subnet("LT-AWS-182", f"{locked.id} has no way out: no route to 0.0.0.0/0", locked.id)
        private = [one for one in subnets if one.way_out == "private"]
        public = [one for one in subnets if one.way_out == "public"]
        if not wish.internal_load_balancer and not public:
            return self._bad_subnet("LT-AWS-183", "None of the subnets is public (a route to an igw-)", "")
        if not private:
            only = " of the default VPC" if is_default else ""
            return self._bad_subnet("LT-AWS-184", f"The subnets{only} are public only; machines get private ones", "")
        need = sum(group.with_surge for group in wish.groups)
        free = sum(one.free for one in private)
        if free < need + _LOAD_BALANCER_ADDRESSES:
            return self._bad_subnet(
                "LT-AWS-185", f"{need} addresses are needed, {free} are free in private subnets", ""
            )
        zones = sorted({one.zone for one in private})
        if len(zones) < min(3, wish.control_planes):
            return wrong(
                "warn",
                "LT-AWS-187",
                f"The private subnets lie in {len(zones)} zone{'s' if len(zones) > 1 else ''}",
                why="Going on, the loss of one zone takes the cluster along.",
                fix="Add subnets of other zones to cpSubnetIds",
                field=f"{BLOCK}.cpSubnetIds",
                evidence=", ".join(zones),
            )
        return ok(
            f"{wish.vpc_id}: {len(private)} private and {len(public)} public subnets in {len(zones)} zones",
            why="Tag your subnets kubernetes.io/role/elb or internal-elb, so that services find them.",
            evidence=f"{free} free addresses; {', '.join(zones)}",
        )

    def _bad_subnet(self, code: str, summary: str, subnet: str) -> CheckResult:
        why, fix = _SUBNET_WORDS[code]
        key = "workerSubnetIds" if subnet in self._look.wish.worker_subnet_ids else "cpSubnetIds"
        return wrong(
            "fail",
            code,
            safe_text(summary, 99),
            why=why,
            fix=fix,
            action=f"aws ec2 describe-subnets --filters Name=vpc-id,Values={safe_text(self._look.wish.vpc_id, 30)}",
            field=f"{BLOCK}.{key}",
        )

    def _crossing(self, ranges: Iterable[str]) -> CheckResult | None:
        """Whether pods or services take addresses that the network has."""
        wish = self._look.wish
        wanted = {"podCidr": wish.pod_cidr, "serviceCidr": wish.service_cidr}
        for key, text in wanted.items():
            own = _network(text)
            met = next((one for one in map(_network, ranges) if own and one and own.overlaps(one)), None)
            if met is not None:
                return wrong(
                    "fail",
                    "LT-AWS-186",
                    f"{key} {own} lies in the network's own range {met}",
                    why="Packets for machines would be taken for pods.",
                    fix=f"Leave {key} out: a free range is taken",
                    field=f"spec.provider.kubernetes.clusterNetwork.{key}",
                )
        return None


_SUBNET_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "LT-AWS-181": ("Machines and load balancer share one network.", "Write subnets of vpcId"),
    "LT-AWS-182": (
        "Machines have to fetch images from the internet.",
        "Give its route table a route 0.0.0.0/0 to a NAT gateway, or take another subnet",
    ),
    "LT-AWS-183": (
        "The API's load balancer stands in a public subnet.",
        "Add a public subnet of each zone to cpSubnetIds, or write internalLoadBalancer: true",
    ),
    "LT-AWS-184": (
        "Machines get no public address, and would have no way out from there.",
        "Add private subnets (a route 0.0.0.0/0 to a NAT gateway), or leave vpcId out: a network is made",
    ),
    "LT-AWS-185": (
        "Each machine takes an address, one more while machines are replaced, and the load balancer some.",
        "Add a larger subnet, or want fewer machines",
    ),
}
"""Code -> why, and what to do."""


def _way_out(subnet: str, tables: Iterable[Mapping[str, Any]]) -> str:
    """Of the route table that names the subnet, else of the VPC's main one."""
    main: Mapping[str, Any] = {}
    for table in tables:
        links = table.get("Associations") or ()
        if any(link.get("SubnetId") == subnet for link in links):
            return _default_route(table)
        if any(link.get("Main") for link in links):
            main = table
    return _default_route(main)


def _default_route(table: Mapping[str, Any]) -> str:
    for route in table.get("Routes") or ():
        if route.get("DestinationCidrBlock") != "0.0.0.0/0" or route.get("State") == "blackhole":
            continue
        return "public" if str(route.get("GatewayId") or "").startswith("igw-") else "private"
    return ""


def _network(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        # Nothing chosen, or IPv6: nothing to compare.
        return None
