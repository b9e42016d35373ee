"""What in the rest of a cluster.yaml does not fit Proxmox: addresses, machines, and what has no effect there.

Reads the tree, not the models: a mistake elsewhere must not hide one here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Scalar, find, key_place
from lattice_tui.providers.proxmox.rules import address_of, is_memory
from schemas.document import DEFAULT_REPLICAS

if TYPE_CHECKING:
    from lattice_tui.checks.networks import Address, Block, Finding, Network, Pool

_BLOCK: Final = ("spec", "provider", "config", "proxmox")
_CLUSTER_NETWORK: Final = ("spec", "provider", "kubernetes", "clusterNetwork")
_HOST: Final = ("spec", "endpoints", "host")
_LB: Final = ("spec", "networking", "lbPool")
_POOLS: Final = ("spec", "nodes", "workerPools")
_FOREIGN_SIZE: Final = ("flavor", "instanceType", "rootVolumeSizeGb", "rootVolumeType")
KUBEADM_CORES = 2
KUBEADM_MEMORY_MIB = 1700
"""What kubeadm's preflight refuses to start below. Source: kubeadm, ControlPlaneNumCPU and ControlPlaneMem."""
MIN_DISK_GIB = 5
"""Source: minimum of bootVolume.sizeGb in the CRD of ProxmoxMachine."""


def check_document(root: Mapping, report: Report) -> None:
    """Report what cannot be built on Proxmox, and what has no effect there."""
    _check_host(root, report)
    _check_service(root, report)
    _check_addresses(root, report)
    _check_vm_ids(root, report)
    _check_control_plane(root, report)
    _check_sizes(root, report)
    if (key := key_place(root, "spec", "apiAllowedCidrs")) is not None:
        _no_effect("spec.apiAllowedCidrs", key, report)


@dataclass(frozen=True, slots=True)
class Machines:
    """How many there are, and how many more while they are renewed one by one."""

    count: int
    surge: int


def machines_of(root: Mapping) -> Machines:
    """As the file says; what it says badly counts as the least that it could be."""
    pools = find(root, *_POOLS)
    workers = [DEFAULT_REPLICAS]
    if isinstance(pools, Mapping):
        workers = [max(_number(find(pool, "replicas")), _number(find(pool, "max"))) for pool in pools.entries.values()]
    return Machines(max(1, _number(find(root, "spec", "nodes", "controlPlane"))) + sum(workers), 1 + len(workers))


def _check_host(root: Mapping, report: Report) -> None:
    host = find(root, *_HOST)
    if isinstance(host, Scalar) and host.text not in ("", "...", "null", "~"):
        return
    report.error(
        "LT-PVE-001",
        "spec.endpoints.host is missing: on Proxmox the API's address has to be chosen",
        f"Write a free address of the machines' network under `spec.endpoints`, for example: host: {_free(root)}",
        at=host if isinstance(host, Scalar) else key_place(root, "spec", "endpoints") or key_place(root, "spec"),
        path="spec.endpoints.host",
        detail="kube-vip announces it from whichever control-plane machine is well.",
    )


def _free(root: Mapping) -> str:
    """An address that is probably free: right below the pool, where there is one."""
    pool = _pool(root, "ipv4Pool")
    if pool is not None and pool.start - 1 in pool.subnet and pool.start - 1 not in (pool.gateway, pool.subnet[0]):
        return str(pool.start - 1)
    return "192.168.1.190"


def _check_service(root: Mapping, report: Report) -> None:
    if find(root, *_LB) is not None:
        return
    service = find(root, "spec", "endpoints", "service", "type")
    if isinstance(service, Scalar) and service.text in ("NodePort", "ClusterIP"):
        return
    is_written = isinstance(service, Scalar) and service.text == "LoadBalancer"
    report.error(
        "LT-PVE-007",
        "no addresses are set aside for LoadBalancer services"
        + ("" if is_written else ", which is how Proxmox offers them"),
        "Write a free range of the machines' network: spec.networking.lbPool: {start: ..., end: ...}; "
        "or offer them on ports: spec.endpoints.service: {type: NodePort}",
        at=service if is_written else key_place(root, "spec"),
        path="spec.networking.lbPool",
    )


def _check_addresses(root: Mapping, report: Report) -> None:
    """The pools, the API's address and the ranges against each other, each told once at its place."""
    for name in ("ipv4Pool", "ipv6Pool"):
        pool = _pool(root, name)
        if pool is None:
            continue
        for finding in _findings(root, pool, is_first=name == "ipv4Pool"):
            _report(finding, name, root, report)


def _findings(root: Mapping, pool: Pool, *, is_first: bool) -> Iterator[Finding]:
    from lattice_tui.checks.networks import findings

    machines = machines_of(root)
    vip, lb = _address(find(root, *_HOST)), _lb(root)
    # What has no pool of its own family is held against the first one, which says so.
    has_own = find(root, *_BLOCK, "ipv6Pool") is not None
    belongs = [
        one is not None and (one.version == pool.start.version or (is_first and not has_own))
        for one in (vip, lb[0] if lb else None)
    ]
    found = findings(
        pool,
        vip=vip if belongs[0] else None,
        lb=lb if belongs[1] else None,
        machines=machines.count,
        surge=machines.surge,
        pods=_range(root, "podCidr"),
        services=_range(root, "serviceCidr"),
    )
    # That the API's address lies in lbPool is said of every provider's document already (LT-NET-009).
    return (finding for finding in found if finding.kind != "vip-in-lb")


def _report(finding: Finding, pool: str, root: Mapping, report: Report) -> None:
    part, _, key = finding.about.partition(".")
    places = {
        "pool": (*_BLOCK, pool, key),
        "vip": _HOST,
        "lb": (*_LB, key),
        "pods": (*_CLUSTER_NETWORK, "podCidr"),
        "services": (*_CLUSTER_NETWORK, "serviceCidr"),
    }
    path = places[part]
    tell = report.error if finding.severity == "error" else report.warning
    tell(finding.code, finding.text, finding.fix, at=find(root, *path) or find(root, *_BLOCK), path=".".join(path))


def _check_vm_ids(root: Mapping, report: Report) -> None:
    start, end = (_number(find(root, *_BLOCK, "vmIdRange", key)) for key in ("start", "end"))
    machines = machines_of(root)
    needed, room = machines.count + machines.surge, end - start + 1
    if not start or not end or room < 1 or room >= needed:
        return
    report.error(
        "LT-PVE-006",
        f"the range has {room} VM ids, and {needed} are needed: {machines.count} machines, {machines.surge} to renew",
        f"Make it larger: end: {start + max(needed, 100) - 1}",
        at=find(root, *_BLOCK, "vmIdRange", "end"),
        path=".".join((*_BLOCK, "vmIdRange", "end")),
    )


def _check_control_plane(root: Mapping, report: Report) -> None:
    bootstrap = find(root, "spec", "provider", "kubernetes", "bootstrap")
    if isinstance(bootstrap, Scalar) and bootstrap.text != "kubeadm":
        return
    least = (("cpCores", KUBEADM_CORES, 2, "cores"), ("cpMemoryMb", KUBEADM_MEMORY_MIB, 2048, "MiB of memory"))
    for key, limit, proposed, unit in least:
        written = find(root, *_BLOCK, key)
        count = _number(written)
        if isinstance(written, Scalar) and 0 < count < limit:
            report.error(
                "LT-PVE-008",
                f"kubeadm refuses a control plane with {count} {unit}: {limit} are the least",
                f"Write {key}: {proposed}",
                at=written,
                path=".".join((*_BLOCK, key)),
            )


def _check_sizes(root: Mapping, report: Report) -> None:
    pools = find(root, *_POOLS)
    if not isinstance(pools, Mapping):
        return
    for name, pool in pools.entries.items():
        size = find(pool, "size")
        if not isinstance(size, Mapping):
            continue
        path = f"{'.'.join(_POOLS)}.{shown(name)}.size"
        is_memory(_number(size.entries.get("memoryMb")) or None, "memoryMb", size, f"{path}.memoryMb", report)
        disk = _number(size.entries.get("diskSizeGb"))
        if 0 < disk < MIN_DISK_GIB:
            report.error(
                "LT-PVE-010",
                f"a disk of {disk} GiB is smaller than Cluster API takes on Proxmox",
                f"Write at least the template's size, for example: diskSizeGb: 50 (the least is {MIN_DISK_GIB})",
                at=size.entries["diskSizeGb"],
                path=f"{path}.diskSizeGb",
            )
        for key in _FOREIGN_SIZE:
            if (place := key_place(size, key)) is not None:
                _no_effect(f"{path}.{key}", place, report)


def _no_effect(path: str, key: Scalar, report: Report) -> None:
    report.warning(
        "LT-PRV-006", f"{path.rpartition('.')[2]} has no effect on Proxmox", "Leave it out.", at=key, path=path
    )


def _pool(root: Mapping, name: str) -> Pool | None:
    """The pool as it is written; None where a part of it is missing or malformed, which has its own problem."""
    from lattice_tui.checks.networks import Pool

    node = find(root, *_BLOCK, name)
    start, end, gateway = (_address(find(node, key)) for key in ("start", "end", "gateway"))
    prefix, version = _number(find(node, "prefix")), 4 if name == "ipv4Pool" else 6
    if start is None or end is None or gateway is None or not 0 < prefix <= gateway.max_prefixlen:
        return None
    if {start.version, end.version, gateway.version} != {version}:
        return None
    return Pool(start, end, gateway, prefix)


def _lb(root: Mapping) -> Block | None:
    """The range for load balancers, where it is well-formed and in order."""
    start, end = (_address(find(root, *_LB, key)) for key in ("start", "end"))
    if start is None or end is None or start.version != end.version or int(start) > int(end):
        return None
    return start, end


def _range(root: Mapping, key: str) -> Network | None:
    from lattice_tui.document.address_rules import network_of

    written = find(root, *_CLUSTER_NETWORK, key)
    return network_of(written.text) if isinstance(written, Scalar) else None


def _address(node: Node | None) -> Address | None:
    return address_of(node.text) if isinstance(node, Scalar) else None


def _number(node: Node | None) -> int:
    """The count that is written, 0 where there is none."""
    text = node.text if isinstance(node, Scalar) and node.plain else ""
    # Nine digits are more than any number of the document has.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
