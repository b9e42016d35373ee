"""Cells of a horizontal pod autoscaler: what it measures, against what it wants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import UNKNOWN
from lattice_tui.rehearsal.api.known.printing.layout import (
    AGE_TEXT,
    NAME,
    NONE,
    UNSET,
    Printed,
    age_of,
    count,
    name_of,
    part,
    text,
)
from lattice_tui.rehearsal.api.served import JsonObject

METRICS_SHOWN = 2
SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def autoscaler_cells(autoscaler: JsonObject, now: datetime) -> list[Any]:
    """Every cell of an autoscaler."""
    spec = part(autoscaler, "spec")
    target = part(spec, "scaleTargetRef")
    least = spec.get("minReplicas")
    return [
        name_of(autoscaler),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        _metrics(spec.get("metrics") or [], part(autoscaler, "status").get("currentMetrics") or []),
        UNSET if least is None else str(least),
        spec.get("maxReplicas", 0),
        count(autoscaler, "status", "currentReplicas"),
        age_of(autoscaler, now),
    ]


def _metrics(wanted: list[JsonObject], measured: list[JsonObject]) -> str:
    if not wanted:
        return NONE
    written = [_metric(metric, measured[index] if index < len(measured) else {}) for index, metric in enumerate(wanted)]
    shown = ", ".join(written[:METRICS_SHOWN])
    return f"{shown} + {len(written) - METRICS_SHOWN} more..." if len(written) > METRICS_SHOWN else shown


def _metric(metric: JsonObject, measured: JsonObject) -> str:
    source = SOURCES.get(metric.get("type", ""))
    if source is None:
        return "<unknown type>"
    target, current = part(metric, source, "target"), part(measured, source, "current")
    average = target.get("averageValue")
    if source in ("resource", "containerResource"):
        name = part(metric, source).get("name", "")
        if average is not None:
            return f"{name}: {current.get('averageValue', UNKNOWN)}/{average}"
        wanted = target.get("averageUtilization")
        return f"{name}: {_percent(current.get('averageUtilization'), UNKNOWN)}/{_percent(wanted, '<auto>')}"
    if source == "pods":
        return f"{current.get('averageValue', UNKNOWN)}/{average}"
    if average is not None:
        return f"{current.get('averageValue', UNKNOWN)}/{average} (avg)"
    return f"{current.get('value', UNKNOWN)}/{target.get('value', '0')}"


def _percent(value: int | None, otherwise: str) -> str:
    return otherwise if value is None else f"{value}%"


AUTOSCALERS = Printed(
    (
        NAME,
        text("Reference", "What it scales."),
        text("Targets", "What is measured, against what is wanted."),
        text("MinPods", "How few pods there may be."),
        text("MaxPods", "How many pods there may be."),
        text("Replicas", "How many pods there are."),
        AGE_TEXT,
    ),
    autoscaler_cells,
)
