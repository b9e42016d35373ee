"""Reviews: questions to the server about access, answered and not stored (`kubectl auth can-i`, `auth whoami`).

Source of the shapes: authorization.k8s.io/v1 and authentication.k8s.io/v1.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.access import Asked, Identity, decided, rules_of
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.tables import Tables

JsonObject = dict[str, Any]

AUTHORIZATION = "authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"

SELF_ACCESS = Kind(AUTHORIZATION, "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", False, False)
SELF_RULES = Kind(AUTHORIZATION, "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", False, False)
SUBJECT_ACCESS = Kind(AUTHORIZATION, "v1", "SubjectAccessReview", "subjectaccessreviews", False, False)
LOCAL_ACCESS = Kind(AUTHORIZATION, "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", True, False)
SELF_SUBJECT = Kind(AUTHENTICATION, "v1", "SelfSubjectReview", "selfsubjectreviews", False, False)

REVIEW_KINDS = (SELF_SUBJECT, LOCAL_ACCESS, SELF_ACCESS, SELF_RULES, SUBJECT_ACCESS)
"""Kinds of which nothing is ever stored: they can be created, and the answer is in what comes back."""

ONE_OF_BOTH = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"


def review_kind(group: str, version: str, plural: str) -> Kind | None:
    """The review behind `/apis/GROUP/VERSION/PLURAL`."""
    found = (kind for kind in REVIEW_KINDS if (kind.group, kind.version, kind.plural) == (group, version, plural))
    return next(found, None)


def review(
    store: Tables, who: Identity, kind_name: str, body: JsonObject, namespace: str = "", now: str = ""
) -> JsonObject | None:
    """The answered review; None when `kind_name` is no review. Raises ApiError 400 or 422.

    `namespace` is that of the path, for a LocalSubjectAccessReview.
    """
    kind = next((known for known in REVIEW_KINDS if known.kind == kind_name), None)
    if kind is None:
        return None
    _check_type(kind, body)
    spec = body.get("spec") or {}
    answer: JsonObject = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": {}}
    if kind == SELF_SUBJECT:
        metadata = {"creationTimestamp": now} if now else {}
        return {**answer, "metadata": metadata, "status": {"userInfo": _user_info(who)}}
    if kind == SELF_RULES:
        if not spec.get("namespace"):
            raise errors.bad_request("no namespace on request")
        return {**answer, "spec": {}, "status": _rules_status(store, who, str(spec.get("namespace") or ""))}
    asked, subject = _asked(spec, namespace), who
    if kind in (SUBJECT_ACCESS, LOCAL_ACCESS):
        if not (spec.get("user") or spec.get("groups")):
            raise _invalid("spec.user", 'Invalid value: "": at least one of user or group must be specified')
        subject = Identity(str(spec.get("user") or ""), tuple(spec.get("groups") or ()))
    if kind == LOCAL_ACCESS and asked.namespace != namespace:
        why = f'Invalid value: "{asked.namespace}": must match metadata.namespace'
        raise _invalid("spec.resourceAttributes.namespace", why)
    decision = decided(store, subject, asked)
    status: JsonObject = {"allowed": decision.allowed}
    if decision.reason:
        status["reason"] = decision.reason
    return {**answer, "spec": spec, "status": status}


def _check_type(kind: Kind, body: JsonObject) -> None:
    sent = (body.get("apiVersion", ""), body.get("kind", ""))
    if sent != (kind.api_version, kind.kind):
        raise errors.bad_request(f'{sent[1]} in version "{sent[0]}" cannot be handled as a {kind.kind}')


def _asked(spec: JsonObject, namespace: str) -> Asked:
    """What the review asks about. Raises ApiError 422 when it names none or both of the two things it may name."""
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (resource is None) == (path is None):
        raise _invalid("spec.resourceAttributes", ONE_OF_BOTH)
    if path is not None:
        return Asked(str(path.get("verb") or ""), path=str(path.get("path") or "") or "/")
    resource = resource or {}
    named = {key: str(resource.get(key) or "") for key in ("verb", "group", "resource", "subresource", "name")}
    return Asked(**named, namespace=str(resource.get("namespace") or namespace))


def _invalid(field: str, why: str) -> errors.ApiError:
    """422 in the words of a server, which names the group and leaves the kind out."""
    cause = {"reason": "FieldValueInvalid", "message": why, "field": field}
    message = f'.{AUTHORIZATION} "" is invalid: {field}: {why}'
    return errors.ApiError(422, "Invalid", message, {"group": AUTHORIZATION, "causes": [cause]})


def _rules_status(store: Tables, who: Identity, namespace: str) -> JsonObject:
    rules, missing = rules_of(store, who, namespace)
    status: JsonObject = {
        "resourceRules": [
            _kept(rule, "verbs", "apiGroups", "resources", "resourceNames") for rule in rules if rule.get("resources")
        ],
        "nonResourceRules": [_kept(rule, "verbs", "nonResourceURLs") for rule in rules if rule.get("nonResourceURLs")],
        "incomplete": bool(missing),
    }
    if missing:
        status["evaluationError"] = ", ".join(missing)
    return status


def _kept(rule: JsonObject, *keys: str) -> JsonObject:
    return {key: rule[key] for key in keys if rule.get(key)}


def _user_info(who: Identity) -> JsonObject:
    info: JsonObject = {"username": who.user}
    if who.uid:
        info["uid"] = who.uid
    info["groups"] = list(who.groups)
    if who.extra:
        info["extra"] = {key: list(values) for key, values in who.extra}
    return info
