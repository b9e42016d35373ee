"""Making, changing, cloning and removing guests through the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lattice_tui.rehearsal.proxmox.booting import switched_on
from lattice_tui.rehearsal.proxmox.calls import AllOf, AnyOf, ApiError, Call, Method, Perm, wrong_parameters
from lattice_tui.rehearsal.proxmox.guest_methods import GUEST
from lattice_tui.rehearsal.proxmox.site import GIB, ConfigValue, Guest, Volume
from lattice_tui.rehearsal.proxmox.tasks import begin
from lattice_tui.rehearsal.proxmox.volumes import DISK_KEY, disks, size_gib

_BOOT = re.compile(r"^(?:order=[a-z]+\d+(?:;[a-z]+\d+)*|(?:legacy=)?[acdn]{1,4})$")
_BRIDGE = re.compile(r"(?:^|,)bridge=([^,]+)")
_TAG = re.compile(r"(?:^|,)tag=(\d+)")
_NEEDS = {
    "cores": "CPU", "sockets": "CPU", "cpu": "CPU", "memory": "Memory", "balloon": "Memory", "net": "Network",
    "ide": "Disk", "scsi": "Disk", "sata": "Disk", "virtio": "Disk", "efidisk": "Disk", "scsihw": "HWType",
    "machine": "HWType", "vga": "HWType", "serial": "HWType", "ciuser": "Cloudinit", "cipassword": "Cloudinit",
    "ipconfig": "Cloudinit", "sshkeys": "Cloudinit", "nameserver": "Cloudinit", "bios": "Options", "name": "Options",
    "boot": "Options", "agent": "Options", "onboot": "Options", "ostype": "Options", "tags": "Options",
    "description": "Options",
}  # fmt: skip
"""Setting, without its number -> the part of `VM.Config.` that changing it wants."""
SETTINGS = frozenset(name for name in _NEEDS if name not in ("net", "ide", "scsi", "sata", "virtio"))
NUMBERED = ("net", "ide", "scsi", "sata", "virtio", "serial", "ipconfig", "efidisk")
CREATES = AnyOf((Perm("/vms/{vmid}", ("VM.Allocate",)), Perm("/pool/{pool}", ("VM.Allocate",))))
CLONES = AllOf(
    (
        Perm("/vms/{vmid}", ("VM.Clone",)),
        AnyOf((Perm("/vms/{newid}", ("VM.Allocate",)), Perm("/pool/{pool}", ("VM.Allocate",)))),
    )
)


def _create(call: Call) -> Any:
    params, node = call.params, call.params["node"]
    vmid = int(params["vmid"])
    settings = {name: value for name, value in params.items() if name not in ("node", "vmid", "pool", "start")}
    _check_free(call, vmid)
    _check_settings(call, settings, f"/vms/{vmid}", at_creation=True)
    _check_pool(call)
    guest = Guest(vmid, node, settings.pop("name", f"VM {vmid}"))

    def work() -> None:
        _apply(call, guest, settings)
        call.site.guests[vmid] = guest
        if "pool" in params:
            call.site.pools[params["pool"]].vmids.add(vmid)

    return begin(call, node, "qmcreate", str(vmid), work)


def _configure(call: Call) -> Any:
    guest = call.guest()
    settings = {name: value for name, value in call.params.items() if name not in ("node", "vmid", "delete")}
    removed = {
        name: str(guest.config[name]) for name in call.params.get("delete", "").split(",") if name in guest.config
    }
    for name, value in removed.items():
        call.require(f"/vms/{guest.vmid}", f"VM.Config.{_part_of(name, value)}")
    _check_settings(call, settings, f"/vms/{guest.vmid}")
    if lock := guest.config.get("lock"):
        raise ApiError(500, f"VM is locked ({lock})")

    def work() -> None:
        for name in call.params.get("delete", "").split(","):
            guest.config.pop(name, None)
        guest.name = settings.pop("name", guest.name)
        _apply(call, guest, settings)

    return begin(call, guest.node, "qmconfig", str(guest.vmid), work)


def _clone(call: Call) -> Any:
    guest, params, site = call.guest(), call.params, call.site
    newid, target = int(params["newid"]), params.get("target", guest.node)
    if target not in site.nodes:
        raise wrong_parameters(target=f"no such cluster node '{target}'")
    _check_free(call, newid)
    _check_pool(call)
    storage = call.storage(params["storage"]) if "storage" in params else None
    if storage is not None and params.get("full") != "1":
        raise wrong_parameters(storage="parameter 'storage' not allowed for linked clones")
    for name in {storage.name} if storage else {volid.partition(":")[0] for _, volid in disks(guest.config)}:
        call.require(f"/storage/{name}", "Datastore.AllocateSpace")
    _check_bridges(call, guest.config)
    if target != guest.node:
        if storage is not None and not storage.is_shared:
            raise wrong_parameters(target=f"can't clone to non-shared storage '{storage.name}'")
        if not all(site.storages[volid.partition(":")[0]].is_shared for _, volid in disks(guest.config)):
            raise ApiError(500, f"can't clone VM to node '{target}' (VM uses local storage)")
    if lock := guest.config.get("lock"):
        raise ApiError(500, f"VM is locked ({lock})")

    def work() -> None:
        config = {name: _renamed(str(value), guest.vmid, newid, storage.name if storage else "") if DISK_KEY.match(name)
                  else value for name, value in guest.config.items()}  # fmt: skip
        site.guests[newid] = Guest(newid, target, params.get("name", f"Copy-of-{guest.name}"), config=config)
        if "pool" in params:
            site.pools[params["pool"]].vmids.add(newid)

    return begin(call, guest.node, "qmclone", str(guest.vmid), work)


def _resize(call: Call) -> Any:
    guest, disk, size = call.guest(), call.params["disk"], call.params["size"]
    if disk not in guest.config:
        raise ApiError(500, f"disk '{disk}' does not exist")
    before = size_gib(str(guest.config[disk]))
    after = size_gib(f"size={size.removeprefix('+')}") + (before if size.startswith("+") else 0)
    if after < before:
        raise ApiError(500, "shrinking disks is not supported")
    value = re.sub(r",?size=[^,]*", "", str(guest.config[disk]))
    work = lambda: guest.config.__setitem__(disk, f"{value},size={after:g}G")  # noqa: E731
    return begin(call, guest.node, "resize", str(guest.vmid), work)


def _to_template(call: Call) -> Any:
    guest = call.guest()
    if guest.is_running:
        raise ApiError(500, "you can't convert a VM to template if VM is running")

    def work() -> None:
        guest.is_template = True
        for key, volid in list(disks(guest.config)):
            storage, _, name = volid.partition(":")
            if name.startswith("vm-") and not name.endswith("cloudinit"):
                renamed = str(guest.config[key]).replace(volid, f"{storage}:base-{name.removeprefix('vm-')}")
                guest.config[key] = renamed

    return begin(call, guest.node, "qmtemplate", str(guest.vmid), work)


def _power(is_running: bool) -> Any:
    def answer(call: Call) -> Any:
        guest = call.guest()
        if guest.is_template:
            raise ApiError(500, "you can't start a vm if it's a template")
        kind = "qmstart" if is_running else "qmstop"
        off = lambda: setattr(guest, "is_running", False)  # noqa: E731
        on = lambda: switched_on(call.site, guest)  # noqa: E731
        return begin(call, guest.node, kind, str(guest.vmid), on if is_running else off)

    return answer


def _delete(call: Call) -> Any:
    guest = call.guest()
    if guest.is_running:
        raise ApiError(500, f"VM {guest.vmid} is running - destroy failed")

    def work() -> None:
        del call.site.guests[guest.vmid]
        for pool in call.site.pools.values():
            pool.vmids.discard(guest.vmid)
        for storage in call.site.storages.values():
            gone = [key for key, volume in storage.volumes.items() if volume.vmid == guest.vmid]
            for key in gone:
                del storage.volumes[key]

    return begin(call, guest.node, "qmdestroy", str(guest.vmid), work)


def _check_free(call: Call, vmid: int) -> None:
    other = call.site.guests.get(vmid)
    if other is not None:
        raise ApiError(500, f"unable to create VM {vmid} - VM {vmid} already exists on node '{other.node}'")


def _check_pool(call: Call) -> None:
    pool = call.params.get("pool")
    if pool is not None and pool not in call.site.pools:
        raise ApiError(500, f"pool '{pool}' does not exist")


def _check_bridges(call: Call, config: Mapping[str, ConfigValue]) -> None:
    """SDN.Use on the bridge, or on its VLAN. Raises ApiError 403."""
    for name, value in config.items():
        match = _BRIDGE.search(str(value)) if re.fullmatch(r"net\d+", name) else None
        if match:
            vnet, tag = call.site.vnets.get(match[1]), _TAG.search(str(value))
            zone = vnet.zone if vnet else "localnetwork"
            call.require(f"/sdn/zones/{zone}/{match[1]}" + (f"/{tag[1]}" if tag else ""), "SDN.Use")


def _check_settings(call: Call, settings: Mapping[str, str], path: str, *, at_creation: bool = False) -> None:
    boot = settings.get("boot", "order=scsi0")
    if not _BOOT.match(boot):
        words = "invalid format - format error\nboot.legacy: value does not match the regex pattern\n"
        raise wrong_parameters(boot=words)
    if not at_creation:
        for name, value in settings.items():
            call.require(path, f"VM.Config.{_part_of(name, value)}")
    _check_bridges(call, settings)
    for name, value in settings.items():
        if DISK_KEY.match(name) and ":iso/" in value:
            _check_cd(call, value.partition(",")[0])
        elif DISK_KEY.match(name) and ":" in value:
            call.require(f"/storage/{value.partition(':')[0]}", "Datastore.AllocateSpace")


def _part_of(name: str, value: str) -> str:
    return "CDROM" if "media=cdrom" in value else _NEEDS[name.rstrip("0123456789")]


def _check_cd(call: Call, volid: str) -> None:
    """Raises ApiError when the image may not be seen, or is not there."""
    name = volid.partition(":")[0]
    if not call.holds(f"/storage/{name}", "Datastore.Audit", "Datastore.AllocateSpace", one_is_enough=True):
        raise ApiError(403, f"Permission check failed (/storage/{name}, Datastore.AllocateSpace)")
    if not any(volume.volid == volid for volume in call.storage(name).on(call.params["node"])):
        raise ApiError(500, f"volume '{volid}' does not exist")


def _apply(call: Call, guest: Guest, settings: Mapping[str, str]) -> None:
    """Write the settings; a disk that is asked for by size or by import is made. Raises ApiError."""
    for name, value in settings.items():
        guest.config[name] = _made(call, guest, name, value) if DISK_KEY.match(name) else value


def _made(call: Call, guest: Guest, name: str, value: str) -> str:
    first, *options = value.split(",")
    storage_name, _, wanted = first.partition(":")
    if storage_name not in call.site.storages:
        return value
    storage = call.storage(storage_name)
    source = next((option.partition("=")[2] for option in options if option.startswith("import-from=")), "")
    kept = [option for option in options if not option.startswith("import-from=")]
    if wanted == "cloudinit":
        volume = f"{storage_name}:vm-{guest.vmid}-cloudinit"
        return f"{volume},media=cdrom,size=4M"
    if not wanted.isdecimal():
        return value
    if "images" not in storage.content:
        raise ApiError(500, f"storage '{storage_name}' does not support content-type 'images'")
    size = _source_gib(call, source) if source else int(wanted)
    number = sum(1 for key, _ in disks(guest.config) if key != name)
    volid = f"{storage_name}:vm-{guest.vmid}-disk-{number}"
    storage.put(guest.node, Volume(volid, "images", size * GIB, guest.vmid))
    return ",".join([volid, *kept, f"size={size}G"])


def _source_gib(call: Call, source: str) -> int:
    found = [
        volume for volume in call.storage(source.partition(":")[0]).on(call.params["node"]) if volume.volid == source
    ]
    if not found:
        raise ApiError(500, f"unable to import '{source}': no such volume")
    return max(1, -(-found[0].size_bytes * 6 // GIB))


def _renamed(value: str, old: int, new: int, storage: str) -> str:
    value = value.replace(f"base-{old}-", f"vm-{new}-").replace(f"vm-{old}-", f"vm-{new}-")
    return re.sub(r"^[^:]+:", f"{storage}:", value) if storage else value


VMID = frozenset({"vmid"})
METHODS = (
    Method(
        *("POST", "/nodes/{node}/qemu", _create, CREATES, VMID, SETTINGS | {"pool", "start"}, NUMBERED), is_write=True
    ),
    Method(
        "POST", f"{GUEST}/config", _configure, optional=SETTINGS | VMID | {"delete"}, patterns=NUMBERED, is_write=True
    ),
    Method(
        "PUT", f"{GUEST}/config", _configure, optional=SETTINGS | VMID | {"delete"}, patterns=NUMBERED, is_write=True
    ),
    Method(
        *("POST", f"{GUEST}/clone", _clone, CLONES, frozenset({"newid"})),
        VMID | {"target", "full", "storage", "pool", "name", "format", "description", "snapname"},
        is_write=True,
    ),
    Method(
        *("PUT", f"{GUEST}/resize", _resize, Perm("/vms/{vmid}", ("VM.Config.Disk",)), frozenset({"disk", "size"})),
        *(VMID,),
        is_write=True,
    ),
    Method(
        *("POST", f"{GUEST}/template", _to_template, Perm("/vms/{vmid}", ("VM.Allocate",))),
        optional=VMID | {"disk"},
        is_write=True,
    ),
    Method(
        *("POST", f"{GUEST}/status/start", _power(is_running=True), Perm("/vms/{vmid}", ("VM.PowerMgmt",))),
        optional=VMID,
        is_write=True,
    ),
    Method(
        *("POST", f"{GUEST}/status/stop", _power(is_running=False), Perm("/vms/{vmid}", ("VM.PowerMgmt",))),
        optional=VMID,
        is_write=True,
    ),
    Method(
        *("DELETE", GUEST, _delete, Perm("/vms/{vmid}", ("VM.Allocate",))),
        optional=VMID | {"purge", "destroy-unreferenced-disks"},
        is_write=True,
    ),
)
