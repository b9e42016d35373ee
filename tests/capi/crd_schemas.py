"""The CRDs' structural schemas as JSON Schemas that refuse unknown fields, as the API server does with Strict."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema
import yaml

from tests.shared import shared

Schema = dict[str, Any]


@cache
def _schemas() -> dict[tuple[str, str], Schema]:
    """(apiVersion, kind) -> schema, of every served version."""
    found: dict[tuple[str, str], Schema] = {}
    for file in sorted((shared() / "crds").glob("*/*.yaml")):
        crd = yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        spec = crd["spec"]
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def problems_of(manifest: dict[str, Any]) -> list[str]:
    """What the API server would refuse: `path: message`."""
    schema = _strict(_schemas()[manifest["apiVersion"], manifest["kind"]])
    # What the server gives every object is not in the CRD's schema.
    schema["properties"]["metadata"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
            "namespace": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
            "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
            "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["name", "namespace"],
    }
    errors = jsonschema.Draft202012Validator(schema).iter_errors(manifest)
    return sorted(f"{error.json_path}: {error.message}" for error in errors)


def _strict(schema: Schema) -> Schema:
    made: Schema = {}
    for key, value in schema.items():
        if key in {"properties"}:
            made[key] = {name: _strict(one) for name, one in value.items()}
        elif key in {"items", "additionalProperties", "not"} and isinstance(value, dict):
            made[key] = _strict(value)
        elif key in {"anyOf", "allOf", "oneOf"}:
            # Structural schemas put no properties of their own into these.
            made[key] = value
        elif key == "pattern":
            # Go takes flags anywhere, Python at the very beginning.
            made[key] = f"(?i){value.replace('(?i)', '')}" if "(?i)" in value else value
        elif not key.startswith("x-kubernetes") and key not in {"format", "nullable", "description"}:
            made[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if "properties" in schema and not is_open:
        made["additionalProperties"] = False
    return made
