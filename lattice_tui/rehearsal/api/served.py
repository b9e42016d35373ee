"""What a cluster serves of a kind at one version: its schema, its columns, its subresources. Values only.

Source of the shapes: apiextensions.k8s.io/v1 CustomResourceDefinitionVersion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]

ANYTHING: JsonObject = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
"""The schema of a kind about which nothing is known: every field is taken as it comes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One printer column, beside the name."""

    name: str
    type: str
    """`string`, `integer`, `number`, `boolean` or `date`."""
    json_path: str
    """As in a CRD: `.status.phase`, `.status.conditions[?(@.type=="Ready")].status`."""
    priority: int = 0
    """Greater than 0: shown by `-o wide` only."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where the scale subresource reads and writes, as in a CRD (`.spec.replicas`)."""

    spec_replicas: str
    status_replicas: str
    label_selector: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ServedVersion:
    """One served version of a kind."""

    name: str
    """`v1beta2`."""
    schema: JsonObject
    """OpenAPI v3 of the whole object, structural, with its `x-kubernetes-` extensions. Never changed in place."""
    columns: tuple[Column, ...] = ()
    selectable_fields: tuple[str, ...] = ()
    """What field selectors may name beside metadata.name and metadata.namespace, without the first dot."""
    has_status: bool = False
    scale: ScalePaths | None = None
    deprecation: str = ""
    """The warning every answer at this version carries; empty: not deprecated."""
