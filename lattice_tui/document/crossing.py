"""Rules that need two distant parts of the document: how many machines, and whose addresses they are.

They read the tree, not the models: a mistake elsewhere must not hide one here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document.address_rules import NODE_PREFIX, network_of
from lattice_tui.document.report import Report
from lattice_tui.document.tree import Mapping, Node, Scalar, find
from schemas.document import MAX_MACHINES

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from schemas.document import Nodes

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network

_NETWORK: Final = ("provider", "kubernetes", "clusterNetwork")


def check_spec(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Machines that fit into what Kubernetes and the pod range hold, and addresses that belong to one thing alone."""
    nodes: Nodes | None = values.get("nodes")
    ranges = _ranges(node)
    if not ranges and "networking" not in node.entries:
        return nodes is None or _machines_fit(nodes, None, node, path, report)
    fits = nodes is None or _machines_fit(nodes, ranges.get("podCidr"), node, path, report)
    return _addresses_are_apart(ranges, node, path, report) and fits


def _machines_fit(nodes: Nodes, pods: Network | None, node: Mapping, path: str, report: Report) -> bool:
    machines = nodes.control_plane + sum(max(pool.replicas, pool.max or 0) for pool in nodes.worker_pools.values())
    if machines > MAX_MACHINES:
        report.error(
            "LT-DOC-035",
            f"{machines} machines are more than the {MAX_MACHINES} that Kubernetes is tested with",
            "Lower controlPlane or the pools, or make several clusters of them.",
            at=find(node, "nodes", "controlPlane" if nodes.control_plane > MAX_MACHINES else "workerPools"),
            path=f"{path}.nodes",
            detail="A pool counts with its max, where it has one.",
        )
        return False
    if pods is None or pods.prefixlen >= NODE_PREFIX[pods.version]:
        return True
    room = 1 << (NODE_PREFIX[pods.version] - pods.prefixlen)
    if machines <= room:
        return True
    # One more for the control plane and each pool: a machine is replaced by making the new one first.
    wanted = machines + 1 + len(nodes.worker_pools)
    prefix = NODE_PREFIX[pods.version] - (wanted - 1).bit_length()
    report.error(
        "LT-NET-004",
        f"the pod range {pods} has room for {room} machines, and there are {machines}",
        f"Every machine takes a /{NODE_PREFIX[pods.version]} of it: write a prefix of {prefix} or less.",
        at=find(node, *_NETWORK, "podCidr"),
        path=f"{path}.{'.'.join(_NETWORK)}.podCidr",
    )
    return False


def _addresses_are_apart(ranges: dict[str, Network], node: Mapping, path: str, report: Report) -> bool:
    host = _address(find(node, "endpoints", "host"))
    start, end = (_address(find(node, "networking", "lbPool", key)) for key in ("start", "end"))
    fits = True
    for key, network in ranges.items():
        what = {"podCidr": "pods", "serviceCidr": "services"}[key]
        taken = [("endpoints.host", host, host), ("networking.lbPool", start, end)]
        for name, first, last in taken:
            if first is not None and last is not None and _overlaps(network, first, last):
                fits = False
                report.error(
                    "LT-NET-008",
                    f"the {what} have the range {network}, and {name} ({first}) lies in it",
                    f"Choose a range apart from it, or leave {key} out: then the first free one is taken.",
                    at=find(node, *_NETWORK, key),
                    path=f"{path}.{'.'.join(_NETWORK)}.{key}",
                )
    if host is not None and start is not None and end is not None and _is_between(host, start, end):
        fits = False
        report.error(
            "LT-NET-009",
            f"the API's own address {host} lies in the range for load balancers",
            "Move lbPool or endpoints.host: an address belongs to one of them alone.",
            at=find(node, "networking", "lbPool", "start"),
            path=f"{path}.networking.lbPool.start",
        )
    return fits


def _ranges(node: Mapping) -> dict[str, Network]:
    """What is written and well-formed; anything else has its own problem already."""
    found: dict[str, Network] = {}
    written_network = find(node, *_NETWORK)
    if not isinstance(written_network, Mapping):
        return found
    for key in ("podCidr", "serviceCidr"):
        written = written_network.entries.get(key)
        network = network_of(written.text) if isinstance(written, Scalar) else None
        if network is not None:
            found[key] = network
    return found


def _address(node: Node | None) -> Address | None:
    if not isinstance(node, Scalar) or not (":" in node.text or node.text[:1].isdecimal()):
        return None
    from ipaddress import ip_address

    try:
        return ip_address(node.text)
    except ValueError:
        return None


def _overlaps(network: Network, first: Address, last: Address) -> bool:
    if not network.version == first.version == last.version:
        return False
    return int(first) <= int(network.broadcast_address) and int(network.network_address) <= int(last)


def _is_between(address: Address, first: Address, last: Address) -> bool:
    return address.version == first.version == last.version and int(first) <= int(address) <= int(last)
