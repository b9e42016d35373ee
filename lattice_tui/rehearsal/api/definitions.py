"""CustomResourceDefinition objects: made from a `Kind`, and read back into one."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import CRD, Kind, provider_of
from lattice_tui.rehearsal.api.known import with_known_versions
from lattice_tui.rehearsal.api.schemas.serving import served_versions
from lattice_tui.rehearsal.api.served import ANYTHING, Column, ScalePaths, ServedVersion

JsonObject = dict[str, Any]

CONTRACTS = ("v1beta1", "v1beta2")
"""Cluster API contracts: each is a label on the CRD whose value names the versions that keep it."""
SCALE: Final = ScalePaths(".spec.replicas", ".status.replicas", ".status.selector")
"""Where a kind that can be scaled keeps its numbers, when nobody says otherwise."""
BUILT_IN_ONLY: Final = frozenset({"x-kubernetes-patch-merge-key", "x-kubernetes-patch-strategy"})
"""What schemas of built-in kinds say and definitions may not: strategic merge is not for custom resources."""
QUANTITY: Final[JsonObject] = {
    "x-kubernetes-int-or-string": True,
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|"
    r"(\.[0-9]+))))?$",
}
"""A quantity as definitions describe it. Source: sigs.k8s.io/controller-tools, pkg/crd/known_types.go."""


def definition(kind: Kind) -> JsonObject:
    """The CRD that stands behind a kind: what is served of it, with the labels clusterctl and Cluster API look for."""
    kind = with_known_versions(kind)
    versions = kind.versions or (ServedVersion(kind.version, ANYTHING, has_status=kind.has_status),)
    return {
        "metadata": {"name": kind.qualified_plural, "labels": _labels(kind)},
        "spec": {
            "group": kind.group,
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "names": {
                "kind": kind.kind,
                "listKind": f"{kind.kind}List",
                "plural": kind.plural,
                "singular": kind.kind.lower(),
                **({"shortNames": list(kind.short_names)} if kind.short_names else {}),
                **({"categories": list(kind.categories)} if kind.categories else {}),
            },
            "versions": [_version(kind, version) for version in versions],
            "conversion": {"strategy": "None"},
        },
    }


def established(now: str, names: JsonObject, version: str) -> JsonObject:
    """The status of a definition that is being served."""
    conditions = (
        ("NamesAccepted", "NoConflicts", "no conflicts found"),
        ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    )
    return {
        "conditions": [
            {"type": type_, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now}
            for type_, reason, message in conditions
        ],
        "acceptedNames": names,
        "storedVersions": [version],
    }


def defined_kind(crd: JsonObject) -> Kind:
    """The kind of a CRD at its storage version. Raises KeyError, TypeError or ValueError for a broken one."""
    spec = crd["spec"]
    names = spec["names"]
    served = [version for version in spec["versions"] if version.get("served")]
    if not served:
        raise ValueError("no version is served")
    version = next((version for version in served if version.get("storage")), served[0])
    subresources = version.get("subresources") or {}
    return Kind(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        namespaced=spec["scope"] == "Namespaced",
        has_status="status" in subresources,
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        has_scale="scale" in subresources,
        versions=_checked(served_versions(crd)),
    )


def check_definition(crd: JsonObject) -> None:
    """Raises ApiError 422 for a CustomResourceDefinition that cannot be served."""
    spec, name = crd.get("spec") or {}, crd["metadata"].get("name", "")
    if name != f"{(spec.get('names') or {}).get('plural')}.{spec.get('group')}":
        why = f'Invalid value: "{name}": must be spec.names.plural+"."+spec.group'
        raise errors.invalid(CRD, name, "metadata.name", why)
    try:
        served_versions(crd)
    except ValueError as error:
        field, _, why = str(error).partition(": ")
        reason = "FieldValueRequired" if why.startswith("Required value") else "FieldValueInvalid"
        raise errors.invalid(CRD, name, field, why, reason) from error


def _checked(versions: tuple[ServedVersion, ...]) -> tuple[ServedVersion, ...]:
    """The versions; one whose schema takes everything is marked as such, so that nothing walks it."""
    return tuple(replace(version, schema=ANYTHING) if version.schema == ANYTHING else version for version in versions)


def _version(kind: Kind, served: ServedVersion) -> JsonObject:
    told: JsonObject = {"name": served.name, "served": True, "storage": served.name == kind.version}
    if served.deprecation:
        told |= {"deprecated": True, "deprecationWarning": served.deprecation}
    told["schema"] = {"openAPIV3Schema": _schema_of(served)}
    if subresources := _subresources(kind, served):
        told["subresources"] = subresources
    if served.columns:
        told["additionalPrinterColumns"] = [_column(column) for column in served.columns]
    if served.selectable_fields:
        told["selectableFields"] = [{"jsonPath": f".{field}"} for field in served.selectable_fields]
    return told


def _subresources(kind: Kind, served: ServedVersion) -> JsonObject:
    found: JsonObject = {"status": {}} if kind.has_status else {}
    if kind.has_scale or served.scale:
        paths = served.scale or SCALE
        selector = {"labelSelectorPath": paths.label_selector} if paths.label_selector else {}
        replicas = {"specReplicasPath": paths.spec_replicas, "statusReplicasPath": paths.status_replicas}
        found["scale"] = {**replicas, **selector}
    return found


def _column(column: Column) -> JsonObject:
    told: JsonObject = {"name": column.name, "type": column.type, "jsonPath": column.json_path}
    if column.description:
        told["description"] = column.description
    return {**told, "priority": column.priority} if column.priority else told


@lru_cache(maxsize=1024)
def _schema_of(served: ServedVersion) -> JsonObject:
    """The schema of a version in the words that a definition may use; made once, shared by all clusters."""
    schema: JsonObject = _as_defined(served.schema)
    if "metadata" not in schema.get("properties", {}):
        return schema
    # A definition may say nothing about metadata; every object has the same.
    return {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}


def _as_defined(schema: Any) -> Any:
    """A schema, or a list or map of them, without what only built-in kinds have."""
    if isinstance(schema, list):
        return [_as_defined(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "quantity":
        return {**{key: schema[key] for key in ("description", "default") if key in schema}, **QUANTITY}
    fields = ("properties", "items", "additionalProperties")
    return {
        key: (
            {name: _as_defined(below) for name, below in inner.items()} if key == "properties" else _as_defined(inner)
        )
        if key in fields
        else inner
        for key, inner in schema.items()
        if key not in BUILT_IN_ONLY
    }


def _labels(kind: Kind) -> dict[str, str]:
    provider = provider_of(kind)
    if not provider or provider == "cert-manager":
        return {}
    labels = {"clusterctl.cluster.x-k8s.io": ""}
    if provider != "clusterctl":
        labels["cluster.x-k8s.io/provider"] = provider
        labels |= {f"cluster.x-k8s.io/{contract}": contract for contract in CONTRACTS}
    return labels
