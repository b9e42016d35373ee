"""What a schema makes of a write: unknown fields, defaults, violations, in the words of a real server.

Clients' writes are refused as a real server refuses them. What the world itself writes is never refused: whoever wants
to know holds it against the schemas too (`Mistakes`), as our tests do; a world that somebody watches saves the time.
"""

from __future__ import annotations

import logging
import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.built_in import doors
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.schemas.schema import Schema
from lattice_tui.rehearsal.api.served import ANYTHING, ServedVersion

JsonObject = dict[str, Any]
_NULL = 'Invalid value: "null"'

log = logging.getLogger(__name__)

GO_TYPES = {"integer": "int32", "boolean": "bool"}
EMPTY_BYTES = 'must be of type byte: ""'
"""Bytes of a built-in kind may be none at all."""
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


def completed(kind: Kind, obj: JsonObject) -> JsonObject:
    """The object as it is kept: without the fields that the schema does not have, and with its defaults."""
    schema = schema_of_kind(kind)
    return obj if schema is None else schema.defaulted(schema.pruned(obj))


def check(kind: Kind, obj: JsonObject, old: JsonObject | None = None) -> None:
    """Raises ApiError 422 with every cause when the schema refuses the object."""
    if causes := doors.violations(kind, obj, old):
        raise errors.invalid_fields(kind, obj["metadata"].get("name", ""), causes)
    schema = schema_of_kind(kind)
    violations = schema.violations(obj, old) if schema is not None else ()
    causes = [
        (violation.field, violation.reason, violation.message)
        for violation in violations
        if kind.is_custom or not violation.message.endswith(EMPTY_BYTES)
    ]
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
    if why := wrong_type(kind, obj):
        raise errors.bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {why}')


def wrong_type(kind: Kind, obj: JsonObject) -> str:
    """The words for the first value of another type than its field has; empty when there is none.

    Null is never one: Go reads it as nothing.
    """
    schema = schema_of_kind(kind)
    if schema is None or kind.is_custom:
        return ""
    for violation in schema.violations(obj):
        is_empty = violation.message.startswith(_NULL) or violation.message.endswith(EMPTY_BYTES)
        if violation.reason == "FieldValueTypeInvalid" and not is_empty:
            found, _, wanted = violation.message.partition(" must be of type ")
            found = found.split('"')[1] if found.count('"') > 1 else "value"
            owner = "".join(part[:1].upper() + part[1:] for part in violation.field.split(".")[:-1][:1])
            wanted = GO_TYPES.get(wanted.partition(":")[0], wanted.partition(":")[0])
            found = "number" if found == "integer" else found
            field = f"{kind.kind}{owner}.{violation.field}"
            if wanted == "byte":
                return f"illegal base64 data at input byte {_first_odd(found)}"
            return f"json: cannot unmarshal {found} into Go struct field {field} of type {wanted}"
    return ""


def _first_odd(text: str) -> int:
    """Where a text stops being base64."""
    letters = string.ascii_letters + string.digits + "+/"
    return next((index for index, letter in enumerate(text) if letter not in letters), len(text) // 4 * 4)


class Mistakes:
    """What the world's own writers wrote against the schemas, each told once. Looks only when it `is_wanted`."""

    def __init__(self, cluster: str, *, is_wanted: bool) -> None:
        self._cluster = cluster
        self._is_wanted = is_wanted
        self.known: dict[str, None] = {}

    def note_unknown(self, kind: Kind, obj: JsonObject, actor: str) -> None:
        """Note the fields that are about to be left out, since the schema does not have them."""
        schema = schema_of_kind(kind) if self._is_wanted else None
        for path in schema.unknown_fields(obj) if schema is not None else ():
            self._note(f'{actor} wrote a {kind.kind}: unknown field "{path}"')

    def note(self, kind: Kind, obj: JsonObject, old: JsonObject | None, actor: str) -> None:
        """Note why a client would have been refused."""
        schema = schema_of_kind(kind) if self._is_wanted else None
        for violation in schema.violations(obj, old) if schema is not None else ():
            self._note(f"{actor} wrote a {kind.kind}: {violation.field}: {violation.message}")

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
