"""Services: defaults, what an update keeps of the allocated values, and what is refused.

Source: pkg/apis/core/v1/defaults.go, pkg/registry/core/service/{strategy,storage/alloc}.go and ValidateService.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any, Final

from lattice_tui.rehearsal.api.built_in.causes import (
    Cause,
    duplicate,
    forbidden,
    invalid,
    label_key_words,
    required,
    unsupported,
)

JsonObject = dict[str, Any]

CLUSTER_IP, NODE_PORT, BALANCER, EXTERNAL_NAME = "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"
HEADLESS: Final = "None"
AFFINITY_TIMEOUT_S: Final = 10_800
ADDRESS_WORDS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
PORT_WORDS = "must be between 1 and 65535, inclusive"
TYPES = (CLUSTER_IP, EXTERNAL_NAME, BALANCER, NODE_PORT)


def wants_node_ports(spec: JsonObject) -> bool:
    """Whether each port of the Service is one of every node, too."""
    is_balanced = spec.get("type") == BALANCER and spec.get("allocateLoadBalancerNodePorts") is not False
    return spec.get("type") == NODE_PORT or is_balanced


def defaulted(obj: JsonObject) -> JsonObject:
    """With what every Service has, but for addresses and ports that are drawn."""
    spec = {"sessionAffinity": "None", "type": CLUSTER_IP, **(obj.get("spec") or {})}
    if spec.get("ports"):
        spec["ports"] = [_port(port) for port in spec["ports"] if isinstance(port, dict)]
    if spec["sessionAffinity"] == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": AFFINITY_TIMEOUT_S}})
    else:
        spec.pop("sessionAffinityConfig", None)
    if spec["type"] in (NODE_PORT, BALANCER):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == BALANCER:
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    if spec["type"] != EXTERNAL_NAME:
        spec.setdefault("internalTrafficPolicy", "Cluster")
        _add_families(spec)
    return {**obj, "spec": spec}


def carried_over(live: JsonObject, obj: JsonObject) -> JsonObject:
    """An update with the addresses and ports that it does not speak of, and without those its type has no use for."""
    old, new = live.get("spec") or {}, dict(obj.get("spec") or {})
    type_ = new.get("type") or CLUSTER_IP
    same_addresses = new.get("clusterIPs") == old.get("clusterIPs")
    if type_ == EXTERNAL_NAME:
        if old.get("type") != EXTERNAL_NAME and same_addresses:
            for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
                new.pop(name, None)
    elif old.get("type") != EXTERNAL_NAME:
        if not new.get("clusterIP") and (same_addresses or not new.get("clusterIPs")):
            new |= {name: old[name] for name in ("clusterIP", "clusterIPs") if name in old}
        elif same_addresses and new.get("clusterIP") != old.get("clusterIP"):
            new["clusterIPs"] = [new["clusterIP"], *(new.get("clusterIPs") or [])[1:]]
        for name in ("ipFamilies", "ipFamilyPolicy"):
            if name in old:
                new.setdefault(name, old[name])
    _carry_ports(old, new)
    for name, types in (
        ("externalTrafficPolicy", (NODE_PORT, BALANCER)),
        ("allocateLoadBalancerNodePorts", (BALANCER,)),
        ("loadBalancerClass", (BALANCER,)),
    ):
        if type_ not in types and new.get(name) == old.get(name):
            new.pop(name, None)
    return {**obj, "spec": new}


def violations(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Everything that is refused."""
    spec = obj.get("spec") or {}
    ports, type_ = spec.get("ports") or [], spec.get("type")
    causes: list[Cause] = []
    if not ports and spec.get("clusterIP") != HEADLESS and type_ != EXTERNAL_NAME:
        causes.append(required("spec.ports"))
    if type_ == EXTERNAL_NAME and not spec.get("externalName"):
        causes.append(required("spec.externalName"))
    causes += _of_ports(ports, type_)
    for key in spec.get("selector") or {}:
        if words := label_key_words(key):
            causes.append(invalid("spec.selector", key, words))
    if spec.get("sessionAffinity") not in ("ClientIP", "None"):
        causes.append(unsupported("spec.sessionAffinity", spec.get("sessionAffinity"), ("ClientIP", "None")))
    if type_ not in TYPES:
        causes.append(unsupported("spec.type", type_, TYPES))
    for index, address in enumerate(spec.get("externalIPs") or []):
        if not _is_address(address):
            causes.append(invalid(f"spec.externalIPs[{index}]", address, ADDRESS_WORDS))
    causes += _of_addresses(spec, (old or {}).get("spec") or {})
    ingress = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    if ingress and old is not None and type_ != BALANCER:
        why = "may only be used when `spec.type` is 'LoadBalancer'"
        causes.append(forbidden("status.loadBalancer.ingress", why))
    return causes


def status_defaulted(obj: JsonObject) -> JsonObject:
    """A written status as the server completes it: an address of a load balancer is a virtual one."""
    ingress = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    if not ingress:
        return obj
    named = [{**one, "ipMode": "VIP"} if one.get("ip") and not one.get("ipMode") else one for one in ingress]
    status = obj["status"]
    return {**obj, "status": {**status, "loadBalancer": {**status["loadBalancer"], "ingress": named}}}


def _port(port: JsonObject) -> JsonObject:
    filled = {**port, "protocol": port.get("protocol") or "TCP"}
    return filled if port.get("targetPort") not in (None, 0, "") else {**filled, "targetPort": port.get("port", 0)}


def _add_families(spec: JsonObject) -> None:
    address = spec.get("clusterIP")
    if address and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [address]
    # Somebody else keeps the addresses of such a Service, and may keep them of both families.
    is_open = address == HEADLESS and not spec.get("selector") and not spec.get("ipFamilyPolicy")
    if is_open and not spec.get("ipFamilies"):
        spec |= {"ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack"}
    spec["ipFamilies"] = spec.get("ipFamilies") or ["IPv4"]
    spec["ipFamilyPolicy"] = spec.get("ipFamilyPolicy") or "SingleStack"


def _carry_ports(old: JsonObject, new: JsonObject) -> None:
    known = {_of_port(port): port.get("nodePort") for port in old.get("ports") or []}
    carried = []
    for port in new.get("ports") or []:
        there = known.get(_of_port(port))
        if wants_node_ports(new) and wants_node_ports(old) and there and not port.get("nodePort"):
            carried.append({**port, "nodePort": there})
        elif not wants_node_ports(new) and there and port.get("nodePort") == there:
            carried.append({key: value for key, value in port.items() if key != "nodePort"})
        else:
            carried.append(port)
    if carried:
        new["ports"] = carried


def _of_port(port: JsonObject) -> tuple[Any, Any]:
    return (port.get("protocol") or "TCP", port.get("port"))


def _of_ports(ports: list[JsonObject], type_: Any) -> list[Cause]:
    causes: list[Cause] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        place, name = f"spec.ports[{index}]", port.get("name") or ""
        if not name and len(ports) > 1:
            causes.append(required(f"{place}.name"))
        elif name and name in names:
            causes.append(duplicate(f"{place}.name", name))
        names.add(name)
        if not _is_port(port.get("port", 0)):
            causes.append(invalid(f"{place}.port", port.get("port", 0), PORT_WORDS))
        if port.get("protocol") not in ("SCTP", "TCP", "UDP"):
            causes.append(unsupported(f"{place}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP")))
        if isinstance(port.get("targetPort"), int) and not _is_port(port["targetPort"]):
            causes.append(invalid(f"{place}.targetPort", port["targetPort"], PORT_WORDS))
        if port.get("nodePort") and type_ in (CLUSTER_IP, EXTERNAL_NAME):
            causes.append(forbidden(f"{place}.nodePort", f"may not be used when `type` is '{type_}'"))
    seen: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        if (key := _of_port(port)) in seen:
            shown = {"Name": "", "Protocol": key[0], "AppProtocol": None, "Port": key[1], "TargetPort": 0}
            words = json.dumps({**shown, "NodePort": 0}, separators=(",", ":"))
            causes.append((f"spec.ports[{index}]", "FieldValueDuplicate", f"Duplicate value: {words}"))
        seen.add(key)
    return causes


def _of_addresses(spec: JsonObject, old: JsonObject) -> list[Cause]:
    address, addresses = spec.get("clusterIP"), spec.get("clusterIPs") or []
    if spec.get("type") == EXTERNAL_NAME:
        return []
    causes: list[Cause] = []
    if spec.get("ipFamilyPolicy") == "RequireDualStack" and address != HEADLESS:
        why = "this cluster is not configured for dual-stack services"
        causes.append(invalid("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], why))
    for index, family in enumerate(spec.get("ipFamilies") or []):
        if family != "IPv4" and address != HEADLESS:
            causes.append(invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster"))
    if addresses and not address:
        causes.append(invalid("spec.clusterIPs", addresses, "must be empty when `clusterIP` is not specified"))
    elif addresses and addresses[0] != address:
        causes.append(invalid("spec.clusterIPs", addresses, "first value must match `clusterIP`"))
    if old.get("clusterIP") and old.get("type") != EXTERNAL_NAME and address != old["clusterIP"]:
        causes.append(invalid("spec.clusterIPs[0]", addresses, "may not change once set"))
    for index, one in enumerate(addresses):
        if one != HEADLESS and not _is_address(one):
            causes.append(invalid(f"spec.clusterIPs[{index}]", one, ADDRESS_WORDS))
    return causes


def _is_address(text: Any) -> bool:
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def _is_port(value: Any) -> bool:
    return isinstance(value, int) and 1 <= value <= 65_535
