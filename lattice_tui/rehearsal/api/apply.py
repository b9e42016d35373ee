"""Server-side apply and field ownership: who set which field, and what that means for the next writer.

Pure functions on objects. Source: kubernetes-sigs/structured-merge-diff, merge/update.go; k8s.io/apimachinery,
util/managedfields. Simplified: an entry written at another version of a kind is read as if it were of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.comparing import Differences, differences, fields_of, with_declared, without
from lattice_tui.rehearsal.api.empty_objects import filled_up, is_built_in
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.fields import Path, as_text, encoded, holds, in_order
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.last_applied import KUBECTL, still_as_last_applied, with_last_applied
from lattice_tui.rehearsal.api.merging import merged
from lattice_tui.rehearsal.api.owners import (
    APPLY,
    UPDATE,
    Owner,
    capped,
    owner_of,
    owners_of,
    with_entries,
    with_owners,
)
from lattice_tui.rehearsal.api.typed import undeclared
from lattice_tui.rehearsal.api.value_types import ListEntryError, ValueType, value_type_of

JsonObject = dict[str, Any]

BEFORE_FIRST_APPLY: Final = "before-first-apply"
"""Who owns what an object had before its managers were followed."""
UNOWNED: Final[frozenset[Path]] = frozenset(
    {("f:apiVersion",), ("f:kind",), ("f:metadata",)}
    | {
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
        )
    }
)
"""What no manager owns. Source: managedfields/internal/stripmeta.go."""


def updated_by(
    schema: JsonObject,
    kind: Kind,
    live: JsonObject | None,
    new: JsonObject,
    manager: str,
    now: str,
    *,
    status: bool,
    subresource: str = "",
) -> JsonObject:
    """`new` with its ownership kept: whoever changes a field owns it, and nobody else does any more.

    `subresource` is the one written through, where it is another than status: `scale`.
    """
    entries: Sequence[JsonObject] = live["metadata"].get("managedFields", ()) if live else ()
    if live is not None and not entries:
        return with_entries(new, ())
    found = _differences(value_type_of(schema), kind, live or _bare(kind), new, status=status)
    touched = found.added | found.changed
    through = "status" if status else subresource
    mine = Owner(manager or "unknown", UPDATE, kind.api_version, through, now, frozenset(touched))
    kept: list[JsonObject] = []
    own: JsonObject | None = None
    mine = mine.without(UNOWNED)
    for entry in entries:
        if mine.paths and _is_of(mine, entry):
            own = _grown(mine, entry, found.removed)
        elif remaining := _shrunk(entry, (*touched, *found.removed)):
            kept.append(remaining)
    if mine.paths:
        kept.append(own or mine.entry())
    return with_entries(new, capped(kept))


def applied_by(
    schema: JsonObject,
    kind: Kind,
    live: JsonObject,
    config: JsonObject,
    manager: str,
    now: str,
    *,
    force: bool,
    status: bool,
) -> JsonObject:
    """`live` after `manager` applied `config`; the very same object when nothing changed.

    Raises ApiError: 409 that names the owners when a field of theirs would change and `force` is not given, 500 for a
    configuration that does not fit the schema's shape.
    """
    if words := undeclared(schema, kind, config):
        raise ApiError(500, "", words)
    type_ = value_type_of(schema)
    owners = _followed(type_, kind, live, now, status=status)
    wanted = _relevant(kind, config, status=status)
    mine = Owner(manager, APPLY, kind.api_version, "status" if status else "", now, _owned(type_, kind, wanted, status))
    previous = next((owner for owner in owners if owner.identity == mine.identity), None)
    others = [owner for owner in owners if owner.identity != mine.identity]
    after = _merged_and_pruned(type_, kind, live, wanted, previous, [*others, mine])
    found = _differences(type_, kind, live, after, status=status)
    conflicts = _conflicts(others, found.added | found.changed)
    if conflicts and not force:
        allowed = still_as_last_applied(schema, kind, live) if manager == KUBECTL else set()
        if disputed := [(owner, path) for owner, path in conflicts if path not in allowed]:
            raise errors.apply_conflict([(str(owner), as_text(path)) for owner, path in disputed])
    taken = found.added | found.changed | found.removed
    others = [owner.without(taken) for owner in others]
    is_same = _body(after) == _body(live)
    if is_same:
        mine = replace(mine, time=previous.time if previous else "")
    if manager == KUBECTL:
        after = with_last_applied(after, config)
    result = with_owners(after, [*others, mine])
    return live if _body(after) == _body(live) and _managers(result) == _managers(live) else result


def _differences(type_: ValueType, kind: Kind, old: JsonObject, new: JsonObject, *, status: bool) -> Differences:
    """What a write changed, but for what it cannot change at its endpoint."""
    found = differences(type_, filled_up(kind, _body(old)), filled_up(kind, _body(new)))
    if reset := _reset(kind, status=status):
        return Differences(*({path for path in paths if path[0] != reset} for paths in _sets(found)))
    return found


def _sets(found: Differences) -> tuple[set[Path], set[Path], set[Path]]:
    return found.added, found.changed, found.removed


def _reset(kind: Kind, *, status: bool) -> str:
    """The top field that a write at this endpoint leaves as it is, as a path element."""
    if status:
        return "f:spec"
    return "f:status" if kind.has_status else ""


def _owned(type_: ValueType, kind: Kind, config: JsonObject, status: bool) -> frozenset[Path]:
    reset = _reset(kind, status=status)
    return frozenset(path for path in fields_of(type_, config) if path[0] != reset) - UNOWNED


def _relevant(kind: Kind, config: JsonObject, *, status: bool) -> JsonObject:
    """What of an applied configuration counts at this endpoint."""
    head: JsonObject = {key: config[key] for key in ("apiVersion", "kind") if key in config}
    if status:
        return {**head, "status": config["status"]} if "status" in config else head
    body = _body(config)
    return {key: value for key, value in body.items() if key != "status"} if kind.has_status else body


def _followed(type_: ValueType, kind: Kind, live: JsonObject, now: str, *, status: bool) -> list[Owner]:
    """The owners of an object; one for all there is where nobody was followed yet."""
    owners = owners_of(live)
    if owners or not live["metadata"].get("uid"):
        return owners
    found = _differences(type_, kind, _bare(kind), live, status=status)
    paths = frozenset(found.added | found.changed) - UNOWNED
    before = Owner(BEFORE_FIRST_APPLY, UPDATE, kind.api_version, "status" if status else "", now, paths)
    return [before] if paths else []


def _merged_and_pruned(
    type_: ValueType, kind: Kind, live: JsonObject, config: JsonObject, previous: Owner | None, owners: list[Owner]
) -> JsonObject:
    """`live` with the configuration in it, and without what its manager applied before, if nobody else owns it."""
    try:
        result: JsonObject = merged(type_, live, config)
    except ListEntryError as error:
        raise ApiError(500, "", f"failed to merge config: {error}") from error
    if previous is not None and not previous.paths <= owners[-1].paths:
        owned = {path for owner in owners for path in owner.paths}
        # What nobody owns, such as the name, counts as the manager's own here: it applies it after all.
        result = _pruned(type_, result, previous.paths, owned | fields_of(type_, config))
    if is_built_in(kind):
        return {key: _without_nulls(value) for key, value in result.items() if value is not None}
    return {**result, "metadata": _without_nulls(result.get("metadata") or {})}


def _pruned(type_: ValueType, whole: JsonObject, last: Iterable[Path], owned: Iterable[Path]) -> JsonObject:
    """What the manager had goes; then what is owned comes back, and then what was never the manager's."""
    everything = with_declared(type_, fields_of(type_, whole))
    had = with_declared(type_, last)
    left = with_declared(type_, fields_of(type_, without(type_, whole, had)))
    back = without(type_, whole, everything - (left | with_declared(type_, owned)))
    left = with_declared(type_, fields_of(type_, back))
    return without(type_, whole, (everything - left) & had) or {}


def _conflicts(others: Iterable[Owner], touched: set[Path]) -> list[tuple[Owner, Path]]:
    by_name = sorted(others, key=lambda owner: owner.identity)
    return [(owner, path) for owner in by_name for path in in_order(owner.paths & touched)]


def _is_of(owner: Owner, entry: JsonObject) -> bool:
    return (owner.manager, owner.operation, owner.api_version, owner.subresource) == (
        entry.get("manager"),
        entry.get("operation"),
        entry.get("apiVersion"),
        entry.get("subresource", ""),
    )


def _grown(mine: Owner, entry: JsonObject, removed: set[Path]) -> JsonObject:
    """A writer's earlier entry with what it wrote now."""
    fields = entry.get("fieldsV1") or {}
    if all(holds(fields, path) for path in mine.paths) and not any(holds(fields, path) for path in removed):
        # Most writes change the fields that the same writer changed before.
        return {**entry, "time": mine.time}
    return replace(mine, paths=mine.paths | (owner_of(entry).paths - removed)).entry()


def _shrunk(entry: JsonObject, lost: Iterable[Path]) -> JsonObject | None:
    """An entry without what another writer took; None when nothing is left."""
    fields = entry.get("fieldsV1") or {}
    taken = [path for path in lost if holds(fields, path)]
    if not taken:
        return entry
    owner = owner_of(entry).without(taken)
    return {**entry, "fieldsV1": encoded(owner.paths)} if owner.paths else None


def _managers(obj: JsonObject) -> Any:
    return obj["metadata"].get("managedFields", [])


def _bare(kind: Kind) -> JsonObject:
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {}}


def _body(obj: JsonObject) -> JsonObject:
    """An object without the notes that the server itself keeps about its writes."""
    metadata = obj.get("metadata") or {}
    if "managedFields" not in metadata and "resourceVersion" not in metadata:
        return obj
    kept = {key: value for key, value in metadata.items() if key not in ("managedFields", "resourceVersion")}
    return {**obj, "metadata": kept}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value
