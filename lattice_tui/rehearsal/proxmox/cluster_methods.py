"""What the API answers about the cluster as a whole: members, guests, free ids, pools, software-defined networks."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.proxmox.calls import SIGNED_IN, ApiError, Call, Method, Perm, wrong_parameters
from lattice_tui.rehearsal.proxmox.site import GIB, MIB, Guest, Site
from lattice_tui.rehearsal.proxmox.volumes import boot_disk_gib

RESOURCE_TYPES = ("vm", "storage", "node", "sdn")


def _status(call: Call) -> Any:
    site = call.site
    nodes = list(site.nodes.values())
    return [
        {
            "type": "cluster",
            "id": "cluster",
            "name": site.cluster_name,
            "version": 3,
            "nodes": len(nodes),
            "quorate": int(site.is_quorate),
        },
        *(
            {
                "type": "node",
                "id": f"node/{node.name}",
                "name": node.name,
                "nodeid": number,
                "ip": node.address,
                "online": int(node.is_online),
                "local": int(node.name == site.api_node),
                "level": "",
            }
            for number, node in enumerate(nodes, 1)
        ),
    ]


def _resources(call: Call) -> Any:
    wanted = call.params.get("type")
    if wanted is not None and wanted not in RESOURCE_TYPES:
        raise wrong_parameters(
            type=f"value '{wanted}' does not have a value in the enumeration 'vm, storage, node, sdn'"
        )
    found: list[dict[str, Any]] = []
    if wanted in (None, "vm"):
        guests = sorted(call.site.guests.values(), key=lambda guest: guest.vmid)
        found += [_guest(call.site, guest) for guest in guests if call.holds(f"/vms/{guest.vmid}", "VM.Audit")]
    if wanted in (None, "node"):
        found += [
            {"type": "node", "id": f"node/{node.name}", "node": node.name, "status": _online(node.is_online)}
            for node in call.site.nodes.values()
        ]
    if wanted in (None, "storage"):
        found += _storages(call)
    return found


def _guest(site: Site, guest: Guest) -> dict[str, Any]:
    is_seen = site.nodes[guest.node].is_online
    entry: dict[str, Any] = {
        "type": guest.kind,
        "id": f"{guest.kind}/{guest.vmid}",
        "vmid": guest.vmid,
        "node": guest.node,
        "name": guest.name,
        "status": ("running" if guest.is_running else "stopped") if is_seen else "unknown",
        "template": int(guest.is_template),
        "maxcpu": guest.cores,
        "maxmem": guest.memory_mib * MIB,
        "maxdisk": int(boot_disk_gib(guest.config) * GIB),
        "uptime": 86400 if guest.is_running else 0,
    }
    if guest.tags:
        entry["tags"] = guest.tags
    if lock := guest.config.get("lock"):
        entry["lock"] = lock
    for pool in site.pools.values():
        if guest.vmid in pool.vmids:
            entry["pool"] = pool.name
    return entry


def _storages(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "type": "storage",
            "id": f"storage/{node.name}/{storage.name}",
            "storage": storage.name,
            "node": node.name,
            "plugintype": storage.kind,
            "shared": int(storage.is_shared),
            "content": ",".join(storage.content),
            "maxdisk": storage.total_gib * GIB,
            "disk": storage.used_gib * GIB,
            "status": "available" if storage.is_active else "unknown",
        }
        for storage in call.site.storages.values()
        for node in call.site.nodes.values()
        if storage.is_on(node.name) and call.holds(f"/storage/{storage.name}", "Datastore.Audit")
    ]


def _online(is_online: bool) -> str:
    return "online" if is_online else "offline"


def _nextid(call: Call) -> Any:
    if "vmid" in call.params:
        vmid = int(call.params["vmid"])
        if vmid in call.site.guests:
            raise wrong_parameters(vmid=f"VM {vmid} already exists")
        return str(vmid)
    return str(next(vmid for vmid in range(100, 10**6) if vmid not in call.site.guests))


def _pools(call: Call) -> Any:
    wanted = call.params.get("poolid")
    if wanted is None:
        return [
            {"poolid": name, "comment": ""}
            for name in sorted(call.site.pools)
            if call.holds(f"/pool/{name}", "Pool.Audit")
        ]
    call.require(f"/pool/{wanted}", "Pool.Audit")
    pool = call.site.pools.get(wanted)
    if pool is None:
        raise ApiError(500, f"pool '{wanted}' does not exist")
    guests = [call.site.guests[vmid] for vmid in sorted(pool.vmids) if vmid in call.site.guests]
    members = [_guest(call.site, guest) for guest in guests if call.holds(f"/vms/{guest.vmid}", "VM.Audit")]
    return [{"poolid": wanted, "comment": "", "members": members}]


def _vnets(call: Call) -> Any:
    return [
        {"vnet": vnet.name, "zone": vnet.zone, "type": "vnet", **({"tag": vnet.tag} if vnet.tag else {})}
        for vnet in call.site.vnets.values()
        if _sees_vnet(call, vnet.zone, vnet.name)
    ]


def _ipam(call: Call) -> Any:
    if call.params["ipam"] != "pve":
        raise ApiError(500, f"sdn ipam '{call.params['ipam']}' does not exist")
    return [
        {"ip": address, "vnet": vnet.name, "zone": vnet.zone, "hostname": ""}
        for vnet in call.site.vnets.values()
        for address in vnet.taken
        if _sees_vnet(call, vnet.zone, vnet.name)
    ]


def _sees_vnet(call: Call, zone: str, name: str) -> bool:
    return call.holds(f"/sdn/zones/{zone}/{name}", "SDN.Audit", "SDN.Allocate", one_is_enough=True)


METHODS = (
    Method("GET", "/cluster/status", _status, Perm("/", ("Sys.Audit",))),
    Method("GET", "/cluster/resources", _resources, SIGNED_IN, optional=frozenset({"type"})),
    Method("GET", "/cluster/nextid", _nextid, SIGNED_IN, optional=frozenset({"vmid"})),
    Method("GET", "/cluster/sdn/vnets", _vnets),
    Method("GET", "/cluster/sdn/ipams/{ipam}/status", _ipam),
    Method("GET", "/pools", _pools, SIGNED_IN, optional=frozenset({"poolid", "type"})),
)
