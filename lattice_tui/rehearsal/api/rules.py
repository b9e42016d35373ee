"""What a write may and may not change: names, metadata the server keeps, defaults, status apart from the rest.

Pure functions. Source: k8s.io/apiserver/pkg/registry/rest (BeforeCreate, BeforeUpdate, BeforeDelete).
"""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.built_in import doors
from lattice_tui.rehearsal.api.json_objects import copied_object
from lattice_tui.rehearsal.api.kinds import NAMESPACE, NODE, SECRET, SERVICE, Kind

JsonObject = dict[str, Any]

MAX_NAME = 253
MAX_LABEL_NAME = 63
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SERVICE_NAME_WORDS = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_KEY_WORDS = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_LABEL_VALUE_WORDS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)

_NAME_RULES: Final = {
    NAMESPACE.key: (_LABEL, _LABEL_WORDS, MAX_LABEL_NAME),
    SERVICE.key: (_SERVICE_NAME, _SERVICE_NAME_WORDS, MAX_LABEL_NAME),
}

KEPT_METADATA: Final = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "generation",
    "resourceVersion",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
)
"""What an update cannot change: taken from the live object whatever the request says."""


def admitted(kind: Kind, obj: JsonObject) -> JsonObject:
    """A request's object as a copy of its own, apiVersion and kind checked and filled in. Raises ApiError 400."""
    if not isinstance(obj.get("metadata", {}), dict):
        raise errors.bad_request("json: cannot unmarshal metadata into Go struct field ObjectMeta")
    for field, wanted in (("apiVersion", kind.api_version), ("kind", kind.kind)):
        if obj.get(field) not in (None, "", wanted):
            raise errors.bad_request(
                f"the {'API version' if field == 'apiVersion' else 'kind'} in the data ({obj[field]}) "
                f"does not match the expected {'API version' if field == 'apiVersion' else 'kind'} ({wanted})"
            )
    fresh = copied_object(obj)
    head = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": fresh.get("metadata") or {}}
    rest = {key: value for key, value in fresh.items() if key not in head}
    return {**head, **(_plain_data_encoded(rest) if kind == SECRET else doors.read(kind, rest))}


def new_object(kind: Kind, obj: JsonObject, name: str, uid: str, now: str) -> JsonObject:
    """An admitted object as it is stored first. Raises ApiError 422 for a bad name or label."""
    check_name(kind, name)
    check_labels(kind, name, obj["metadata"])
    system = ("uid", "resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields")
    metadata = {key: value for key, value in obj["metadata"].items() if key not in system and value is not None}
    if not kind.namespaced:
        metadata.pop("namespace", None)
    metadata |= {"name": name, "uid": uid, "creationTimestamp": now}
    metadata.pop("generation", None)
    if kind.has_generation:
        metadata["generation"] = 1
    created = {**obj, "metadata": metadata}
    # A kubelet registers its Node together with the status; everywhere else a create leaves status out.
    if kind.has_status and kind != NODE:
        created.pop("status", None)
    return doors.born(kind, with_defaults(kind, created))


def updated_object(kind: Kind, live: JsonObject, desired: JsonObject, *, status: bool) -> JsonObject:
    """`live` after a write of `desired` to the object, or to its status alone. Raises ApiError 409 and 422."""
    name = live["metadata"]["name"]
    wanted = desired["metadata"]
    if wanted.get("resourceVersion") not in (None, "", live["metadata"]["resourceVersion"]):
        raise errors.modified(kind, name)
    if wanted.get("uid") not in (None, "", live["metadata"]["uid"]):
        namespace = live["metadata"].get("namespace", "")
        raise errors.another_uid(kind, namespace, name, wanted["uid"], live["metadata"]["uid"])
    if status:
        return doors.status_defaulted(kind, _with_status(live, desired))
    check_labels(kind, name, wanted)
    metadata = {key: value for key, value in wanted.items() if key not in KEPT_METADATA and value is not None}
    metadata |= {key: live["metadata"][key] for key in KEPT_METADATA if key in live["metadata"]}
    updated = {**desired, "metadata": {key: value for key, value in metadata.items() if value not in ({}, [])}}
    _check_finalizers(kind, live, updated)
    if kind.has_status:
        updated = _with_status(updated, live)
    updated = with_defaults(kind, doors.carried_over(kind, live, updated))
    if kind.has_generation and not same_spec(live, updated):
        updated["metadata"]["generation"] = live["metadata"].get("generation", 0) + 1
    return updated


def same_spec(one: JsonObject, other: JsonObject) -> bool:
    """Whether everything but metadata and status is equal."""
    apart = ("metadata", "status")
    return {key: one[key] for key in one if key not in apart} == {key: other[key] for key in other if key not in apart}


def same_but_bookkeeping(one: JsonObject, other: JsonObject) -> bool:
    """Whether a write from one to the other would change nothing but the server's own notes."""
    notes = ("managedFields", "resourceVersion")
    return {**one, "metadata": {key: one["metadata"][key] for key in one["metadata"] if key not in notes}} == {
        **other,
        "metadata": {key: other["metadata"][key] for key in other["metadata"] if key not in notes},
    }


def marked_for_deletion(kind: Kind, live: JsonObject, now: str, finalizers: list[str]) -> JsonObject:
    """The object while finalizers (or a namespace's contents) hold it. The server counts this as a generation."""
    metadata = {**live["metadata"], "deletionTimestamp": now}
    if finalizers:
        metadata["finalizers"] = finalizers
    if "generation" in metadata:
        metadata["generation"] += 1
    if kind == NAMESPACE:
        return {**live, "metadata": metadata, "status": {**live.get("status", {}), "phase": "Terminating"}}
    return {**live, "metadata": {**metadata, "deletionGracePeriodSeconds": 0}}


def with_defaults(kind: Kind, obj: JsonObject) -> JsonObject:
    """The defaults of Kubernetes' own kinds that no schema says."""
    if kind == SECRET:
        return {**obj, "type": obj.get("type") or "Opaque"}
    if kind == NAMESPACE:
        metadata = obj["metadata"]
        labels = {**metadata.get("labels", {}), "kubernetes.io/metadata.name": metadata["name"]}
        spec = obj.get("spec") or {"finalizers": ["kubernetes"]}
        status = obj.get("status") or {"phase": "Active"}
        return {**obj, "metadata": {**metadata, "labels": labels}, "spec": spec, "status": status}
    return doors.defaulted(kind, obj)


def check_name(kind: Kind, name: str) -> None:
    """Raises ApiError 422 for a name that Kubernetes refuses."""
    if not name:
        raise errors.invalid(
            kind, "", "metadata.name", "Required value: name or generateName is required", "FieldValueRequired"
        )
    pattern, words, limit = _NAME_RULES.get(kind.key, (_SUBDOMAIN, _SUBDOMAIN_WORDS, MAX_NAME))
    if kind.group == "rbac.authorization.k8s.io":
        return
    if len(name) > limit:
        raise errors.invalid(
            kind, name, "metadata.name", f'Invalid value: "{name}": must be no more than {limit} characters'
        )
    if not pattern.fullmatch(name):
        raise errors.invalid(kind, name, "metadata.name", f'Invalid value: "{name}": {words}')


def check_labels(kind: Kind, name: str, metadata: JsonObject) -> None:
    """Raises ApiError 422 for labels and annotations that Kubernetes refuses."""
    for field in ("labels", "annotations"):
        values = metadata.get(field) or {}
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise errors.bad_request(f"json: cannot unmarshal object into Go struct field ObjectMeta.metadata.{field}")
        for key, value in values.items():
            if not _LABEL_KEY.fullmatch(key):
                why = f'Invalid value: "{key}": {_LABEL_KEY_WORDS}'
                raise errors.invalid(kind, name, f"metadata.{field}", why)
            if field == "labels" and not _LABEL_VALUE.fullmatch(value):
                why = f'Invalid value: "{value}": {_LABEL_VALUE_WORDS}'
                raise errors.invalid(kind, name, "metadata.labels", why)


def _with_status(obj: JsonObject, source: JsonObject) -> JsonObject:
    rest = {key: value for key, value in obj.items() if key != "status"}
    return {**rest, "status": source["status"]} if source.get("status") is not None else rest


def _check_finalizers(kind: Kind, live: JsonObject, updated: JsonObject) -> None:
    if "deletionTimestamp" not in live["metadata"]:
        return
    added = set(updated["metadata"].get("finalizers", ())) - set(live["metadata"].get("finalizers", ()))
    if added:
        listed = ", ".join(f'"{finalizer}"' for finalizer in sorted(added))
        why = (
            "Forbidden: no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{listed}}}"
        )
        name = live["metadata"]["name"]
        raise errors.noted_twice(errors.invalid(kind, name, "metadata.finalizers", why, "FieldValueForbidden"))


def _plain_data_encoded(secret: JsonObject) -> JsonObject:
    """A Secret's write-only stringData, moved into data."""
    plain = secret.get("stringData") or {}
    encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
    rest = doors.read(SECRET, {key: value for key, value in secret.items() if key != "stringData"})
    return {**rest, "data": {**(secret.get("data") or {}), **encoded}} if encoded else rest
