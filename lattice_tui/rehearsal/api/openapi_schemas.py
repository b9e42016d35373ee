"""The schemas of served kinds as OpenAPI v3 documents publish them, under the names that clients expect.

Source of the names: the definitions of a real server (`io.k8s.api.core.v1.Pod`, `io.x-k8s.cluster.v1beta2.Cluster`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.openapi_meta import API_VERSION, GVK, KIND, group_version_kind, meta, reference
from lattice_tui.rehearsal.api.served import ServedVersion

JsonObject = dict[str, Any]

PRESERVE = "x-kubernetes-preserve-unknown-fields"
PACKAGES = {
    "": "io.k8s.api.core",
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
}
NEVER_DELETED_TOGETHER = frozenset({("", "namespaces")})
"""Kinds without the verb deletecollection, by group and plural."""
HOISTED = ("spec", "status")
"""The parts of a built-in kind that have a name of their own: `PodSpec`, `PodStatus`."""


def schema_name(kind: Kind, version: str) -> str:
    """The full name of a kind's schema."""
    if kind.group in PACKAGES:
        return f"{PACKAGES[kind.group]}.{version}.{kind.kind}"
    if kind.is_custom:
        return f"{'.'.join(reversed(kind.group.split('.')))}.{version}.{kind.kind}"
    return f"io.k8s.api.{kind.group.partition('.')[0]}.{version}.{kind.kind}"


def served_at(kinds: Iterable[Kind], group: str, version: str) -> list[tuple[Kind, ServedVersion]]:
    """What of a group is served at a version, by plural."""
    found = ((kind, kind.at(version)) for kind in kinds if kind.group == group)
    return sorted(((kind, served) for kind, served in found if served), key=lambda pair: pair[0].plural)


def group_versions(kinds: Iterable[Kind]) -> list[tuple[str, str]]:
    """Every group and version that is served, once, in the order of the kinds."""
    return list(dict.fromkeys((kind.group, version) for kind in kinds for version in version_names(kind)))


def version_names(kind: Kind) -> tuple[str, ...]:
    """The versions a kind is served at, the preferred one first."""
    return tuple(served.name for served in kind.versions) or (kind.version,)


def has_status(kind: Kind, served: ServedVersion) -> bool:
    """Whether status is a subresource at a version."""
    return served.has_status if kind.versions else kind.has_status


def has_scale(kind: Kind, served: ServedVersion) -> bool:
    """Whether there is a scale subresource at a version."""
    return served.scale is not None or (kind.has_scale and not (kind.versions and kind.is_custom))


def published(kind: Kind, served: ServedVersion) -> dict[str, JsonObject]:
    """The schemas of a kind at a version, and of its list, by full name."""
    name = schema_name(kind, served.name)
    found: dict[str, JsonObject] = {}
    whole = dict(served.schema) if kind.is_custom else _with_metadata(served.schema)
    properties = dict(whole.get("properties") or {})
    if not kind.is_custom:
        for part in HOISTED:
            if (properties.get(part) or {}).get("properties"):
                part_name = f"{name}{part.capitalize()}"
                about = f"{kind.kind}{part.capitalize()} is the {part} of a {kind.kind}."
                found[part_name] = {**properties[part], "description": about}
                properties[part] = reference(part_name, properties[part].get("description", ""))
    properties |= {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": reference(meta("ObjectMeta"), "Standard object metadata."),
    }
    whole |= {"type": "object", "properties": dict(sorted(properties.items()))}
    found[name] = {**whole, GVK: [group_version_kind(kind.group, served.name, kind.kind)]}
    found[f"{name}List"] = _list(kind, served.name, name)
    return found


def takes_strategic_patches(kind: Kind, served: ServedVersion) -> bool:
    """Whether kubectl may work out strategic merge patches from our schema.

    It looks up every field of an object for that. Where our schema leaves a part open, it does better with the types
    that are built into it, and uses those when the document does not offer this kind of patch.
    """
    return not kind.is_custom and _is_closed(_with_metadata(served.schema))


def digest(pairs: Iterable[tuple[Kind, ServedVersion]]) -> str:
    """What changes whenever the document about these kinds changes: 128 hexadecimal digits, as a server's hashes."""
    facts = [
        (kind.group, served.name, kind.kind, kind.plural, kind.namespaced, _schema_digest(served))
        for kind, served in pairs
    ]
    return hashlib.sha512(msgspec.json.encode(facts)).hexdigest().upper()


@lru_cache(maxsize=1024)
def _schema_digest(served: ServedVersion) -> str:
    facts = (served.schema, served.has_status, served.scale is not None)
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def _list(kind: Kind, version: str, name: str) -> JsonObject:
    return {
        "description": f"{kind.kind}List is a list of {kind.kind}.",
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": API_VERSION,
            "items": {"description": f"List of {kind.plural}.", "type": "array", "items": reference(name)},
            "kind": KIND,
            "metadata": reference(meta("ListMeta"), "Standard list metadata."),
        },
        GVK: [group_version_kind(kind.group, version, f"{kind.kind}List")],
    }


def _with_metadata(schema: JsonObject) -> JsonObject:
    """The schema with the whole of ObjectMeta wherever a template's `metadata` says no more than that it is there."""
    result = dict(schema)
    if properties := schema.get("properties"):
        result["properties"] = {
            key: reference(meta("ObjectMeta"), value.get("description", "") or "Standard object metadata.")
            if key == "metadata" and not value.get("properties")
            else _with_metadata(value)
            for key, value in properties.items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = _with_metadata(schema[key])
    return result


def _is_closed(schema: JsonObject) -> bool:
    """Whether every field that may be there is named."""
    if schema.get(PRESERVE):
        return False
    inner = [*(schema.get("properties") or {}).values()]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    if schema.get("type") == "object" and not inner and "additionalProperties" not in schema:
        return False
    return all(_is_closed(value) for value in inner)
