"""Discovery: which groups, versions and resources a cluster serves; one by one, or all of it in one answer.

Source: the Kubernetes API concepts page; orders and empty fields as a real server has them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.openapi_schemas import (
    NEVER_DELETED_TOGETHER,
    has_scale,
    has_status,
    served_at,
    version_names,
)
from lattice_tui.rehearsal.api.reviews import REVIEW_KINDS
from lattice_tui.rehearsal.api.served import ServedVersion

JsonObject = dict[str, Any]

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
DEFINED_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
"""The same in the order in which a server lists them for kinds that have a CustomResourceDefinition."""
SUBRESOURCE_VERBS = ("get", "patch", "update")
SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}

AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
"""The content type of the answer that holds everything."""
STAGES = {"alpha": 0, "beta": 1, "": 2}


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
    known = (*kinds, *REVIEW_KINDS)
    groups = dict.fromkeys(kind.group for kind in known if kind.group)
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [_group(group, known) for group in groups],
    }


def group(name: str, kinds: Sequence[Kind]) -> JsonObject:
    """`/apis/GROUP`. Raises ApiError 404."""
    known = (*kinds, *REVIEW_KINDS)
    if not name or not any(kind.group == name for kind in known):
        raise errors.no_such_path()
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, known)}


def resource_list(group_name: str, version: str, kinds: Sequence[Kind]) -> JsonObject:
    """`/api/v1` and `/apis/GROUP/VERSION`. Raises ApiError 404."""
    pairs = served_at((*kinds, *REVIEW_KINDS), group_name, version)
    if not pairs:
        raise errors.no_such_path()
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group_name}/{version}" if group_name else version,
        "resources": [entry for kind, served in pairs for entry in _resources(kind, served)],
    }


def aggregated(kinds: Sequence[Kind], *, core: bool) -> JsonObject:
    """`/api` (core) or `/apis` in one answer, for those who ask for `AGGREGATED_TYPE`."""
    known = (*kinds, *REVIEW_KINDS)
    groups = dict.fromkeys(kind.group for kind in known if bool(kind.group) != core)
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": [_aggregated_group(name, known) for name in groups],
    }


def aggregated_accepted(accept_header: str) -> bool:
    """Whether a client takes the answer that holds everything, by its Accept header."""
    return any(
        {"g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"} <= {part.strip() for part in clause.split(";")}
        for clause in accept_header.split(",")
    )


def entity_tag(document: JsonObject) -> str:
    """The ETag of an aggregated answer, in its quotes."""
    return f'"{hashlib.sha512(msgspec.json.encode(document)).hexdigest().upper()}"'


def group_version_names(name: str, kinds: Iterable[Kind]) -> list[str]:
    """The versions of a group: stable ones first, newer before older. Source: Kubernetes' version priority."""
    found = dict.fromkeys(version for kind in kinds if kind.group == name for version in version_names(kind))
    return sorted(found, key=_priority, reverse=True)


def _priority(version: str) -> tuple[int, int, int]:
    parts = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if parts is None:
        return (-1, 0, 0)
    return (STAGES[parts[2] or ""], int(parts[1]), int(parts[3] or 0))


def _group(name: str, kinds: Sequence[Kind]) -> JsonObject:
    names = group_version_names(name, kinds)
    versions = [{"groupVersion": f"{name}/{version}", "version": version} for version in names]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _resources(kind: Kind, served: ServedVersion) -> list[JsonObject]:
    main: JsonObject = {
        "name": kind.plural,
        "singularName": kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": _verbs(kind),
        **_names(kind),
    }
    below = {"singularName": "", "namespaced": kind.namespaced}
    parts = [
        {"name": f"{kind.plural}/{name}", **below, **answered, "verbs": list(SUBRESOURCE_VERBS)}
        for name, answered in _subresources(kind, served, {"kind": kind.kind})
    ]
    return [main, *parts]


def _aggregated_group(name: str, kinds: Sequence[Kind]) -> JsonObject:
    return {
        "metadata": {"name": name} if name else {},
        "versions": [
            {
                "version": version,
                "resources": [_aggregated_resource(kind, served) for kind, served in served_at(kinds, name, version)],
                "freshness": "Current",
            }
            for version in group_version_names(name, kinds)
        ],
    }


def _aggregated_resource(kind: Kind, served: ServedVersion) -> JsonObject:
    # A real server leaves group and version empty for built-in kinds: they are those of the list.
    place = (kind.group, served.name) if kind.is_custom else ("", "")
    answered = {"group": place[0], "version": place[1], "kind": kind.kind}
    entry: JsonObject = {
        "resource": kind.plural,
        "responseKind": answered,
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.kind.lower(),
        "verbs": _verbs(kind),
        **_names(kind),
    }
    parts = _subresources(kind, served, answered)
    if parts:
        entry["subresources"] = [
            {"subresource": name, "responseKind": response, "verbs": list(SUBRESOURCE_VERBS)}
            for name, response in parts
        ]
    return entry


def _subresources(kind: Kind, served: ServedVersion, own: JsonObject) -> list[tuple[str, JsonObject]]:
    """Pairs of a subresource and the kind it answers; `own` is the resource's own."""
    found = [("scale", SCALE)] if has_scale(kind, served) else []
    found += [("status", own)] if has_status(kind, served) else []
    return found[::-1] if kind.is_custom else found


def _verbs(kind: Kind) -> list[str]:
    if kind in REVIEW_KINDS:
        return ["create"]
    every = DEFINED_VERBS if kind.is_custom else VERBS
    return [verb for verb in every if verb != "deletecollection" or kind.key not in NEVER_DELETED_TOGETHER]


def _names(kind: Kind) -> JsonObject:
    found = {"shortNames": list(kind.short_names), "categories": list(kind.categories)}
    return {key: names for key, names in found.items() if names}
