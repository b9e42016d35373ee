"""Hosts, ports and address ranges, as far as the file alone can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Sequence, find

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Network = IPv4Network | IPv6Network

# Compiled when it is first needed, like every pattern that a plain file does not meet: `re` keeps it.
_DNS_LABEL = r"[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_DNS_NAME = rf"{_DNS_LABEL}(?:\.{_DNS_LABEL})*"
_DNS_NAME_MAX_LENGTH = 253
_DISCOVERED = "..."
"""What the documentation writes for an address that is found out later."""
# kube-apiserver refuses a service range of more than 20 host bits.
_SERVICE_MAX_HOST_BITS = 20
# kube-controller-manager hands every node a /24 (IPv4) or /64 (IPv6) of the pod range.
_NODE_PREFIX = {4: 24, 6: 64}


def check_endpoints(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Host syntax and two different ports; `...` becomes None."""
    fits = True
    host = values.get("host")
    if host == _DISCOVERED:
        values["host"] = None
    elif host is not None and not is_host(host):
        fits = False
        bare = host.partition("://")[2] or host
        bare = bare.partition("/")[0].rsplit(":", 1)[0] if bare.count(":") == 1 else bare.partition("/")[0]
        example = bare if is_host(bare) else "192.168.1.50"
        report.error(
            "LT-DOC-030",
            f"{shown(host) or 'an empty text'} is not a host name or address",
            f"Write the name or address alone, without a scheme or a port: host: {example}",
            at=find(node, "host"),
            path=f"{path}.host",
        )
    grpc, bootstrap = values.get("grpc_port", 50051), values.get("bootstrap_port", 8443)
    if grpc == bootstrap:
        fits = False
        report.error(
            "LT-DOC-028",
            f"grpcPort and bootstrapPort are both {grpc}",
            f"Give them different ports, for example: bootstrapPort: {8443 if grpc != 8443 else 8444}",
            at=find(node, "bootstrapPort") or find(node, "grpcPort"),
            path=f"{path}.bootstrapPort",
        )
    return fits


def check_cert_sans(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Every entry is a DNS name, perhaps with a leading `*.`, or an address."""
    fits = True
    items = find(node, "certSANs")
    for index, name in enumerate(values.get("cert_sans", ())):
        if is_host(name.removeprefix("*.")):
            continue
        fits = False
        report.error(
            "LT-DOC-029",
            f"{shown(name) or 'an empty text'} cannot stand in a certificate",
            "Write a DNS name or an address, for example: api.example.com",
            at=items.items[index] if isinstance(items, Sequence) else items,
            path=f"{path}.certSANs[{index}]",
        )
    return fits


def check_cluster_network(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Ranges that a person chose: well-formed, big enough, apart from each other."""
    pod_text, service_text = values.get("pod_cidr"), values.get("service_cidr")
    pods = _network(pod_text, find(node, "podCidr"), f"{path}.podCidr", "10.244.0.0/16", report)
    services = _network(service_text, find(node, "serviceCidr"), f"{path}.serviceCidr", "10.96.0.0/16", report)
    sizes_fit = _sizes_fit(pods, services, node, path, report)
    if pods is not None and services is not None and pods.overlaps(services):
        report.error(
            "LT-NET-002",
            f"pods ({pods}) and services ({services}) share addresses",
            f"Choose ranges apart: serviceCidr: {_apart_from(pods)}",
            at=find(node, "serviceCidr"),
            path=f"{path}.serviceCidr",
        )
        return False
    return sizes_fit and (pods is None) == (pod_text is None) and (services is None) == (service_text is None)


def _sizes_fit(pods: Network | None, services: Network | None, node: Mapping, path: str, report: Report) -> bool:
    fits = True
    if pods is not None and pods.prefixlen >= _NODE_PREFIX[pods.version]:
        fits = False
        report.error(
            "LT-NET-004",
            f"the pod range {pods} has room for one machine at most",
            f"Every machine takes a /{_NODE_PREFIX[pods.version]} of it: podCidr: 10.244.0.0/16",
            at=find(node, "podCidr"),
            path=f"{path}.podCidr",
        )
    if services is not None and services.max_prefixlen - services.prefixlen > _SERVICE_MAX_HOST_BITS:
        fits = False
        report.error(
            "LT-NET-005",
            f"the service range {services} is larger than Kubernetes allows",
            f"Write a prefix of {services.max_prefixlen - _SERVICE_MAX_HOST_BITS} or more: serviceCidr: 10.96.0.0/16",
            at=find(node, "serviceCidr"),
            path=f"{path}.serviceCidr",
        )
    return fits


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
    report.error(
        "LT-NET-006",
        f"the range ends ({end}) before it starts ({start})",
        f"Write them the other way round: start: {end}, end: {start}",
        at=find(node, "start"),
        path=f"{path}.start",
    )
    return False


def check_allowed_cidrs(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Every entry is a range."""
    items = find(node, "apiAllowedCidrs")
    fits = True
    for index, text in enumerate(values.get("api_allowed_cidrs", ())):
        at = items.items[index] if isinstance(items, Sequence) else items
        fits = _network(text, at, f"{path}.apiAllowedCidrs[{index}]", "203.0.113.7/32", report) is not None and fits
    return fits


def is_host(text: str) -> bool:
    """Whether `text` is a DNS name or an address (without brackets, scheme or port)."""
    looks_numeric = text.replace(".", "").isdigit() or ":" in text
    if not looks_numeric:
        return len(text) <= _DNS_NAME_MAX_LENGTH and re.fullmatch(_DNS_NAME, text) is not None
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _network(text: str | None, at: Node | None, path: str, example: str, report: Report) -> Network | None:
    """The range; None when none is given, or when it is malformed (reported)."""
    if text is None:
        return None
    from ipaddress import ip_network

    try:
        network = ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        network = None
    if network is None:
        report.error(
            "LT-NET-001",
            f"{shown(text) or 'an empty text'} is not an address range",
            f"Write an address, a slash and a prefix: {example}",
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


def _first_address(cidr: str) -> IPv4Address | IPv6Address:
    from ipaddress import ip_address

    return ip_address(cidr.partition("/")[0])


def _address(text: str, at: Node | None, path: str, report: Report) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address

    try:
        return ip_address(text)
    except ValueError:
        report.error(
            "LT-NET-007",
            f"{shown(text) or 'an empty text'} is not an address",
            "Write one like 192.168.1.240",
            at=at,
            path=path,
        )
        return None


def _apart_from(pods: Network) -> str:
    from ipaddress import ip_network

    choices = (
        ("10.96.0.0/16", "10.43.0.0/16", "172.31.0.0/16") if pods.version == 4 else ("fd00:96::/112", "fd01:96::/112")
    )
    return next((choice for choice in choices if not pods.overlaps(ip_network(choice))), choices[0])
