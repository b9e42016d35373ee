"""kubectl's way from client-side to server-side apply: the annotation with the configuration that was applied last.

Source: k8s.io/apimachinery, util/managedfields/internal/{lastappliedmanager,lastappliedupdater}.go.
"""

from __future__ import annotations

import json
from typing import Any, Final

from lattice_tui.rehearsal.api.comparing import differences, fields_of
from lattice_tui.rehearsal.api.fields import Path
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.typed import undeclared
from lattice_tui.rehearsal.api.value_types import value_type_of

JsonObject = dict[str, Any]

KUBECTL: Final = "kubectl"
"""The field manager of `kubectl apply --server-side`; for others the annotation means nothing."""
ANNOTATION: Final = "kubectl.kubernetes.io/last-applied-configuration"
MAX_ANNOTATIONS_BYTES: Final = 256 * 1024
"""Source: apimachinery, api/validation, TotalAnnotationSizeLimitB."""


def still_as_last_applied(schema: JsonObject, kind: Kind, live: JsonObject) -> set[Path]:
    """The fields that kubectl applied on its own side and that are as it left them: it may take these over."""
    text = (live["metadata"].get("annotations") or {}).get(ANNOTATION)
    try:
        last = json.loads(text or "")
    except ValueError:
        return set()
    if not isinstance(last, dict) or last.get("apiVersion") != kind.api_version or undeclared(schema, kind, last):
        return set()
    type_ = value_type_of(schema)
    found = differences(type_, last, live)
    return fields_of(type_, last) - found.changed - found.added - found.removed


def with_last_applied(obj: JsonObject, config: JsonObject) -> JsonObject:
    """The object with its annotation brought up to date, if it has one."""
    metadata = obj["metadata"]
    annotations = metadata.get("annotations") or {}
    if not annotations.get(ANNOTATION):
        return obj
    applied = dict(config.get("metadata") or {})
    if applied.get("annotations"):
        applied["annotations"] = {key: value for key, value in applied["annotations"].items() if key != ANNOTATION}
    text = json.dumps({**config, "metadata": applied}, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    updated = {**annotations, ANNOTATION: text}
    if sum(len(key.encode()) + len(str(value).encode()) for key, value in updated.items()) > MAX_ANNOTATIONS_BYTES:
        updated.pop(ANNOTATION)
    return {**obj, "metadata": {**metadata, "annotations": updated}}
