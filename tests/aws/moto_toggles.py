"""What can be wrong at AWS, one toggle each, as far as moto can play it; the rest is the stand-in's part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.aws.moto_account import ELB_ROLE, KEY_PAIR, PROFILES, allow
from tests.aws.moto_server import Moto
from tests.aws.planted_images import CAPA_OWNER

CONTROL_PLANE, _CONTROLLERS, NODES = PROFILES
CLUSTER = "prod"
"""The cluster whose load balancer is there already after `name-taken`; the examples carry this name."""
ELASTIC_IPS = 5
"""AWS's own limit for a region, and moto's."""
VPCS = 5


def _unknown_key(moto: Moto) -> None:
    moto.enforce()
    moto.use("AKIAZZZZZZZZZZZZZZZZ", "z" * 40)


def _wrong_secret(moto: Moto) -> None:
    moto.enforce()
    moto.use(moto.credentials()[0]["access_key_id"], "z" * 40)


def _deny(*actions: str) -> Callable[[Moto], None]:
    def toggle(moto: Moto) -> None:
        allow(moto, ["*"], actions)
        moto.enforce()

    return toggle


def _nothing_allowed(moto: Moto) -> None:
    allow(moto, ["sts:GetCallerIdentity"])
    moto.enforce()


def _region_not_opted_in(moto: Moto) -> None:
    # moto knows no account that has opted in there.
    moto.region = "ap-southeast-3"


def _no_images(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    for image in ec2.describe_images(Owners=[CAPA_OWNER])["Images"]:
        ec2.deregister_image(ImageId=image["ImageId"])


def _no_images_in_govcloud(moto: Moto) -> None:
    moto.region = "us-gov-west-1"
    _no_images(moto)


def _profile_missing(name: str) -> Callable[[Moto], None]:
    def toggle(moto: Moto) -> None:
        iam = moto.client("iam")
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
        iam.delete_instance_profile(InstanceProfileName=name)

    return toggle


def _profile_without_role(moto: Moto) -> None:
    moto.client("iam").remove_role_from_instance_profile(InstanceProfileName=NODES, RoleName=NODES)


def _no_load_balancer_role(moto: Moto) -> None:
    moto.client("iam").delete_role(RoleName=ELB_ROLE)


def _key_pair_missing(moto: Moto) -> None:
    moto.client("ec2").delete_key_pair(KeyName=KEY_PAIR)


def _elastic_ips_used_up(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    for _ in range(ELASTIC_IPS):
        ec2.allocate_address(Domain="vpc")


def _vpcs_used_up(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    for number in range(VPCS - len(ec2.describe_vpcs()["Vpcs"])):
        ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/16")


def _name_taken(moto: Moto) -> None:
    tags = [{"Key": f"sigs.k8s.io/cluster-api-provider-aws/cluster/{CLUSTER}", "Value": "owned"}]
    subnets = [subnet["SubnetId"] for subnet in moto.client("ec2").describe_subnets()["Subnets"]]
    moto.client("elbv2").create_load_balancer(
        Name=f"{CLUSTER}-apiserver", Subnets=subnets[:2], Type="network", Tags=tags
    )


def _encrypted_by_default(moto: Moto) -> None:
    moto.client("ec2").enable_ebs_encryption_by_default()


def _call(service: str, operation: str, **arguments: Any) -> Callable[[Moto], None]:
    def toggle(moto: Moto) -> None:
        getattr(moto.client(service), operation)(**arguments)

    return toggle


TOGGLES: Mapping[str, Callable[[Moto], None]] = MappingProxyType(
    {
        "key-unknown": _unknown_key,
        "secret-wrong": _wrong_secret,
        "nothing-allowed": _nothing_allowed,
        "run-instances-denied": _deny("ec2:RunInstances"),
        "create-role-denied": _deny("iam:CreateRole"),
        "profiles-unreadable": _deny("iam:GetInstanceProfile"),
        "images-unreadable": _deny("ec2:DescribeImages"),
        "region-not-opted-in": _region_not_opted_in,
        "images-missing": _no_images,
        "images-missing-in-govcloud": _no_images_in_govcloud,
        "control-plane-profile-missing": _profile_missing(CONTROL_PLANE),
        "nodes-profile-missing": _profile_missing(NODES),
        "profile-without-role": _profile_without_role,
        "load-balancer-role-missing": _no_load_balancer_role,
        "key-pair-missing": _key_pair_missing,
        "elastic-ips-used-up": _elastic_ips_used_up,
        "vpcs-used-up": _vpcs_used_up,
        "name-taken": _name_taken,
        "encrypted-by-default": _encrypted_by_default,
        "second-key-pair": _call("ec2", "create_key_pair", KeyName="other", KeyType="ed25519"),
    }
)
"""Name -> what makes it so on a `moto` that is at its baseline."""
