"""The first-time failures at AWS, and what catches them; row 53, spot capacity, nobody can see beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from lattice_tui.rehearsal.aws.account import Account
from lattice_tui.rehearsal.aws.toggles import TOGGLES
from tests.failures.rows import FailureRow

GOVCLOUD = "us-gov-west-1"


def _profiles_missing_and_not_to_be_made(account: Account) -> None:
    TOGGLES["profiles-missing"](account)
    TOGGLES["create-role-denied"](account)


def _in_govcloud(account: Account) -> None:
    account.regions[GOVCLOUD] = "opt-in-not-required"
    account.zones[GOVCLOUD] = tuple(f"{GOVCLOUD}{letter}" for letter in "abc")


ACCOUNTS: Mapping[str, Callable[[Account], None]] = MappingProxyType(
    {
        **TOGGLES,
        "profiles-missing-and-not-to-be-made": _profiles_missing_and_not_to_be_made,
        "in-govcloud": _in_govcloud,
        "keys-end-soon": TOGGLES["assumed-role"],
    }
)
"""Toggle -> what makes it so."""
WISHES: Mapping[str, Callable[[], dict[str, str]]] = MappingProxyType(
    {
        "in-govcloud": lambda: {"region": GOVCLOUD},
        "keys-end-soon": lambda: {"credentials.expires_at": (datetime.now(UTC) + timedelta(minutes=90)).isoformat()},
    }
)
"""Toggle -> what else is asked."""

ROWS: tuple[FailureRow, ...] = (
    FailureRow(
        (46,),
        "found no AMIs capa-ami-...",
        "aws-image",
        "fail",
        "LT-AWS-165",
        'Write version: "1.34.8"',
        "images-older",
    ),
    FailureRow((47,), "no AMIs in GovCloud", "aws-image", "fail", "LT-AWS-166", "write amiId", "in-govcloud"),
    FailureRow(
        (48,),
        "Invalid IAM Instance Profile name",
        "aws-instance-profiles",
        "fail",
        "LT-AWS-140",
        "clusterawsadm bootstrap iam create-cloudformation-stack",
        "control-plane-profile-missing",
    ),
    FailureRow(
        (49,),
        "clusterawsadm: ResourceNotReady",
        "aws-instance-profiles",
        "fail",
        "LT-AWS-143",
        "aws cloudformation delete-stack",
        "stack-rolled-back",
    ),
    FailureRow(
        (50,),
        "CloudFormation is denied iam:CreateRole",
        "aws-instance-profiles",
        "fail",
        "LT-AWS-142",
        "iam:CreateRole",
        "profiles-missing-and-not-to-be-made",
    ),
    FailureRow(
        (51,),
        "AddressLimitExceeded",
        "aws-elastic-ips",
        "fail",
        "LT-AWS-190",
        "L-0263D0A3",
        "elastic-ips-used-up",
    ),
    FailureRow((52,), "VcpuLimitExceeded", "aws-vcpus", "fail", "LT-AWS-195", "L-1216C47A", "vcpus-short"),
    FailureRow(
        (54,),
        "InvalidKeyPair.NotFound, late",
        "aws-key-pair",
        "fail",
        "LT-AWS-170",
        "aws ec2 import-key-pair --key-name lattice",
        "key-pair-missing",
    ),
    FailureRow(
        (55,),
        "the sign-in ends while building",
        "aws-expiry",
        "fail",
        "LT-AWS-115",
        "IAM user's keys",
        "keys-end-soon",
    ),
    FailureRow(
        (55,),
        "the sign-in has ended",
        "aws-identity",
        "fail",
        "LT-AWS-104",
        "Fetch new ones",
        "token-expired",
    ),
    FailureRow(
        (62,),
        "no NAT gateway left",
        "aws-nat-gateways",
        "fail",
        "LT-AWS-192",
        "L-FE5A380F",
        "nat-gateways-used-up",
    ),
)
