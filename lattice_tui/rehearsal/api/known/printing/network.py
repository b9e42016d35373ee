"""Cells of what leads traffic to pods: services, endpoints, ingresses, network policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    NAME,
    NONE,
    SHOWN_AT_MOST,
    Printed,
    age_of,
    first_few,
    labels_text,
    name_of,
    part,
    selector_text,
    text,
)
from lattice_tui.rehearsal.api.served import JsonObject


def service_cells(service: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a service."""
    spec = part(service, "spec")
    addresses = spec.get("clusterIPs") or ([spec["clusterIP"]] if spec.get("clusterIP") else [])
    ports = ",".join(_service_port(port) for port in spec.get("ports") or [])
    return [
        name_of(service),
        spec.get("type", ""),
        addresses[0] if addresses else NONE,
        _outside_address(service),
        ports or NONE,
        age_of(service, now),
        labels_text(spec.get("selector")),
    ]


def _service_port(port: JsonObject) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port', 0)}{node_port}/{port.get('protocol', '')}"


def _outside_address(service: JsonObject) -> str:
    spec = part(service, "spec")
    external = spec.get("externalIPs") or []
    kind = spec.get("type", "")
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(external) or NONE
    if kind == "LoadBalancer":
        balanced = _balancer_addresses(service)
        return ",".join([*balanced, *external]) or "<pending>"
    return spec.get("externalName", "") if kind == "ExternalName" else "<unknown>"


def _balancer_addresses(obj: JsonObject) -> list[str]:
    ingress = part(obj, "status", "loadBalancer").get("ingress") or []
    return sorted({one.get("ip") or one.get("hostname") or "" for one in ingress} - {""})


def ingress_cells(ingress: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an ingress."""
    spec = part(ingress, "spec")
    return [
        name_of(ingress),
        spec.get("ingressClassName") or NONE,
        _hosts(spec.get("rules") or []),
        ",".join(_balancer_addresses(ingress)),
        "80, 443" if spec.get("tls") else "80",
        age_of(ingress, now),
    ]


def _hosts(rules: list[JsonObject]) -> str:
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    shown = ",".join(hosts[:SHOWN_AT_MOST])
    if len(hosts) >= SHOWN_AT_MOST and len(rules) > SHOWN_AT_MOST:
        return f"{shown} + {len(rules) - SHOWN_AT_MOST} more..."
    return shown or "*"


def ingress_class_cells(obj: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an ingress class."""
    spec = part(obj, "spec")
    parameters = spec.get("parameters")
    shown = NONE
    if parameters is not None:
        group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
        shown = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    return [name_of(obj), spec.get("controller", ""), shown, age_of(obj, now)]


def endpoints_cells(endpoints: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an endpoints object."""
    places: list[str] = []
    for subset in endpoints.get("subsets") or []:
        addresses = [one.get("ip", "") for one in subset.get("addresses") or []]
        ports = subset.get("ports") or []
        places += [_place(address, port) for port in ports for address in addresses] if ports else addresses
    empty = "" if endpoints.get("subsets") else NONE
    return [name_of(endpoints), first_few(places, when_empty=empty), age_of(endpoints, now)]


def _place(address: str, port: JsonObject) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port.get('port', 0)}"


def endpoint_slice_cells(endpoint_slice: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an endpoint slice."""
    ports = [str(one.get("port") or one.get("name") or "*") for one in endpoint_slice.get("ports") or []]
    addresses = [address for one in endpoint_slice.get("endpoints") or [] for address in one.get("addresses") or []]
    return [
        name_of(endpoint_slice),
        endpoint_slice.get("addressType", ""),
        first_few(ports),
        first_few(addresses),
        age_of(endpoint_slice, now),
    ]


def network_policy_cells(policy: JsonObject, now: datetime) -> list[Any]:
    """Every cell of a network policy."""
    return [name_of(policy), selector_text(part(policy, "spec", "podSelector")), age_of(policy, now)]


SERVICES = Printed(
    (
        NAME,
        text("Type", "From where the service can be reached."),
        text("Cluster-IP", "Its address inside the cluster."),
        text("External-IP", "Its addresses outside the cluster."),
        text("Port(s)", "The ports it answers on."),
        AGE_TEXT,
        text("Selector", "The labels of the pods behind it.", wide=True),
    ),
    service_cells,
)
INGRESSES = Printed(
    (
        NAME,
        text("Class", "The class of controllers that carry it out."),
        text("Hosts", "The host names it answers for."),
        text("Address", "Where the controllers answer."),
        text("Ports", "The ports they answer on."),
        AGE_TEXT,
    ),
    ingress_cells,
)
INGRESS_CLASSES = Printed(
    (
        NAME,
        text("Controller", "The controller that carries out ingresses of this class."),
        text("Parameters", "An object with more settings."),
        AGE_TEXT,
    ),
    ingress_class_cells,
)
ENDPOINTS = Printed((NAME, text("Endpoints", "Addresses and ports behind the service."), AGE_TEXT), endpoints_cells)
ENDPOINT_SLICES = Printed(
    (
        NAME,
        text("AddressType", "What the addresses are: IPv4, IPv6 or host names."),
        text("Ports", "The ports of every endpoint."),
        text("Endpoints", "The addresses."),
        AGE_TEXT,
    ),
    endpoint_slice_cells,
)
NETWORK_POLICIES = Printed(
    (NAME, text("Pod-Selector", "The labels of the pods it holds for."), AGE_TEXT), network_policy_cells
)
