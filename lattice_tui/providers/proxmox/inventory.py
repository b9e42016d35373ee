"""What a site has, read at the border: guests, storages, bridges, and the configuration of a virtual machine.

Names are raw, for API calls and YAML: whoever draws them cleans them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lattice_tui.providers.proxmox.answers import Row, is_on, number, rows, table, text

GIB = 1024**3
BOOT_DISK = "scsi0"
"""The disk that machines boot from and that is grown: `bootVolume.disk` of every machine we write."""
_DISK_KEY = re.compile(r"(?:ide|sata|scsi|virtio)\d+|efidisk\d+|tpmstate\d+")
_NIC_KEY = re.compile(r"net\d+")
_NIC_MODELS = ("virtio", "e1000", "e1000e", "rtl8139", "vmxnet3")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)")
_SIZE_GIB = {"": 1 / GIB, "K": 1 / 1024**2, "M": 1 / 1024, "G": 1.0, "T": 1024.0}


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A virtual machine or a container of `GET /cluster/resources`; only those that the token may see are listed."""

    vmid: int
    node: str
    name: str
    kind: str
    """`qemu` or `lxc`."""
    is_template: bool
    is_running: bool
    cores: int
    memory_bytes: int
    disk_bytes: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StorageRow:
    """A storage as one node sees it: `GET /nodes/{node}/storage`."""

    name: str
    kind: str
    content: tuple[str, ...]
    is_shared: bool
    is_enabled: bool
    is_active: bool
    total_bytes: int
    free_bytes: int

    def takes(self, content: str) -> bool:
        return content in self.content


@dataclass(frozen=True, slots=True)
class BridgeRow:
    """A bridge, or a network of the cluster's SDN, as one node has it: `GET /nodes/{node}/network`."""

    name: str
    kind: str
    is_active: bool
    cidr: str
    gateway: str
    is_vlan_aware: bool

    @property
    def is_vnet(self) -> bool:
        return self.kind == "vnet"


@dataclass(frozen=True, slots=True)
class Disk:
    """A drive of a virtual machine."""

    key: str
    storage: str
    """Empty for an empty CD drive."""
    volume: str
    size_gib: float
    """0 where it is not said."""
    is_cd: bool


@dataclass(frozen=True, slots=True)
class Nic:
    """A network card of a virtual machine."""

    key: str
    model: str
    bridge: str
    tag: int
    """0: none."""


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """Of `GET /nodes/{node}/qemu/{vmid}/config`."""

    name: str
    boot: str
    disks: tuple[Disk, ...]
    nics: tuple[Nic, ...]
    has_agent: bool
    """Whether Proxmox speaks to an agent in it; whether there is one cannot be seen from outside."""
    lock: str
    cpu: str
    cicustom: str
    addresses: tuple[str, ...]
    """Of ipconfig0 and on, as they are written: `192.168.1.5/24`."""

    def disk(self, key: str) -> Disk | None:
        return next((disk for disk in self.disks if disk.key == key), None)


def guests_of(data: object) -> tuple[GuestRow, ...]:
    """Every guest, templates too, by number."""
    return tuple(sorted(_guests(data), key=lambda guest: guest.vmid))


def storages_of(data: object) -> tuple[StorageRow, ...]:
    """In the order of the API: CAPMOX takes the first that fits."""
    return tuple(
        StorageRow(
            name,
            text(row, "type"),
            tuple(part for part in text(row, "content").split(",") if part),
            is_on(row, "shared"),
            # Older releases leave out what is on.
            "enabled" not in row or is_on(row, "enabled"),
            "active" not in row or is_on(row, "active"),
            number(row, "total"),
            number(row, "avail"),
        )
        for row in rows(data)
        if (name := text(row, "storage"))
    )


def bridges_of(data: object) -> tuple[BridgeRow, ...]:
    """Bridges and SDN networks, by name."""
    found = [
        BridgeRow(
            name,
            text(row, "type"),
            is_on(row, "active"),
            text(row, "cidr"),
            text(row, "gateway"),
            is_on(row, "bridge_vlan_aware"),
        )
        for row in rows(data)
        if (name := text(row, "iface"))
    ]
    return tuple(sorted(found, key=lambda bridge: bridge.name))


def config_of(data: object) -> MachineConfig:
    """What of a configuration matters for cloning it."""
    row = table(data)
    return MachineConfig(
        name=text(row, "name"),
        boot=text(row, "boot"),
        disks=tuple(_disks(row)),
        nics=tuple(_nics(row)),
        has_agent=_options(text(row, "agent")).get("enabled", text(row, "agent").partition(",")[0]) == "1",
        lock=text(row, "lock"),
        cpu=text(row, "cpu").partition(",")[0].removeprefix("cputype="),
        cicustom=text(row, "cicustom"),
        addresses=tuple(addresses_in(row)),
    )


def addresses_in(row: Row) -> Iterator[str]:
    """Addresses that a configuration sets: ipconfigN of machines, netN of containers."""
    for key in row:
        if re.fullmatch(r"(?:ipconfig|net)\d+", key):
            said = _options(text(row, key))
            yield from (said[name] for name in ("ip", "ip6") if name in said and said[name][:1].isalnum())


def agent_addresses_of(data: object) -> tuple[str, ...]:
    """Of `GET .../agent/network-get-interfaces`, without the loopback's."""
    return tuple(
        address
        for interface in rows(table(data).get("result"))
        if text(interface, "name") != "lo"
        for one in rows(interface.get("ip-addresses"))
        if (address := text(one, "ip-address"))
    )


def _guests(data: object) -> Iterator[GuestRow]:
    for row in rows(data):
        vmid, kind = number(row, "vmid"), text(row, "type")
        if vmid and kind in ("qemu", "lxc"):
            yield GuestRow(
                *(vmid, text(row, "node"), text(row, "name"), kind),
                is_on(row, "template"),
                text(row, "status") == "running",
                *(number(row, "maxcpu"), number(row, "maxmem"), number(row, "maxdisk")),
                tags_of(text(row, "tags")),
            )


def tags_of(said: str) -> tuple[str, ...]:
    """Proxmox separates tags by semicolons, and takes commas and spaces too."""
    return tuple(tag.lower() for tag in re.split(r"[;, ]+", said) if tag)


def _disks(row: Row) -> Iterator[Disk]:
    for key in row:
        if not _DISK_KEY.fullmatch(key):
            continue
        value = text(row, key)
        volume, said = value.partition(",")[0], _options(value)
        storage, colon, _ = volume.removeprefix("file=").partition(":")
        size = _SIZE.fullmatch(said.get("size", ""))
        size_gib = float(size[1]) * _SIZE_GIB[size[2]] if size else 0.0
        yield Disk(key, storage if colon else "", volume, size_gib, said.get("media") == "cdrom")


def _nics(row: Row) -> Iterator[Nic]:
    for key in row:
        if _NIC_KEY.fullmatch(key):
            value = text(row, key)
            said = _options(value)
            model = said.get("model") or next((name for name in _NIC_MODELS if name in (*said, value)), "")
            tag = said.get("tag", "")
            yield Nic(key, model, said.get("bridge", ""), int(tag) if tag.isdecimal() and len(tag) < 6 else 0)


def _options(value: str) -> Mapping[str, str]:
    """`virtio=BC:24..,bridge=vmbr0` by name."""
    pairs = (part.partition("=") for part in value.split(","))
    return {name.strip(): said.strip() for name, equals, said in pairs if equals}
