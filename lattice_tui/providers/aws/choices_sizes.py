"""Pick-lists of instance types: the usual ones first, each with what it has and where it is offered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.choosing import Asking, plural
from lattice_tui.providers.aws.images import images_in, search_for_version
from lattice_tui.providers.aws.shapes import zone_of
from schemas.choices import LiveChoice, LiveChoices

_MIB_PER_GIB: Final = 1024
_CONTROL_PLANE: Final = ("m7i.xlarge", "m6i.xlarge", "m5.xlarge", "t3.large", "t3.medium")
_WORKER: Final = ("m7i.large", "m6i.large", "m5.large", "t3.large", "t3.medium")
_USUAL: Final = (*_CONTROL_PLANE, *_WORKER, "m7g.large", "m7g.xlarge", "t4g.large", "c6i.xlarge", "r6i.large")
"""The types that most clusters are made of, proposed in this order where they are offered."""


@dataclass(frozen=True, slots=True)
class _Floor:
    """The least that a machine of a role works with. Source: Kubernetes' page on installing kubeadm."""

    role: str
    vcpus: int
    memory_mib: int
    reason: str


_CP_FLOOR: Final = _Floor("a control plane", 2, 4 * _MIB_PER_GIB, "room for the API server, etcd and the controllers")
_WORKER_FLOOR: Final = _Floor("a worker", 1, 2 * _MIB_PER_GIB, "a usual size to begin with")


async def control_plane_type_list(asking: Asking, path: str) -> LiveChoices:
    """Instance types for the control plane."""
    return await _types(asking, path, _CONTROL_PLANE, _CP_FLOOR)


async def worker_type_list(asking: Asking, path: str) -> LiveChoices:
    """Instance types for workers."""
    return await _types(asking, path, _WORKER, _WORKER_FLOOR)


async def _types(asking: Asking, path: str, usual: tuple[str, ...], floor: _Floor) -> LiveChoices:
    zones, types, architectures = await asyncio.gather(
        asking.shared.once("offerings", lambda: _zones_by_type(asking)),
        asking.shared.once("types", lambda: _all_types(asking)),
        asking.shared.once("architectures", lambda: _architectures(asking)),
    )
    choices = [
        _choice(each, zones.get(each["InstanceType"], ()), floor, architectures)
        for each in types
        if each["InstanceType"] in zones and not each.get("BareMetal")
    ]
    order = {name: place for place, name in enumerate((*usual, *_USUAL))}
    by_name = {each["InstanceType"]: each for each in types}
    choices.sort(key=lambda choice: (order.get(choice.value, len(order)), *_size(by_name[choice.value]), choice.value))
    offered_in_all = max(map(len, zones.values()), default=0)
    proposed = next(
        (choice.value for choice in choices if choice.value in usual and _fits(choice, zones, offered_in_all)), ""
    )
    reason = floor.reason if proposed else "none of the usual types is offered in every zone: choose one"
    return asking.listed(path, choices, proposed=proposed, reason=reason)


def _fits(choice: LiveChoice, zones: Mapping[str, tuple[str, ...]], offered_in_all: int) -> bool:
    return choice.usable and len(zones[choice.value]) == offered_in_all


def _choice(said: dict[str, Any], zones: tuple[str, ...], floor: _Floor, architectures: frozenset[str]) -> LiveChoice:
    vcpus, memory_mib = _size(said)
    architecture = _architecture(said)
    facts = [f"{vcpus} vCPU", f"{memory_mib / _MIB_PER_GIB:g} GiB", architecture, plural(len(zones), "zone")]
    if said.get("GpuInfo"):
        facts.append("GPU")
    if said.get("BurstablePerformanceSupported"):
        facts.append("burstable")
    if said.get("CurrentGeneration") is False:
        facts.append("older generation")
    why = ""
    if vcpus < floor.vcpus or memory_mib < floor.memory_mib:
        why = f"{floor.role} needs {floor.vcpus} vCPU and {floor.memory_mib // _MIB_PER_GIB} GiB"
    elif architectures and architecture not in architectures:
        why = f"there is no image for {architecture}"
    # Where it is offered only in some zones it can be taken, but machines stand in those alone.
    remark = f"in {zones[0]} alone" if len(zones) == 1 else ""
    return LiveChoice(said["InstanceType"], said["InstanceType"], tuple(facts), why or remark, not why)


async def _zones_by_type(asking: Asking) -> dict[str, tuple[str, ...]]:
    """Instance type -> zones that offer it. Raises AwsAnswerError."""
    offered = await asking.session.every(
        "ec2", "describe_instance_type_offerings", "InstanceTypeOfferings", LocationType="availability-zone"
    )
    zones: dict[str, list[str]] = defaultdict(list)
    for each in offered:
        # Local zones are listed as well; a cluster's machines do not stand in them.
        if zone_of(each["Location"]) == asking.session.region:
            zones[each["InstanceType"]].append(each["Location"])
    return {name: tuple(sorted(places)) for name, places in zones.items()}


async def _all_types(asking: Asking) -> list[dict[str, Any]]:
    """What EC2 says of every type of the region. Raises AwsAnswerError."""
    return await asking.session.every("ec2", "describe_instance_types", "InstanceTypes")


async def _architectures(asking: Asking) -> frozenset[str]:
    """Processors that there is an image for; empty when that is not known, or nothing is ruled out yet."""
    wish = asking.wish
    if wish.ami_id:
        search: dict[str, Any] = {"ImageIds": [wish.ami_id]}
    elif wish.bootstrap == "kubeadm" and wish.version:
        search = search_for_version(wish.plain_version)
    else:
        return frozenset()
    try:
        found = images_in(await asking.session.every("ec2", "describe_images", "Images", **search))
    except AwsAnswerError:
        # The list of types is of use without it.
        return frozenset()
    return frozenset(image.architecture for image in found)


def _size(said: dict[str, Any]) -> tuple[int, int]:
    """vCPU and MiB."""
    return int(said["VCpuInfo"]["DefaultVCpus"]), int(said["MemoryInfo"]["SizeInMiB"])


def _architecture(said: dict[str, Any]) -> str:
    known = said["ProcessorInfo"]["SupportedArchitectures"]
    return next((name for name in ("x86_64", "arm64") if name in known), str(known[0]) if known else "")
