"""Rules within OpenStack's block: what each of its values has to look like."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document.address_rules import network_of
from lattice_tui.document.host_rules import warn_of_doubles
from lattice_tui.document.report import Report, shown
from lattice_tui.document.secret_values import secret_in_file
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence, find, key_place
from lattice_tui.providers.openstack.config import NODE_CIDR, OpenStackConfig, SecretRef
from lattice_tui.providers.openstack.fields import UUID

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.document.shape import Rule

MAX_NODE_PREFIX: Final = 28
"""The router, the load balancer and the DHCP ports take a handful of addresses before the first machine."""
MIN_NODE_PREFIX: Final = 8
_NAMES: Final = {
    "cpFlavor": "cp_flavor",
    "workerFlavor": "worker_flavor",
    "imageName": "image_name",
    "sshKeyName": "ssh_key_name",
    "apiServerLoadBalancerFlavor": "api_server_load_balancer_flavor",
    "cpAvailabilityZone": "cp_availability_zone",
    "workerAvailabilityZone": "worker_availability_zone",
    "cpRootVolumeType": "cp_root_volume_type",
    "workerRootVolumeType": "worker_root_volume_type",
}
_WHERE: Final = {
    "cpFlavor": "openstack flavor list",
    "workerFlavor": "openstack flavor list",
    "imageName": "openstack image list",
    "sshKeyName": "openstack keypair list",
    "apiServerLoadBalancerFlavor": "openstack loadbalancer flavor list",
    "cpAvailabilityZone": "openstack availability zone list",
    "workerAvailabilityZone": "openstack availability zone list",
    "cpRootVolumeType": "openstack volume type list",
    "workerRootVolumeType": "openstack volume type list",
}
_NAME_MAX_LENGTH = 255
"""Of every name that Nova, Glance, Cinder and Octavia keep."""
_CLOUD = r"[A-Za-z0-9][-A-Za-z0-9_.]{0,62}"
# Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT; options before the type are not for a key pair.
_PUBLIC_KEY = (
    r"(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-[-a-z0-9@.]+) [A-Za-z0-9+/]{20,}={0,3}(?: .*)?"
)
_SUBDOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"


def check_config(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Every value on its own; what needs two parts of the document is in `document_rules`."""
    fits = _names(values, node, path, report)
    fits = _external_network(values.get("external_network_id"), node, path, report) and fits
    fits = _cloud_name(values.get("cloud_name"), node, path, report) and fits
    fits = _name_servers(values.get("dns_nameservers", ()), node, path, report) and fits
    fits = _node_range(values.get("node_cidr"), node, path, report) and fits
    fits = _public_keys(values.get("ssh_authorized_keys", ()), node, path, report) and fits
    _warnings(values, node, path, report)
    return fits


def check_secret_ref(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Names as Kubernetes takes them."""
    fits = True
    forms = (("name", _SUBDOMAIN, 253, "openstack-cloud-config"), ("namespace", _LABEL, 63, "default"))
    for key, pattern, limit, example in forms:
        text = values.get(key)
        if text is not None and not (len(text) <= limit and re.fullmatch(pattern, text)):
            fits = False
            report.error(
                "LT-OS-008",
                f"{shown(text) or 'an empty text'} cannot be the {key} of a Secret",
                f"Use lower-case letters, digits and dashes: {key}: {example}",
                at=find(node, key),
                path=f"{path}.{key}",
            )
    return fits


RULES: Final[MappingABC[type[BaseModel], Rule]] = {OpenStackConfig: check_config, SecretRef: check_secret_ref}


def node_range(text: str | None) -> IPv4Network | None:
    """The machines' network, when the text means one that can be used."""
    network = network_of(text) if text is not None else None
    if not isinstance(network, IPv4Network) or not MIN_NODE_PREFIX <= network.prefixlen <= MAX_NODE_PREFIX:
        return None
    return None if _is_special(network) else network


def _names(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    fits = True
    for key, attribute in _NAMES.items():
        name = values.get(attribute)
        if name is None or _is_name(name):
            continue
        fits = False
        report.error(
            "LT-OS-002",
            f"{key} is {shown(name)!r}, which cannot be a name" if name.strip() else f"{key} has no name",
            f"Write one line without spaces around it; the names are listed by: {_WHERE[key]}",
            at=find(node, key),
            path=f"{path}.{key}",
        )
    return fits


def _is_name(text: str) -> bool:
    return bool(text) and text == text.strip() and text.isprintable() and len(text) <= _NAME_MAX_LENGTH


def _external_network(text: str | None, node: Mapping, path: str, report: Report) -> bool:
    if text is None or re.fullmatch(UUID, text):
        return True
    report.error(
        "LT-OS-001",
        f"{shown(text) or 'an empty text'} is not the id of a network",
        f"Write the id, not the name: externalNetworkId: {_nearest_uuid(text)}",
        at=find(node, "externalNetworkId"),
        path=f"{path}.externalNetworkId",
        detail="The ids are listed by: openstack network list --external",
    )
    return False


def _nearest_uuid(text: str) -> str:
    """The same id as OpenStack writes it, where it is one without dashes or in capitals."""
    digits = text.strip().lower().replace("-", "")
    if not re.fullmatch("[0-9a-f]{32}", digits):
        return "2f1c6b3e-5a0d-4c36-9f0f-7a1d6f0a9b51"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _cloud_name(text: str | None, node: Mapping, path: str, report: Report) -> bool:
    if text is None or re.fullmatch(_CLOUD, text):
        return True
    report.error(
        "LT-OS-003",
        f"{shown(text) or 'an empty text'} cannot be the name of a cloud",
        "Use letters, digits, dots and dashes: cloudName: openstack",
        at=find(node, "cloudName"),
        path=f"{path}.cloudName",
    )
    return False


def _name_servers(texts: list[str], node: Mapping, path: str, report: Report) -> bool:
    items = find(node, "dnsNameservers")
    fits = True
    for index, text in enumerate(texts):
        if _is_server(text):
            continue
        fits = False
        report.error(
            "LT-OS-004",
            f"{shown(text) or 'an empty text'} is not the address of a name server",
            "Write an address, not a name: a machine cannot look up the server that it looks names up with.",
            at=items.items[index] if isinstance(items, Sequence) else items,
            path=f"{path}.dnsNameservers[{index}]",
            detail="For example: 9.9.9.9",
        )
    warn_of_doubles(texts, items, f"{path}.dnsNameservers", report)
    return fits


def _is_server(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_multicast or address.is_unspecified) and "%" not in text


def _node_range(text: str | None, node: Mapping, path: str, report: Report) -> bool:
    if text is None:
        return True
    network = network_of(text)
    if isinstance(network, IPv4Network) and str(network.network_address) == text.partition("/")[0]:
        if node_range(text) is not None:
            return True
        title = f"{network} is no range that machines can live in"
    else:
        title = f"{shown(text) or 'an empty text'} is not an IPv4 range"
    nearest = str(network) if isinstance(network, IPv4Network) and node_range(str(network)) else NODE_CIDR
    report.error(
        "LT-OS-005",
        title,
        f"Write its first address and a prefix of {MIN_NODE_PREFIX} to {MAX_NODE_PREFIX}: nodeCidr: {nearest}",
        at=find(node, "nodeCidr"),
        path=f"{path}.nodeCidr",
    )
    return False


def _is_special(network: IPv4Network) -> bool:
    # Link-local is where machines ask for their metadata.
    return network.is_loopback or network.is_multicast or network.is_link_local or int(network.network_address) == 0


def _public_keys(texts: list[str], node: Mapping, path: str, report: Report) -> bool:
    items = find(node, "sshAuthorizedKeys")
    fits = True
    for index, text in enumerate(texts):
        if re.fullmatch(_PUBLIC_KEY, text):
            continue
        fits = False
        at: Node | None = items.items[index] if isinstance(items, Sequence) else items
        where = f"{path}.sshAuthorizedKeys[{index}]"
        if "PRIVATE KEY" in text:
            secret_in_file(at, where, report)
            continue
        report.error(
            "LT-OS-007",
            "this is not a public SSH key in one line",
            "Write the whole line of the file that ends in .pub: ssh-ed25519 AAAA... name",
            at=at,
            path=where,
        )
    return fits


def _warnings(values: dict[str, Any], node: Mapping, path: str, report: Report) -> None:
    for whose in ("cp", "worker"):
        key = f"{whose}RootVolumeType"
        if values.get(f"{whose}_root_volume_type") is not None and f"{whose}RootVolumeSizeGb" not in node.entries:
            report.warning(
                "LT-OS-006",
                f"{key} has no effect without a root volume",
                f"Write its size too, {whose}RootVolumeSizeGb: 50, or leave it out.",
                at=key_place(node, key),
                path=f"{path}.{key}",
            )
    if values.get("api_server_load_balancer") is False and "apiServerLoadBalancerFlavor" in node.entries:
        report.warning(
            "LT-OS-010",
            "apiServerLoadBalancerFlavor has no effect without a load balancer",
            "Leave it out.",
            at=key_place(node, "apiServerLoadBalancerFlavor"),
            path=f"{path}.apiServerLoadBalancerFlavor",
        )
    if values.get("managed_security_groups") is False:
        report.warning(
            "LT-OS-018",
            "no security groups are made: the ports between the machines are yours to open",
            "Leave managedSecurityGroups out, unless the project's own groups open them.",
            at=_scalar(node, "managedSecurityGroups"),
            path=f"{path}.managedSecurityGroups",
        )
    elif values.get("allow_all_in_cluster_traffic") is False:
        report.warning(
            "LT-OS-017",
            "Cilium does not work with the standard ports alone",
            "Leave allowAllInClusterTraffic out.",
            at=_scalar(node, "allowAllInClusterTraffic"),
            path=f"{path}.allowAllInClusterTraffic",
        )


def _scalar(node: Mapping, key: str) -> Scalar | None:
    found = find(node, key)
    return found if isinstance(found, Scalar) else None
