"""What in the rest of a cluster.yaml does not fit OpenStack, or has no effect there."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Final

from lattice_tui.document.address_rules import network_of
from lattice_tui.document.report import Report, shown
from lattice_tui.document.scalars import resolve
from lattice_tui.document.tree import Mapping, Scalar, find, key_place
from lattice_tui.providers.openstack.config import NODE_CIDR
from lattice_tui.providers.openstack.rules import node_range

_BLOCK: Final = ("spec", "provider", "config", "openstack")
_PATH: Final = ".".join(_BLOCK)
_FOREIGN_SIZES: Final = ("cores", "memoryMb", "diskSizeGb", "instanceType")
RESERVED_ADDRESSES: Final = 8
"""Of the machines' network: its own two, the router, the load balancer with its spare, and DHCP."""


def check_document(root: Mapping, report: Report) -> None:
    """Report it all; the tree is read, so that a mistake elsewhere hides nothing here."""
    _without_load_balancer(root, report)
    _node_range_is_apart(root, report)
    _host(root, report)
    _no_effect(root, report)


def surge(pools: int) -> int:
    """Machines that exist for a while when all are replaced: one for the control plane and one for each pool."""
    return 1 + pools


def _without_load_balancer(root: Mapping, report: Report) -> None:
    switch = find(root, *_BLOCK, "apiServerLoadBalancer")
    if not isinstance(switch, Scalar) or resolve(switch) is not False:
        return
    count = find(root, "spec", "nodes", "controlPlane")
    if (machines := _number(count)) is not None and machines > 1:
        report.error(
            "LT-OS-009",
            f"{machines} control-plane machines need a load balancer in front of them",
            "Write controlPlane: 1, or leave apiServerLoadBalancer out.",
            at=count,
            path="spec.nodes.controlPlane",
            detail="A floating IP belongs to one machine alone.",
        )
    service = find(root, "spec", "endpoints", "service", "type")
    if isinstance(service, Scalar) and service.text == "LoadBalancer":
        report.warning(
            "LT-OS-015",
            "without a load balancer in the cloud nothing gives a LoadBalancer service its address",
            "Write type: NodePort.",
            at=service,
            path="spec.endpoints.service.type",
        )
    allowed = key_place(root, "spec", "apiAllowedCidrs")
    if allowed is not None:
        report.warning(
            "LT-OS-016",
            "apiAllowedCidrs has no effect without a load balancer",
            "Leave it out: the security group opens the API's port to everyone.",
            at=allowed,
            path="spec.apiAllowedCidrs",
        )


def _node_range_is_apart(root: Mapping, report: Report) -> None:
    written = find(root, *_BLOCK, "nodeCidr")
    machines = node_range(written.text if isinstance(written, Scalar) else NODE_CIDR)
    if machines is None:
        return
    for key, what in (("podCidr", "pods"), ("serviceCidr", "services")):
        at = find(root, "spec", "provider", "kubernetes", "clusterNetwork", key)
        other = network_of(at.text) if isinstance(at, Scalar) else None
        if isinstance(other, IPv4Network) and other.overlaps(machines):
            report.error(
                "LT-OS-011",
                f"the machines ({machines}) and the {what} ({other}) share addresses",
                f"Choose ranges apart, or leave {key} out: then the first free one is taken.",
                at=written if isinstance(written, Scalar) else at,
                path=f"{_PATH}.nodeCidr",
            )
    _has_room(root, machines, written if isinstance(written, Scalar) else None, report)


def _has_room(root: Mapping, network: IPv4Network, at: Scalar | None, report: Report) -> None:
    pools = find(root, "spec", "nodes", "workerPools")
    entries = pools.entries if isinstance(pools, Mapping) else {}
    counts = [max(_number(find(pool, "replicas")) or 0, _number(find(pool, "max")) or 0) for pool in entries.values()]
    wanted = (_number(find(root, "spec", "nodes", "controlPlane")) or 0) + sum(counts) + surge(len(counts))
    room = network.num_addresses - RESERVED_ADDRESSES
    if wanted <= room:
        return
    prefix = 32 - (wanted + RESERVED_ADDRESSES - 1).bit_length()
    report.error(
        "LT-OS-012",
        f"{network} has room for {room} machines, and {wanted} are needed while all are replaced",
        f"Write a prefix of {prefix} or less: nodeCidr: {_wider(network, prefix)}",
        at=at,
        path=f"{_PATH}.nodeCidr",
        detail="One more for the control plane and each pool: a machine is replaced by making the new one first.",
    )


def _wider(network: IPv4Network, prefix: int) -> IPv4Network:
    return network.supernet(new_prefix=prefix) if 0 < prefix <= network.prefixlen else network


def _host(root: Mapping, report: Report) -> None:
    host = find(root, "spec", "endpoints", "host")
    if not isinstance(host, Scalar) or host.text == "..." or resolve(host) is None:
        return
    machines = find(root, *_BLOCK, "nodeCidr")
    network = node_range(machines.text if isinstance(machines, Scalar) else NODE_CIDR)
    try:
        address = ip_address(host.text)
    except ValueError:
        why = f"{shown(host.text)} is a name, and here the API has a floating IP"
    else:
        if isinstance(address, IPv4Address) and (network is None or address not in network):
            return
        why = (
            f"{address} lies in the machines' own network {network}"
            if isinstance(address, IPv4Address)
            else f"{address} is not an IPv4 address, and floating IPs are"
        )
    report.error(
        "LT-OS-014",
        why,
        "Write a floating IP of the project that is not attached, or leave host out: then one is made.",
        at=host,
        path="spec.endpoints.host",
        detail="The free ones are listed by: openstack floating ip list --status DOWN. A name belongs under certSANs.",
    )


def _no_effect(root: Mapping, report: Report) -> None:
    """Keys for other providers are accepted, and said to do nothing here."""
    if (key := key_place(root, "spec", "networking", "lbPool")) is not None:
        _says_no_effect("spec.networking.lbPool", key, report)
    pools = find(root, "spec", "nodes", "workerPools")
    for name, pool in pools.entries.items() if isinstance(pools, Mapping) else ():
        for word in _FOREIGN_SIZES:
            if (key := key_place(pool, "size", word)) is not None:
                _says_no_effect(f"spec.nodes.workerPools.{shown(name)}.size.{word}", key, report)


def _says_no_effect(path: str, key: Scalar, report: Report) -> None:
    report.warning(
        "LT-OS-013",
        f"{path.rpartition('.')[2]} has no effect on OpenStack",
        "Leave it out." if path.endswith("lbPool") else "Leave it out; a pool's machines are chosen by size.flavor.",
        at=key,
        path=path,
    )


def _number(node: object) -> int | None:
    value = resolve(node) if isinstance(node, Scalar) else None
    return value if type(value) is int else None
