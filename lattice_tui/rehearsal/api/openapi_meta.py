"""The schemas that every OpenAPI document of the server shares: metadata, lists, Status, delete options, patches.

Source of the fields: k8s.io/apimachinery/pkg/apis/meta/v1; the descriptions are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

JsonObject = dict[str, Any]

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
REFERENCE = "#/components/schemas/"
GVK = "x-kubernetes-group-version-kind"


def reference(name: str, description: str = "") -> JsonObject:
    """A schema that is another one, by its full name; with words of its own it needs the form with allOf."""
    bare = {"$ref": f"{REFERENCE}{name}"}
    return {"description": description, "allOf": [bare]} if description else bare


def meta(name: str) -> str:
    """The full name of a shared schema: `ObjectMeta`."""
    return f"{META}.{name}"


def group_version_kind(group: str, version: str, kind: str) -> JsonObject:
    """As the x-kubernetes-group-version-kind of a schema or an operation names it."""
    return {"group": group, "kind": kind, "version": version}


def text(description: str = "", **more: Any) -> JsonObject:
    """A string."""
    return _typed("string", description, **more)


def _typed(type_: str, description: str, **more: Any) -> JsonObject:
    return {"type": type_, **more, **({"description": description} if description else {})}


def _whole(description: str, bits: int = 64) -> JsonObject:
    return _typed("integer", description, format=f"int{bits}")


def _texts(description: str, **more: Any) -> JsonObject:
    return _typed("array", description, items=text(), **more)


def _map(description: str) -> JsonObject:
    return _typed("object", description, additionalProperties=text())


def _object(description: str, properties: JsonObject, required: Iterable[str] = (), **more: Any) -> JsonObject:
    schema = _typed("object", description, properties=properties, **more)
    return {**schema, "required": sorted(required)} if required else schema


API_VERSION = text("APIVersion names the group and version of this representation of an object.")
KIND = text("Kind names the type of this object, in CamelCase.")

_TIME = reference(meta("Time"))
_OWNERS = {
    "x-kubernetes-patch-merge-key": "uid",
    "x-kubernetes-patch-strategy": "merge",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["uid"],
}

_OBJECT_META = _object(
    "ObjectMeta is metadata that all persisted objects must have.",
    {
        "name": text("Name is unique within a namespace; it cannot be updated."),
        "generateName": text("A prefix from which the server makes a unique name when no name is given."),
        "namespace": text("Namespace is the space within which the name must be unique; it cannot be updated."),
        "selfLink": text("Deprecated: it is no longer filled in."),
        "uid": text("UID is unique in time and space; the server fills it in."),
        "resourceVersion": text("An opaque value that changes with every write; for watches and safe updates."),
        "generation": _whole("A number that counts the changes of the desired state."),
        "creationTimestamp": reference(meta("Time"), "When the object was created; the server fills it in."),
        "deletionTimestamp": reference(meta("Time"), "When the object was asked to be deleted."),
        "deletionGracePeriodSeconds": _whole("How long the object may take to end, in seconds."),
        "labels": _map("Pairs of keys and values that selectors can match."),
        "annotations": _map("Pairs of keys and values for tools; they cannot be queried."),
        "ownerReferences": _typed(
            "array", "The objects this one depends on.", items=reference(meta("OwnerReference")), **_OWNERS
        ),
        "finalizers": _texts(
            "What must be done before the object may go.",
            **{"x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge"},
        ),
        "managedFields": _typed(
            "array",
            "Which program manages which fields.",
            items=reference(meta("ManagedFieldsEntry")),
            **{"x-kubernetes-list-type": "atomic"},
        ),
    },
)

_OWNER_REFERENCE = _object(
    "OwnerReference identifies an owning object.",
    {
        "apiVersion": text("API version of the owner."),
        "kind": text("Kind of the owner."),
        "name": text("Name of the owner."),
        "uid": text("UID of the owner."),
        "controller": _typed("boolean", "Whether this owner is the managing controller."),
        "blockOwnerDeletion": _typed("boolean", "Whether the owner waits for this object when it is deleted."),
    },
    ("apiVersion", "kind", "name", "uid"),
    **{"x-kubernetes-map-type": "atomic"},
)

_MANAGED_FIELDS = _object(
    "ManagedFieldsEntry is a workflow id and the set of fields it applies to.",
    {
        "manager": text("The program that manages these fields."),
        "operation": text("Apply or Update."),
        "apiVersion": text("The version in which the fields are named."),
        "time": reference(meta("Time"), "When the entry was last changed."),
        "fieldsType": text("FieldsV1."),
        "fieldsV1": reference(meta("FieldsV1"), "The fields themselves."),
        "subresource": text("The subresource through which they were written."),
    },
)

_LIST_META = _object(
    "ListMeta describes the answer to a list request.",
    {
        "continue": text("A token with which the next part of the list can be asked for."),
        "remainingItemCount": _whole("How many more items there are."),
        "resourceVersion": text("The version at which the list was taken."),
        "selfLink": text("Deprecated: it is no longer filled in."),
    },
)

_STATUS = _object(
    "Status is the answer of calls that do not answer other objects.",
    {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": reference(meta("ListMeta")),
        "status": text("Success or Failure."),
        "message": text("What happened, for people."),
        "reason": text("Why it failed, for programs."),
        "details": reference(meta("StatusDetails"), "More about the reason."),
        "code": _whole("The HTTP code.", 32),
    },
    (),
    **{GVK: [group_version_kind("", "v1", "Status")]},
)

_STATUS_DETAILS = _object(
    "StatusDetails says more about an answer.",
    {
        "name": text("The object it is about."),
        "group": text("The group of its kind."),
        "kind": text("Its kind or resource."),
        "uid": text("Its UID."),
        "causes": _typed(
            "array",
            "The single problems.",
            items=reference(meta("StatusCause")),
            **{"x-kubernetes-list-type": "atomic"},
        ),
        "retryAfterSeconds": _whole("After how many seconds to try again.", 32),
    },
)

_STATUS_CAUSE = _object(
    "StatusCause is one problem of several.",
    {
        "field": text("The field that caused it."),
        "message": text("What is wrong, for people."),
        "reason": text("What is wrong, for programs."),
    },
)

_DELETE_OPTIONS = _object(
    "DeleteOptions may be sent when an object is deleted.",
    {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "dryRun": _texts("All: nothing is kept.", **{"x-kubernetes-list-type": "atomic"}),
        "gracePeriodSeconds": _whole("How long the object may take to end, in seconds."),
        "ignoreStoreReadErrorWithClusterBreakingPotential": _typed("boolean", "Delete what cannot be read."),
        "orphanDependents": _typed("boolean", "Deprecated: use propagationPolicy."),
        "preconditions": reference(meta("Preconditions"), "What must hold, else the answer is 409."),
        "propagationPolicy": text("Orphan, Background or Foreground."),
    },
    (),
    **{GVK: [group_version_kind("", "v1", "DeleteOptions")]},
)

_PRECONDITIONS = _object(
    "Preconditions must hold before an object is deleted.",
    {"resourceVersion": text("The expected resourceVersion."), "uid": text("The expected UID.")},
)

SHARED: dict[str, JsonObject] = {
    meta("ObjectMeta"): _OBJECT_META,
    meta("OwnerReference"): _OWNER_REFERENCE,
    meta("ManagedFieldsEntry"): _MANAGED_FIELDS,
    meta("FieldsV1"): _typed("object", "FieldsV1 is a set of fields as a trie in JSON."),
    meta("ListMeta"): _LIST_META,
    meta("Status"): _STATUS,
    meta("StatusDetails"): _STATUS_DETAILS,
    meta("StatusCause"): _STATUS_CAUSE,
    meta("DeleteOptions"): _DELETE_OPTIONS,
    meta("Preconditions"): _PRECONDITIONS,
    meta("Patch"): _typed("object", "Patch is the body of a PATCH request."),
    meta("Time"): text("Time is a date and time in RFC 3339.", format="date-time"),
    meta("MicroTime"): text("MicroTime is a date and time with microseconds.", format="date-time"),
}
"""Every shared schema by its full name."""

SCALE_NAME = "io.k8s.api.autoscaling.v1.Scale"
SCALE = _object(
    "Scale is the number of replicas of an object.",
    {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": reference(meta("ObjectMeta"), "Standard object metadata."),
        "spec": _object("What is wished for.", {"replicas": _whole("The number of replicas wished for.", 32)}),
        "status": _object(
            "What there is.",
            {"replicas": _whole("The number of replicas seen.", 32), "selector": text("Which objects are counted.")},
            ("replicas",),
        ),
    },
    (),
    **{GVK: [group_version_kind("autoscaling", "v1", "Scale")]},
)
