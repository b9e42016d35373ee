"""`Store`: all objects of one simulated cluster, and the only way to change them.

Objects go in and come out as copies. Every real write raises one global resourceVersion, is told to the subscribers
in order, and (creations and deletions) is written to the world's audit log once. One asyncio loop, no locks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from lattice_tui.rehearsal.api import birth, errors, rules
from lattice_tui.rehearsal.api.apply import applied_by, updated_by
from lattice_tui.rehearsal.api.built_in import admission
from lattice_tui.rehearsal.api.changes import Change
from lattice_tui.rehearsal.api.checks import Mistakes, check, check_nulls, completed
from lattice_tui.rehearsal.api.definitions import check_definition, definition
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.event_log import EventLog
from lattice_tui.rehearsal.api.garbage import FOREGROUND, NAMESPACE_ACTOR, GarbageCollector
from lattice_tui.rehearsal.api.json_objects import copied_object, merge_patched
from lattice_tui.rehearsal.api.kinds import CORE_KINDS, CRD, EVENT, LEASE, NAMESPACE, Kind
from lattice_tui.rehearsal.api.owners import with_claims
from lattice_tui.rehearsal.api.tables import Tables, at_version
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.pace import Pace

__all__ = ["ApiError", "Change", "JsonObject", "Store"]

JsonObject = dict[str, Any]

SERVER_ACTOR = "kube-apiserver"
UNAUDITED = frozenset({EVENT.key, LEASE.key})
"""Kinds that only make noise in an audit log; real audit policies leave them out as well."""
NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What generated names end in. Source: k8s.io/apimachinery/pkg/util/rand."""


class Store(Tables):
    """One simulated cluster's objects."""

    def __init__(self, cluster: str, pace: Pace, audit: Audit, *, notes_mistakes: bool = False) -> None:
        """`notes_mistakes`: hold against the schemas what the world's own writers write; tests want to know."""
        self.cluster = cluster
        self._pace = pace
        self._audit = audit
        self._chance = pace.stream(f"store/{cluster}")
        # A server does not begin at 1, so that a version taken from another cluster is rarely a valid one here.
        super().__init__(self._chance.randrange(200, 900))
        self.mistakes = Mistakes(cluster, is_wanted=notes_mistakes)
        """What the world's own writers wrote against the schemas. Empty, or we have something to mend."""
        self._garbage = GarbageCollector(self)
        self._events = EventLog(self)
        self.subscribe(lambda change: birth.follow_definitions(self, change))
        self.open_kinds(CORE_KINDS)
        birth.populate(self)

    def serve(self, kinds: Iterable[Kind], *, actor: str = SERVER_ACTOR) -> None:
        """Begin to serve kinds, as installing their CRDs does; the CRD objects appear with it. Known ones are kept."""
        for kind in kinds:
            if kind.key not in self._kinds:
                self.open_kinds((kind,))
                self.create(CRD, definition(kind), actor=actor)

    def close_kind(self, kind: Kind) -> None:
        """Stop to serve a kind whose definition is gone; its objects go with it."""
        for obj in self.stored(kind):
            self._remove(kind, obj, SERVER_ACTOR)
        del self._kinds[kind.key]

    def create(
        self, kind: Kind, obj: JsonObject, *, actor: str, dry_run: bool = False, strict: bool = False
    ) -> JsonObject:
        """Create an object; its status is left out where status is a subresource (but for a Node's).

        A `strict` write (here and below) is one that the kind's schema may refuse: a client's, and not the world's own.
        Raises ApiError: 400 malformed, 403 namespace ends, 404 namespace missing, 409 name taken, 422 refused.
        """
        kind = self.served_as(kind)
        fresh = self._newborn(kind, self._completed(kind, rules.admitted(kind, obj), actor, strict=strict))
        self._check(kind, fresh, None, actor, strict=strict)
        fresh = updated_by(self._schema(kind), kind, None, fresh, actor, self._pace.now(), status=False)
        return self._add(kind, fresh, actor, dry_run=dry_run)

    def replace(
        self, kind: Kind, obj: JsonObject, *, actor: str, dry_run: bool = False, strict: bool = False
    ) -> JsonObject:
        """Write all but the status. Raises ApiError 409 when a resourceVersion is given and is not the latest."""
        return self._update(kind, obj, actor, status=False, dry_run=dry_run, strict=strict)

    def replace_status(
        self, kind: Kind, obj: JsonObject, *, actor: str, dry_run: bool = False, strict: bool = False
    ) -> JsonObject:
        """Write the status alone. Raises ApiError 409 when a resourceVersion is given and is not the latest."""
        return self._update(kind, obj, actor, status=True, dry_run=dry_run, strict=strict)

    def patch(
        self,
        kind: Kind,
        name: str,
        namespace: str,
        patch: JsonObject,
        *,
        status: bool = False,
        actor: str,
        dry_run: bool = False,
        strict: bool = False,
        subresource: str = "",
    ) -> JsonObject:
        """Write a JSON merge patch to the object, or to its status alone.

        `subresource` names another one that the write came through; it is noted with the fields' manager.
        """
        kind = self.served_as(kind)
        desired = merge_patched(at_version(kind, self.live(kind, name, namespace)), patch)
        # The merged object shares what the patch does not touch with the stored one, so its metadata is made anew.
        asked = (patch.get("metadata") or {}).get("resourceVersion") or ""
        place = {"name": name, "namespace": namespace, "resourceVersion": asked}
        desired = {**desired, "metadata": {**(desired.get("metadata") or {}), **place}}
        return self._update(
            kind, desired, actor, status=status, dry_run=dry_run, strict=strict, subresource=subresource
        )

    def apply(
        self,
        kind: Kind,
        obj: JsonObject,
        *,
        manager: str,
        force: bool,
        status: bool = False,
        dry_run: bool = False,
        strict: bool = False,
    ) -> tuple[JsonObject, bool]:
        """Server-side apply; the answer says too whether the object was created.

        Fields that the manager applied before and leaves out now are removed, unless someone else owns them too.
        Raises ApiError 409 naming the other owners of fields that would change, unless `force`.
        """
        kind = self.served_as(kind)
        config = rules.admitted(kind, obj)
        name, now = config["metadata"].get("name", ""), self._pace.now()
        if config["metadata"].get("managedFields"):
            raise errors.bad_request("metadata.managedFields must be nil")
        if status and not kind.has_status:
            raise errors.no_such_path()
        live = self.table(kind).get((self._namespace(kind, config), name))
        if live is None:
            if status:
                raise errors.not_found(kind, name)
            return self._apply_new(kind, config, manager, now, dry_run=dry_run, strict=strict), True
        live = at_version(kind, live)
        applied = applied_by(self._schema(kind), kind, live, config, manager, now, force=force, status=status)
        if strict:
            check_nulls(kind, applied)
        asked = {key: config["metadata"].get(key, "") for key in ("resourceVersion", "uid")}
        desired = {**applied, "metadata": {**applied["metadata"], **asked}}
        updated = rules.updated_object(
            kind, live, self._completed(kind, desired, manager, strict=strict), status=status
        )
        updated = admission.readmitted(kind, updated, self.stored)
        self._check(kind, updated, live, manager, strict=strict)
        if applied is live and rules.same_but_bookkeeping(updated, live):
            return copied_object(live), False
        owners = applied["metadata"].get("managedFields", [])
        updated = {**updated, "metadata": {**updated["metadata"], "managedFields": owners}}
        return self._write(kind, live, updated, manager, dry_run=dry_run), False

    def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str = "",
        *,
        actor: str,
        propagation: str = "Background",
        dry_run: bool = False,
    ) -> JsonObject:
        """Delete an object, or mark it while finalizers hold it. Answers its last state; raises ApiError 404.

        Dependents follow (Background), go first (Foreground) or stay without their reference (Orphan).
        """
        live = self.live(kind, name, namespace)
        result = copied_object(live)
        if dry_run:
            return result
        dependents = self._garbage.dependents(live["metadata"]["uid"])
        finalizers = list(live["metadata"].get("finalizers", ()))
        if propagation == "Orphan":
            self._garbage.disown(live["metadata"]["uid"])
        elif propagation == "Foreground" and dependents:
            finalizers += [FOREGROUND] if FOREGROUND not in finalizers else []
        if not finalizers and kind != NAMESPACE:
            self._remove(kind, live, actor)
            return result
        if "deletionTimestamp" not in live["metadata"]:
            marked = rules.marked_for_deletion(kind, live, self._pace.now(), finalizers)
            result = copied_object(self._put(kind, live, marked))
        if propagation == "Foreground":
            self._garbage.delete_all(dependents, actor)
        return result

    def remove_finalizer(
        self, kind: Kind, name: str, namespace: str, finalizer: str, *, actor: str = SERVER_ACTOR
    ) -> JsonObject | None:
        """Strike out a finalizer; an object marked for deletion goes with its last one.

        Answers the object as it is then (its last state when it went); None when there is none of that name.
        """
        obj = self.find(kind, name, namespace)
        if obj is None or finalizer not in obj["metadata"].get("finalizers", ()):
            return obj
        obj["metadata"]["finalizers"].remove(finalizer)
        return self.replace(kind, obj, actor=actor)

    def add_finalizer(
        self, kind: Kind, name: str, namespace: str, finalizer: str, *, actor: str = SERVER_ACTOR
    ) -> JsonObject:
        """Hold an object until the finalizer is removed. Raises ApiError 404, or 422 when it is being deleted."""
        obj = self.get(kind, name, namespace)
        finalizers = obj["metadata"].setdefault("finalizers", [])
        if finalizer in finalizers:
            return obj
        finalizers.append(finalizer)
        return self.replace(kind, obj, actor=actor)

    def event(self, about: JsonObject, type_: str, reason: str, message: str, component: str) -> None:
        """Record a core/v1 Event (`type_` Normal or Warning) about an object; a repeated one is counted up."""
        self._events.record(about, type_, reason, message, component, self._pace.now())

    def drop_namespace(self, name: str) -> None:
        """Let a namespace go that is marked for deletion and empty; for the garbage collector."""
        live = self.live(NAMESPACE, name, "")
        if not live["metadata"].get("finalizers"):
            self._remove(NAMESPACE, live, NAMESPACE_ACTOR)

    def new_suffix(self, length: int = 5) -> str:
        """What a generated name ends in."""
        return "".join(self._chance.choice(NAME_LETTERS) for _ in range(length))

    def _newborn(self, kind: Kind, admitted: JsonObject) -> JsonObject:
        metadata = admitted["metadata"]
        if metadata.get("resourceVersion"):
            # A real server answers this one mistake of a client with 500.
            raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
        name = metadata.get("name") or ""
        if not name and metadata.get("generateName"):
            name = f"{metadata['generateName']}{self.new_suffix()}"
        namespace = self._namespace(kind, admitted)
        taken = (namespace, name) in self.table(kind)
        uid = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        fresh = rules.new_object(kind, admitted, name, uid, self._pace.now())
        fresh = admission.admitted(kind, fresh, self.stored)
        if kind.namespaced:
            self._check_namespace(kind, name, namespace)
        if taken:
            raise errors.already_exists(kind, name)
        return fresh

    def _apply_new(
        self, kind: Kind, config: JsonObject, manager: str, now: str, *, dry_run: bool, strict: bool
    ) -> JsonObject:
        if config["metadata"].get("uid"):
            why = "uid mismatch: the provided object specified uid {}, and no existing object was found"
            raise errors.conflict(kind, config["metadata"].get("name", ""), why.format(config["metadata"]["uid"]))
        bare = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {}}
        owned = applied_by(self._schema(kind), kind, bare, config, manager, now, force=True, status=False)
        if strict:
            check_nulls(kind, owned)
        fresh = self._newborn(kind, self._completed(kind, config, manager, strict=strict))
        self._check(kind, fresh, None, manager, strict=strict)
        fresh["metadata"]["managedFields"] = owned["metadata"].get("managedFields", [])
        return self._add(kind, fresh, manager, dry_run=dry_run)

    def _update(
        self,
        kind: Kind,
        obj: JsonObject,
        actor: str,
        *,
        status: bool,
        dry_run: bool,
        strict: bool,
        subresource: str = "",
    ) -> JsonObject:
        kind = self.served_as(kind)
        if status and not kind.has_status:
            raise errors.no_such_path()
        desired = self._completed(kind, rules.admitted(kind, obj), actor, strict=strict)
        live = at_version(kind, self.live(kind, desired["metadata"].get("name", ""), self._namespace(kind, desired)))
        updated = rules.updated_object(kind, live, desired, status=status)
        updated = admission.readmitted(kind, updated, self.stored)
        claimed = live if status else with_claims(live, desired["metadata"].get("managedFields"))
        if claimed is live and rules.same_but_bookkeeping(updated, live):
            return copied_object(live)
        self._check(kind, updated, live, actor, strict=strict)
        schema, now = self._schema(kind), self._pace.now()
        updated = updated_by(schema, kind, claimed, updated, actor, now, status=status, subresource=subresource)
        return self._write(kind, live, updated, actor, dry_run=dry_run)

    def _completed(self, kind: Kind, obj: JsonObject, actor: str, *, strict: bool) -> JsonObject:
        if not strict:
            self.mistakes.note_unknown(kind, obj, actor)
        return completed(kind, obj)

    def _check(self, kind: Kind, obj: JsonObject, old: JsonObject | None, actor: str, *, strict: bool) -> None:
        if strict:
            check(kind, obj, old)
            admission.check(kind, obj, old, self.stored)
            if kind == CRD:
                check_definition(obj)
        else:
            self.mistakes.note(kind, obj, old, actor)

    def _add(self, kind: Kind, fresh: JsonObject, actor: str, *, dry_run: bool) -> JsonObject:
        if dry_run:
            return fresh
        metadata = fresh["metadata"]
        if kind.key not in UNAUDITED:
            self._audit.created(
                self.cluster, kind.kind, metadata.get("namespace", ""), metadata["name"], metadata["uid"], actor
            )
        return copied_object(self._put(kind, None, fresh))

    def _write(self, kind: Kind, live: JsonObject, updated: JsonObject, actor: str, *, dry_run: bool) -> JsonObject:
        if dry_run:
            return copied_object(updated)
        metadata = updated["metadata"]
        if "deletionTimestamp" in metadata and not metadata.get("finalizers") and kind != NAMESPACE:
            return copied_object(self._remove(kind, updated, actor))
        return copied_object(self._put(kind, live, updated))

    def _remove(self, kind: Kind, last: JsonObject, actor: str) -> JsonObject:
        metadata = last["metadata"]
        if kind.key not in UNAUDITED:
            self._audit.deleted(
                self.cluster, kind.kind, metadata.get("namespace", ""), metadata["name"], metadata["uid"], actor
            )
        return self._drop(kind, last)

    def _schema(self, kind: Kind) -> JsonObject:
        served = kind.at(kind.version)
        return served.schema if served else {}

    def _namespace(self, kind: Kind, obj: JsonObject) -> str:
        return (obj["metadata"].get("namespace") or "") if kind.namespaced else ""

    def _check_namespace(self, kind: Kind, name: str, namespace: str) -> None:
        if not namespace:
            raise errors.bad_request("an empty namespace may not be set during creation")
        found = self.table(NAMESPACE).get(("", namespace))
        if found is None:
            raise errors.not_found(NAMESPACE, namespace)
        if "deletionTimestamp" in found["metadata"]:
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            cause = {"reason": "NamespaceTerminating", "message": f"namespace {namespace} is being terminated"}
            raise errors.forbidden(kind, name, why, [{**cause, "field": "metadata.namespace"}])
