"""The verbs on resources: from a `Request` to an `Answer`. No socket here, so that a test may call them directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lattice_tui.rehearsal.api import errors, options
from lattice_tui.rehearsal.api.answers import Answer, Listed, many, one, one_scale, scale, scaled
from lattice_tui.rehearsal.api.bodies import checked_patch, decoded, placed
from lattice_tui.rehearsal.api.kinds import (
    CSI_DRIVER,
    CSI_NODE,
    NAMESPACE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    RESOURCE_QUOTA,
    SERVICE,
    SERVICE_ACCOUNT,
    STORAGE_CLASS,
)
from lattice_tui.rehearsal.api.pages import Pages
from lattice_tui.rehearsal.api.requests import Request, Target, dry_run_asked, target_of
from lattice_tui.rehearsal.api.reviews import review, review_kind
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.api.tables import at_version
from lattice_tui.rehearsal.api.tokens import Accept, token_request
from lattice_tui.rehearsal.api.typed import undeclared
from lattice_tui.rehearsal.api.writes import patched

JsonObject = dict[str, Any]
GIVEN_BACK = frozenset(
    kind.key
    for kind in (
        *(POD, SERVICE, SERVICE_ACCOUNT, RESOURCE_QUOTA, PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME, STORAGE_CLASS),
        *(CSI_DRIVER, CSI_NODE),
    )
)
"""Whose deletion is answered with the object itself. Source: `ReturnDeletedObject` of the registries."""
INSIDE_A_POD = frozenset({"log", "exec", "attach", "portforward"})
Verb = Callable[[Request, Target], Answer]


class Handlers:
    """Answers every request to `/api/v1/...` and `/apis/GROUP/VERSION/...` that is not a watch."""

    def __init__(self, store: Store, accept_token: Accept) -> None:
        self._store = store
        self._accept_token = accept_token
        self._pages = Pages()

    def answer(self, request: Request) -> Answer:
        """The answer. Raises ApiError for everything refused."""
        if (reviewed := self._reviewed(request)) is not None:
            return reviewed
        target = target_of(self._store, request.path)
        options.check_media_types(request)
        verbs = self._verbs(target)
        if request.method not in verbs:
            if target.kind.is_custom and not target.name:
                raise errors.bad_request("name must be provided")
            raise errors.no_such_method()
        answer = verbs[request.method](request, target)
        if target.version.deprecation:
            return Answer(answer.code, answer.body, (target.version.deprecation, *answer.warnings))
        return answer

    def _verbs(self, target: Target) -> dict[str, Verb]:
        if not target.name:
            return {"GET": self._list, "POST": self._create, "DELETE": self._delete_collection}
        if not target.subresource:
            return {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete}
        if target.subresource == "status" and target.kind.has_status:
            return {"GET": self._get, "PUT": self._replace, "PATCH": self._patch}
        if target.subresource == "scale" and (target.version.scale or target.kind.has_scale):
            return {"GET": self._get_scale, "PUT": self._scale, "PATCH": self._scale}
        if target.kind == SERVICE_ACCOUNT and target.subresource == "token":
            return {"POST": self._token}
        if target.kind == POD and target.subresource in ("eviction", "binding"):
            return {"POST": self._evict if target.subresource == "eviction" else self._bind}
        if target.kind == POD and target.subresource in INSIDE_A_POD:
            return {"GET": self._inside, "POST": self._inside}
        if target.subresource == "finalize" and target.kind.key == ("", "namespaces"):
            return {"PUT": self._replace}
        if target.kind.is_custom:
            raise errors.not_found(target.kind, target.name)
        raise errors.no_such_path()

    def _reviewed(self, request: Request) -> Answer | None:
        """The answer to a question about access; None when the path asks none."""
        parts = request.path.strip("/").split("/")
        namespace = parts[4] if len(parts) == 6 and parts[3] == "namespaces" else ""
        if parts[0] != "apis" or len(parts) not in (4, 6):
            return None
        kind = review_kind(parts[1], parts[2], parts[-1])
        if kind is None:
            return None
        if request.method != "POST":
            raise errors.no_such_method()
        body = review(self._store, request.identity, kind.kind, request.object_body(), namespace)
        return Answer(201, body) if body is not None else None

    def _get(self, request: Request, target: Target) -> Answer:
        return one(request, target, self._store.live(target.kind, target.name, target.namespace))

    def _list(self, request: Request, target: Target) -> Answer:
        kind, limit = target.kind, request.number("limit")
        self._check_version(request)
        if token := request.query.get("continue", ""):
            page = self._pages.next(token, limit)
        else:
            wanted = request.selection(kind, target.namespace, target.name)
            items = [obj for obj in self._store.stored(kind, target.namespace) if wanted.matches(obj)]
            page = self._pages.first(items, self._store.resource_version, limit)
        # A selector keeps a real server from knowing how many more there are.
        remaining = 0 if request.query.get("labelSelector") or request.query.get("fieldSelector") else page.remaining
        return many(request, target, Listed(page.items, page.resource_version, page.continue_token, remaining))

    def _check_version(self, request: Request) -> None:
        options.check_list(request)
        asked, current = options.asked_version(request), self._store.resource_version
        if asked > current:
            raise errors.too_new(asked, current)
        if request.query.get("resourceVersionMatch") == "Exact" and asked < self._store.oldest_version:
            raise errors.expired(asked, self._store.oldest_version)

    def _create(self, request: Request, target: Target) -> Answer:
        if target.kind.is_custom and target.kind.namespaced and not target.namespace:
            raise errors.no_such_path()
        is_dry_run, sent = request.is_dry_run, decoded(request, target)
        obj = placed(sent.obj, target, is_new=True)
        created = self._store.create(target.kind, obj, actor=request.manager, dry_run=is_dry_run, strict=True)
        return one(request, target, created, 201, sent.warnings)

    def _replace(self, request: Request, target: Target) -> Answer:
        is_dry_run, sent = request.is_dry_run, decoded(request, target)
        obj = placed(sent.obj, target)
        if target.kind.is_custom and not obj["metadata"].get("resourceVersion"):
            self._store.live(target.kind, target.name, target.namespace)
            raise errors.unversioned(target.kind, target.name)
        return self._written(request, target, obj, sent.warnings, is_dry_run)

    def _patch(self, request: Request, target: Target) -> Answer:
        is_dry_run = request.is_dry_run
        if request.content_type.startswith("application/apply-patch+"):
            return self._apply(request, target, is_dry_run)
        live = at_version(target.kind, self._store.live(target.kind, target.name, target.namespace))
        made = checked_patch(request, target, patched(request, target.kind, live))
        obj = placed(made.obj, target)
        options.check_identity(target, live, obj["metadata"])
        if obj["metadata"].get("resourceVersion") == live["metadata"]["resourceVersion"]:
            obj["metadata"]["resourceVersion"] = ""
        return self._written(request, target, obj, made.warnings, is_dry_run)

    def _written(
        self, request: Request, target: Target, obj: JsonObject, warnings: tuple[str, ...], is_dry_run: bool
    ) -> Answer:
        write = self._store.replace_status if target.subresource == "status" else self._store.replace
        written = write(target.kind, obj, actor=request.manager, dry_run=is_dry_run, strict=True)
        return one(request, target, written, 200, warnings)

    def _apply(self, request: Request, target: Target, is_dry_run: bool) -> Answer:
        manager = request.query.get("fieldManager", "")
        if not manager:
            required = "Required value: is required for apply patch"
            raise errors.invalid_options("PatchOptions", [("fieldManager", "FieldValueRequired", required)])
        config = request.object_body()
        if not config.get("apiVersion") or not config.get("kind"):
            group, _, version = str(config.get("apiVersion") or "").rpartition("/")
            raise errors.bad_request(f"invalid object type: {group}/{version}, Kind={config.get('kind') or ''}")
        if "metadata" not in config:
            config = {**config, "metadata": {}}
        if words := undeclared(target.version.schema, target.kind, config):
            raise errors.ApiError(500, "", words)
        if isinstance(config["metadata"], dict) and not config["metadata"].get("name"):
            why = f"the name of the object ({target.name} based on URL) was undeterminable: name must be provided"
            raise errors.bad_request(why)
        if live := self._store.find(target.kind, target.name, target.namespace):
            options.check_identity(target, live, config["metadata"])
        obj, created = self._store.apply(
            target.kind,
            placed(config, target),
            manager=manager,
            force=request.flag("force"),
            status=target.subresource == "status",
            dry_run=is_dry_run,
            strict=True,
        )
        return one(request, target, obj, 201 if created else 200)

    def _delete(self, request: Request, target: Target) -> Answer:
        kind, asked = target.kind, options.delete_options(request)
        propagation = options.propagation(request, asked)
        dry_run = request.is_dry_run or dry_run_asked("DeleteOptions", "".join(asked.get("dryRun") or ()))
        live = self._store.live(kind, target.name, target.namespace)
        options.check_preconditions(target, live, asked)
        last = self._store.delete(
            kind, target.name, target.namespace, actor=request.manager, propagation=propagation, dry_run=dry_run
        )
        if "deletionTimestamp" in last["metadata"] or kind.key in GIVEN_BACK:
            return one(request, target, last)
        return Answer(200, errors.success(kind, target.name, last["metadata"]["uid"]))

    def _token(self, request: Request, target: Target) -> Answer:
        account = self._store.live(SERVICE_ACCOUNT, target.name, target.namespace)
        return Answer(201, token_request(account, request.object_body(), self._accept_token))

    def _inside(self, _request: Request, target: Target) -> Answer:
        """Nothing runs in a simulated Pod: its log is empty, and nobody gets in."""
        node = (self._store.live(POD, target.name, target.namespace).get("spec") or {}).get("nodeName")
        if target.subresource == "log":
            return Answer(204, {})
        if not node:
            raise errors.bad_request(f"pod {target.name} does not have a host assigned")
        raise errors.bad_request(f"pod {target.name} is simulated: nothing runs in it on node {node}")

    def _evict(self, request: Request, target: Target) -> Answer:
        self._store.delete(POD, target.name, target.namespace, actor=request.manager, dry_run=request.is_dry_run)
        return Answer(201, errors.done())

    def _bind(self, request: Request, target: Target) -> Answer:
        node = (request.object_body().get("target") or {}).get("name") or ""
        pod = self._store.live(POD, target.name, target.namespace)
        if there := (pod.get("spec") or {}).get("nodeName"):
            why = f'pod {target.name} is already assigned to node "{there}"'
            raise errors.conflict(POD, target.name, why)
        place = {"spec": {"nodeName": node}}
        self._store.patch(POD, target.name, target.namespace, place, actor=request.manager, subresource="binding")
        return Answer(201, errors.done())

    def _delete_collection(self, request: Request, target: Target) -> Answer:
        kind, asked = target.kind, options.delete_options(request)
        if (kind.namespaced and not target.namespace) or kind == NAMESPACE:
            raise errors.no_such_method()
        propagation = options.propagation(request, asked)
        dry_run = request.is_dry_run or dry_run_asked("DeleteOptions", "".join(asked.get("dryRun") or ()))
        wanted = request.selection(kind, target.namespace, "")
        gone = [obj for obj in self._store.stored(kind, target.namespace) if wanted.matches(obj)]
        for obj in gone:
            self._store.delete(
                kind,
                obj["metadata"]["name"],
                target.namespace,
                actor=request.manager,
                propagation=propagation,
                dry_run=dry_run,
            )
        return many(request, target, Listed(gone, self._store.resource_version))

    def _get_scale(self, request: Request, target: Target) -> Answer:
        return one_scale(request, scale(target, self._store.live(target.kind, target.name, target.namespace)))

    def _scale(self, request: Request, target: Target) -> Answer:
        live = self._store.live(target.kind, target.name, target.namespace)
        wanted = (
            request.object_body() if request.method == "PUT" else patched(request, target.kind, scale(target, live))
        )
        replicas = (wanted.get("spec") or {}).get("replicas", 0)
        if not isinstance(replicas, int) or isinstance(replicas, bool) or (replicas < 0 and not target.kind.is_custom):
            why = f"Invalid value: {replicas}: must be greater than or equal to 0"
            raise errors.invalid(target.kind, target.name, "spec.replicas", why)
        asked = (wanted.get("metadata") or {}).get("resourceVersion", "")
        if asked not in ("", live["metadata"]["resourceVersion"]):
            raise errors.modified(target.kind, target.name)
        updated = self._store.patch(
            target.kind,
            target.name,
            target.namespace,
            scaled(target, replicas),
            actor=request.manager,
            dry_run=request.is_dry_run,
            strict=True,
            subresource="scale",
        )
        return Answer(200, scale(target, updated))
