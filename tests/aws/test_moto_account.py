"""The account at moto that other tests start from: what it has, and that permissions count when they are enforced."""

from __future__ import annotations

import pytest

from tests.aws.moto_account import KEY_PAIR, PROFILES
from tests.aws.moto_server import ACCOUNT, Moto
from tests.aws.moto_toggles import TOGGLES
from tests.aws.planted_images import CAPA_OWNER, NEWEST, OLDER_1_35_5, STRANGERS_1_35_5


def _code(moto: Moto, service: str, operation: str, **arguments: object) -> str:
    from botocore.exceptions import ClientError

    try:
        getattr(moto.client(service), operation)(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


def test_the_baseline_has_what_a_cluster_needs(moto: Moto) -> None:
    profiles = moto.client("iam").list_instance_profiles()["InstanceProfiles"]

    assert {each["InstanceProfileName"]: len(each["Roles"]) for each in profiles} == dict.fromkeys(PROFILES, 1)
    assert [pair["KeyName"] for pair in moto.client("ec2").describe_key_pairs()["KeyPairs"]] == [KEY_PAIR]
    assert moto.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/lattice"


def test_the_published_images_are_told_from_a_strangers_by_their_owner(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    names = [{"Name": "name", "Values": ["capa-ami-ubuntu-24.04-?1.35.5-*"]}]

    published = {image["ImageId"] for image in ec2.describe_images(Owners=[CAPA_OWNER], Filters=names)["Images"]}
    anybodys = {image["ImageId"] for image in ec2.describe_images(Filters=names)["Images"]}

    assert published == {NEWEST["1.35.5"], OLDER_1_35_5}
    assert anybodys == published | {STRANGERS_1_35_5}


def test_the_user_may_do_everything_with_permissions_enforced(moto: Moto) -> None:
    moto.enforce()

    assert _code(moto, "ec2", "describe_images", Owners=[CAPA_OWNER]) == "done"
    assert _code(moto, "iam", "list_roles") == "done"


@pytest.mark.parametrize(
    ("toggle", "service", "operation", "arguments", "code"),
    [
        ("key-unknown", "sts", "get_caller_identity", {}, "InvalidClientTokenId"),
        ("key-unknown", "ec2", "describe_regions", {}, "AuthFailure"),
        ("secret-wrong", "sts", "get_caller_identity", {}, "SignatureDoesNotMatch"),
        # AWS itself says UnauthorizedOperation here; moto has one word for every service.
        ("nothing-allowed", "ec2", "describe_images", {}, "AccessDenied"),
        ("nothing-allowed", "sts", "get_caller_identity", {}, "done"),
        ("create-role-denied", "iam", "list_roles", {}, "done"),
        (
            "create-role-denied",
            "iam",
            "create_role",
            {"RoleName": "x", "AssumeRolePolicyDocument": "{}"},
            "AccessDenied",
        ),
        ("control-plane-profile-missing", "iam", "get_instance_profile", {"InstanceProfileName": PROFILES[0]}, ""),
        ("nodes-profile-missing", "iam", "get_instance_profile", {"InstanceProfileName": PROFILES[2]}, ""),
        ("profiles-unreadable", "iam", "get_instance_profile", {"InstanceProfileName": PROFILES[0]}, "AccessDenied"),
        ("images-unreadable", "ec2", "describe_images", {}, "AccessDenied"),
        ("key-pair-missing", "ec2", "describe_key_pairs", {"KeyNames": [KEY_PAIR]}, "InvalidKeyPair.NotFound"),
    ],
)
def test_a_toggle_makes_aws_refuse(
    moto: Moto, toggle: str, service: str, operation: str, arguments: dict[str, object], code: str
) -> None:
    TOGGLES[toggle](moto)

    assert _code(moto, service, operation, **arguments) == (code or "NoSuchEntity")


@pytest.mark.parametrize(
    ("toggle", "count"), [("elastic-ips-used-up", 5), ("images-missing", 0), ("images-missing-in-govcloud", 0)]
)
def test_a_toggle_changes_what_is_there(moto: Moto, toggle: str, count: int) -> None:
    TOGGLES[toggle](moto)
    ec2 = moto.client("ec2")

    if toggle == "elastic-ips-used-up":
        assert len(ec2.describe_addresses()["Addresses"]) == count
    else:
        assert len(ec2.describe_images(Owners=[CAPA_OWNER])["Images"]) == count


def test_five_vpcs_are_there_when_they_are_used_up(moto: Moto) -> None:
    TOGGLES["vpcs-used-up"](moto)

    assert len(moto.client("ec2").describe_vpcs()["Vpcs"]) == 5


def test_a_load_balancer_of_the_same_cluster_is_found_by_its_tag(moto: Moto) -> None:
    TOGGLES["name-taken"](moto)
    found = moto.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "sigs.k8s.io/cluster-api-provider-aws/cluster/prod"}]
    )

    assert len(found["ResourceTagMappingList"]) == 1


def test_every_toggle_can_be_set_and_is_gone_after_a_reset(moto: Moto) -> None:
    from tests.aws.moto_account import prepare_baseline

    for toggle in TOGGLES.values():
        toggle(moto)
        moto.reset()
        prepare_baseline(moto)

    assert len(moto.client("ec2").describe_images(Owners=[CAPA_OWNER])["Images"]) == len(NEWEST) + 1
