"""A VPC of one's own: the account has three private subnets with a NAT gateway beside the public ones."""

from __future__ import annotations

import pytest

from lattice_tui.rehearsal.aws.account import DEFAULT_VPC, Subnet
from lattice_tui.rehearsal.aws.toggles import TOGGLES
from schemas.checks import CheckResult
from tests.aws.looking import look
from tests.aws.stand_in import SimulatedAws

PRIVATE = ("subnet-0000000000000001a", "subnet-0000000000000002a", "subnet-0000000000000003a")


@pytest.fixture
def subnets(simulated_aws: SimulatedAws) -> list[Subnet]:
    private = [
        Subnet(name, DEFAULT_VPC, number, f"172.31.{100 + number}.0/24", 251, way_out="nat-0123456789abcdef0")
        for number, name in enumerate(PRIVATE)
    ]
    simulated_aws.account.subnets += private
    return private


async def network(aws: SimulatedAws, ids: tuple[str, ...] = (), **more: str) -> CheckResult:
    public = tuple(subnet.id for subnet in aws.account.subnets if subnet.is_public)
    wanted = ",".join(ids or (*PRIVATE, *public))
    return (await look(aws, vpc_id=DEFAULT_VPC, cp_subnet_ids=wanted, **more))["aws-network"]


async def test_private_and_public_subnets_in_three_zones_are_ok(
    simulated_aws: SimulatedAws, subnets: list[Subnet]
) -> None:
    result = await network(simulated_aws)

    assert (result.status, len(subnets)) == ("ok", 3)
    assert "3 private and 3 public subnets in 3 zones" in result.summary


async def test_none_of_what_a_new_network_takes_is_counted(simulated_aws: SimulatedAws, subnets: list[Subnet]) -> None:
    TOGGLES["elastic-ips-used-up"](simulated_aws.account)
    TOGGLES["vpcs-used-up"](simulated_aws.account)
    ids = ",".join(subnet.id for subnet in subnets)

    results = await look(simulated_aws, vpc_id=DEFAULT_VPC, cp_subnet_ids=ids, internal_load_balancer="1")

    assert {results[row].status for row in ("aws-network", "aws-elastic-ips", "aws-vpcs")} == {"ok"}
    assert results["aws-bill"].summary.startswith("1 load balancer")


async def test_without_a_public_subnet_the_load_balancer_has_no_place(
    simulated_aws: SimulatedAws, subnets: list[Subnet]
) -> None:
    result = await network(simulated_aws, tuple(subnet.id for subnet in subnets))

    assert (result.status, result.code) == ("fail", "LT-AWS-183")


async def test_public_subnets_alone_leave_machines_without_a_way_out(simulated_aws: SimulatedAws) -> None:
    public = tuple(subnet.id for subnet in simulated_aws.account.subnets)

    result = await network(simulated_aws, public)

    assert (result.status, result.code) == ("fail", "LT-AWS-184")


async def test_a_subnet_without_a_default_route_is_named(simulated_aws: SimulatedAws, subnets: list[Subnet]) -> None:
    subnets[1].way_out = ""

    result = await network(simulated_aws)

    assert (result.code, result.summary.split()[0]) == ("LT-AWS-182", PRIVATE[1])


async def test_too_few_free_addresses_are_counted_with_the_surge(
    simulated_aws: SimulatedAws, subnets: list[Subnet]
) -> None:
    for subnet in subnets:
        subnet.free_addresses = 3

    result = await network(simulated_aws)

    assert result.code == "LT-AWS-185"
    assert result.summary == "7 addresses are needed, 9 are free in private subnets"


async def test_a_subnet_of_another_network_or_none_at_all_is_refused(
    simulated_aws: SimulatedAws, subnets: list[Subnet]
) -> None:
    subnets[0].vpc = "vpc-0000000000000beef"
    elsewhere = await network(simulated_aws)
    nowhere = await network(simulated_aws, ("subnet-00000000000000bad",))

    assert (elsewhere.code, nowhere.code) == ("LT-AWS-181", "LT-AWS-181")


async def test_one_zone_for_three_machines_is_a_warning(simulated_aws: SimulatedAws, subnets: list[Subnet]) -> None:
    for subnet in subnets:
        subnet.zone_number = 0

    result = await network(simulated_aws)

    assert (result.status, result.code) == ("warn", "LT-AWS-187")


async def test_a_network_that_is_not_there_is_named_with_those_that_are(simulated_aws: SimulatedAws) -> None:
    result = (await look(simulated_aws, vpc_id="vpc-0000000000000beef", cp_subnet_ids=PRIVATE[0]))["aws-network"]

    assert (result.status, result.code) == ("fail", "LT-AWS-180")
    assert DEFAULT_VPC in result.evidence


async def test_pods_in_the_networks_own_range_are_refused(simulated_aws: SimulatedAws, subnets: list[Subnet]) -> None:
    own = await network(simulated_aws, pod_cidr="172.31.0.0/17")
    new = (await look(simulated_aws, service_cidr="10.0.128.0/20"))["aws-network"]

    assert len(subnets) == 3
    assert (own.code, new.code) == ("LT-AWS-186", "LT-AWS-186")
    assert new.field == "spec.provider.kubernetes.clusterNetwork.serviceCidr"
