"""Whether an applied configuration fits its schema's shape, with the words of the server when it does not.

Source: kubernetes-sigs/structured-merge-diff, typed/validate.go; apimachinery, managedfields/internal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lattice_tui.rehearsal.api.fields import element_text
from lattice_tui.rehearsal.api.go_text import as_syntax, printed, type_name
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.value_types import ListEntryError, ListType, MapType, ValueType, value_type_of

JsonObject = dict[str, Any]
Problem = tuple[str, str]
"""Where, as a path in a message's words, and what."""


def undeclared(schema: JsonObject, kind: Kind, config: JsonObject) -> str:
    """Why an applied configuration does not fit its schema, in the server's words; empty when it fits."""
    problems = list(_problems(value_type_of(schema), config, ""))
    if not problems:
        return ""
    metadata = config.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    group, _, version = (config.get("apiVersion") or kind.api_version).rpartition("/")
    whose = f"{named.get('namespace') or ''}/{named.get('name') or ''}; {group}/{version}, Kind={kind.kind}"
    return f"failed to create typed patch object ({whose}): {_listed(problems)}"


def _listed(problems: list[Problem]) -> str:
    texts = [f"{place}: {what}" if place else what for place, what in problems]
    return texts[0] if len(texts) == 1 else "\n".join(["errors:", *(f"  {text}" for text in texts)])


def _problems(type_: ValueType, value: Any, place: str) -> Iterator[Problem]:
    form = type_.form(value)
    if value is None:
        return
    if form == "map" and type_.map:
        if isinstance(value, dict):
            yield from _map_problems(type_.map, value, place)
        else:
            yield place, f"expected map, got &{{{printed(value)}}}"
    elif form == "list" and type_.list:
        if isinstance(value, list):
            yield from _list_problems(type_.list, value, place)
        else:
            yield place, f"expected list, got &{{{printed(value)}}}"
    elif problem := _scalar_problem(type_.scalar, value):
        yield place, problem


def _map_problems(type_: MapType, value: JsonObject, place: str) -> Iterator[Problem]:
    for key, inner in value.items():
        if key not in type_.fields and type_.rest is None:
            yield f"{place}.{key}", "field not declared in schema"
            # The server looks no further in this map.
            return
        yield from _problems(type_.of(key), inner, f"{place}.{key}")


def _list_problems(type_: ListType, items: list[Any], place: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, item in enumerate(items):
        at = f"[{position}]"
        if type_.is_associative:
            try:
                element = type_.element(item)
            except ListEntryError as error:
                yield place, f"element {position}: {error}"
                return
            at = element_text(element)
            if element in seen:
                yield place, f"duplicate entries for key {at}"
            seen.add(element)
        yield from _problems(type_.items, item, f"{place}{at}")


def _scalar_problem(scalar: str, value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if scalar == "numeric" and not is_number:
        return f"expected numeric (int or float), got {type_name(value)}"
    if scalar == "string" and not isinstance(value, str):
        return f"expected string, got &value.valueUnstructured{{Value:{as_syntax(value)}}}"
    if scalar == "boolean" and not isinstance(value, bool):
        return f"expected boolean, got &{{{printed(value)}}}"
    if scalar == "untyped" and not isinstance(value, str | int | float):
        return f"expected any scalar, got &{{{printed(value)}}}"
    return ""
