"""What an object of a built-in kind has from the start: its structs, and the lists that may be null.

A server that keeps such kinds as Go structs compares with these when it finds out what a writer added. That is why
nobody owns `spec` of a Deployment as such, while the creator of a custom object owns its `spec`.
Source: k8s.io/api, the fields without `omitempty` and those that are structs rather than pointers.
"""

from __future__ import annotations

from typing import Any, Final

from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]

_POD_TEMPLATE: Final[JsonObject] = {"metadata": {}, "spec": {"containers": None}}
_WORKLOAD: Final[JsonObject] = {"selector": None, "template": _POD_TEMPLATE}
_DAEMON_COUNTS: Final = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
_BUDGET_COUNTS: Final = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
_NODE_INFO: Final = (
    *("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion"),
    *("kubeletVersion", "kubeProxyVersion", "operatingSystem", "architecture"),
)
_NAMES: Final = {"plural": "", "kind": ""}

_EMPTY: Final[dict[tuple[str, str], JsonObject]] = {
    ("", "namespaces"): {"spec": {"finalizers": ["kubernetes"]}, "status": {}},
    ("", "nodes"): {
        "spec": {},
        "status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": {}},
    },
    ("", "persistentvolumes"): {"spec": {}, "status": {}},
    ("", "persistentvolumeclaims"): {"spec": {"resources": {}}, "status": {}},
    ("", "pods"): {"spec": {"containers": None}, "status": {}},
    ("", "resourcequotas"): {"spec": {}, "status": {}},
    ("", "services"): {"spec": {}, "status": {"loadBalancer": {}}},
    ("", "events"): {
        "involvedObject": {},
        "source": {},
        "firstTimestamp": None,
        "lastTimestamp": None,
        "eventTime": None,
        "reportingComponent": "",
        "reportingInstance": "",
    },
    ("apps", "deployments"): {"spec": {**_WORKLOAD, "strategy": {}}, "status": {}},
    ("apps", "replicasets"): {"spec": _WORKLOAD, "status": {"replicas": 0}},
    ("apps", "statefulsets"): {
        "spec": {**_WORKLOAD, "updateStrategy": {}},
        "status": {"replicas": 0, "availableReplicas": 0},
    },
    ("apps", "daemonsets"): {
        "spec": {**_WORKLOAD, "updateStrategy": {}},
        "status": dict.fromkeys(_DAEMON_COUNTS, 0),
    },
    ("batch", "jobs"): {"spec": {"template": _POD_TEMPLATE}, "status": {}},
    ("batch", "cronjobs"): {
        "spec": {"schedule": "", "jobTemplate": {"metadata": {}, "spec": {"template": _POD_TEMPLATE}}},
        "status": {},
    },
    ("coordination.k8s.io", "leases"): {"spec": {}},
    ("networking.k8s.io", "ingresses"): {"spec": {}, "status": {"loadBalancer": {}}},
    ("networking.k8s.io", "ingressclasses"): {"spec": {}},
    ("networking.k8s.io", "networkpolicies"): {"spec": {"podSelector": {}}},
    ("policy", "poddisruptionbudgets"): {"spec": {}, "status": dict.fromkeys(_BUDGET_COUNTS, 0)},
    ("autoscaling", "horizontalpodautoscalers"): {
        "spec": {"scaleTargetRef": {"kind": "", "name": ""}, "maxReplicas": 0},
        "status": {"desiredReplicas": 0, "currentMetrics": None},
    },
    ("discovery.k8s.io", "endpointslices"): {"addressType": "", "endpoints": None, "ports": None},
    ("storage.k8s.io", "storageclasses"): {"provisioner": ""},
    ("storage.k8s.io", "csidrivers"): {"spec": {}},
    ("rbac.authorization.k8s.io", "roles"): {"rules": None},
    ("rbac.authorization.k8s.io", "clusterroles"): {"rules": None},
    ("rbac.authorization.k8s.io", "rolebindings"): {"roleRef": {"apiGroup": "", "kind": "", "name": ""}},
    ("rbac.authorization.k8s.io", "clusterrolebindings"): {"roleRef": {"apiGroup": "", "kind": "", "name": ""}},
    ("apiextensions.k8s.io", "customresourcedefinitions"): {
        "spec": {"group": "", "names": _NAMES, "scope": "", "versions": None},
        "status": {"conditions": None, "acceptedNames": _NAMES, "storedVersions": None},
    },
    ("apiregistration.k8s.io", "apiservices"): {
        "spec": {"groupPriorityMinimum": 0, "versionPriority": 0},
        "status": {},
    },
}


def is_built_in(kind: Kind) -> bool:
    """Whether a server keeps a kind as structs of its own, rather than as a custom resource."""
    # Groups of Kubernetes' own are plain words, or end in k8s.io without the x- of the community's.
    group = kind.group
    return "." not in group or (group.endswith(".k8s.io") and not group.endswith(".x-k8s.io"))


def empty_status(kind: Kind, obj: JsonObject) -> JsonObject:
    """A new object with the status that a server shows of one that has none yet."""
    start = (_EMPTY.get(kind.key) or {}).get("status")
    # A definition's and a namespace's are written when the object is.
    if not kind.has_status or start is None or kind.plural in ("namespaces", "customresourcedefinitions"):
        return obj
    if kind.plural == "nodes":
        start = {**start, "nodeInfo": dict.fromkeys(_NODE_INFO, "")}
    filled = _filled_up(start, obj.get("status") or {})
    return {**obj, "status": {key: value for key, value in filled.items() if value is not None}}


def filled_up(kind: Kind, obj: JsonObject) -> JsonObject:
    """An object with what every object of its kind has; it shares the rest with `obj`."""
    start = _EMPTY.get(kind.key)
    return _filled_up(start, obj) if start else obj


def _filled_up(start: JsonObject, obj: JsonObject) -> JsonObject:
    filled = dict(obj)
    for key, inner in start.items():
        value = obj.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            filled[key] = _filled_up(inner, value)
        elif value is None:
            filled[key] = inner
    return filled
