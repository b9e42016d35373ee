"""Address ranges, as far as the file alone can tell: pods, services, load balancers, who may reach the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document.host_rules import warn_of_doubles
from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Sequence, find

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Network = IPv4Network | IPv6Network

# kube-apiserver refuses a service range of more than 20 host bits; its tenth address is the cluster's DNS server.
_SERVICE_MAX_HOST_BITS = 20
_SERVICE_MIN_HOST_BITS = 4
# kube-controller-manager hands every node a /24 (IPv4) or /64 (IPv6) of the pod range, and keeps at most 16 bits of
# them in its books. Source: kubeadm's PodSubnetNodeMaskMaxDiff and MinimumAddressesInServiceSubnet.
NODE_PREFIX: Final = {4: 24, 6: 64}
_POD_MAX_NODE_BITS = 16
_PREFIX = r"[^/]+/[0-9]{1,3}"


def check_cluster_network(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Ranges that a person chose: well-formed, of a size that Kubernetes takes, apart from each other."""
    pod_text, service_text = values.get("pod_cidr"), values.get("service_cidr")
    pods = _network(pod_text, find(node, "podCidr"), f"{path}.podCidr", "10.244.0.0/16", report)
    services = _network(service_text, find(node, "serviceCidr"), f"{path}.serviceCidr", "10.96.0.0/16", report)
    fits = (pods is None) == (pod_text is None) and (services is None) == (service_text is None)
    if pods is not None:
        fits = _is_pod_range(pods, find(node, "podCidr"), f"{path}.podCidr", report) and fits
    if services is not None:
        fits = _is_service_range(services, find(node, "serviceCidr"), f"{path}.serviceCidr", report) and fits
    if pods is None or services is None:
        return fits
    at, path = find(node, "serviceCidr"), f"{path}.serviceCidr"
    if pods.version != services.version:
        report.error(
            "LT-NET-012",
            f"pods are IPv{pods.version} and services IPv{services.version}",
            f"Choose both of one kind: serviceCidr: {_apart_from(pods)}",
            at=at,
            path=path,
        )
        return False
    if pods.overlaps(services):
        report.error(
            "LT-NET-002",
            f"pods ({pods}) and services ({services}) share addresses",
            f"Choose ranges apart: serviceCidr: {_apart_from(pods)}",
            at=at,
            path=path,
        )
        return False
    return fits


def _is_pod_range(pods: Network, at: Node | None, path: str, report: Report) -> bool:
    node_prefix = NODE_PREFIX[pods.version]
    example = "10.244.0.0/16" if pods.version == 4 else "fd00:244::/48"
    if pods.prefixlen >= node_prefix:
        report.error(
            "LT-NET-004",
            f"the pod range {pods} has room for one machine at most",
            f"Every machine takes a /{node_prefix} of it: podCidr: {example}",
            at=at,
            path=path,
        )
        return False
    if node_prefix - pods.prefixlen > _POD_MAX_NODE_BITS:
        report.error(
            "LT-NET-011",
            f"the pod range {pods} is larger than Kubernetes allows",
            f"Write a prefix of {node_prefix - _POD_MAX_NODE_BITS} or more: podCidr: {example}",
            at=at,
            path=path,
        )
        return False
    return _is_usable(pods, "podCidr", example, at, path, report)


def _is_service_range(services: Network, at: Node | None, path: str, report: Report) -> bool:
    host_bits = services.max_prefixlen - services.prefixlen
    example = "10.96.0.0/16" if services.version == 4 else "fd00:96::/112"
    if host_bits > _SERVICE_MAX_HOST_BITS:
        report.error(
            "LT-NET-005",
            f"the service range {services} is larger than Kubernetes allows",
            f"Write a prefix of {services.max_prefixlen - _SERVICE_MAX_HOST_BITS} or more: serviceCidr: {example}",
            at=at,
            path=path,
        )
        return False
    if host_bits < _SERVICE_MIN_HOST_BITS:
        report.error(
            "LT-NET-010",
            f"the service range {services} is too small: DNS takes its tenth address",
            f"Write a prefix of {services.max_prefixlen - _SERVICE_MIN_HOST_BITS} or less: serviceCidr: {example}",
            at=at,
            path=path,
        )
        return False
    return _is_usable(services, "serviceCidr", example, at, path, report)


def _is_usable(network: Network, key: str, example: str, at: Node | None, path: str, report: Report) -> bool:
    sort = (
        "a computer's addresses for itself"
        if network.is_loopback
        else "multicast addresses"
        if network.is_multicast
        else "link-local addresses"
        if network.is_link_local
        else ""
    )
    if sort:
        title = f"{network} holds {sort}, which no {'pod' if key == 'podCidr' else 'service'} can have"
        report.error("LT-NET-013", title, f"Write {key}: {example}", at=at, path=path)
    return not sort


def check_lb_pool(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Two addresses of one family, in order."""
    addresses = {
        key: _address(values[key], find(node, key), f"{path}.{key}", report)
        for key in ("start", "end")
        if key in values
    }
    start, end = addresses.get("start"), addresses.get("end")
    if start is None or end is None:
        return None not in addresses.values()
    if start.version == end.version and int(start) <= int(end):
        return True
    families = start.version != end.version
    report.error(
        "LT-NET-006",
        f"the range begins with IPv{start.version} ({start}) and ends with IPv{end.version} ({end})"
        if families
        else f"the range ends ({end}) before it starts ({start})",
        "Write both of one kind, for example: start: 192.168.1.240, end: 192.168.1.250"
        if families
        else f"Write them the other way round: start: {end}, end: {start}",
        at=find(node, "start"),
        path=f"{path}.start",
    )
    return False


def check_allowed_cidrs(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Every entry is a range."""
    texts = values.get("api_allowed_cidrs", ())
    items = find(node, "apiAllowedCidrs")
    fits = True
    for index, text in enumerate(texts):
        if report.is_full:
            return False
        at = items.items[index] if isinstance(items, Sequence) else items
        fits = _network(text, at, f"{path}.apiAllowedCidrs[{index}]", "203.0.113.7/32", report) is not None and fits
    warn_of_doubles(texts, items, f"{path}.apiAllowedCidrs", report)
    return fits


def network_of(text: str) -> Network | None:
    """The range that `text` writes, host bits ignored; None when it is none. Kubernetes takes no masks and no zones."""
    from ipaddress import ip_network

    if "%" in text or not re.fullmatch(_PREFIX, text):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _network(text: str | None, at: Node | None, path: str, example: str, report: Report) -> Network | None:
    """The range; None when none is given, or when it is malformed (reported)."""
    if text is None:
        return None
    network = network_of(text)
    if network is None:
        report.error(
            "LT-NET-001",
            f"{shown(text) or 'an empty text'} is not an address range",
            f"Write an address, a slash and a prefix: {_nearest_range(text) or example}",
            at=at,
            path=path,
        )
        return None
    if network.network_address != _first_address(text):
        report.error(
            "LT-NET-003",
            f"{shown(text)} names an address inside a range, not the range",
            f"Write the range's first address: {network}",
            at=at,
            path=path,
            detail=f"It covers {network[0]} to {network[-1]}.",
        )
        return None
    return network


def _nearest_range(text: str) -> str:
    """`10.0.0.0/16` for a mask, for a list of two, for spaces around it; empty when nothing is clear."""
    from ipaddress import ip_network

    try:
        return (
            str(ip_network(text.partition(",")[0].strip()[:64], strict=False))
            if "/" in text and "%" not in text
            else ""
        )
    except ValueError:
        return ""


def _first_address(cidr: str) -> IPv4Address | IPv6Address:
    from ipaddress import ip_address

    return ip_address(cidr.partition("/")[0])


def _address(text: str, at: Node | None, path: str, report: Report) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address

    try:
        address = ip_address(text) if "%" not in text else None
    except ValueError:
        address = None
    if address is None:
        report.error(
            "LT-NET-007",
            f"{shown(text) or 'an empty text'} is not an address",
            "Write one like 192.168.1.240",
            at=at,
            path=path,
        )
    return address


def _apart_from(pods: Network) -> str:
    from ipaddress import ip_network

    choices = (
        ("10.96.0.0/16", "10.43.0.0/16", "172.31.0.0/16") if pods.version == 4 else ("fd00:96::/112", "fd01:96::/112")
    )
    return next((choice for choice in choices if not pods.overlaps(ip_network(choice))), choices[0])
