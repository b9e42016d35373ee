"""`ApiError`: a refusal, with the words and the Status body a real API server answers.

Source of the texts: k8s.io/apimachinery/pkg/api/errors and apiserver/pkg/registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lattice_tui.rehearsal.api.kinds import Kind

JsonObject = dict[str, Any]


class ApiError(Exception):
    """A refused request: HTTP code, machine-readable reason, message for people, and details."""

    def __init__(self, code: int, reason: str, message: str, details: JsonObject | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.is_plain = False
        """Answered as bare text, before anything of Kubernetes sees the request."""

    def status(self) -> JsonObject:
        """The body: a `Status` object."""
        body: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        body["message"] = self.message
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        return {**body, "code": self.code}


def success(kind: Kind, name: str, uid: str) -> JsonObject:
    """The Status body of a finished deletion."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": name, **_group(kind), "kind": kind.plural, "uid": uid},
    }


def done() -> JsonObject:
    """The Status body of an action that is done and leaves no object to show."""
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def not_found(kind: Kind, name: str) -> ApiError:
    """404: no object of that name."""
    return ApiError(404, "NotFound", f'{kind.qualified_plural} "{name}" not found', _details(kind, name))


def no_such_path() -> ApiError:
    """404: the server does not serve this path or kind."""
    error = ApiError(404, "NotFound", "the server could not find the requested resource", {})
    error.is_plain = True
    return error


def no_such_method() -> ApiError:
    """405: the resource is not for that."""
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def already_exists(kind: Kind, name: str) -> ApiError:
    """409: the name is taken."""
    return ApiError(409, "AlreadyExists", f'{kind.qualified_plural} "{name}" already exists', _details(kind, name))


def modified(kind: Kind, name: str) -> ApiError:
    """409: somebody else wrote first."""
    return conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again"
    )


def conflict(kind: Kind, name: str, why: str) -> ApiError:
    """409: a precondition does not hold."""
    message = f'Operation cannot be fulfilled on {kind.qualified_plural} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(kind, name))


def apply_conflict(owners: Sequence[tuple[str, str]]) -> ApiError:
    """409: a server-side apply would change fields of other managers.

    `owners` are pairs of a manager as messages name it (`"kubectl" using v1`) and a field path.
    """
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": field}
        for manager, field in owners
    ]
    if len(owners) == 1:
        manager, field = owners[0]
        text = f"Apply failed with 1 conflict: conflict with {manager}: {field}"
    else:
        groups: dict[str, list[str]] = {}
        for manager, field in owners:
            groups.setdefault(manager, []).append(f"\n- {field}")
        listed = "\n".join(f"conflicts with {manager}:{''.join(fields)}" for manager, fields in groups.items())
        text = f"Apply failed with {len(owners)} conflicts: {listed}"
    return ApiError(409, "Conflict", text, {"causes": causes})


def invalid(kind: Kind, name: str, field: str, why: str, reason: str = "FieldValueInvalid") -> ApiError:
    """422: a value is refused. `why` starts with the words of the reason (`Invalid value: ...`)."""
    return invalid_fields(kind, name, [(field, reason, why)])


def invalid_fields(kind: Kind, name: str, causes: Sequence[tuple[str, str, str]]) -> ApiError:
    """422: some values are refused; `causes` are triples of field, reason and words, of which there is at least one."""
    listed = [f"{field}: {words}" if field else words for field, _reason, words in causes]
    text = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    details: JsonObject = {
        **({"name": name} if name else {}),
        **_group(kind),
        "kind": kind.kind,
        "causes": [{"reason": reason, "message": words, "field": field} for field, reason, words in causes],
    }
    return ApiError(422, "Invalid", f'{kind.qualified_kind} "{name}" is invalid: {text}', details)


def invalid_options(options: str, causes: Sequence[tuple[str, str, str]]) -> ApiError:
    """422: parameters of a request are refused; `options` names them as a whole (`CreateOptions`)."""
    return invalid_fields(Kind("meta.k8s.io", "v1", options, "", False, False), "", causes)


def bad_request(message: str) -> ApiError:
    """400: the request itself makes no sense."""
    return ApiError(400, "BadRequest", message)


def forbidden(kind: Kind, name: str, why: str, causes: Sequence[JsonObject] = ()) -> ApiError:
    """403: understood and refused."""
    details = _details(kind, name)
    if causes:
        details["causes"] = list(causes)
    return ApiError(403, "Forbidden", f'{kind.qualified_plural} "{name}" is forbidden: {why}', details)


def expired(asked: int, oldest: int) -> ApiError:
    """410: changes that old are no longer known; list again."""
    return ApiError(410, "Expired", f"too old resource version: {asked} ({oldest})")


def too_new(asked: int, current: int) -> ApiError:
    """504: a resourceVersion from the future."""
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return ApiError(504, "Timeout", message, {"causes": [cause], "retryAfterSeconds": 1})


def unversioned(kind: Kind, name: str) -> ApiError:
    """422: a PUT of a custom resource must say which state it replaces."""
    error = invalid(kind, name, "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")
    error.message = error.message.replace(kind.qualified_kind, kind.qualified_plural, 1)
    return ApiError(422, "Invalid", error.message, {**(error.details or {}), "kind": kind.plural})


def not_acceptable(accepted: Sequence[str]) -> ApiError:
    """406: no media type that the client takes."""
    return ApiError(406, "NotAcceptable", f"only the following media types are accepted: {', '.join(accepted)}")


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    """415: no media type that the server takes."""
    why = "the body of the request was in an unknown format - accepted media types include: "
    return ApiError(415, "UnsupportedMediaType", why + ", ".join(accepted))


def precondition_failed(kind: Kind, name: str, what: str, asked: str, found: str) -> ApiError:
    """409: a DELETE was meant for another object (`what` is UID) or another state of it (ResourceVersion)."""
    done = "deleted and then recreated" if what == "UID" else "modified"
    why = f"the {what} in the precondition ({asked}) does not match the {what} in record ({found})"
    message = (
        f'Operation cannot be fulfilled on {kind.qualified_kind} "{name}": {why}. The object might have been {done}'
    )
    return ApiError(409, "Conflict", message, {**_details(kind, name), "kind": kind.kind})


def immutable_uid(kind: Kind, name: str, asked: str) -> ApiError:
    """422: a patch or an apply names the uid of another object. The server says so once, and notes it twice."""
    words = f'Invalid value: "{asked}": field is immutable'
    return noted_twice(invalid(kind, name, "metadata.uid", words))


def noted_twice(error: ApiError) -> ApiError:
    """A refusal of an update of metadata, which the server checks twice: one sentence, and the same cause two times."""
    details = error.details or {}
    return ApiError(error.code, error.reason, error.message, {**details, "causes": details["causes"] * 2})


def another_uid(kind: Kind, namespace: str, name: str, asked: str, found: str) -> ApiError:
    """409: a PUT or an apply names the uid of another object."""
    place = "/".join(filter(None, (kind.group if kind.is_custom else "", kind.plural, namespace, name)))
    failed = f"Precondition failed: UID in precondition: {asked}, UID in object meta: {found}"
    why = f"StorageError: invalid object, Code: 4, Key: /registry/{place}, ResourceVersion: 0, AdditionalErrorMsg: "
    return conflict(kind, name, why + failed)


def _details(kind: Kind, name: str) -> JsonObject:
    return {"name": name, **_group(kind), "kind": kind.plural}


def _group(kind: Kind) -> JsonObject:
    return {"group": kind.group} if kind.group else {}
