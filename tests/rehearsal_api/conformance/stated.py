"""The codes that the script's requests are answered with, as a real API server 1.35 gave them."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[int, tuple[str, ...]]] = {
    200: (
        "the definition",
        "the group",
        "the resources of v1",
        "get",
        "warned in a merge patch",
        "fix it",
        "at another version",
        "list at another version",
        "and at the stored one",
        "before a replace",
        "replace",
        "replace with the same",
        "the same version",
        "merge patch",
        "JSON patch",
        "apply the same",
        "apply by force",
        "apply less",
        "patch status",
        "get status",
        "patch status through the object",
        "get scale",
        "scale",
        "after the scale",
        "strategic merge",
        "replace a config map blindly",
        "a table of gadgets",
        "a table of one",
        "a table of config maps",
        "a table of namespaces",
        "a table of nothing",
        "by label",
        "by labels that are not",
        "by a set of labels",
        "by a label that is not there",
        "by name",
        "by a selectable field",
        "in pages",
        "watch from a version",
        "watch by a selectable field",
        "watch from 0",
        "watch from nowhere",
        "watch at another version",
        "watch as a table",
        "watch with initial events",
        "delete dry",
        "hold",
        "delete what is held",
        "delete it again",
        "let go",
        "delete a collection",
        "delete the rest",
        "after the rest",
        "delete a config map",
        "across all namespaces",
        "stop to serve a version",
        "delete the definition",
        "delete the namespace",
    ),
    201: (
        "namespace",
        "define gadgets",
        "create",
        "create dry",
        "create with status",
        "unknown fields, warned",
        "unknown fields, ignored",
        "unknown fields, by default",
        "a field twice, warned",
        "a null",
        "create at another version",
        "apply",
        "create a config map",
        "a secret",
        "a body as YAML",
    ),
    400: (
        "create with a label that is a number",
        "create another version",
        "create without a kind",
        "create elsewhere",
        "create no JSON",
        "create a list",
        "unknown fields, strict",
        "unknown metadata",
        "a field twice, strict",
        "apply without what is required",
        "the wrong version for the path",
        "replace under another name",
        "merge patch with a list",
        "rename by a patch",
        "apply another name",
        "apply without a version",
        "apply managed fields",
        "a config map with an unknown field",
        "a config map with a number",
        "a deployment with text for a number",
        "by a bad label selector",
        "by a bad set",
        "by an unknown field",
        "by a bad field selector",
        "by nonsense for a limit",
        "of nonsense",
        "a continue of nonsense",
        "delete of another kind",
        "a method that is not served",
        "a post to one",
    ),
    404: (
        "gadgets before they are defined",
        "get what is not there",
        "create in no namespace",
        "create across namespaces",
        "after a dry create",
        "a version that is not served",
        "replace what is not there",
        "merge patch of nothing",
        "a subresource that is not there",
        "a table only",
        "delete what is not there",
        "gone",
        "no such path",
        "no such group",
        "a version no longer served",
        "after the definition",
    ),
    406: ("a media type for nobody",),
    409: (
        "a namespace twice",
        "create again",
        "replace, stale",
        "replace another uid",
        "merge patch, stale",
        "apply against another",
        "apply a config map",
        "delete another uid",
        "delete another version",
    ),
    415: (
        "strategic for a custom kind",
        "a patch as JSON",
        "a body for nobody",
    ),
    422: (
        "a namespace of a bad name",
        "a definition without versions",
        "a definition badly named",
        "a definition without schema",
        "a definition that is not structural",
        "create without a name",
        "create with a bad name",
        "create with a bad label",
        "create with a bad label key",
        "create another kind",
        "create with a bad dry run",
        "unknown fields, nonsense",
        "unknown in a merge patch",
        "unknown in a JSON patch",
        "a value of no enum",
        "a number too large",
        "a number too small",
        "text too short",
        "text too long",
        "text of no pattern",
        "text for a number",
        "a number for text",
        "text for a boolean",
        "a fraction for an integer",
        "an object for a list",
        "a list for an object",
        "a number in a map of text",
        "too many items",
        "a set with a member twice",
        "a list with a key twice",
        "a list without its key",
        "an expression",
        "many at once",
        "what is required",
        "a spec that is text",
        "change what is immutable",
        "replace without a version",
        "JSON patch, test fails",
        "JSON patch, no path",
        "JSON patch, no operation",
        "JSON patch that breaks",
        "apply without a manager",
        "patch status wrongly",
        "scale below nothing",
        "scale beyond the schema",
        "a deployment with nothing",
        "exactly nothing",
        "a match of nonsense",
        "initial events without a match",
        "a match without initial events",
        "initial events, exactly",
        "delete oddly",
        "hold it more",
    ),
    500: (
        "create with a version",
        "unknown in an apply",
        "unknown in an apply, strict",
        "apply a key twice",
        "apply the wrong type",
        "apply a typo",
        "watch from nonsense",
    ),
    504: ("of the future",),
}
"""By code; every case of the script is in one of them."""

DIFFERENT: Final[dict[str, int]] = {
    "a post to one": 405,
    "unknown in an apply, strict": 500,
}
"""What the rehearsal API answers instead where that is accepted."""

MESSAGES: Final[dict[str, str]] = {
    "a namespace twice": 'namespaces "conformance" already exists',
    "get what is not there": 'gadgets.conformance.lattice.dev "nobody" not found',
    "create another version": (
        "the API version in the data (conformance.lattice.dev/v1beta1) does not match the "
        "expected API version (conformance.lattice.dev/v1)"
    ),
    "create with a version": "resourceVersion should not be set on objects to be created",
    "unknown fields, strict": (
        'Gadget in version "v1" cannot be handled as a Gadget: strict decoding error: unknown '
        'field "extra", unknown field "spec.colour", unknown field "spec.plain[0].b"'
    ),
    "a field twice, strict": (
        'Gadget in version "v1" cannot be handled as a Gadget: strict decoding error: duplicate field "spec.size"'
    ),
    "apply a typo": (
        "failed to create typed patch object (/cm; /v1, Kind=ConfigMap): .dta: field not declared in schema"
    ),
    "a value of no enum": (
        'Gadget.conformance.lattice.dev "bad" is invalid: [spec.size: Unsupported value: '
        '"medium": supported values: "small", "large", <nil>: Invalid value: null: some '
        "validation rules were not checked because the object was invalid; correct the existing "
        "errors to complete validation]"
    ),
    "change what is immutable": (
        'Gadget.conformance.lattice.dev "one" is invalid: spec.fixed: Invalid value: "b": fixed is immutable'
    ),
    "apply against another": 'Apply failed with 1 conflict: conflict with "one": .spec.size',
    "replace, stale": (
        'Operation cannot be fulfilled on gadgets.conformance.lattice.dev "one": the object has '
        "been modified; please apply your changes to the latest version and try again"
    ),
    "replace without a version": (
        'gadgets.conformance.lattice.dev "one" is invalid: metadata.resourceVersion: Invalid '
        "value: 0: must be specified for an update"
    ),
    "delete another uid": (
        'Operation cannot be fulfilled on Gadget.conformance.lattice.dev "one": the UID in the '
        "precondition (x) does not match the UID in record (<uid>). The object might have been "
        "deleted and then recreated"
    ),
    "of the future": "Timeout: Too large resource version: 99999999999, current: <version>",
    "initial events without a match": (
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
    ),
    "by an unknown field": "field label not supported: spec.count",
    "a list with a key twice": (
        'Gadget.conformance.lattice.dev "bad" is invalid: spec.ports[1]: Duplicate value: {"number":1,"protocol":"TCP"}'
    ),
    "an expression": ('Gadget.conformance.lattice.dev "bad" is invalid: spec: Invalid value: low must not exceed high'),
    "hold it more": (
        'Gadget.conformance.lattice.dev "one" is invalid: metadata.finalizers: Forbidden: no new '
        "finalizers can be added if the object is being deleted, found new finalizers "
        '[]string{"a/b"}'
    ),
    "strategic for a custom kind": (
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
    ),
    "a media type for nobody": (
        "only the following media types are accepted: application/json, application/yaml, "
        "application/vnd.kubernetes.protobuf"
    ),
}
"""Some of the refusals, word for word."""
