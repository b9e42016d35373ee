"""What in a cluster.yaml does not fit machines on Proxmox: its own block, one key at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lattice_tui.document.host_rules import warn_of_doubles
from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Sequence, find, key_place
from lattice_tui.providers.proxmox import forms
from lattice_tui.providers.proxmox.config import Ipv4Pool, Ipv6Pool, ProxmoxConfig, VmIdRange

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from pydantic import BaseModel

    from lattice_tui.document.shape import Rule

    Address = IPv4Address | IPv6Address

MEMORY_STEP_MIB = 8
"""Source: multipleOf of memoryMiB in the CRD of ProxmoxMachine."""


class _Form(NamedTuple):
    attribute: str
    key: str
    pattern: str
    what: str
    example: str


_NAMES: Final = (
    _Form("source_node", "sourceNode", forms.NODE, "the name of a Proxmox node", "pve1"),
    _Form("bridge", "bridge", forms.INTERFACE, "the name of a bridge", "vmbr0"),
    _Form("storage", "storage", forms.STORAGE, "the name of a storage", "local-lvm"),
    _Form("pool", "pool", forms.POOL, "the name of a resource pool", "kubernetes"),
    _Form(
        "virtual_ip_network_interface",
        "virtualIpNetworkInterface",
        forms.INTERFACE,
        "the name of a network card",
        "ens18",
    ),
)
_LISTS: Final = (
    _Form("template_tags", "templateTags", forms.TAG, "a tag", "kubernetes"),
    _Form("allowed_nodes", "allowedNodes", forms.NODE, "the name of a Proxmox node", "pve1"),
    _Form("tags", "tags", forms.TAG, "a tag", "kubernetes"),
    _Form(
        "ssh_authorized_keys",
        "sshAuthorizedKeys",
        forms.SSH_KEY,
        "a public SSH key",
        "the one line of ~/.ssh/id_ed25519.pub",
    ),
)


def check_config(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Names as Proxmox takes them, one way to say the template, memory that its API takes."""
    looks = [_is_name(form, values, node, path, report) for form in _NAMES]
    looks += [_are_names(form, values, node, path, report) for form in _LISTS]
    fits = all(looks)
    fits = _are_dns_servers(values, node, path, report) and fits
    fits = _is_one_template(values, node, path, report) and fits
    for attribute, key in (("cp_memory_mb", "cpMemoryMb"), ("worker_memory_mb", "workerMemoryMb")):
        fits = is_memory(values.get(attribute), key, node, f"{path}.{key}", report) and fits
    return fits


def check_ipv4_pool(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Three IPv4 addresses; how they fit each other is looked at with the rest of the document."""
    return _are_addresses(values, node, path, report, 4)


def check_ipv6_pool(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Three IPv6 addresses."""
    return _are_addresses(values, node, path, report, 6)


def check_vm_ids(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """From low to high."""
    start, end = values.get("start"), values.get("end")
    if start is None or end is None or start <= end:
        return True
    report.error(
        "LT-PVE-006",
        f"the range of VM ids ends ({end}) before it starts ({start})",
        f"Write them the other way round: start: {end}, end: {start}",
        at=find(node, "start"),
        path=f"{path}.start",
    )
    return False


RULES: Final[MappingABC[type[BaseModel], Rule]] = {
    ProxmoxConfig: check_config,
    Ipv4Pool: check_ipv4_pool,
    Ipv6Pool: check_ipv6_pool,
    VmIdRange: check_vm_ids,
}


def is_memory(memory_mib: int | None, key: str, node: Mapping, path: str, report: Report) -> bool:
    """Whether the API of ProxmoxMachine takes this much memory; reports why not."""
    if memory_mib is None or memory_mib % MEMORY_STEP_MIB == 0:
        return True
    low = memory_mib - memory_mib % MEMORY_STEP_MIB
    report.error(
        "LT-PVE-005",
        f"{key} {memory_mib} is not a multiple of {MEMORY_STEP_MIB}",
        f"Write {key}: {low + MEMORY_STEP_MIB}" + (f" or {low}" if low else ""),
        at=find(node, key),
        path=path,
    )
    return False


def address_of(text: str) -> Address | None:
    """The address that `text` writes, without a zone; None when it is none."""
    from ipaddress import ip_address

    try:
        return ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def _is_name(form: _Form, values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    text = values.get(form.attribute)
    if text is None or re.fullmatch(form.pattern, text):
        return True
    report.error(
        "LT-PVE-003",
        f"{shown(text) or 'an empty text'} is not {form.what}",
        f"Write it as Proxmox shows it, for example: {form.key}: {form.example}",
        at=find(node, form.key),
        path=f"{path}.{form.key}",
    )
    return False


def _are_names(form: _Form, values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    texts, items = values.get(form.attribute, []), find(node, form.key)
    fits = True
    for index, text in enumerate(texts):
        if report.is_full:
            return False
        if re.fullmatch(form.pattern, text):
            continue
        fits = False
        report.error(
            "LT-PVE-003",
            f"{shown(text) or 'an empty text'} is not {form.what}",
            f"Write {form.what}, for example: {form.example}",
            at=items.items[index] if isinstance(items, Sequence) else items,
            path=f"{path}.{form.key}[{index}]",
        )
    warn_of_doubles(texts, items, f"{path}.{form.key}", report)
    return fits


def _are_dns_servers(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    texts, items = values.get("dns_servers", []), find(node, "dnsServers")
    fits = True
    for index, text in enumerate(texts):
        if report.is_full:
            return False
        if address_of(text) is None:
            fits = False
            report.error(
                "LT-PVE-004",
                f"{shown(text) or 'an empty text'} is not an address",
                "Write the address of a DNS server, not its name, for example: 192.168.1.1",
                at=items.items[index] if isinstance(items, Sequence) else items,
                path=f"{path}.dnsServers[{index}]",
            )
    warn_of_doubles(texts, items, f"{path}.dnsServers", report)
    return fits


def _are_addresses(values: dict[str, Any], node: Mapping, path: str, report: Report, version: int) -> bool:
    example = "192.168.1.200" if version == 4 else "fd00:10::100"
    fits = True
    for key in ("start", "end", "gateway"):
        text = values.get(key)
        address = address_of(text) if text is not None else None
        if text is None or (address is not None and address.version == version):
            continue
        fits = False
        report.error(
            "LT-PVE-004",
            f"{shown(text) or 'an empty text'} is not an IPv{version} address",
            f"Write one without a prefix: {key}: {_nearest(text, version) or example}",
            at=find(node, key),
            path=f"{path}.{key}",
        )
    return fits


def _nearest(text: str, version: int) -> str:
    """The address of `192.168.1.1/24`."""
    address = address_of(text.partition("/")[0].strip())
    return str(address) if address is not None and address.version == version else ""


def _is_one_template(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """sourceNode with templateId, or templateTags. Source: the rules in the CRD of ProxmoxMachine."""
    by_id = _is_given(values, "template_id", node, "templateId")
    by_tags = _is_given(values, "template_tags", node, "templateTags") and values.get("template_tags") != []
    if by_id and by_tags:
        report.error(
            "LT-PVE-002",
            "templateId and templateTags both name the template",
            "Keep templateId with sourceNode, and delete templateTags; or the other way round.",
            at=key_place(node, "templateTags"),
            path=f"{path}.templateTags",
        )
        return False
    if by_tags:
        if _is_given(values, "source_node", node, "sourceNode"):
            _warn_of_source_node(node, path, report)
        return True
    fits = True
    for attribute, key, example in (("source_node", "sourceNode", "pve1"), ("template_id", "templateId", "9000")):
        if not _is_given(values, attribute, node, key):
            fits = False
            report.error(
                "LT-PVE-002",
                f"{path}.{key} is missing: nothing says which template machines are cloned from",
                f"Write it under `{path}`, for example: {key}: {example}",
                at=node,
                path=f"{path}.{key}",
            )
    return fits


def _is_given(values: dict[str, Any], attribute: str, node: Mapping, key: str) -> bool:
    """A key without a value is an absent one; one whose value was refused already is there."""
    return key in node.entries and values.get(attribute, "") is not None


def _warn_of_source_node(node: Mapping, path: str, report: Report) -> None:
    report.warning(
        "LT-PVE-009",
        "sourceNode has no effect beside templateTags",
        "Leave it out: the template is taken where its tags are found.",
        at=key_place(node, "sourceNode"),
        path=f"{path}.sourceNode",
    )
