"""Discovery: which groups, versions and resources a cluster serves. Source: the Kubernetes API concepts page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
SUBRESOURCE_VERBS = ("get", "patch", "update")


def version_info(version: str) -> JsonObject:
    """`/version` of a cluster at `version` (`v1.34.8`)."""
    major, minor, *_ = version.lstrip("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": version if version.startswith("v") else f"v{version}",
        "gitCommit": "0" * 40,
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "simulated",
        "compiler": "simulated",
        "platform": "linux/amd64",
    }


def api_versions(address: str) -> JsonObject:
    """`/api`."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def group_list(kinds: Sequence[Kind]) -> JsonObject:
    """`/apis`."""
    groups = dict.fromkeys(kind.group for kind in kinds if kind.group)
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [_group(group, kinds) for group in groups],
    }


def group(name: str, kinds: Sequence[Kind]) -> JsonObject:
    """`/apis/GROUP`. Raises ApiError 404."""
    if not name or not any(kind.group == name for kind in kinds):
        raise errors.no_such_path()
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, kinds)}


def resource_list(group_name: str, version: str, kinds: Sequence[Kind]) -> JsonObject:
    """`/api/v1` and `/apis/GROUP/VERSION`. Raises ApiError 404."""
    served = [kind for kind in kinds if (kind.group, kind.version) == (group_name, version)]
    if not served:
        raise errors.no_such_path()
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": served[0].api_version,
        "resources": [entry for kind in served for entry in _resources(kind)],
    }


def _group(name: str, kinds: Sequence[Kind]) -> JsonObject:
    versions = [
        {"groupVersion": f"{name}/{version}", "version": version}
        for version in dict.fromkeys(kind.version for kind in kinds if kind.group == name)
    ]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _resources(kind: Kind) -> list[JsonObject]:
    main: JsonObject = {
        "name": kind.plural,
        "singularName": kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(VERBS),
    }
    if kind.short_names:
        main["shortNames"] = list(kind.short_names)
    if kind.categories:
        main["categories"] = list(kind.categories)
    entries = [main]
    below = {"singularName": "", "namespaced": kind.namespaced, "verbs": list(SUBRESOURCE_VERBS)}
    if kind.has_status:
        entries.append({"name": f"{kind.plural}/status", "kind": kind.kind, **below})
    if kind.has_scale:
        scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
        entries.append({"name": f"{kind.plural}/scale", **scale, **below})
    return entries
