"""What the API answers about guests: lists, configuration, what can be cloned where, what their agents tell."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.proxmox.booting import step_of
from lattice_tui.rehearsal.proxmox.calls import AnyOf, ApiError, Call, Method, Perm, wrong_parameters
from lattice_tui.rehearsal.proxmox.site import MIB, Guest, Site
from lattice_tui.rehearsal.proxmox.volumes import disks

AUDIT = Perm("/vms/{vmid}", ("VM.Audit",))
LINKABLE = ("lvmthin", "zfspool", "rbd", "dir", "nfs", "cifs", "cephfs", "btrfs")
"""Kinds of storage that can make a linked clone of a template."""


def _list(kind: str) -> Any:
    def answer(call: Call) -> Any:
        return [
            {
                "vmid": guest.vmid,
                "name": guest.name,
                "status": "running" if guest.is_running else "stopped",
                "cpus": guest.cores,
                "maxmem": guest.memory_mib * MIB,
                "tags": guest.tags,
                **({"template": 1} if guest.is_template else {}),
            }
            for guest in call.site.guests.values()
            if guest.node == call.params["node"] and guest.kind == kind and call.holds(f"/vms/{guest.vmid}", "VM.Audit")
        ]

    return answer


def _config(kind: str) -> Any:
    def answer(call: Call) -> Any:
        guest = call.guest(kind)
        name = {"name" if kind == "qemu" else "hostname": guest.name}
        template = {"template": 1} if guest.is_template else {}
        return {**name, **guest.config, **template, "digest": f"{guest.vmid:040x}"}

    return answer


def _feature(call: Call) -> Any:
    guest, feature = call.guest(), call.params["feature"]
    if feature not in ("snapshot", "clone", "copy"):
        raise wrong_parameters(feature=f"value '{feature}' does not have a value in the enumeration")
    kinds = [call.site.storages[volid.partition(":")[0]].kind for _, volid in disks(guest.config)]
    can = feature == "copy" or all(kind in LINKABLE for kind in kinds)
    return {"hasFeature": int(can), "nodes": shared_nodes(call.site, guest)}


def shared_nodes(site: Site, guest: Guest) -> list[str]:
    """The nodes that reach every volume of the guest, CD drives included."""
    found = set(site.nodes)
    for _key, volid in disks(guest.config):
        storage = site.storages[volid.partition(":")[0]]
        found &= set(storage.nodes or site.nodes) if storage.is_enabled else set()
        if not storage.is_shared:
            found &= {guest.node}
    return sorted(found)


def _current(call: Call) -> Any:
    guest = call.guest()
    status = "running" if guest.is_running else "stopped"
    return {"vmid": guest.vmid, "name": guest.name, "status": status, "qmpstatus": status, "cpus": guest.cores}


def _interfaces(call: Call) -> Any:
    guest = _answering(call)
    addresses = [
        {
            "ip-address": address,
            "prefix": 64 if ":" in address else 24,
            "ip-address-type": "ipv6" if ":" in address else "ipv4",
        }
        for address in guest.agent_addresses
    ]
    loopback = {"ip-address": "127.0.0.1", "ip-address-type": "ipv4", "prefix": 8}
    mac = {"hardware-address": f"bc:24:11:00:{guest.vmid >> 8 & 255:02x}:{guest.vmid & 255:02x}"}
    return {
        "result": [
            {"name": "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": [loopback]},
            {"name": "ens18", **mac, "ip-addresses": addresses},
        ]
    }


def _file(call: Call) -> Any:
    guest = call.guest()
    if not guest.is_running:
        raise ApiError(500, f"VM {guest.vmid} is not running")
    return {"content": f"{step_of(call, guest)}\n", "truncated": 0}


def _ping(call: Call) -> Any:
    _answering(call)
    return {"result": {}}


def _answering(call: Call) -> Guest:
    guest = call.guest()
    if not guest.is_running:
        raise ApiError(500, f"VM {guest.vmid} is not running")
    if not str(guest.config.get("agent", "")).startswith(("1", "enabled=1")):
        raise ApiError(500, "No QEMU guest agent configured")
    if not guest.agent_addresses:
        raise ApiError(500, "QEMU guest agent is not running")
    return guest


# Neither release knows the other's privilege, so one rule of both alternatives decides alike; only its words differ.
AGENT = AnyOf(
    (
        Perm("/vms/{vmid}", ("VM.Monitor",)),
        Perm("/vms/{vmid}", ("VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"), one_is_enough=True),
    )
)
READS_FILES = AnyOf(
    (
        Perm("/vms/{vmid}", ("VM.Monitor",)),
        Perm("/vms/{vmid}", ("VM.GuestAgent.FileRead", "VM.GuestAgent.Unrestricted"), one_is_enough=True),
    )
)
GUEST = "/nodes/{node}/qemu/{vmid}"
METHODS = (
    Method("GET", "/nodes/{node}/qemu", _list("qemu")),
    Method("GET", "/nodes/{node}/lxc", _list("lxc")),
    Method("GET", f"{GUEST}/config", _config("qemu"), AUDIT, optional=frozenset({"vmid", "current"})),
    Method("GET", "/nodes/{node}/lxc/{vmid}/config", _config("lxc"), AUDIT, optional=frozenset({"vmid"})),
    Method("GET", f"{GUEST}/feature", _feature, AUDIT, frozenset({"feature"}), frozenset({"vmid", "snapname"})),
    Method("GET", f"{GUEST}/status/current", _current, AUDIT, optional=frozenset({"vmid"})),
    Method("GET", f"{GUEST}/agent/network-get-interfaces", _interfaces, AGENT, optional=frozenset({"vmid"})),
    Method("GET", f"{GUEST}/agent/file-read", _file, READS_FILES, frozenset({"file"}), frozenset({"vmid"})),
    Method("POST", f"{GUEST}/agent/ping", _ping, AGENT, optional=frozenset({"vmid"})),
)
