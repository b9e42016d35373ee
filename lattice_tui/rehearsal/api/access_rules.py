"""One rule, one subject, one aggregated role: the pieces of role-based access control, as pure functions.

Source: k8s.io/component-helpers and kubernetes/pkg/registry/rbac/validation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

JsonObject = dict[str, Any]

EVERYTHING = "*"


def allows(rule: JsonObject, verb: str, group: str, combined: str, name: str, path: str = "") -> bool:
    """Whether a rule allows a verb on a resource (`machines/status`), or on a bare path where one is given."""
    if not _named(rule, "verbs", verb):
        return False
    if path:
        return any(_covers(str(url), path) for url in rule.get("nonResourceURLs") or ())
    if not _named(rule, "apiGroups", group):
        return False
    _resource, _, subresource = combined.partition("/")
    accepted = {EVERYTHING, combined, *((f"*/{subresource}",) if subresource else ())}
    if accepted.isdisjoint(rule.get("resources") or ()):
        return False
    names = rule.get("resourceNames")
    return not names or name in names


def subject_of(binding: JsonObject, user: str, groups: Sequence[str]) -> str:
    """The subject of a binding that somebody is, as reasons describe it (`Group "admins"`); empty when none."""
    own_namespace = binding["metadata"].get("namespace", "")
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), subject.get("name", "")
        if (kind == "User" and name == user) or (kind == "Group" and name in groups):
            return f'{kind} "{name}"'
        namespace = subject.get("namespace") or own_namespace
        if kind == "ServiceAccount" and namespace and user == f"system:serviceaccount:{namespace}:{name}":
            return f'ServiceAccount "{name}/{namespace}"'
    return ""


def aggregated_rules(
    role: JsonObject, roles: Sequence[JsonObject], within: frozenset[str] = frozenset()
) -> list[JsonObject]:
    """The rules of a ClusterRole with an aggregationRule: those of every role that a selector of it picks.

    `roles` are all ClusterRoles, by name; `within` are the roles that are being put together already, so that a circle
    of them ends. Each rule is given once.
    """
    inside = within | {role["metadata"]["name"]}
    found: list[JsonObject] = []
    for selector in role["aggregationRule"].get("clusterRoleSelectors") or ():
        for other in roles:
            if other["metadata"]["name"] in inside or not _selected(selector, other["metadata"].get("labels") or {}):
                continue
            rules = aggregated_rules(other, roles, inside) if other.get("aggregationRule") else other.get("rules") or ()
            found += [rule for rule in rules if rule not in found]
    return found


def _named(rule: JsonObject, key: str, wanted: str) -> bool:
    named = rule.get(key) or ()
    return EVERYTHING in named or wanted in named


def _covers(url: str, path: str) -> bool:
    return url in (EVERYTHING, path) or (url.endswith(EVERYTHING) and path.startswith(url.rstrip(EVERYTHING)))


def _selected(selector: JsonObject, labels: Mapping[str, str]) -> bool:
    if not all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(wanted, labels) for wanted in selector.get("matchExpressions") or ())


def _holds(wanted: JsonObject, labels: Mapping[str, str]) -> bool:
    key, values = wanted.get("key", ""), wanted.get("values") or ()
    match wanted.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
