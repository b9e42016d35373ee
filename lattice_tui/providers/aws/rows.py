"""The ids of AWS's rows: scripts and the wizard rely on them, so they never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SIGN_IN: Final = "aws-credentials"
NAME: Final = "aws-name"
PORT: Final = "aws-port"
CERTIFICATE: Final = "aws-certificate"
CLOCK: Final = "aws-clock"
IDENTITY: Final = "aws-identity"
EXPIRY: Final = "aws-expiry"
REGION: Final = "aws-region"
ZONES: Final = "aws-zones"
PERMISSIONS: Final = "aws-permissions"
TRIAL: Final = "aws-trial"
PROFILES: Final = "aws-instance-profiles"
PASS_ROLE: Final = "aws-pass-role"  # noqa: S105 - the id of a row
LINKED_ROLE: Final = "aws-service-linked-role"
TYPES: Final = "aws-instance-types"
IMAGE: Final = "aws-image"
KEY_PAIR: Final = "aws-key-pair"
NETWORK: Final = "aws-network"
ADDRESSES: Final = "aws-elastic-ips"
VPCS: Final = "aws-vpcs"
NAT_GATEWAYS: Final = "aws-nat-gateways"
VCPUS: Final = "aws-vcpus"
NAME_CLASH: Final = "aws-name-clash"
ENCRYPTION: Final = "aws-disk-encryption"
BILL: Final = "aws-bill"

STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "connect": (
        SIGN_IN,
        NAME,
        PORT,
        CERTIFICATE,
        CLOCK,
        IDENTITY,
        EXPIRY,
        REGION,
        ZONES,
        PERMISSIONS,
        TRIAL,
        PROFILES,
        PASS_ROLE,
        LINKED_ROLE,
    ),
    "build": (TYPES, VCPUS, IMAGE, KEY_PAIR, ENCRYPTION),
    "addresses": (NETWORK, ADDRESSES, VPCS, NAT_GATEWAYS, NAME_CLASH, BILL),
}
"""Step of the wizard -> rows it shows."""
