"""The paths of an OpenAPI v3 document: every operation on a resource, with the parameters that clients look for.

kubectl decides by them: a PATCH operation with `fieldValidation` means that the server validates, one with `dryRun`
that it can try; `x-kubernetes-group-version-kind` says which schema belongs to a path.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.openapi_meta import GVK, SCALE_NAME, group_version_kind, meta, reference
from lattice_tui.rehearsal.api.openapi_schemas import (
    NEVER_DELETED_TOGETHER,
    has_scale,
    has_status,
    schema_name,
    takes_strategic_patches,
)
from lattice_tui.rehearsal.api.served import ServedVersion

JsonObject = dict[str, Any]

BODY_TYPE = "application/json"
PATCH_TYPES = ("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json")
STRATEGIC = "application/strategic-merge-patch+json"


def _query(name: str, type_: str, description: str) -> JsonObject:
    schema = {"type": type_, "uniqueItems": True}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _in_path(name: str, description: str) -> JsonObject:
    return {**_query(name, "string", description), "in": "path", "required": True}


PRETTY = _query("pretty", "string", "If true, the answer is printed over several lines.")
DRY_RUN = _query("dryRun", "string", "All: everything is checked and nothing is kept.")
MANAGER = _query("fieldManager", "string", "The program that makes the change.")
VALIDATION = _query("fieldValidation", "string", "What to do with unknown or duplicate fields: Ignore, Warn or Strict.")
FORCE = _query("force", "boolean", "Take over fields that others manage; for apply patches alone.")
VERSION = _query("resourceVersion", "string", "The version from which, or at which, to read.")
SELECTION = (
    _query("allowWatchBookmarks", "boolean", "Ask for watch events of type BOOKMARK."),
    _query("continue", "string", "The token of the next part of a list."),
    _query("fieldSelector", "string", "Only objects whose fields match."),
    _query("labelSelector", "string", "Only objects whose labels match."),
    _query("limit", "integer", "How many objects an answer may hold."),
    VERSION,
    _query("resourceVersionMatch", "string", "How resourceVersion is meant: Exact or NotOlderThan."),
    _query("sendInitialEvents", "boolean", "Begin a watch with what there is."),
    _query("timeoutSeconds", "integer", "After how many seconds the call ends."),
    _query("watch", "boolean", "Answer changes as they happen instead of a list."),
)
DELETION = (
    DRY_RUN,
    _query("gracePeriodSeconds", "integer", "How long the object may take to end, in seconds."),
    _query("ignoreStoreReadErrorWithClusterBreakingPotential", "boolean", "Delete what cannot be read."),
    _query("orphanDependents", "boolean", "Deprecated: use propagationPolicy."),
    _query("propagationPolicy", "string", "Orphan, Background or Foreground."),
)
WRITING = (DRY_RUN, MANAGER, VALIDATION)
NAME = _in_path("name", "The name of the object.")
NAMESPACE = _in_path("namespace", "The namespace of the object.")


class Operations:
    """The paths of one kind at one version."""

    def __init__(self, kind: Kind, served: ServedVersion) -> None:
        self._kind = kind
        self._version = served.name
        self._schema = schema_name(kind, served.name)
        self._tag = f"{_camel(kind.group)}_{served.name}"
        self._patch_types = (*PATCH_TYPES, STRATEGIC) if takes_strategic_patches(kind, served) else PATCH_TYPES
        self._has_status = has_status(kind, served)
        self._has_scale = has_scale(kind, served)

    def paths(self) -> dict[str, JsonObject]:
        """Path items by path."""
        root = f"/apis/{self._kind.group}/{self._version}" if self._kind.group else f"/api/{self._version}"
        place = f"{root}/namespaces/{{namespace}}" if self._kind.namespaced else root
        all_of_them, one = f"{place}/{self._kind.plural}", f"{place}/{self._kind.plural}/{{name}}"
        found = {all_of_them: self._collection(), one: self._object()}
        if self._kind.namespaced:
            everywhere = self._operation("list", "get", parameters=SELECTION, answer=f"{self._schema}List", scope="All")
            found[f"{root}/{self._kind.plural}"] = {"get": everywhere, "parameters": [PRETTY]}
        if self._has_status:
            found[f"{one}/status"] = self._below("Status", self._schema, self._gvk)
        if self._has_scale:
            # As on a real server: of a defined kind, the operations on the scale carry the kind itself.
            scale = self._gvk if self._kind.is_custom else group_version_kind("autoscaling", "v1", "Scale")
            found[f"{one}/scale"] = self._below("Scale", SCALE_NAME, scale)
        return found

    @property
    def _gvk(self) -> JsonObject:
        return group_version_kind(self._kind.group, self._version, self._kind.kind)

    def _collection(self) -> JsonObject:
        answered_list, status = f"{self._schema}List", meta("Status")
        deletion = tuple({parameter["name"]: parameter for parameter in (*SELECTION[1:], *DELETION)}.values())
        found: JsonObject = {
            "get": self._operation("list", "list", parameters=SELECTION, answer=answered_list),
            "post": self._operation("create", "post", parameters=WRITING, answer=self._schema, body=self._schema),
        }
        if self._kind.key not in NEVER_DELETED_TOGETHER:
            options = meta("DeleteOptions")
            found["delete"] = self._operation(
                "delete", "deletecollection", parameters=deletion, answer=status, body=options
            )
        return {**found, "parameters": [*self._namespace(), PRETTY]}

    def _object(self) -> JsonObject:
        found = self._below("", self._schema, self._gvk)
        found["delete"] = self._operation(
            "delete", "delete", parameters=DELETION, answer=meta("Status"), body=meta("DeleteOptions")
        )
        return found

    def _below(self, suffix: str, schema: str, gvk: JsonObject) -> JsonObject:
        """Read, replace and patch one object, or a subresource of it."""
        common: JsonObject = {"answer": schema, "suffix": suffix, "gvk": gvk}
        patch = self._operation("patch", "patch", parameters=(*WRITING, FORCE), body=meta("Patch"), **common)
        types = self._patch_types
        patch["requestBody"]["content"] = {type_: {"schema": reference(meta("Patch"))} for type_ in types}
        return {
            "get": self._operation("read", "get", parameters=(VERSION,), **common),
            "put": self._operation("replace", "put", parameters=WRITING, body=schema, **common),
            "patch": patch,
            "parameters": [NAME, *self._namespace(), PRETTY],
        }

    def _operation(
        self,
        verb: str,
        action: str,
        *,
        answer: str,
        parameters: tuple[JsonObject, ...] = (),
        body: str = "",
        suffix: str = "",
        scope: str = "",
        gvk: JsonObject | None = None,
    ) -> JsonObject:
        api = f"{_capital(_camel(self._kind.group))}{_capital(self._version)}"
        place = "" if scope or not self._kind.namespaced else "Namespaced"
        if action == "deletecollection":
            place = f"Collection{place}"
        ending = "ForAllNamespaces" if scope else suffix
        reply = {"description": "OK", "content": {BODY_TYPE: {"schema": reference(answer)}}}
        found: JsonObject = {
            "tags": [self._tag],
            "description": f"{verb} {self._kind.kind}",
            "operationId": f"{verb}{api}{place}{self._kind.kind}{ending}",
            "parameters": list(parameters),
            "responses": {"200": reply, "401": {"description": "Unauthorized"}},
            "x-kubernetes-action": "list" if scope else action,
            GVK: gvk or self._gvk,
        }
        if body:
            is_optional = body == meta("DeleteOptions")
            content = {BODY_TYPE if self._kind.is_custom or is_optional else "*/*": {"schema": reference(body)}}
            found["requestBody"] = {"content": content, **({} if is_optional else {"required": True})}
        return found

    def _namespace(self) -> list[JsonObject]:
        return [NAMESPACE] if self._kind.namespaced else []


def _camel(group: str) -> str:
    """A group as operation names have it: `core`, `apps`, `rbacAuthorization`, `clusterXK8sIo`."""
    words = group.removesuffix(".k8s.io").replace("-", ".").split(".") if group else ["core"]
    return words[0] + "".join(_capital(word) for word in words[1:])


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
