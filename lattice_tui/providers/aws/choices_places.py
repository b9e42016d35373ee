"""Pick-lists of where machines stand and who may sign in to them: regions, zones, key pairs."""

from __future__ import annotations

import asyncio
from typing import Final

from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.quotas import ELASTIC_IPS
from lattice_tui.providers.aws.choosing import Asking, plural, shown
from lattice_tui.providers.aws.images import IMAGE_REGIONS
from lattice_tui.providers.aws.shapes import partition_of
from lattice_tui.providers.aws.wish import MAX_ZONES
from schemas.choices import LiveChoice, LiveChoices

_HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Partition -> the region that can always be asked for the list of all."""
_SEVERAL: Final = 3


async def region_list(asking: Asking, path: str) -> LiveChoices:
    """Every region of the account's part of AWS; the person's own is proposed, none is guessed."""
    own = await asking.session.own_region()
    home = _HOME.get(partition_of(own or asking.session.region), "us-east-1")
    regions = await asking.session.every("ec2", "describe_regions", "Regions", region=home, AllRegions=True)
    names = await asyncio.to_thread(_names)
    choices = [_region(each["RegionName"], each.get("OptInStatus", ""), names) for each in regions]
    choices.sort(key=lambda choice: (choice.value != own, choice.value not in IMAGE_REGIONS, choice.value))
    usable = {choice.value for choice in choices if choice.usable}
    reason = "the region of your profile or environment" if own in usable else "choose the one nearest to its users"
    return asking.listed(path, choices, proposed=own if own in usable else "", reason=reason)


def _region(name: str, status: str, names: dict[str, str]) -> LiveChoice:
    is_on = status != "not-opted-in"
    why = "" if is_on else "not switched on for this account: Account > AWS Regions in the console"
    facts = ("Kubernetes images",) if name in IMAGE_REGIONS else ("no public Kubernetes images",)
    return LiveChoice(name, f"{names[name]} ({name})" if name in names else name, facts, why, is_on)


def _names() -> dict[str, str]:
    """`eu-central-1` -> `Europe (Frankfurt)`, as the SDK's own data says; empty when it holds none."""
    from botocore.loaders import Loader

    partitions = Loader().load_data("endpoints").get("partitions", ())
    return {
        region: shown(about.get("description", region))
        for partition in partitions
        for region, about in partition.get("regions", {}).items()
    }


async def zone_count_list(asking: Asking, path: str) -> LiveChoices:
    """1 to 3 zones, with what each number takes; more than there are zones or free Elastic IPs cannot be taken."""
    zones = await asking.session.every(
        "ec2",
        "describe_availability_zones",
        "AvailabilityZones",
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}, {"Name": "state", "Values": ["available"]}],
    )
    free = None if asking.wish.vpc_id else await _free_elastic_ips(asking)
    choices = [_zone_count(count, len(zones), free) for count in range(MAX_ZONES, 0, -1)]
    usable = [int(choice.value) for choice in choices if choice.usable]
    wanted = MAX_ZONES if asking.wish.control_planes >= _SEVERAL else 1
    proposed = next((count for count in usable if count <= wanted), None)
    reason = (
        "one control plane stands in one zone: more zones would cost, and save nothing"
        if proposed == 1 and wanted == 1
        else "each zone may be lost without the cluster"
    )
    return asking.listed(path, choices, proposed=str(proposed or ""), reason=reason if proposed else "")


def _zone_count(count: int, zones: int, free: int | None) -> LiveChoice:
    why = ""
    if count > zones:
        why = f"the region has {plural(zones, 'zone')}"
    elif free is not None and count > free:
        why = f"needs {plural(count, 'Elastic IP')}, {free} free"
    facts = (plural(count, "NAT gateway"), plural(count, "Elastic IP"))
    return LiveChoice(str(count), plural(count, "zone"), facts, why, not why)


async def _free_elastic_ips(asking: Asking) -> int | None:
    """Elastic IPs that may still be made; None when the account may not be asked."""
    try:
        used = await asking.session.every("ec2", "describe_addresses", "Addresses")
        return max(0, await elastic_ip_limit(asking) - len(used))
    except AwsAnswerError:
        return None


async def elastic_ip_limit(asking: Asking) -> int:
    """How many Elastic IPs the account may have in the region. Raises AwsAnswerError."""
    service, code = ELASTIC_IPS
    try:
        answer = await asking.session.call("service-quotas", "get_service_quota", ServiceCode=service, QuotaCode=code)
        return int(answer["Quota"]["Value"])
    except AwsAnswerError:
        # EC2's older word for the same limit, which more keys may read.
        said = await asking.session.call("ec2", "describe_account_attributes", AttributeNames=["vpc-max-elastic-ips"])
        return int(said["AccountAttributes"][0]["AttributeValues"][0]["AttributeValue"])


async def key_pair_list(asking: Asking, path: str) -> LiveChoices:
    """The region's key pairs, and none at all; the only one there is is proposed."""
    pairs = await asking.session.every("ec2", "describe_key_pairs", "KeyPairs")
    choices = [
        LiveChoice(str(pair["KeyName"]), shown(pair["KeyName"]), (shown(pair.get("KeyType", "")), _created(pair)))
        for pair in sorted(pairs, key=_created, reverse=True)
    ]
    none = LiveChoice("", "none", (), "no way in with SSH; Session Manager still works")
    if len(choices) == 1:
        proposed, reason = choices[0].value, f"the only key pair in {asking.session.region}"
    elif choices:
        proposed, reason = "", "choose the one whose private key you have"
    else:
        proposed, reason = "", f"no key pair in {asking.session.region} yet: import your own public key, or take none"
    return asking.listed(path, [*choices, none], proposed=proposed, reason=reason)


def _created(pair: dict[str, object]) -> str:
    return str(pair.get("CreateTime", ""))[:10]
