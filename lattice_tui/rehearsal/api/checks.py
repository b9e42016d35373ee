"""What a schema makes of a write: unknown fields, defaults, violations, in the words of a real server.

Clients' writes are refused as a real server refuses them. What the world itself writes is checked as well, but never
lost: a mistake of ours is kept in `Mistakes` for the tests, and said once in the world's log.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.schemas.schema import Schema
from lattice_tui.rehearsal.api.served import ANYTHING, ServedVersion

JsonObject = dict[str, Any]
_NULL = 'Invalid value: "null"'

log = logging.getLogger(__name__)

GO_TYPES = {"integer": "int32", "boolean": "bool"}
MAX_MISTAKES = 200


@lru_cache(maxsize=1024)
def schema_of(version: ServedVersion, *, compact: bool = False) -> Schema:
    """The schema of a version, made once: versions are told apart by identity."""
    return Schema(version.schema, compact=compact)


def schema_of_kind(kind: Kind) -> Schema | None:
    """The schema a kind's objects are held against; None where nothing is known of it."""
    version = kind.at(kind.version)
    return (
        schema_of(version, compact=not kind.is_custom)
        if version is not None and version.schema is not ANYTHING
        else None
    )


def completed(kind: Kind, obj: JsonObject, *, pruned: bool) -> JsonObject:
    """The object with its defaults; when `pruned`, without the fields that the schema does not have."""
    schema = schema_of_kind(kind)
    if schema is None:
        return obj
    return schema.defaulted(schema.pruned(obj) if pruned else obj)


def check(kind: Kind, obj: JsonObject, old: JsonObject | None = None) -> None:
    """Raises ApiError 422 with every cause when the schema refuses the object."""
    schema = schema_of_kind(kind)
    violations = schema.violations(obj, old) if schema is not None else ()
    causes = [(violation.field, violation.reason, violation.message) for violation in violations]
    if scale := _scale_causes(kind, obj):
        # The words that rules were not looked at come last.
        place = len(causes) - (1 if causes and causes[-1][0] == "<nil>" else 0)
        causes[place:place] = scale
    if causes:
        raise errors.invalid_fields(kind, obj["metadata"].get("name", ""), causes)


def check_nulls(kind: Kind, applied: JsonObject) -> None:
    """Raises ApiError 422 when an apply leaves null where the schema has none.

    In every other write such a null is as good as no field. An apply leaves one too where the last field of a map goes.
    """
    schema = schema_of_kind(kind)
    if schema is None or not _has_null(applied):
        return
    found = [violation for violation in schema.violations(applied) if violation.message.startswith(_NULL)]
    if found:
        causes = [(violation.field, violation.reason, violation.message) for violation in found]
        raise errors.invalid_fields(kind, applied["metadata"].get("name", ""), causes)


def unknown_field_warnings(kind: Kind, obj: JsonObject, duplicates: Sequence[str] = ()) -> tuple[str, ...]:
    """What is wrong with the fields of a request's object, as `Warning` headers say it."""
    schema = schema_of_kind(kind)
    unknown = schema.unknown_fields(obj) if schema is not None else ()
    return (*(f'duplicate field "{path}"' for path in duplicates), *(f'unknown field "{path}"' for path in unknown))


def strict_error(warnings: Sequence[str]) -> str:
    """The words in which a strict server refuses what a lenient one warns of."""
    return f"strict decoding error: {', '.join(warnings)}"


def _scale_causes(kind: Kind, obj: JsonObject) -> list[tuple[str, str, str]]:
    """What the scale subresource asks of a custom resource, whatever its schema says."""
    version = kind.at()
    if version is None or version.scale is None or not kind.is_custom:
        return []
    path = version.scale.spec_replicas
    value: Any = obj
    for part in path.strip(".").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, int) and value < 0:
        return [(path, "FieldValueInvalid", f"Invalid value: {value}: should be a non-negative integer")]
    return []


def check_types(kind: Kind, obj: JsonObject) -> None:
    """Raises ApiError 400 for a value of another type: a built-in kind is read into its type before anything else."""
    schema = schema_of_kind(kind)
    if schema is None or kind.is_custom:
        return
    for violation in schema.violations(obj):
        if violation.reason == "FieldValueTypeInvalid":
            found, _, wanted = violation.message.partition(" must be of type ")
            found = found.split('"')[1] if found.count('"') > 1 else "value"
            owner = "".join(part[:1].upper() + part[1:] for part in violation.field.split(".")[:-1][:1])
            wanted = GO_TYPES.get(wanted.partition(":")[0], wanted.partition(":")[0])
            found = "number" if found == "integer" else found
            field = f"{kind.kind}{owner}.{violation.field}"
            why = f"json: cannot unmarshal {found} into Go struct field {field} of type {wanted}"
            raise errors.bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {why}'
            )


class Mistakes:
    """What the world's own writers wrote against the schemas, each told once."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self.known: dict[str, None] = {}

    def note(self, kind: Kind, obj: JsonObject, old: JsonObject | None, actor: str) -> None:
        """Hold an object against its schema."""
        schema = schema_of_kind(kind)
        if schema is None:
            return
        found = [f'unknown field "{path}"' for path in schema.unknown_fields(obj)]
        found += [f"{violation.field}: {violation.message}" for violation in schema.violations(obj, old)]
        for words in found:
            self._note(f"{actor} wrote a {kind.kind}: {words}")

    def _note(self, words: str) -> None:
        if words not in self.known and len(self.known) < MAX_MISTAKES:
            self.known[words] = None
            log.warning("%s: %s", self._cluster, words)


__all__ = [
    "ApiError",
    "Mistakes",
    "check",
    "check_types",
    "completed",
    "schema_of",
    "schema_of_kind",
    "strict_error",
    "unknown_field_warnings",
]


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_null, value.values()))
    return any(map(_has_null, value)) if isinstance(value, list) else value is None
