"""The verbs on resources: from a `Request` to an `Answer`. No socket here, so that a test may call them directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.answers import Answer, listing, scale
from lattice_tui.rehearsal.api.pages import Pages
from lattice_tui.rehearsal.api.requests import Request, Target, dry_run_asked, target_of
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.api.writes import patched

JsonObject = dict[str, Any]


class Handlers:
    """Answers every request to `/api/v1/...` and `/apis/GROUP/VERSION/...` that is not a watch."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages = Pages()

    def answer(self, request: Request) -> Answer:
        """The answer. Raises ApiError for everything refused."""
        target = target_of(self._store, request.path)
        verbs: dict[str, Callable[[Request, Target], Answer]]
        if not target.name:
            verbs = {"GET": self._list, "POST": self._create, "DELETE": self._delete_collection}
        elif not target.subresource:
            verbs = {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete}
        elif target.subresource == "status" and target.kind.has_status:
            verbs = {"GET": self._get, "PUT": self._replace, "PATCH": self._patch}
        elif target.subresource == "scale" and target.kind.has_scale:
            verbs = {"GET": self._get_scale, "PUT": self._scale, "PATCH": self._scale}
        else:
            raise errors.no_such_path()
        if request.method not in verbs:
            raise errors.ApiError(405, "MethodNotAllowed", "the server does not allow this method on the resource")
        return verbs[request.method](request, target)

    def _get(self, _request: Request, target: Target) -> Answer:
        return Answer(200, self._store.live(target.kind, target.name, target.namespace))

    def _list(self, request: Request, target: Target) -> Answer:
        kind, limit = target.kind, request.number("limit")
        self._check_version(request)
        if token := request.query.get("continue", ""):
            page = self._pages.next(token, limit)
        else:
            wanted = request.selection(kind, target.namespace)
            items = [obj for obj in self._store.stored(kind, target.namespace) if wanted.matches(obj)]
            page = self._pages.first(items, self._store.resource_version, limit)
        # A selector keeps a real server from knowing how many more there are.
        remaining = 0 if request.query.get("labelSelector") or request.query.get("fieldSelector") else page.remaining
        return Answer(200, listing(kind, page.items, page.resource_version, page.continue_token, remaining))

    def _check_version(self, request: Request) -> None:
        asked, current = request.number("resourceVersion"), self._store.resource_version
        if asked > current:
            raise errors.too_new(asked, current)
        if request.query.get("resourceVersionMatch") == "Exact" and asked < self._store.oldest_version:
            raise errors.expired(asked, self._store.oldest_version)

    def _create(self, request: Request, target: Target) -> Answer:
        obj = self._placed(request.object_body(), target, is_new=True)
        created = self._store.create(target.kind, obj, actor=request.manager, dry_run=request.is_dry_run)
        return Answer(201, created)

    def _replace(self, request: Request, target: Target) -> Answer:
        obj = self._placed(request.object_body(), target)
        if target.kind.is_custom and not obj["metadata"].get("resourceVersion"):
            self._store.live(target.kind, target.name, target.namespace)
            why = "Invalid value: 0: must be specified for an update"
            raise errors.invalid(target.kind, target.name, "metadata.resourceVersion", why)
        write = self._store.replace_status if target.subresource else self._store.replace
        return Answer(200, write(target.kind, obj, actor=request.manager, dry_run=request.is_dry_run))

    def _patch(self, request: Request, target: Target) -> Answer:
        status = target.subresource == "status"
        if request.content_type.startswith("application/apply-patch+"):
            return self._apply(request, target, status=status)
        live = self._store.live(target.kind, target.name, target.namespace)
        desired = self._placed(patched(request, target.kind, live), target)
        if desired["metadata"].get("resourceVersion") == live["metadata"]["resourceVersion"]:
            desired["metadata"]["resourceVersion"] = ""
        write = self._store.replace_status if status else self._store.replace
        return Answer(200, write(target.kind, desired, actor=request.manager, dry_run=request.is_dry_run))

    def _apply(self, request: Request, target: Target, *, status: bool) -> Answer:
        manager = request.query.get("fieldManager", "")
        if not manager:
            why = "fieldManager: Required value: is required for apply patch"
            raise errors.ApiError(422, "Invalid", f'PatchOptions.meta.k8s.io "" is invalid: {why}')
        obj, created = self._store.apply(
            target.kind,
            self._placed(request.object_body(), target),
            manager=manager,
            force=request.flag("force"),
            status=status,
            dry_run=request.is_dry_run,
        )
        return Answer(201 if created else 200, obj)

    def _delete(self, request: Request, target: Target) -> Answer:
        kind, options = target.kind, self._delete_options(request)
        live = self._store.live(kind, target.name, target.namespace)
        self._check_preconditions(target, live, options.get("preconditions") or {})
        dry_run = request.is_dry_run or dry_run_asked("".join(options.get("dryRun") or ()))
        last = self._store.delete(
            kind,
            target.name,
            target.namespace,
            actor=request.manager,
            propagation=_propagation(request, options),
            dry_run=dry_run,
        )
        if "deletionTimestamp" in last["metadata"]:
            return Answer(200, last)
        return Answer(200, errors.success(kind, target.name, last["metadata"]["uid"]))

    def _delete_collection(self, request: Request, target: Target) -> Answer:
        kind, options = target.kind, self._delete_options(request)
        if kind.namespaced and not target.namespace:
            raise errors.ApiError(405, "MethodNotAllowed", "the server does not allow this method on the resource")
        wanted = request.selection(kind, target.namespace)
        gone = [obj for obj in self._store.stored(kind, target.namespace) if wanted.matches(obj)]
        for obj in gone:
            self._store.delete(
                kind,
                obj["metadata"]["name"],
                target.namespace,
                actor=request.manager,
                propagation=_propagation(request, options),
                dry_run=request.is_dry_run,
            )
        return Answer(200, listing(kind, gone, self._store.resource_version, "", 0))

    def _get_scale(self, _request: Request, target: Target) -> Answer:
        return Answer(200, scale(self._store.live(target.kind, target.name, target.namespace)))

    def _scale(self, request: Request, target: Target) -> Answer:
        live = self._store.live(target.kind, target.name, target.namespace)
        wanted = request.object_body() if request.method == "PUT" else patched(request, target.kind, scale(live))
        replicas = (wanted.get("spec") or {}).get("replicas", 0)
        if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
            why = f"Invalid value: {replicas}: should be greater than or equal to 0"
            raise errors.invalid(target.kind, target.name, "spec.replicas", why)
        patch: JsonObject = {"spec": {"replicas": replicas}}
        asked = (wanted.get("metadata") or {}).get("resourceVersion", "")
        if asked not in ("", live["metadata"]["resourceVersion"]):
            raise errors.modified(target.kind, target.name)
        updated = self._store.patch(
            target.kind, target.name, target.namespace, patch, actor=request.manager, dry_run=request.is_dry_run
        )
        return Answer(200, scale(updated))

    def _placed(self, obj: JsonObject, target: Target, *, is_new: bool = False) -> JsonObject:
        """The object with the path's name and namespace filled in. Raises ApiError 400 when they disagree."""
        metadata = obj.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise errors.bad_request("json: cannot unmarshal metadata into Go struct field ObjectMeta")
        if metadata.get("namespace") not in (None, "", target.namespace):
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        name = metadata.get("name")
        if not is_new and name not in (None, "", target.name):
            raise errors.bad_request(
                f"the name of the object ({name}) does not match the name on the URL ({target.name})"
            )
        placed = {key: value for key, value in metadata.items() if key != "namespace"}
        if target.namespace:
            placed["namespace"] = target.namespace
        if not is_new:
            placed["name"] = target.name
        return {**obj, "metadata": placed}

    def _delete_options(self, request: Request) -> JsonObject:
        return request.object_body() if request.body.strip() else {}

    def _check_preconditions(self, target: Target, live: JsonObject, preconditions: JsonObject) -> None:
        for key, words in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
            asked, actual = preconditions.get(key), live["metadata"][key]
            if asked not in (None, "", actual):
                raise errors.conflict(
                    target.kind,
                    target.name,
                    f"Precondition failed: {words} in precondition: {asked}, {words} in object meta: {actual}",
                )


def _propagation(request: Request, options: JsonObject) -> str:
    asked = options.get("propagationPolicy") or request.query.get("propagationPolicy") or "Background"
    if asked not in ("Background", "Foreground", "Orphan"):
        raise errors.ApiError(
            422,
            "Invalid",
            f'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "{asked}": '
            'supported values: "Background", "Foreground", "Orphan"',
        )
    return str(asked)
