"""What the API answers about nodes: status, network, name servers, certificates, tasks."""

from __future__ import annotations

import ipaddress
from typing import Any

from lattice_tui.rehearsal.proxmox.calls import SIGNED_IN, ApiError, Call, Method, Perm, wrong_parameters
from lattice_tui.rehearsal.proxmox.site import GIB, MIB, Bridge, Node, Task

BRIDGE_TYPES = ("any_bridge", "any_local_bridge", "include_sdn")
NETWORK_TYPES = (*BRIDGE_TYPES, "bridge", "vnet", "eth")
AUDIT = Perm("/nodes/{node}", ("Sys.Audit",))


def _nodes(call: Call) -> Any:
    found = []
    for node in call.site.nodes.values():
        entry: dict[str, Any] = {
            "type": "node",
            "id": f"node/{node.name}",
            "node": node.name,
            "status": "online" if node.is_online else "offline",
            "ssl_fingerprint": node.fingerprint,
        }
        if node.is_online and call.holds(f"/nodes/{node.name}", "Sys.Audit"):
            entry |= {"maxcpu": node.cpus, "cpu": 0.07, "uptime": 864000, "level": ""}
            entry |= {"maxmem": node.memory_mib * MIB, "mem": node.used_memory_mib * MIB}
            entry |= {"maxdisk": 100 * GIB, "disk": 12 * GIB}
        found.append(entry)
    return found


def _status(call: Call) -> Any:
    node = call.node
    total, used = node.memory_mib * MIB, node.used_memory_mib * MIB
    return {
        "memory": {"total": total, "used": used, "free": total - used, "available": total - used},
        "cpuinfo": {"cpus": node.cpus, "cores": node.cpus // 2, "sockets": 1, "model": "Simulated", "flags": "avx2"},
        "rootfs": {"total": 100 * GIB, "used": 12 * GIB, "free": 88 * GIB, "avail": 88 * GIB},
        "pveversion": f"pve-manager/{call.site.version}/simulated",
        "kversion": "Linux 6.14.0-1-pve",
        "loadavg": ["0.10", "0.08", "0.05"],
        "uptime": 864000,
    }


def _network(call: Call) -> Any:
    wanted = call.params.get("type")
    if wanted is not None and wanted not in NETWORK_TYPES:
        raise wrong_parameters(type=f"value '{wanted}' does not have a value in the enumeration")
    node, found = call.node, []
    if wanted in (None, "eth"):
        found.append({"iface": "eno1", "type": "eth", "active": 1, "exists": 1, "method": "manual"})
    if wanted in (None, "bridge", *BRIDGE_TYPES):
        found += [
            _bridge(bridge) for bridge in node.bridges if wanted is None or _sees(call, "localnetwork", bridge.name)
        ]
    if wanted in ("any_bridge", "include_sdn", "vnet"):
        found += [
            {"iface": vnet.name, "type": "vnet", "active": 1}
            for vnet in call.site.vnets.values()
            if _sees(call, vnet.zone, vnet.name)
        ]
    return found


def _bridge(bridge: Bridge) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "iface": bridge.name,
        "type": "bridge",
        "method": "static" if bridge.cidr else "manual",
        "method6": "manual",
        "autostart": 1,
        "bridge_ports": bridge.ports,
        "bridge_stp": "off",
        "families": ["inet"],
    }
    if bridge.is_active:
        entry["active"] = 1
    if bridge.is_vlan_aware:
        entry |= {"bridge_vlan_aware": 1, "bridge_vids": "2-4094"}
    if bridge.cidr:
        interface = ipaddress.ip_interface(bridge.cidr)
        entry |= {"cidr": bridge.cidr, "address": str(interface.ip), "netmask": str(interface.network.prefixlen)}
    if bridge.gateway:
        entry["gateway"] = bridge.gateway
    return entry


def _sees(call: Call, zone: str, name: str) -> bool:
    return call.holds(f"/sdn/zones/{zone}/{name}", "SDN.Audit", "SDN.Use", one_is_enough=True)


def _dns(call: Call) -> Any:
    servers = {f"dns{number}": server for number, server in enumerate(call.node.dns, 1)}
    return {"search": f"{call.site.cluster_name}.lan", **servers}


def _certificates(call: Call) -> Any:
    node: Node = call.node
    return [
        {"filename": "pve-root-ca.pem", "pem": call.site.ca_pem, "subject": "/CN=Proxmox Virtual Environment"},
        {"filename": "pve-ssl.pem", "pem": node.certificate_pem, "fingerprint": node.fingerprint},
    ]


def _task_status(call: Call) -> Any:
    task = _task(call)
    status = {
        "upid": task.upid,
        "node": task.node,
        "type": task.kind,
        "id": task.about,
        "user": task.user,
        "starttime": int(task.started_at),
        "status": "running" if task.is_running else "stopped",
    }
    return status if task.is_running else {**status, "exitstatus": task.problem or "OK"}


def _task_log(call: Call) -> Any:
    task = _task(call)
    lines = (
        list(task.log) if task.is_running else [*task.log, f"TASK ERROR: {task.problem}" if task.problem else "TASK OK"]
    )
    start, limit = int(call.params.get("start", 0)), int(call.params.get("limit", 50))
    return [{"n": number, "t": line} for number, line in enumerate(lines, 1)][start : start + limit]


def _task(call: Call) -> Task:
    task = call.site.tasks.get(call.params["upid"])
    if task is None:
        raise ApiError(500, "no such task")
    if task.user != call.who:
        call.require(f"/nodes/{task.node}", "Sys.Audit")
    return task


METHODS = (
    Method("GET", "/nodes", _nodes),
    Method("GET", "/nodes/{node}/status", _status, AUDIT),
    Method("GET", "/nodes/{node}/network", _network, SIGNED_IN, optional=frozenset({"type"})),
    Method("GET", "/nodes/{node}/dns", _dns, AUDIT),
    Method("GET", "/nodes/{node}/certificates/info", _certificates),
    Method("GET", "/nodes/{node}/tasks/{upid}/status", _task_status),
    Method("GET", "/nodes/{node}/tasks/{upid}/log", _task_log, SIGNED_IN, optional=frozenset({"start", "limit"})),
)
