"""Volumes of a virtual machine's configuration: `scsi0: local-lvm:vm-100-disk-0,size=20G`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DRIVE = re.compile(r"(?:ide|sata|scsi|virtio|efidisk|tpmstate)[0-9]{1,2}")


def volumes_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Drive -> volume (`local-lvm:vm-100-disk-0`), CD-ROM and cloud-init drives too; an empty drive has none."""
    found = {}
    for key, value in sorted(config.items()):
        if _DRIVE.fullmatch(str(key)) and isinstance(value, str):
            volume = value.partition(",")[0]
            if ":" in volume:
                found[str(key)] = volume
    return found


def storages_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The storages that a clone's disks go to where no other is named: those of its volumes, ISO images aside."""
    volumes = (volume for volume in volumes_of(config).values() if ":iso/" not in volume)
    return tuple(dict.fromkeys(volume.partition(":")[0] for volume in volumes))
