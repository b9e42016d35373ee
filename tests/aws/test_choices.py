"""AWS's pick-lists, asked of moto and of the simulated AWS: what they list, in which order, what they propose."""

from __future__ import annotations

import pytest

from lattice_tui.providers.aws import PROVIDER
from lattice_tui.providers.aws.choices import LISTS
from lattice_tui.rehearsal.aws.account import KeyPair, Subnet, Vpc
from lattice_tui.rehearsal.aws.toggles import TOGGLES
from tests.aws.lists import AWS, VERSION, choice_of, fetched, values_of
from tests.aws.moto_account import make_network
from tests.aws.moto_server import Moto
from tests.aws.moto_toggles import TOGGLES as MOTO_TOGGLES
from tests.aws.stand_in import SimulatedAws

OWN_VPC = "vpc-0b0000000000000d1"


def test_every_field_with_a_live_list_has_one_and_none_is_made_for_another() -> None:
    paths = {field.path for field in PROVIDER.fields if field.live}

    assert set(LISTS) == paths | {VERSION}
    assert set(PROVIDER.choices({}, {})) == set(LISTS)


@pytest.mark.parametrize("path", list(LISTS))
async def test_without_keys_a_list_says_that_one_signs_in_first(path: str) -> None:
    listed = await PROVIDER.choices({"region": "eu-central-1"}, {})[path]()

    assert (listed.status, listed.reason, listed.field) == ("unknown", "sign in to AWS first", path)


@pytest.mark.parametrize("path", [path for path in LISTS if not path.endswith(".region")])
async def test_without_a_region_a_list_says_that_it_waits_for_it(simulated_aws: SimulatedAws, path: str) -> None:
    listed = await fetched(simulated_aws, path, region="")

    assert (listed.status, listed.reason) == ("unknown", "choose Region first")
    assert simulated_aws.server.calls == []


@pytest.mark.parametrize("path", [f"{AWS}.cpInstanceType", f"{AWS}.sshKeyName", f"{AWS}.vpcId", f"{AWS}.region"])
async def test_a_list_that_may_not_be_read_says_so_and_is_not_empty(simulated_aws: SimulatedAws, path: str) -> None:
    TOGGLES["everything-denied"](simulated_aws.account)
    listed = await fetched(simulated_aws, path)

    assert listed.status == "unknown"
    assert listed.reason.startswith("The list could not be fetched: these keys may not ec2:Describe")


async def test_a_server_that_answers_with_a_page_of_its_own_makes_an_unknown_list(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.broken["DescribeKeyPairs"] = (200, "<html>Sign in to the guest network</html>")
    listed = await fetched(simulated_aws, f"{AWS}.sshKeyName")

    assert (listed.status, listed.choices) == ("unknown", ())


# Regions and zones


async def test_regions_are_listed_by_their_names_and_none_is_guessed(moto: Moto) -> None:
    listed = await fetched(moto, f"{AWS}.region", region="")

    assert "Frankfurt" in choice_of(listed, "eu-central-1").label
    assert "ap-east-1" in values_of(listed, usable=False)
    assert "switched on" in choice_of(listed, "ap-east-1").why
    assert listed.proposed == ""
    assert listed.total == len(listed.choices) > 15


async def test_a_region_with_kubernetes_images_stands_before_one_without(simulated_aws: SimulatedAws) -> None:
    values = values_of(await fetched(simulated_aws, f"{AWS}.region"))

    assert values.index("us-west-2") < values.index("eu-north-1")


async def test_the_region_of_the_environment_is_proposed(
    simulated_aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    listed = await fetched(simulated_aws, f"{AWS}.region", region="")

    assert (listed.proposed, listed.choices[0].value) == ("eu-west-3", "eu-west-3")


async def test_three_zones_are_proposed_for_three_control_planes_and_one_for_one(moto: Moto) -> None:
    three = await fetched(moto, f"{AWS}.availabilityZoneCount", control_planes="3")
    one = await fetched(moto, f"{AWS}.availabilityZoneCount", control_planes="1")

    assert (three.proposed, one.proposed) == ("3", "1")
    assert "3 NAT gateways" in choice_of(three, "3").facts


async def test_zones_that_there_are_no_elastic_ips_for_cannot_be_taken(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    for _ in range(3):
        ec2.allocate_address(Domain="vpc")
    listed = await fetched(moto, f"{AWS}.availabilityZoneCount", control_planes="3")

    assert values_of(listed, usable=False) == ["3"]
    assert choice_of(listed, "3").why == "needs 3 Elastic IPs, 2 free"
    assert listed.proposed == "2"


async def test_no_number_of_zones_is_proposed_where_no_elastic_ip_is_free(moto: Moto) -> None:
    MOTO_TOGGLES["elastic-ips-used-up"](moto)
    listed = await fetched(moto, f"{AWS}.availabilityZoneCount")

    assert (values_of(listed), listed.proposed) == ([], "")


async def test_a_network_of_ones_own_takes_no_elastic_ips(simulated_aws: SimulatedAws) -> None:
    TOGGLES["elastic-ips-used-up"](simulated_aws.account)
    listed = await fetched(simulated_aws, f"{AWS}.availabilityZoneCount", vpc_id=OWN_VPC)

    assert values_of(listed) == ["3", "2", "1"]


async def test_a_region_with_fewer_zones_says_how_many_it_has(simulated_aws: SimulatedAws) -> None:
    TOGGLES["one-zone"](simulated_aws.account)
    listed = await fetched(simulated_aws, f"{AWS}.availabilityZoneCount", control_planes="3")

    assert values_of(listed) == ["1"]
    assert choice_of(listed, "2").why == "the region has 1 zone"


# Key pairs


async def test_the_only_key_pair_is_proposed_and_none_is_offered_beside_it(moto: Moto) -> None:
    listed = await fetched(moto, f"{AWS}.sshKeyName")

    assert values_of(listed) == ["lattice", ""]
    assert (listed.proposed, listed.reason) == ("lattice", "the only key pair in eu-central-1")
    assert "ed25519" in listed.choices[0].facts


async def test_of_two_key_pairs_none_is_proposed(moto: Moto) -> None:
    MOTO_TOGGLES["second-key-pair"](moto)
    listed = await fetched(moto, f"{AWS}.sshKeyName")

    assert set(values_of(listed)) == {"lattice", "other", ""}
    assert listed.proposed == ""


async def test_without_a_key_pair_the_list_says_what_to_do(moto: Moto) -> None:
    MOTO_TOGGLES["key-pair-missing"](moto)
    listed = await fetched(moto, f"{AWS}.sshKeyName")

    assert values_of(listed) == [""]
    assert "import your own public key" in listed.reason


async def test_a_hostile_name_is_shown_harmlessly_and_written_as_it_is(simulated_aws: SimulatedAws) -> None:
    TOGGLES["hostile-names"](simulated_aws.account)
    listed = await fetched(simulated_aws, f"{AWS}.sshKeyName")

    hostile = next(choice for choice in listed.choices if "click" in choice.value)
    assert "\u202e" in hostile.value
    assert "\u202e" not in hostile.label


# Networks


def _own_vpc(aws: SimulatedAws) -> None:
    aws.account.vpcs.append(Vpc(OWN_VPC, "10.20.0.0/16", name="office"))
    aws.account.subnets += [
        Subnet("subnet-0b0000000000000d1", OWN_VPC, 0, "10.20.0.0/24", is_public=True, way_out="igw-0b0000000000000d1"),
        Subnet("subnet-0b0000000000000d2", OWN_VPC, 0, "10.20.1.0/24", way_out="nat-0b0000000000000d1"),
        Subnet("subnet-0b0000000000000d3", OWN_VPC, 1, "10.20.2.0/24", way_out="nat-0b0000000000000d1"),
        Subnet("subnet-0b0000000000000d4", OWN_VPC, 2, "10.20.3.0/24"),
        Subnet("subnet-0b0000000000000d5", OWN_VPC, 2, "10.20.4.0/24", 0, way_out="nat-0b0000000000000d1"),
    ]


async def test_a_new_network_stands_first_and_the_default_one_cannot_be_taken(moto: Moto) -> None:
    listed = await fetched(moto, f"{AWS}.vpcId")

    assert values_of(listed) == [""]
    assert "public subnets alone" in listed.choices[1].why
    assert listed.choices[0].why.startswith("recommended")


async def test_the_hostile_name_of_a_network_is_shown_harmlessly(simulated_aws: SimulatedAws) -> None:
    _own_vpc(simulated_aws)
    simulated_aws.account.vpcs[-1].name = "office\u202e\u200b" + "x" * 500
    listed = await fetched(simulated_aws, f"{AWS}.vpcId")

    assert len(choice_of(listed, OWN_VPC).label) == 80
    assert not {"\u202e", "\u200b"} & set(choice_of(listed, OWN_VPC).label)


async def test_a_network_of_ones_own_is_shown_by_its_name(simulated_aws: SimulatedAws) -> None:
    _own_vpc(simulated_aws)
    listed = await fetched(simulated_aws, f"{AWS}.vpcId")

    assert values_of(listed) == ["", OWN_VPC]
    assert choice_of(listed, OWN_VPC).label == "office"
    assert choice_of(listed, OWN_VPC).facts == ("10.20.0.0/16", "5 subnets", "3 zones")


@pytest.mark.parametrize("counterpart", ["moto", "simulated_aws"])
async def test_a_full_quota_leaves_no_room_for_a_new_network(request: pytest.FixtureRequest, counterpart: str) -> None:
    aws = request.getfixturevalue(counterpart)
    if isinstance(aws, Moto):
        MOTO_TOGGLES["vpcs-used-up"](aws)
    else:
        TOGGLES["vpcs-used-up"](aws.account)
    listed = await fetched(aws, f"{AWS}.vpcId")

    assert choice_of(listed, "").why == "5 of 5 VPCs of the region are in use"
    assert "" not in values_of(listed)


async def test_a_quota_that_may_not_be_read_is_not_taken_for_a_full_one(simulated_aws: SimulatedAws) -> None:
    TOGGLES["quotas-unreadable"](simulated_aws.account)

    assert values_of(await fetched(simulated_aws, f"{AWS}.vpcId")) == [""]


async def test_subnets_wait_for_a_network_of_ones_own(simulated_aws: SimulatedAws) -> None:
    listed = await fetched(simulated_aws, f"{AWS}.cpSubnetIds")

    assert (listed.status, listed.reason) == ("unknown", "only for a VPC of your own: choose VPC first")


async def test_subnets_are_told_apart_by_their_way_out(simulated_aws: SimulatedAws) -> None:
    _own_vpc(simulated_aws)
    listed = await fetched(simulated_aws, f"{AWS}.workerSubnetIds", vpc_id=OWN_VPC)

    assert [value[-1] for value in values_of(listed)] == ["2", "3", "1"]
    assert choice_of(listed, "subnet-0b0000000000000d2").facts == (
        "eu-central-1a",
        "10.20.1.0/24",
        "private",
        "251 free",
    )
    assert "reached from the internet" in choice_of(listed, "subnet-0b0000000000000d1").why
    assert "no way out" in choice_of(listed, "subnet-0b0000000000000d4").why
    assert choice_of(listed, "subnet-0b0000000000000d5").why == "no free addresses"


async def test_the_way_out_of_a_real_subnet_is_seen_and_one_without_is_refused(moto: Moto) -> None:
    vpc, public, private = make_network(moto)
    lonely = moto.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.20.9.0/24")["Subnet"]["SubnetId"]
    subnets = await fetched(moto, f"{AWS}.cpSubnetIds", vpc_id=vpc)
    vpcs = await fetched(moto, f"{AWS}.vpcId")

    assert values_of(subnets) == [private, public]
    assert values_of(subnets, usable=False) == [lonely]
    assert choice_of(subnets, public).why == "for the load balancer"
    assert vpc in values_of(vpcs)


# What is said of all


async def test_a_simulated_list_says_so(simulated_aws: SimulatedAws) -> None:
    assert (await fetched(simulated_aws, f"{AWS}.sshKeyName", simulated="1")).simulated


async def test_no_list_shows_the_secret(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.secret_access_key = "canary/secret/canary/secret/canary/secre"
    simulated_aws.account.denied.add("iam:*")
    params = simulated_aws.params() | {"version": "1.35.5", "vpc_id": OWN_VPC}
    lists = PROVIDER.choices(params, simulated_aws.secrets)
    shown = "".join([repr(await ask()) for ask in lists.values()])

    assert len(shown) > 1000
    assert "canary" not in shown + repr(lists)


async def test_names_of_key_pairs_are_not_patterns(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.key_pairs = {"*": KeyPair("*", "key-1", "rsa", "00")}

    assert (await fetched(simulated_aws, f"{AWS}.sshKeyName")).proposed == "*"
