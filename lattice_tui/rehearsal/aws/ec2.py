"""What EC2 answers about places, sizes, images and key pairs, and to a run that is only tried."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lattice_tui.rehearsal.aws import ec2_networks
from lattice_tui.rehearsal.aws.account import Account, Image, KeyPair
from lattice_tui.rehearsal.aws.errors import AwsError
from lattice_tui.rehearsal.aws.filters import filtered, page
from lattice_tui.rehearsal.aws.sizes import Size

Args = Mapping[str, Any]
Answer = dict[str, Any]
TYPES_A_PAGE = 100
"""EC2's own page of instance types."""


def _regions(account: Account, _region: str, args: Args) -> Answer:
    listed = [
        {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": status}
        for name, status in account.regions.items()
        if args.get("AllRegions") or status != "not-opted-in"
    ]
    names = args.get("RegionNames")
    return {"Regions": filtered([one for one in listed if not names or one["RegionName"] in names], _filters(args))}


def _zones(account: Account, region: str, args: Args) -> Answer:
    zones = [
        {
            "ZoneName": zone,
            "ZoneId": f"{region[:2]}c1-az{number}",
            "RegionName": region,
            "GroupName": region,
            "NetworkBorderGroup": region,
            "State": "available",
            "OptInStatus": "opt-in-not-required",
            "ZoneType": "availability-zone",
        }
        for number, zone in enumerate(account.zones.get(region, ()), start=1)
    ]
    return {"AvailabilityZones": filtered(zones, _filters(args))}


def _instance_types(account: Account, _region: str, args: Args) -> Answer:
    names = args.get("InstanceTypes") or list(account.sizes)
    if unknown := [name for name in names if name not in account.sizes]:
        raise AwsError("InvalidInstanceType", f"The following supplied instance types do not exist: [{unknown[0]}]")
    types = filtered([_described(name, account.sizes[name]) for name in names], _filters(args))
    shown, token = page(types, args, TYPES_A_PAGE)
    return {"InstanceTypes": shown, "NextToken": token}


def _described(name: str, size: Size) -> Answer:
    gpus = {"Gpus": [{"Name": "A10G", "Manufacturer": "NVIDIA", "Count": size.gpus}]} if size.gpus else None
    return {
        "InstanceType": name,
        "CurrentGeneration": not name.startswith("t2."),
        "FreeTierEligible": name == "t2.micro",
        "SupportedUsageClasses": ["on-demand", "spot"],
        "SupportedRootDeviceTypes": ["ebs"],
        "SupportedVirtualizationTypes": ["hvm"],
        "BareMetal": False,
        "Hypervisor": "nitro",
        "ProcessorInfo": {"SupportedArchitectures": [size.architecture], "SustainedClockSpeedInGhz": 3.1},
        "VCpuInfo": {"DefaultVCpus": size.vcpus},
        "MemoryInfo": {"SizeInMiB": size.memory_mib},
        "BurstablePerformanceSupported": size.is_burstable,
        "GpuInfo": gpus,
    }


def _offerings(account: Account, region: str, args: Args) -> Answer:
    by_zone = args.get("LocationType") == "availability-zone"
    zones = account.zones.get(region, ())
    offered = [
        {"InstanceType": name, "LocationType": args.get("LocationType", "region"), "Location": place}
        for name in account.sizes
        for place in (zones if by_zone else (region,))
        if not account.not_offered & {(name, place), (name, "*")}
    ]
    shown, token = page(filtered(offered, _filters(args)), args)
    return {"InstanceTypeOfferings": shown, "NextToken": token}


def _images(account: Account, region: str, args: Args) -> Answer:
    here = [image for image in account.images if region in image.regions]
    if ids := args.get("ImageIds"):
        if missing := set(ids) - {image.id for image in here}:
            raise AwsError("InvalidAMIID.NotFound", f"The image id '[{min(missing)}]' does not exist")
        here = [image for image in here if image.id in ids]
    if owners := args.get("Owners"):
        here = [image for image in here if image.owner in [account.id if one == "self" else one for one in owners]]
    shown, token = page(filtered([_image(image) for image in here], _filters(args)), args)
    return {"Images": shown, "NextToken": token}


def _image(image: Image) -> Answer:
    volume = {"SnapshotId": "snap-" + image.id[4:], "VolumeSize": image.root_gib, "VolumeType": "gp2"}
    return {
        "ImageId": image.id,
        "Name": image.name,
        "Description": image.name,
        "OwnerId": image.owner,
        "Public": image.is_public,
        "State": image.state,
        "Architecture": image.architecture,
        "VirtualizationType": "hvm",
        "ImageType": "machine",
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/sda1",
        "CreationDate": image.created,
        "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": volume}],
    }


def _key_pairs(account: Account, _region: str, args: Args) -> Answer:
    names = args.get("KeyNames") or ()
    if missing := [name for name in names if name not in account.key_pairs]:
        raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{missing[0]}' does not exist")
    pairs = [
        {
            "KeyName": pair.name,
            "KeyPairId": pair.id,
            "KeyType": pair.kind,
            "KeyFingerprint": pair.fingerprint,
            "PublicKey": pair.public_key if args.get("IncludePublicKey") else None,
        }
        for pair in account.key_pairs.values()
        if not names or pair.name in names
    ]
    ids = args.get("KeyPairIds")
    return {"KeyPairs": filtered([each for each in pairs if not ids or each["KeyPairId"] in ids], _filters(args))}


def _import_key_pair(account: Account, _region: str, args: Args) -> Answer:
    name, material = str(args["KeyName"]), bytes(args["PublicKeyMaterial"]).decode("utf-8", "replace")
    if name in account.key_pairs:
        raise AwsError("InvalidKeyPair.Duplicate", f"The keypair '{name}' already exists.")
    kind = material.partition(" ")[0]
    if kind not in ("ssh-rsa", "ssh-ed25519"):
        raise AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
    fingerprint = hashlib.sha256(material.encode()).hexdigest()[:43] + "="
    pair = KeyPair(name, account.new_id("key"), kind.removeprefix("ssh-"), fingerprint, material)
    account.key_pairs[name] = pair
    return {"KeyName": name, "KeyPairId": pair.id, "KeyFingerprint": pair.fingerprint}


def _delete_key_pair(account: Account, _region: str, args: Args) -> Answer:
    for name, pair in list(account.key_pairs.items()):
        if args.get("KeyName") == name or args.get("KeyPairId") == pair.id:
            del account.key_pairs[name]
    return {"Return": True}


def _instances(account: Account, _region: str, args: Args) -> Answer:
    running = {"Code": 16, "Name": "running"}
    machines = [
        {
            "InstanceId": machine,
            "InstanceType": size,
            "State": running,
            "IamInstanceProfile": _machine_profile(account, machine),
            "CpuOptions": {"CoreCount": max(1, account.sizes[size].vcpus // 2), "ThreadsPerCore": 2},
        }
        for machine, size in account.machines
    ]
    shown, token = page(filtered(machines, _filters(args)), args)
    reservations = [{"ReservationId": "r-" + one["InstanceId"][2:], "Instances": [one]} for one in shown]
    return {"Reservations": reservations, "NextToken": token}


def _machine_profile(account: Account, machine: str) -> Answer | None:
    name = account.machine_profiles.get(machine)
    return {"Arn": f"arn:aws:iam::{account.id}:instance-profile/{name}", "Id": "AIPATESTTESTTESTTEST"} if name else None


def _encryption(account: Account, _region: str, _args: Args) -> Answer:
    return {"EbsEncryptionByDefault": account.is_encrypted_by_default}


def _filters(args: Args) -> Any:
    return args.get("Filters")


OPERATIONS: Mapping[str, Callable[[Account, str, Args], Answer]] = MappingProxyType(
    {
        "DescribeRegions": _regions,
        "DescribeAvailabilityZones": _zones,
        "DescribeInstanceTypes": _instance_types,
        "DescribeInstanceTypeOfferings": _offerings,
        "DescribeImages": _images,
        "DescribeKeyPairs": _key_pairs,
        "ImportKeyPair": _import_key_pair,
        "DeleteKeyPair": _delete_key_pair,
        "DescribeInstances": _instances,
        "GetEbsEncryptionByDefault": _encryption,
        **ec2_networks.OPERATIONS,
    }
)
