"""Disks in a guest's configuration: `local-lvm:vm-100-disk-0,size=20G`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lattice_tui.rehearsal.proxmox.site import ConfigValue

DISK_KEY = re.compile(r"^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+|rootfs|mp\d+)$")
_SIZE = re.compile(r"(?:^|,)size=(\d+)([KMGT]?)")
_UNITS_GIB = {"": 1 / 1024**3, "K": 1 / 1024**2, "M": 1 / 1024, "G": 1.0, "T": 1024.0}


def disks(config: Mapping[str, ConfigValue]) -> Iterator[tuple[str, str]]:
    """Key and volume id of every volume, CD drives included; empty drives are left out."""
    for key, value in config.items():
        if DISK_KEY.match(key):
            volid = str(value).split(",")[0]
            if ":" in volid:
                yield key, volid


def size_gib(value: str) -> float:
    """What `size=` says, 0 without one."""
    match = _SIZE.search(value)
    return int(match[1]) * _UNITS_GIB[match[2]] if match else 0.0


def boot_disk_gib(config: Mapping[str, ConfigValue]) -> float:
    """Size of the first disk that is not a CD."""
    for key, _volid in disks(config):
        value = str(config[key])
        if "media=cdrom" not in value:
            return size_gib(value)
    return 0.0
