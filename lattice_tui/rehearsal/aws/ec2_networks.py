"""What EC2 answers about networks: VPCs, subnets, routes, gateways, Elastic IPs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lattice_tui.rehearsal.aws.account import ELASTIC_IP_QUOTA, Account, Subnet
from lattice_tui.rehearsal.aws.errors import AwsError
from lattice_tui.rehearsal.aws.filters import filtered, page

Args = Mapping[str, Any]
Answer = dict[str, Any]


def _vpcs(account: Account, _region: str, args: Args) -> Answer:
    wanted = args.get("VpcIds")
    _refuse_missing("VpcID", "vpc", wanted, {vpc.id for vpc in account.vpcs})
    vpcs = [
        {
            "VpcId": vpc.id,
            "CidrBlock": vpc.cidr,
            "IsDefault": vpc.is_default,
            "State": "available",
            "OwnerId": account.id,
            "InstanceTenancy": "default",
            "CidrBlockAssociationSet": [{"CidrBlock": vpc.cidr, "CidrBlockState": {"State": "associated"}}],
            "Tags": _tags({"Name": vpc.name} if vpc.name else {}),
        }
        for vpc in account.vpcs
        if not wanted or vpc.id in wanted
    ]
    shown, token = page(filtered(vpcs, args.get("Filters")), args)
    return {"Vpcs": shown, "NextToken": token}


def _subnets(account: Account, region: str, args: Args) -> Answer:
    wanted = args.get("SubnetIds")
    _refuse_missing("SubnetID", "subnet", wanted, {subnet.id for subnet in account.subnets})
    subnets = [
        {
            "SubnetId": subnet.id,
            "VpcId": subnet.vpc,
            "AvailabilityZone": account.zone(region, subnet.zone_number),
            "CidrBlock": subnet.cidr,
            "AvailableIpAddressCount": subnet.free_addresses,
            "MapPublicIpOnLaunch": subnet.is_public,
            "DefaultForAz": any(vpc.id == subnet.vpc and vpc.is_default for vpc in account.vpcs),
            "State": "available",
            "OwnerId": account.id,
            "Tags": _tags(subnet.tags),
        }
        for subnet in account.subnets
        if not wanted or subnet.id in wanted
    ]
    shown, token = page(filtered(subnets, args.get("Filters")), args)
    return {"Subnets": shown, "NextToken": token}


def _route_tables(account: Account, _region: str, args: Args) -> Answer:
    tables = [_main_table(vpc.id, vpc.cidr) for vpc in account.vpcs]
    cidrs = {vpc.id: vpc.cidr for vpc in account.vpcs}
    tables += [_table(subnet, cidrs.get(subnet.vpc, "")) for subnet in account.subnets]
    shown, token = page(filtered(tables, args.get("Filters")), args)
    return {"RouteTables": shown, "NextToken": token}


def _main_table(vpc: str, cidr: str) -> Answer:
    return {
        "RouteTableId": "rtb-" + vpc[4:],
        "VpcId": vpc,
        "Associations": [{"Main": True, "RouteTableId": "rtb-" + vpc[4:]}],
        "Routes": [_local(cidr)],
        "Tags": [],
    }


def _table(subnet: Subnet, cidr: str) -> Answer:
    table = "rtb-" + subnet.id.removeprefix("subnet-")
    routes = [_local(cidr)]
    if subnet.way_out:
        way = "NatGatewayId" if subnet.way_out.startswith("nat-") else "GatewayId"
        routes.append({"DestinationCidrBlock": "0.0.0.0/0", way: subnet.way_out, "State": "active"})
    return {
        "RouteTableId": table,
        "VpcId": subnet.vpc,
        "Associations": [{"Main": False, "RouteTableId": table, "SubnetId": subnet.id}],
        "Routes": routes,
        "Tags": [],
    }


def _local(cidr: str) -> Answer:
    return {"DestinationCidrBlock": cidr, "GatewayId": "local", "State": "active"}


def _internet_gateways(account: Account, _region: str, args: Args) -> Answer:
    gateways = [
        {
            "InternetGatewayId": "igw-" + vpc.id[4:],
            "Attachments": [{"VpcId": vpc.id, "State": "available"}],
            "Tags": [],
        }
        for vpc in account.vpcs
        if vpc.has_internet
    ]
    shown, token = page(filtered(gateways, args.get("Filters")), args)
    return {"InternetGateways": shown, "NextToken": token}


def _nat_gateways(account: Account, _region: str, args: Args) -> Answer:
    vpcs = {subnet.id: subnet.vpc for subnet in account.subnets}
    gateways = [
        {"NatGatewayId": gateway, "SubnetId": subnet, "VpcId": vpcs.get(subnet, ""), "State": "available", "Tags": []}
        for gateway, subnet in account.nat_gateways
    ]
    # The one operation of the family that calls its filters by the singular.
    shown, token = page(filtered(gateways, args.get("Filters") or args.get("Filter")), args)
    return {"NatGateways": shown, "NextToken": token}


def _addresses(account: Account, region: str, args: Args) -> Answer:
    addresses = [
        {
            "PublicIp": address,
            "AllocationId": f"eipalloc-0{number:016x}",
            "Domain": "vpc",
            "NetworkBorderGroup": region,
            "Tags": [],
        }
        for number, address in enumerate(account.elastic_ips, start=1)
    ]
    return {"Addresses": filtered(addresses, args.get("Filters"))}


def _account_attributes(account: Account, _region: str, args: Args) -> Answer:
    most = str(int(account.quotas.get(ELASTIC_IP_QUOTA, 5)))
    default = next((vpc.id for vpc in account.vpcs if vpc.is_default), "none")
    said = {
        "supported-platforms": "VPC",
        "default-vpc": default,
        "max-instances": "20",
        "max-elastic-ips": most,
        "vpc-max-elastic-ips": most,
        "vpc-max-security-groups-per-interface": "5",
    }
    wanted = args.get("AttributeNames") or said
    return {
        "AccountAttributes": [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": value}]}
            for name, value in said.items()
            if name in wanted
        ]
    }


def _security_groups(_account: Account, _region: str, _args: Args) -> Answer:
    return {"SecurityGroups": []}


def _volumes(_account: Account, _region: str, _args: Args) -> Answer:
    return {"Volumes": []}


def _refuse_missing(word: str, kind: str, wanted: list[str] | None, there: set[str]) -> None:
    if missing := set(wanted or ()) - there:
        raise AwsError(f"Invalid{word}.NotFound", f"The {kind} ID '{min(missing)}' does not exist")


def _tags(tags: Mapping[str, str]) -> list[Answer]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


OPERATIONS: Mapping[str, Callable[[Account, str, Args], Answer]] = MappingProxyType(
    {
        "DescribeVpcs": _vpcs,
        "DescribeSubnets": _subnets,
        "DescribeRouteTables": _route_tables,
        "DescribeInternetGateways": _internet_gateways,
        "DescribeNatGateways": _nat_gateways,
        "DescribeAddresses": _addresses,
        "DescribeAccountAttributes": _account_attributes,
        "DescribeSecurityGroups": _security_groups,
        "DescribeVolumes": _volumes,
    }
)
