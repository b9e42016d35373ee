"""Names and addresses of hosts: the API's endpoint, its certificate, two ports."""

from __future__ import annotations

import re
from collections.abc import Sequence as PySequence
from typing import Any

from lattice_tui.document.letters import foreign_letter, latin
from lattice_tui.document.report import Report, because, shown
from lattice_tui.document.tree import Mapping, Node, Sequence, find

# Compiled when it is first needed, like every pattern that a plain file does not meet: `re` keeps it.
# Lower case: kubeadm takes a certificate's name and an endpoint in the form of RFC 1123 alone.
_DNS_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_DNS_NAME = rf"{_DNS_LABEL}(?:\.{_DNS_LABEL})*"
_DNS_NAME_MAX_LENGTH = 253
_DISCOVERED = "..."
"""What the documentation writes for an address that is found out later."""


def check_endpoints(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Host syntax and two different ports; `...` becomes None."""
    fits = True
    host = values.get("host")
    if host == _DISCOVERED:
        values["host"] = None
    elif host is not None and (fault := host_fault(host)) is not None:
        fits = False
        report.error(
            "LT-DOC-030",
            f"{shown(host) or 'an empty text'} is not a host name or address{because(fault)}",
            f"Write the name or address alone, without a scheme or a port: host: {_nearest_host(host, '192.168.1.50')}",
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
    """Every entry is a DNS name, perhaps with a leading `*.`, or an address; one that is there twice is said."""
    names = values.get("cert_sans", ())
    items = find(node, "certSANs")
    fits = True
    for index, name in enumerate(names):
        if report.is_full:
            return False
        wildcard = name.startswith("*.") and re.fullmatch("[0-9.]*", name[2:]) is None and ":" not in name
        bare = name[2:] if wildcard else name
        fault = host_fault(bare)
        if fault is None:
            continue
        fits = False
        report.error(
            "LT-DOC-029",
            f"{shown(name) or 'an empty text'} cannot stand in a certificate{because(fault)}",
            f"Write a DNS name or an address, for example: {_nearest_host(bare, 'api.example.com')}",
            at=items.items[index] if isinstance(items, Sequence) else items,
            path=f"{path}.certSANs[{index}]",
        )
    warn_of_doubles(names, items, f"{path}.certSANs", report)
    return fits


def host_fault(text: str) -> str | None:
    """Why `text` is no DNS name or address (no brackets, scheme or port): "" if nothing more is known, None if it is.

    Zones (`fe80::1%eth0`) are of one computer alone, and no computer answers at 0.0.0.0 or a multicast address.
    """
    looks_numeric = text.replace(".", "").isdigit() or ":" in text
    if not looks_numeric:
        return _dns_fault(text)
    from ipaddress import ip_address

    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if "%" in text:
        return "`%` and what follows is of one computer alone"
    if address.is_unspecified:
        return "it means every address, not one"
    return "it is a multicast address" if address.is_multicast else None


def _dns_fault(text: str) -> str | None:
    if len(text) > _DNS_NAME_MAX_LENGTH:
        return f"it is longer than {_DNS_NAME_MAX_LENGTH} characters"
    if re.fullmatch(_DNS_NAME, text):
        return None
    if foreign := foreign_letter(text):
        return foreign
    if "://" in text:
        return "it is a URL"
    if re.fullmatch(_DNS_NAME, text.lower()):
        return "it has capitals"
    odd = next((letter for letter in text if not (letter.isalnum() or letter in "-./[]")), "")
    return "it has a space" if odd == " " else f"it has a `{shown(odd)}`" if odd else ""


def is_host(text: str) -> bool:
    """Whether `text` is a DNS name or an address."""
    return host_fault(text) is None


def _nearest_host(text: str, otherwise: str) -> str:
    """The host within a URL, an address with a port, a name in capitals; `otherwise` when none is found."""
    bare = latin(text.strip()[:_DNS_NAME_MAX_LENGTH]).lower()
    bare = (bare.partition("://")[2] or bare).partition("/")[0].rpartition("@")[2]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    bare = bare.partition("%")[0].rstrip(".")
    return bare if is_host(bare) else otherwise


def warn_of_doubles(values: PySequence[str], items: Node | None, path: str, report: Report) -> None:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if value not in first:
            first[value] = index
            continue
        report.warning(
            "LT-DOC-036",
            f"{shown(value)} is there twice",
            "Delete one of them: once is enough.",
            at=items.items[index] if isinstance(items, Sequence) else items,
            path=f"{path}[{index}]",
        )
