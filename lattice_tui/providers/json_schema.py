"""JSON Schema (draft 2020-12) of cluster.yaml, made from the models and what is declared about each key.

A schema says less than the reader: what it refuses the reader refuses too, never the other way round. It describes
a whole file: `metadata.name` is required, though `--name` can stand in for it. `apiVersion` and `kind` are not: the
reader only warns when they are missing. Besides the standard's own words there are four that editors understand and
validators skip: enumDescriptions, errorMessage, patternErrorMessage, deprecationMessage.
"""

from __future__ import annotations

import json
from typing import Any, Final

from lattice_tui.document import patterns
from lattice_tui.document.pins import pins
from lattice_tui.providers.key_tree import CONFIG, Key, default_of, document_tree, example_of
from schemas.document import MAX_MACHINES, NAME_AND_POOL_MAX_LENGTH, NAME_MAX_LENGTH

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ID: Final = "https://lattice.dev/v1alpha1/latticecluster.schema.json"
"""Its name, the same in every release of this form of the document. Nothing is ever fetched from there."""

Schema = dict[str, Any]

# Of a domain name 253, a slash, a name of 63. Source: Kubernetes apimachinery/pkg/util/validation.
_LABEL_KEY_MAX_LENGTH = 317
_LABEL_VALUE_MAX_LENGTH = 63
_HOST_MAX_LENGTH = 253
_CREDENTIAL_NAME_MAX_LENGTH = 256
_LINE_END = "\\n"
"""Refused beside every pattern: in Python's engine `$` also matches before a last line end."""
_KUBERNETES = "spec.provider.kubernetes"
_POOL = "spec.nodes.workerPools.<name>"
_PROXMOX = ("cores", "memoryMb", "diskSizeGb")
"""Keys of a pool's size that only Proxmox has; `flavor` is OpenStack's alone, `instanceType` AWS's."""


def schema_text() -> str:
    """The schema as it is written to schemas/latticecluster.schema.json: the same models give the same text."""
    return json.dumps(compose(), indent=2, ensure_ascii=False) + "\n"


def compose() -> Schema:
    """The schema of the whole document."""
    return {"$schema": DRAFT, "$id": ID, **_schema(document_tree())}


def _schema(key: Key) -> Schema:
    """One key: its words for people, its shape, and what no model can say of it."""
    return {**_words(key), **_shape(key), **_rule(key)}


def _words(key: Key) -> Schema:
    words: Schema = {}
    if key.field is not None or key.part is not None:
        words["title"] = key.label
        words["description"] = "\n".join(_sentences(key))
    if key.kind == "anything":
        words["deprecationMessage"] = f"{key.label} is not in this version yet"
    if key.default not in (None, ""):
        words["default"] = key.default
    if key.field is not None and not key.allowed:
        words["examples"] = [example_of(key)]
    return words


def _sentences(key: Key) -> list[str]:
    lines = [key.sentence]
    if key.field is not None:
        lines.append(key.field.why)
        if not key.required:
            lines.append(_absent(key))
    return [line for line in (*lines, *key.notes) if line]


def _absent(key: Key) -> str:
    """What is taken when it is not written, where that is not said already."""
    taken = default_of(key)
    return f"Absent: {taken}." if taken and "absent:" not in key.help else ""


def _shape(key: Key) -> Schema:
    if key.kind == "map":
        return _map(key)
    if key.kind == "anything":
        return {"type": "object"}
    if key.kind == "names":
        (entry,) = key.below
        return {"type": "object", "propertyNames": _names(entry), "additionalProperties": _entry(entry)}
    if key.kind == "list":
        (item,) = key.below
        return {"type": "array", "items": _matching(key) if item.kind == "text" else _entry(item)}
    if key.kind == "number":
        limits = {"minimum": key.low, "maximum": key.high}
        return {"type": _type("integer", key), **{name: limit for name, limit in limits.items() if limit is not None}}
    if key.kind == "switch":
        return {"type": _type("boolean", key)}
    return _choice(key) if key.kind == "choice" else _matching(key)


def _map(key: Key) -> Schema:
    required = [below.name for below in key.below if below.required]
    return {
        "type": _type("object", key),
        "properties": {below.name: _schema(below) for below in key.below},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _entry(key: Key) -> Schema:
    """What stands under a name of a person's own, or in a list."""
    if key.kind == "text":
        return _text(patterns.LABEL_VALUE, max_length=_LABEL_VALUE_MAX_LENGTH)
    return _schema(key)


def _names(entry: Key) -> Schema:
    if entry.kind == "map":
        return _text(patterns.NAME, max_length=NAME_AND_POOL_MAX_LENGTH)
    return _text(patterns.LABEL_KEY, max_length=_LABEL_KEY_MAX_LENGTH)


def _choice(key: Key) -> Schema:
    if len(key.allowed) == 1:
        return {"const": key.allowed[0]}
    why = {choice.value: choice.why or choice.label for choice in (key.field.choices if key.field else ())}
    words: list[str | None] = [*key.allowed, *([None] if key.nullable else [])]
    descriptions = [why.get(word, "") if word is not None else "as if it were absent" for word in words]
    return {"enum": words, "enumDescriptions": descriptions}


def _matching(key: Key) -> Schema:
    """Text; where something is declared about its form, that too."""
    shape: Schema = {"type": _type("string", key)}
    if key.field is not None and key.field.pattern:
        example = f", for example: {key.field.example}"
        shape.update(_pattern(key.field.pattern, f"{key.sentence.rstrip('.')}{example}"))
    return shape


def _text(pattern: str, *, max_length: int) -> Schema:
    return {"type": "string", "maxLength": max_length, **_pattern(pattern)}


def _pattern(pattern: str, message: str = "") -> Schema:
    said = {"patternErrorMessage": message} if message else {}
    return {"pattern": pattern, **said, "not": _texts_like(_LINE_END)}


def _rule(key: Key) -> Schema:
    """What the models leave to the reader's rules, and a schema can say as well."""
    rules = {
        "metadata.name": {"maxLength": NAME_MAX_LENGTH},
        CONFIG: {"minProperties": 1, "maxProperties": 1},
        _KUBERNETES: _suffix_belongs_to_rke2(),
        f"{_KUBERNETES}.version": _version(),
        "spec.nodes.controlPlane": {"maximum": MAX_MACHINES, **_odd()},
        _POOL: _both_limits(),
        f"{_POOL}.size": _one_providers_words(),
        **{f"{_POOL}.size.{name}": {"minimum": 1} for name in (*_PROXMOX, "rootVolumeSizeGb")},
        "spec.endpoints.host": {"maxLength": _HOST_MAX_LENGTH},
        "spec.credentials.name": _no_secret(),
    }
    return rules.get(key.path, {})


def _version() -> Schema:
    known = pins().kubernetes
    minors = "|".join(str(minor) for minor in range(known.min[1], known.max[1] + 1))
    low, high = (".".join(map(str, limit)) for limit in (known.min, known.max))
    message = f"Three numbers in quotes, from {low} to {high}, for example: {known.proposed['docker']}"
    return _pattern(f"^v?{known.min[0]}\\.(?:{minors}){patterns.VERSION_TAIL}", message)


def _suffix_belongs_to_rke2() -> Schema:
    message = "A suffix like +rke2r1 belongs to bootstrap: rke2"
    return {
        "if": {"properties": {"bootstrap": {"const": "rke2"}}, "required": ["bootstrap"]},
        "else": {"properties": {"version": {"type": "string", "pattern": "^[^+]*$", "patternErrorMessage": message}}},
    }


def _odd() -> Schema:
    """An even number is in no list of odd ones. Said like that, an editor can say why."""
    message = "An even number survives no more than the odd one below it: use 1, 3 or 5"
    return {"if": {"type": "integer", "multipleOf": 2}, "then": {"enum": [1, 3, 5], "errorMessage": message}}


def _both_limits() -> Schema:
    """Both or neither; a limit without a value counts as absent, as it does to the reader."""
    message = "Give both limits, min and max, or neither"

    def needs(there: str, other: str) -> Schema:
        number = {"type": "integer"}
        return {
            "if": {"properties": {there: number}, "required": [there]},
            "then": {"properties": {other: number}, "required": [other], "errorMessage": message},
        }

    return {"allOf": [needs("min", "max"), needs("max", "min")]}


def _one_providers_words() -> Schema:
    def without(*others: str) -> Schema:
        return {"properties": dict.fromkeys(others, False)}

    proxmox = {"anyOf": [{"required": [name]} for name in _PROXMOX]}
    return {
        "allOf": [
            {"if": proxmox, "then": without("flavor", "instanceType")},
            {"if": {"required": ["flavor"]}, "then": without("instanceType")},
        ]
    }


def _no_secret() -> Schema:
    return {"maxLength": _CREDENTIAL_NAME_MAX_LENGTH, "not": _texts_like(f"{_LINE_END}|{patterns.CREDENTIAL}")}


def _texts_like(pattern: str) -> Schema:
    """For `not`: a pattern alone fits whatever is no text, and null would be refused with it."""
    return {"type": "string", "pattern": pattern}


def _type(name: str, key: Key) -> str | list[str]:
    return [name, "null"] if key.nullable else name
