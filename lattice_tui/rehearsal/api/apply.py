"""Server-side apply and field ownership: who set which field, and what that means for the next writer.

Pure functions on objects. Source: the Kubernetes documentation "Server-Side Apply" and structured-merge-diff.
Simplified: list types come from `fields.LIST_KEYS` rather than from a schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.fields import Path, as_text, decoded, encoded, is_key_field, keyed, owned_paths, prefixes
from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]

UNOWNED_METADATA = frozenset(
    {
        "name",
        "generateName",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "generation",
        "managedFields",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    }
)
"""What the server keeps itself and no manager owns."""

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Owner:
    """One entry of managedFields: a manager, how it wrote, and what it owns."""

    manager: str
    operation: str
    api_version: str
    subresource: str
    time: str
    paths: frozenset[Path]

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return (self.manager, self.operation, self.api_version, self.subresource)

    def __str__(self) -> str:
        through = f' with subresource "{self.subresource}"' if self.subresource else ""
        return f'"{self.manager}"{through} using {self.api_version}'

    def without(self, paths: Iterable[Path]) -> Owner:
        return self.owning(self.paths.difference(paths))

    def owning(self, paths: frozenset[Path]) -> Owner:
        return Owner(self.manager, self.operation, self.api_version, self.subresource, self.time, paths)


def owners_of(obj: JsonObject) -> list[Owner]:
    """The managedFields of an object, read."""
    return [
        Owner(
            entry.get("manager", ""),
            entry.get("operation", ""),
            entry.get("apiVersion", ""),
            entry.get("subresource", ""),
            entry.get("time", ""),
            frozenset(decoded(entry.get("fieldsV1", {}))),
        )
        for entry in obj["metadata"].get("managedFields", ())
    ]


def with_owners(obj: JsonObject, owners: Iterable[Owner]) -> JsonObject:
    """The object with its managedFields written anew; owners of nothing are dropped."""
    entries = [_entry(owner) for owner in owners if owner.paths]
    metadata = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    if entries:
        metadata["managedFields"] = entries
    return {**obj, "metadata": metadata}


def updated_by(
    kind: Kind, live: JsonObject | None, new: JsonObject, manager: str, now: str, *, status: bool
) -> JsonObject:
    """`new` with its ownership kept: whoever changes a field owns it, and nobody else does any more."""
    before = owned_paths(_ownable(live)) if live else {}
    after = owned_paths(_ownable(new))
    changed = {path for path, value in after.items() if before.get(path, _ABSENT) != value}
    gone = before.keys() - after.keys()
    mine = Owner(manager, "Update", kind.api_version, "status" if status else "", now, frozenset(changed))
    owners: list[Owner] = []
    for owner in owners_of(live) if live else ():
        if owner.identity == mine.identity:
            mine = mine.owning(mine.paths | (owner.paths - gone))
        else:
            owners.append(owner.without(changed | gone))
    return with_owners(new, [*owners, mine])


def applied_by(
    kind: Kind, live: JsonObject, config: JsonObject, manager: str, now: str, *, force: bool, status: bool
) -> JsonObject:
    """`live` after `manager` applied `config`; the very same object when nothing changed.

    Raises ApiError 409 that names the owners when a field of theirs would change and `force` is not given.
    """
    config = _config(kind, config, status=status)
    wanted = owned_paths(config)
    mine = Owner(manager, "Apply", kind.api_version, "status" if status else "", now, frozenset(wanted))
    owners = owners_of(live)
    previous = next((owner for owner in owners if owner.identity == mine.identity), None)
    others = _disputed(owners, mine, wanted, owned_paths(_ownable(live)), force=force)
    merged = _merged(live, config, "")
    dropped = (previous.paths if previous else frozenset()) - mine.paths
    kept = prefixes(path for owner in (*others, mine) for path in owner.paths)
    # An entry goes before its fields are looked at: without its key it could not be found again.
    for path in sorted(dropped, key=len):
        if path not in kept and not is_key_field(path):
            merged = _pruned(merged, path, kept, ())
    there = prefixes(owned_paths(_ownable(merged)))
    others = [owner.owning(owner.paths & there) for owner in others]
    unchanged = _ownable(merged) == _ownable(live) and previous is not None and previous.paths == mine.paths
    if unchanged and [owner for owner in owners if owner.identity != mine.identity] == others:
        return live
    return with_owners(merged, [*others, mine])


def _disputed(
    owners: list[Owner], mine: Owner, wanted: dict[Path, Any], actual: dict[Path, Any], *, force: bool
) -> list[Owner]:
    """The other owners, without what was taken from them by force."""
    others = [owner for owner in owners if owner.identity != mine.identity]
    differing = {path for path, value in wanted.items() if path in actual and actual[path] != value}
    conflicts = [(str(owner), as_text(path)) for owner in others for path in sorted(owner.paths & differing)]
    if conflicts and not force:
        raise errors.apply_conflict(conflicts)
    return [owner.without(differing) for owner in others]


def _config(kind: Kind, config: JsonObject, *, status: bool) -> JsonObject:
    """What of an applied configuration counts at this endpoint."""
    config = _ownable(config)
    if status:
        config = {"status": config["status"]} if "status" in config else {}
    elif kind.has_status:
        config.pop("status", None)
    return {key: value for key, value in _without_nulls(config).items() if value != {} or key != "metadata"}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return copied(value)


def _ownable(obj: JsonObject) -> JsonObject:
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key not in UNOWNED_METADATA}
    rest = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata")}
    return {"metadata": metadata, **rest} if metadata else rest


def _merged(live: Any, config: Any, field: str) -> Any:
    if isinstance(live, dict) and isinstance(config, dict):
        return {**live, **{key: _merged(live.get(key), value, key) for key, value in config.items()}}
    if isinstance(live, list) and isinstance(config, list):
        old, new = keyed(field, live), keyed(field, config)
        if old is not None and new is not None:
            return list({**old, **{key: _merged(old.get(key), item, "") for key, item in new.items()}}.values())
    return copied(config)


def _pruned(value: Any, path: Path, kept: set[Path], above: Path) -> Any:
    """`value` without what lies at `path`, and without containers that this empties and nobody owns."""
    element, rest = path[0], path[1:]
    here = (*above, element)
    if isinstance(value, dict):
        name = element.removeprefix("f:")
        if name not in value:
            return value
        inner = _pruned(value[name], rest, kept, here) if rest else _ABSENT
        if inner is _ABSENT or (inner in ({}, []) and here not in kept):
            return {key: item for key, item in value.items() if key != name}
        return {**value, name: inner}
    field = above[-1].removeprefix("f:") if above else ""
    entries = keyed(field, value) if isinstance(value, list) else None
    if not entries or element not in entries:
        return value
    if rest:
        return list({**entries, element: _pruned(entries[element], rest, kept, here)}.values())
    return [item for key, item in entries.items() if key != element]


def _entry(owner: Owner) -> JsonObject:
    entry: JsonObject = {
        "manager": owner.manager,
        "operation": owner.operation,
        "apiVersion": owner.api_version,
        "time": owner.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": encoded(owner.paths),
    }
    if owner.subresource:
        entry["subresource"] = owner.subresource
    return entry
