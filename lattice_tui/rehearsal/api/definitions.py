"""CustomResourceDefinition objects: made from a `Kind`, and read back into one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import CRD, Kind, provider_of
from lattice_tui.rehearsal.api.schemas.serving import served_versions
from lattice_tui.rehearsal.api.served import ANYTHING, ServedVersion

JsonObject = dict[str, Any]

CONTRACTS = ("v1beta1", "v1beta2")
"""Cluster API contracts: each is a label on the CRD whose value names the versions that keep it."""


def definition(kind: Kind) -> JsonObject:
    """The CRD that stands behind a kind, with the labels that clusterctl and Cluster API look for."""
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
            "versions": [_version(kind)],
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


def _version(kind: Kind) -> JsonObject:
    subresources: JsonObject = {}
    if kind.has_status:
        subresources["status"] = {}
    if kind.has_scale:
        subresources["scale"] = {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        }
    return {
        "name": kind.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        **({"subresources": subresources} if subresources else {}),
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
