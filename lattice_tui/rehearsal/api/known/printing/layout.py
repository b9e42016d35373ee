"""What a kind's rows are made of, and the pieces that several kinds' cells share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lattice_tui.rehearsal.api.elapsed import age
from lattice_tui.rehearsal.api.served import Column, JsonObject

NONE = "<none>"
UNSET = "<unset>"
SHOWN_AT_MOST = 3

NAME = Column("Name", "string", ".metadata.name", 0, "The name of the object, unique among its kind in a namespace.")
AGE = Column("Age", "date", ".metadata.creationTimestamp", 0, "How long ago the object was created.")


@dataclass(frozen=True, slots=True)
class Printed:
    """How one kind is shown."""

    columns: tuple[Column, ...]
    cells: Callable[[JsonObject, datetime], list[Any]]
    """One cell per column, those of `-o wide` included."""
    conditions: Callable[[JsonObject], list[JsonObject]] | None = None
    """What a row says of itself: a finished pod is `Completed`."""


def text(name: str, description: str, wide: bool = False, column_type: str = "string") -> Column:
    """A computed column; shown by `-o wide` alone where it is wide."""
    return Column(name, column_type, "", int(wide), description)


def number(name: str, description: str) -> Column:
    """A computed column of whole numbers."""
    return text(name, description, column_type="integer")


def truth(name: str, description: str) -> Column:
    """A computed column of true and false."""
    return text(name, description, column_type="boolean")


AGE_TEXT = text("Age", AGE.description)
CONTAINERS = text("Containers", "The names of the containers of each pod.", wide=True)
IMAGES = text("Images", "The images of the containers of each pod.", wide=True)
SELECTOR = text("Selector", "The labels that choose the pods.", wide=True)


def name_of(obj: JsonObject) -> str:
    """An object's name."""
    return str(obj["metadata"].get("name", ""))


def age_of(obj: JsonObject, now: datetime) -> str:
    """How old an object is."""
    return age(obj["metadata"].get("creationTimestamp"), now)


def part(obj: JsonObject, *names: str) -> Any:
    """What lies at a way of field names; an empty mapping where there is nothing."""
    value: Any = obj
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return {} if value is None else value


def count(obj: JsonObject, *names: str) -> int:
    """The whole number at a way of field names; 0 where there is none."""
    value = part(obj, *names)
    return value if isinstance(value, int) else 0


def has_condition(obj: JsonObject, condition_type: str) -> bool:
    """Whether a condition of an object's status holds."""
    conditions = part(obj, "status").get("conditions") or []
    return any(one.get("type") == condition_type and one.get("status") == "True" for one in conditions)


def is_leaving(obj: JsonObject) -> bool:
    """Whether an object's deletion has begun."""
    return "deletionTimestamp" in obj["metadata"]


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Labels, sorted: `app=web,tier=front`; `<none>`."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else NONE


def selector_text(selector: JsonObject | None) -> str:
    """A label selector: `app=web,tier in (back,front),!old`; `<none>` for none or an empty one."""
    if not selector:
        return NONE
    wanted = [(key, f"{key}={value}") for key, value in selector.get("matchLabels", {}).items()]
    wanted += [(one["key"], _requirement(one)) for one in selector.get("matchExpressions", [])]
    return ",".join(written for _, written in sorted(wanted)) or NONE


def _requirement(expression: JsonObject) -> str:
    key, values = str(expression["key"]), ",".join(sorted(expression.get("values", [])))
    written: dict[str, str] = {
        "In": f"{key} in ({values})",
        "NotIn": f"{key} notin ({values})",
        "Exists": key,
        "DoesNotExist": f"!{key}",
    }
    return written.get(expression.get("operator", ""), "<error>")


def container_cells(template: JsonObject) -> list[str]:
    """Names and images of the containers of a pod template."""
    containers = part(template, "spec").get("containers") or []
    return [
        ",".join(one.get("name", "") for one in containers),
        ",".join(one.get("image", "") for one in containers),
    ]


def first_few(values: Iterable[str], separator: str = ",", when_empty: str = UNSET) -> str:
    """At most three, and how many more there are."""
    every = list(values)
    shown = separator.join(every[:SHOWN_AT_MOST])
    if len(every) > SHOWN_AT_MOST:
        return f"{shown} + {len(every) - SHOWN_AT_MOST} more..."
    return shown or when_empty
