"""AWS's checks against moto, which enforces keys and policies as AWS does; what it cannot answer is `unknown`."""

from __future__ import annotations

import pytest

from tests.aws.looking import Results, example_params, looked, made_checks, not_ok, waiting_on
from tests.aws.moto_server import Moto
from tests.aws.moto_toggles import TOGGLES

NOT_AT_MOTO = dict.fromkeys(("aws-permissions", "aws-pass-role", "aws-vcpus"), "unknown")
"""It has no simulation of permissions and no quotas of EC2."""
TOGGLED = {
    "key-unknown": ("aws-identity", "fail", "LT-AWS-101"),
    "secret-wrong": ("aws-identity", "fail", "LT-AWS-102"),
    "run-instances-denied": ("aws-trial", "fail", "LT-AWS-135"),
    "profiles-unreadable": ("aws-instance-profiles", "unknown", ""),
    "images-missing": ("aws-image", "fail", "LT-AWS-166"),
    "control-plane-profile-missing": ("aws-instance-profiles", "fail", "LT-AWS-140"),
    "nodes-profile-missing": ("aws-instance-profiles", "fail", "LT-AWS-140"),
    "profile-without-role": ("aws-instance-profiles", "fail", "LT-AWS-141"),
    "load-balancer-role-missing": ("aws-service-linked-role", "warn", "LT-AWS-151"),
    "key-pair-missing": ("aws-key-pair", "fail", "LT-AWS-170"),
    "elastic-ips-used-up": ("aws-elastic-ips", "fail", "LT-AWS-190"),
    "vpcs-used-up": ("aws-vpcs", "fail", "LT-AWS-191"),
    "name-taken": ("aws-name-clash", "fail", "LT-AWS-200"),
    "encrypted-by-default": ("aws-disk-encryption", "unknown", ""),
}


async def look(moto: Moto) -> Results:
    return await looked(made_checks({**example_params(), **moto.params()}, moto.secrets))


async def test_the_example_is_ok_but_for_what_moto_cannot_answer(moto: Moto) -> None:
    results = await look(moto)

    assert not_ok(results) == NOT_AT_MOTO
    assert results["aws-identity"].summary == "user/lattice of account 123456789012"
    assert "capa-ami-ubuntu-24.04-v1.35.5" in results["aws-image"].summary
    assert results["aws-bill"].why.startswith("no price: pricing:GetProducts got no answer")


async def test_the_newest_image_of_the_right_owner_is_taken(moto: Moto) -> None:
    result = (await look(moto))["aws-image"]

    assert result.evidence.startswith("ami-0000000000000003a ")


@pytest.mark.parametrize("toggle", TOGGLED)
async def test_what_is_wrong_changes_its_own_row_and_those_that_wait_for_it(toggle: str, moto: Moto) -> None:
    row, status, code = TOGGLED[toggle]
    TOGGLES[toggle](moto)

    results = await look(moto)

    assert (results[row].status, results[row].code) == (status, code)
    waiting = waiting_on(made_checks(example_params(), {}), row)
    untried = {"aws-trial": "unknown"} if row == "aws-image" else {}
    assert not_ok(results) == NOT_AT_MOTO | untried | dict.fromkeys(waiting, "skip") | {row: status}


async def test_keys_that_may_do_nothing_are_told_so_in_every_row(moto: Moto) -> None:
    TOGGLES["nothing-allowed"](moto)

    results = await look(moto)

    assert results["aws-identity"].status == "ok"
    assert results["aws-region"].summary == "eu-central-1 knows these keys"
    assert results["aws-key-pair"].summary == "could not be looked at: these keys may not ec2:DescribeKeyPairs"
    assert results["aws-trial"].status == "unknown"
    assert "fail" not in set(not_ok(results).values())


async def test_a_region_that_was_never_switched_on_is_named_with_the_command(moto: Moto) -> None:
    moto.region = "ap-east-1"

    result = (await look(moto))["aws-region"]

    assert (result.status, result.code) == ("fail", "LT-AWS-120")
    assert result.action == "aws account enable-region --region-name ap-east-1"


async def test_looking_leaves_nothing_behind(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"]), len(ec2.describe_addresses()["Addresses"])

    await look(moto)

    assert before == (len(ec2.describe_vpcs()["Vpcs"]), len(ec2.describe_addresses()["Addresses"]))
    assert ec2.describe_instances()["Reservations"] == []
