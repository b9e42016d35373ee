"""The served versions of a CustomResourceDefinition: schemas, columns, subresources, warnings.

Source: apiextensions.k8s.io/v1, and the API server's order of versions (k8s.io/apimachinery/pkg/version).
"""

from __future__ import annotations

import re
from typing import Any

from lattice_tui.rehearsal.api.schemas import structural
from lattice_tui.rehearsal.api.served import Column, JsonObject, ScalePaths, ServedVersion

_KUBE_VERSION = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?")
_AGE = Column(
    "Age",
    "date",
    ".metadata.creationTimestamp",
    description="CreationTimestamp is a timestamp representing the server time when this object was created.",
)


def served_versions(crd: JsonObject) -> tuple[ServedVersion, ...]:
    """Every served version, the preferred one first.

    Raises ValueError with the server's words when the definition has no versions, or a schema is not structural.
    """
    spec = crd.get("spec")
    versions = spec.get("versions") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(versions, list) or not versions:
        raise ValueError("spec.versions: Required value: must have at least one version")
    served = []
    for place, version in enumerate(versions):
        if not isinstance(version, dict) or not isinstance(version.get("name"), str):
            raise ValueError(f"spec.versions[{place}].name: Required value")
        if version.get("served") is True:
            served.append(_served(spec, version, f"spec.versions[{place}]"))
    if sum(version.get("storage") is True for version in versions) != 1:
        raise ValueError("spec.versions: Invalid value: must have exactly one version marked as storage version")
    return tuple(sorted(served, key=lambda each: version_order(each.name), reverse=True))


def stored_version(crd: JsonObject) -> str:
    """The name of the version objects are stored at; empty when there is none."""
    versions = (crd.get("spec") or {}).get("versions") or ()
    return next((str(version.get("name")) for version in versions if version.get("storage") is True), "")


def version_order(name: str) -> tuple[int, int, int, int, str]:
    """What versions are sorted by, lowest first: v1beta1 < v1 < v2; other names come before all of them."""
    parts = _KUBE_VERSION.fullmatch(name)
    if parts is None:
        return (0, 0, 0, 0, "".join(chr(0x10FFFF - ord(character)) for character in name))
    stage = {None: 2, "beta": 1, "alpha": 0}[parts[2]]
    return (1, stage, int(parts[1]), int(parts[3] or 0), "")


def _served(spec: JsonObject, version: JsonObject, path: str) -> ServedVersion:
    schema: Any = (version.get("schema") or {}).get("openAPIV3Schema")
    broken = structural.problems(schema, f"{path}.schema.openAPIV3Schema")
    if broken:
        raise ValueError(", ".join(f"{each.field}: {each.message}" for each in broken))
    subresources = version.get("subresources") or {}
    return ServedVersion(
        version["name"],
        schema,
        columns=_columns(version),
        selectable_fields=tuple(
            str(field.get("jsonPath", "")).removeprefix(".") for field in version.get("selectableFields") or ()
        ),
        has_status="status" in subresources,
        scale=_scale(subresources.get("scale")),
        deprecation=_deprecation(spec, version),
    )


def _columns(version: JsonObject) -> tuple[Column, ...]:
    columns = tuple(
        Column(
            str(column.get("name", "")),
            str(column.get("type", "string")),
            str(column.get("jsonPath", "")),
            priority=int(column.get("priority") or 0),
            description=str(column.get("description") or ""),
        )
        for column in version.get("additionalPrinterColumns") or ()
    )
    return columns or (_AGE,)


def _scale(scale: Any) -> ScalePaths | None:
    if not isinstance(scale, dict):
        return None
    return ScalePaths(
        str(scale.get("specReplicasPath", "")),
        str(scale.get("statusReplicasPath", "")),
        str(scale.get("labelSelectorPath") or ""),
    )


def _deprecation(spec: JsonObject, version: JsonObject) -> str:
    if version.get("deprecated") is not True:
        return ""
    if version.get("deprecationWarning"):
        return str(version["deprecationWarning"])
    group, kind = spec.get("group", ""), (spec.get("names") or {}).get("kind", "")
    order = version_order(version["name"])
    better = [
        str(other["name"])
        for other in spec["versions"]
        if other.get("served") is True
        and other.get("deprecated") is not True
        and version_order(str(other.get("name", ""))) > order
    ]
    warning = f"{group}/{version['name']} {kind} is deprecated"
    return f"{warning}; use {group}/{max(better, key=version_order)} {kind}" if better else warning
