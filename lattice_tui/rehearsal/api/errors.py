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
        self.details = details or {}

    def status(self) -> JsonObject:
        """The body: a `Status` object."""
        body: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        body["message"] = self.message
        if self.reason:
            body["reason"] = self.reason
        if self.details:
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


def not_found(kind: Kind, name: str) -> ApiError:
    """404: no object of that name."""
    return ApiError(404, "NotFound", f'{kind.qualified_plural} "{name}" not found', _details(kind, name))


def no_such_path() -> ApiError:
    """404: the server does not serve this path or kind."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


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
    details = {
        "name": name,
        **_group(kind),
        "kind": kind.kind,
        "causes": [{"reason": reason, "message": why, "field": field}],
    }
    return ApiError(422, "Invalid", f'{kind.qualified_kind} "{name}" is invalid: {field}: {why}', details)


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


def _details(kind: Kind, name: str) -> JsonObject:
    return {"name": name, **_group(kind), "kind": kind.plural}


def _group(kind: Kind) -> JsonObject:
    return {"group": kind.group} if kind.group else {}
