"""The roles and bindings that every cluster has from birth: who may administer, edit, view, and look around.

Source: the API server's bootstrap policy, cut down to what a person's or an installer's credential needs.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.access import AUTHENTICATED, MASTERS, UNAUTHENTICATED
from lattice_tui.rehearsal.api.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING

JsonObject = dict[str, Any]

RBAC = "rbac.authorization.k8s.io"
BOOTSTRAPPING = {"kubernetes.io/bootstrapping": "rbac-defaults"}
AUTOUPDATE = {f"{RBAC}/autoupdate": "true"}

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")
ALL = ("*",)

WORKLOADS = ("daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale")
STATEFUL = ("statefulsets", "statefulsets/scale")
VIEWED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("configmaps", "endpoints", "persistentvolumeclaims", "pods", "services", "serviceaccounts")),
    ("", ("bindings", "events", "namespaces", "pods/log", "pods/status", "resourcequotas", "services/status")),
    ("discovery.k8s.io", ("endpointslices",)),
    ("apps", (*WORKLOADS, "controllerrevisions", "deployments/status", *STATEFUL)),
    ("autoscaling", ("horizontalpodautoscalers", "horizontalpodautoscalers/status")),
    ("batch", ("cronjobs", "cronjobs/status", "jobs", "jobs/status")),
    ("policy", ("poddisruptionbudgets", "poddisruptionbudgets/status")),
    ("networking.k8s.io", ("ingresses", "ingresses/status", "networkpolicies")),
)
"""What `view` reads, by group. Secrets are not among it: they hold credentials of others."""
EDITED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("configmaps", "events", "persistentvolumeclaims", "pods", "pods/exec", "secrets", "services")),
    ("", ("pods/eviction", "pods/portforward", "pods/proxy", "serviceaccounts", "serviceaccounts/token")),
    ("apps", (*WORKLOADS, "deployments/rollback", *STATEFUL)),
    ("autoscaling", ("horizontalpodautoscalers",)),
    ("batch", ("cronjobs", "jobs")),
    ("policy", ("poddisruptionbudgets",)),
    ("networking.k8s.io", ("ingresses", "networkpolicies")),
    ("coordination.k8s.io", ("leases",)),
)
"""What `edit` writes, by group."""
DISCOVERY_PATHS = ("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz")
VERSION_PATHS = ("/version", "/version/")
PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", *VERSION_PATHS)
MONITORED_PATHS = ("/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/readyz", "/readyz/*")


def access_objects() -> list[JsonObject]:
    """ClusterRoles, then ClusterRoleBindings; each call makes new ones, whole with apiVersion and kind."""
    return [*_roles(), *_bindings()]


def _roles() -> list[JsonObject]:
    to_view = [_rule(READ, (group,), resources) for group, resources in VIEWED]
    to_edit = [
        _rule(READ, ("",), ("pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy")),
        _rule(("impersonate",), ("",), ("serviceaccounts",)),
        *(_rule(WRITE, (group,), resources) for group, resources in EDITED),
        _rule(READ, ("coordination.k8s.io",), ("leases",)),
    ]
    to_admin = [
        _rule(("create",), ("authorization.k8s.io",), ("localsubjectaccessreviews",)),
        _rule((*READ, *WRITE), (RBAC,), ("rolebindings", "roles")),
    ]
    return [
        _role("cluster-admin", [_rule(ALL, ALL, ALL), {"verbs": ["*"], "nonResourceURLs": ["*"]}]),
        _aggregate("admin", "admin", to_admin + to_edit + to_view),
        _aggregate("edit", "edit", to_edit + to_view, part_of="admin"),
        _aggregate("view", "view", to_view, part_of="edit"),
        _role("system:aggregate-to-admin", to_admin, part_of="admin"),
        _role("system:aggregate-to-edit", to_edit, part_of="edit"),
        _role("system:aggregate-to-view", to_view, part_of="view"),
        _role(
            "system:basic-user",
            [
                _rule(("create",), ("authorization.k8s.io",), ("selfsubjectaccessreviews", "selfsubjectrulesreviews")),
                _rule(("create",), ("authentication.k8s.io",), ("selfsubjectreviews",)),
            ],
        ),
        _role("system:discovery", [_path_rule(*DISCOVERY_PATHS, *VERSION_PATHS)]),
        _role("system:public-info-viewer", [_path_rule(*PUBLIC_PATHS)]),
        _role("system:monitoring", [_path_rule(*MONITORED_PATHS)]),
    ]


def _bindings() -> list[JsonObject]:
    return [
        _binding("cluster-admin", MASTERS),
        _binding("system:basic-user", AUTHENTICATED),
        _binding("system:discovery", AUTHENTICATED),
        _binding("system:monitoring", "system:monitoring"),
        _binding("system:public-info-viewer", AUTHENTICATED, UNAUTHENTICATED),
    ]


def _rule(verbs: tuple[str, ...], groups: tuple[str, ...], resources: tuple[str, ...]) -> JsonObject:
    return {"verbs": list(verbs), "apiGroups": list(groups), "resources": list(resources)}


def _path_rule(*paths: str) -> JsonObject:
    return {"verbs": ["get"], "nonResourceURLs": list(paths)}


def _role(name: str, rules: list[JsonObject], *, part_of: str = "") -> JsonObject:
    labels = {**BOOTSTRAPPING, **({f"{RBAC}/aggregate-to-{part_of}": "true"} if part_of else {})}
    return {
        "apiVersion": CLUSTER_ROLE.api_version,
        "kind": CLUSTER_ROLE.kind,
        "metadata": {"name": name, "labels": labels, "annotations": dict(AUTOUPDATE)},
        "rules": rules,
    }


def _aggregate(name: str, gathers: str, rules: list[JsonObject], *, part_of: str = "") -> JsonObject:
    """A role whose rules are those of others; they are written out too, as the server's controller does."""
    selector = {"matchLabels": {f"{RBAC}/aggregate-to-{gathers}": "true"}}
    return {**_role(name, rules, part_of=part_of), "aggregationRule": {"clusterRoleSelectors": [selector]}}


def _binding(role: str, *groups: str) -> JsonObject:
    return {
        "apiVersion": CLUSTER_ROLE_BINDING.api_version,
        "kind": CLUSTER_ROLE_BINDING.kind,
        "metadata": {"name": role, "labels": dict(BOOTSTRAPPING), "annotations": dict(AUTOUPDATE)},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": group} for group in groups],
    }
