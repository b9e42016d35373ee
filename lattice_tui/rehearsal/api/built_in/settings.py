"""ConfigMaps, Secrets, RBAC, NetworkPolicies, Ingresses and Nodes: defaults, what is refused, what is fixed.

Source: the validation of pkg/apis/{core,rbac,networking} and the defaults beside it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
from collections.abc import Mapping
from typing import Any, Final

from lattice_tui.rehearsal.api.built_in.causes import (
    IMMUTABLE,
    Cause,
    data_key_words,
    forbidden,
    invalid,
    required,
    shown,
    unsupported,
)
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, SECRET, Kind

JsonObject = dict[str, Any]

RBAC: Final = "rbac.authorization.k8s.io"
SUBJECTS = ("ServiceAccount", "User", "Group")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
CIDR_WORDS = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
FIXED_WORDS = "field is immutable when `immutable` is set"
SECRET_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""What a Secret of a type must hold."""


def binding_defaulted(obj: JsonObject) -> JsonObject:
    """A RoleBinding or ClusterRoleBinding whose subjects name their group."""
    if not obj.get("subjects"):
        return obj
    return {**obj, "subjects": [_subject(one) for one in obj["subjects"]]}


def policy_defaulted(obj: JsonObject) -> JsonObject:
    """A NetworkPolicy that says of which traffic it speaks."""
    spec = {"podSelector": {}, **(obj.get("spec") or {})}
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    return {**obj, "spec": spec}


def data_defaulted(obj: JsonObject) -> JsonObject:
    """A ConfigMap or Secret in which nothing is null: Go reads such a value as an empty text."""
    filled = {name: obj[name] for name in ("data", "binaryData") if None in (obj.get(name) or {}).values()}
    texts = {name: {key: value or "" for key, value in values.items()} for name, values in filled.items()}
    return {**obj, **texts} if texts else obj


def autoscaler_defaulted(obj: JsonObject) -> JsonObject:
    """A HorizontalPodAutoscaler that says what it measures."""
    spec = obj.get("spec") or {}
    if spec.get("metrics"):
        return obj
    target = {"type": "Utilization", "averageUtilization": 80}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    return {**obj, "spec": {**spec, "metrics": [metric]}}


def data_violations(kind: Kind, obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Of a ConfigMap or Secret."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    causes = []
    for name, values in (("data", data), ("binaryData", binary)):
        for key in values:
            if words := data_key_words(key):
                causes.append(invalid(f"{name}[{key}]", key, words))
            elif name == "data" and key in binary:
                causes.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    if kind == SECRET:
        causes += _of_secret(obj, data)
        if old is not None and obj.get("type") != old.get("type"):
            causes.append(invalid("type", obj.get("type"), IMMUTABLE))
    if old is not None and old.get("immutable"):
        if not obj.get("immutable"):
            causes.append(forbidden("immutable", FIXED_WORDS))
        fields = ("data", "binaryData") if kind == CONFIG_MAP else ("data",)
        causes += [forbidden(name, FIXED_WORDS) for name in fields if (obj.get(name) or {}) != (old.get(name) or {})]
    return causes


def role_violations(obj: JsonObject, *, in_namespace: bool) -> list[Cause]:
    """Of a Role or ClusterRole."""
    causes = []
    for index, rule in enumerate(obj.get("rules") or []):
        place, urls = f"rules[{index}]", rule.get("nonResourceURLs")
        if not rule.get("verbs"):
            causes.append(required(f"{place}.verbs", "verbs must contain at least one value"))
        if urls and in_namespace:
            words = "namespaced rules cannot apply to non-resource URLs"
            causes.append(invalid(f"{place}.nonResourceURLs", urls, words))
        if urls:
            continue
        if not rule.get("apiGroups"):
            causes.append(required(f"{place}.apiGroups", "resource rules must supply at least one api group"))
        if not rule.get("resources"):
            causes.append(required(f"{place}.resources", "resource rules must supply at least one resource"))
    return causes


def binding_violations(obj: JsonObject, old: JsonObject | None, *, in_namespace: bool) -> list[Cause]:
    """Of a RoleBinding or ClusterRoleBinding."""
    role, kinds = obj.get("roleRef") or {}, ("Role", "ClusterRole") if in_namespace else ("ClusterRole",)
    causes = []
    if role.get("apiGroup", RBAC) != RBAC:
        causes.append(unsupported("roleRef.apiGroup", role["apiGroup"], (RBAC,)))
    if role.get("kind") not in kinds:
        causes.append(unsupported("roleRef.kind", role.get("kind"), kinds))
    if not role.get("name"):
        causes.append(required("roleRef.name"))
    for index, subject in enumerate(obj.get("subjects") or []):
        place = f"subjects[{index}]"
        if not subject.get("name"):
            causes.append(required(f"{place}.name"))
        if subject.get("kind") not in SUBJECTS:
            causes.append(unsupported(f"{place}.kind", subject.get("kind"), SUBJECTS))
    if old is not None and not causes and old.get("roleRef") != role:
        value = {"APIGroup": role.get("apiGroup", ""), "Kind": role.get("kind", ""), "Name": role.get("name", "")}
        causes.append(invalid("roleRef", value, "cannot change roleRef"))
    return causes


def policy_violations(obj: JsonObject, _old: JsonObject | None) -> list[Cause]:
    """Of a NetworkPolicy."""
    spec, causes = obj.get("spec") or {}, []
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or []):
            for number, peer in enumerate(rule.get(peers) or []):
                block = peer.get("ipBlock")
                if block is not None and not _is_network(block.get("cidr")):
                    place = f"spec.{direction}[{index}].{peers}[{number}].ipBlock.cidr"
                    causes.append(invalid(place, block.get("cidr") or "", CIDR_WORDS))
    for index, name in enumerate(spec.get("policyTypes") or []):
        if name not in ("Ingress", "Egress"):
            causes.append(unsupported(f"spec.policyTypes[{index}]", name, ("Ingress", "Egress")))
    return causes


def ingress_violations(obj: JsonObject, _old: JsonObject | None) -> list[Cause]:
    """Of an Ingress."""
    spec = obj.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        return [invalid("spec", None, "either `defaultBackend` or `rules` must be specified")]
    causes = []
    for index, rule in enumerate(spec.get("rules") or []):
        for number, path in enumerate((rule.get("http") or {}).get("paths") or []):
            if not path.get("pathType"):
                place = f"spec.rules[{index}].http.paths[{number}].pathType"
                causes.append(required(place, "pathType must be specified"))
    return causes


def event_violations(obj: JsonObject, _old: JsonObject | None) -> list[Cause]:
    """Of an Event."""
    place = (obj.get("involvedObject") or {}).get("namespace") or ""
    namespace = obj["metadata"].get("namespace", "")
    if place == namespace or (not place and namespace == "default"):
        return []
    return [invalid("involvedObject.namespace", place, "does not match event.namespace")]


def budget_violations(obj: JsonObject, _old: JsonObject | None) -> list[Cause]:
    """Of a PodDisruptionBudget."""
    spec = obj.get("spec") or {}
    if spec.get("minAvailable") is None or spec.get("maxUnavailable") is None:
        return []
    value = {"MinAvailable": spec["minAvailable"], "Selector": spec.get("selector")}
    value |= {"MaxUnavailable": spec["maxUnavailable"], "UnhealthyPodEvictionPolicy": None}
    return [invalid("spec", value, "minAvailable and maxUnavailable cannot be both set")]


def claim_violations(obj: JsonObject, _old: JsonObject | None) -> list[Cause]:
    """Of a PersistentVolumeClaim."""
    spec = obj.get("spec") or {}
    causes = [] if spec.get("accessModes") else [required("spec.accessModes", "at least 1 access mode is required")]
    if "storage" not in ((spec.get("resources") or {}).get("requests") or {}):
        causes.append(required("spec.resources[storage]"))
    return causes


def node_violations(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Of a Node."""
    spec, before, causes = obj.get("spec") or {}, (old or {}).get("spec") or {}, []
    for index, taint in enumerate(spec.get("taints") or []):
        if taint.get("effect") not in EFFECTS:
            causes.append(unsupported(f"metadata.taints[{index}].effect", taint.get("effect"), EFFECTS))
    if before.get("providerID") and spec.get("providerID") != before["providerID"]:
        words = 'node updates may not change providerID except from "" to valid'
        causes.append(forbidden("spec.providerID", words))
    return causes


def _subject(subject: JsonObject) -> JsonObject:
    names_group = subject.get("kind") in ("User", "Group") and not subject.get("apiGroup")
    return {**subject, "apiGroup": RBAC} if names_group else subject


def _of_secret(secret: JsonObject, data: JsonObject) -> list[Cause]:
    type_ = secret.get("type") or ""
    causes = [required(f"data[{key}]") for key in SECRET_KEYS.get(type_, ()) if key not in data]
    if type_ == "kubernetes.io/basic-auth" and not {"username", "password"} & data.keys():
        causes = [required("data[username]"), required("data[password]")]
    account = "kubernetes.io/service-account.name"
    if type_ == "kubernetes.io/service-account-token":
        annotations = secret["metadata"].get("annotations") or {}
        causes += [] if annotations.get(account) else [required(f"metadata.annotations[{account}]")]
    if type_ == "kubernetes.io/dockerconfigjson" and not causes:
        try:
            json.loads(base64.b64decode(data[".dockerconfigjson"]))
        except (ValueError, binascii.Error) as error:
            field, words = "data[.dockerconfigjson]", f"Invalid value: {shown('<secret contents redacted>')}: {error}"
            causes.append((field, "FieldValueInvalid", words))
    return causes


def _is_network(text: Any) -> bool:
    try:
        ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return False
    return "/" in str(text)
