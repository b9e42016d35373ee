"""What names and ids of AWS look like: pure patterns, shared by the document's rules, its schema and the checks.

Sources: botocore's region names, EC2's API reference (ids are 8 or 17 hexadecimal digits), IAM's name limits.
"""

from __future__ import annotations

import re
from typing import Final

REGION: Final = "^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$"
INSTANCE_TYPE: Final = r"^[a-z][-a-z0-9]*\.[a-z0-9][-a-z0-9]*$"
PROFILE_NAME: Final = r"^[A-Za-z0-9_+=,.@-]{1,128}$"
"""Of an instance profile. Source: IAM API reference, InstanceProfileName."""
KEY_NAME: Final = r"^(?:[!-~](?:[ -~]{0,253}[!-~])?)?$"
"""Up to 255 ASCII characters without spaces at the ends; empty: none. Source: EC2 API reference, CreateKeyPair."""
VPC: Final = "^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$"
SUBNET: Final = "^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$"
AMI: Final = "^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$"
PUBLIC_KEY: Final = (
    "^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\\.com"
    "|sk-ecdsa-sha2-nistp256@openssh\\.com) [A-Za-z0-9+/]{40,}={0,3}(?: [^\\u0000-\\u001f]*)?$"
)
ACCESS_KEY: Final = "^(?:AKIA|ASIA)[A-Z2-7]{16}$"
SECRET_KEY: Final = "^[A-Za-z0-9/+=]{40}$"  # noqa: S105 - a form, not a secret
ROLE_ARN: Final = r"^arn:[a-z-]+:(?:sts|iam)::([0-9]{12}):(.+)$"


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is of that form; a line end at its end is not."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None


def zone_of(text: str) -> str:
    """The region of an availability zone (`eu-central-1a`), empty when the text is none."""
    return text[:-1] if text[-1:].isalpha() and fits(REGION, text[:-1]) else ""


def partition_of(region: str) -> str:
    """`aws`, or the name of the part of AWS that has accounts of its own. Source: botocore's endpoints.json."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws-iso" if region.startswith(("us-iso", "eu-iso")) else "aws"


def domain_of(region: str) -> str:
    """What the names of its API addresses end in."""
    return {"aws-cn": "amazonaws.com.cn", "aws-iso": "c2s.ic.gov"}.get(partition_of(region), "amazonaws.com")
