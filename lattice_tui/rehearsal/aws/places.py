"""Regions and zones of the simulated AWS, and where Cluster API's images are published."""

from __future__ import annotations

from typing import Final

IMAGE_REGIONS: Final = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
"""Source: Cluster API for AWS, the page on pre-built images."""
_ALWAYS_ON: Final = (*sorted(IMAGE_REGIONS), "ap-northeast-3", "eu-north-1")
_ASK_FIRST: Final = ("af-south-1", "ap-east-1", "ap-southeast-3", "eu-central-2", "eu-south-1", "me-central-1")
OPTED_IN: Final = dict.fromkeys(_ALWAYS_ON, "opt-in-not-required") | dict.fromkeys(_ASK_FIRST, "not-opted-in")
"""Region -> what AWS says of it."""
_LETTERS: Final = {
    "ap-northeast-1": "acd",
    "ca-central-1": "abd",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-west-1": "ab",
    "us-west-2": "abcd",
}
ZONES: Final = {region: tuple(f"{region}{letter}" for letter in _LETTERS.get(region, "abc")) for region in OPTED_IN}
"""Region -> its availability zones."""
