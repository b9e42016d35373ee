"""Who may do what: role-based access control over the roles and bindings that the cluster stores.

Source of the rules and the words: the API server's RBAC authorizer and its 403 answers, asked of a real server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api.access_rules import aggregated_rules, allows, subject_of
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING
from lattice_tui.rehearsal.api.tables import Tables

JsonObject = dict[str, Any]

MASTERS = "system:masters"
"""The group that is asked nothing. Source: the API server's privileged group."""
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
SERVICE_ACCOUNTS = "system:serviceaccounts"
MESSAGE_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""What the server writes for characters of a name that a browser would read as markup."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a user name, groups, and what else the credential says."""

    user: str
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """`authentication.kubernetes.io/credential-id` and such, with their values."""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: a verb on a resource, or (where `path` is given) on a bare path."""

    verb: str
    """get, list, watch, create, update, patch, delete or deletecollection; for a path the HTTP method in lower case."""
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined(self) -> str:
        """The resource as rules name it: `machines/status`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and the reason that reviews and refusals give."""

    allowed: bool
    reason: str = ""


ANONYMOUS = Identity("system:anonymous", (UNAUTHENTICATED,))
"""Who shows no credential."""


def authenticated(user: str, groups: Sequence[str] = (), extra: Mapping[str, Sequence[str]] | None = None) -> Identity:
    """Somebody whose credential was accepted; belongs to system:authenticated, as everybody does who signed in."""
    if place := _service_account(user):
        groups = (*groups, SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{place[0]}")
    every = tuple(dict.fromkeys((*groups, AUTHENTICATED)))
    return Identity(user, every, tuple((key, tuple(values)) for key, values in (extra or {}).items()))


def refusal(store: Tables, who: Identity, asked: Asked) -> ApiError | None:
    """None when it is allowed, else the 403 with the server's words."""
    decision = decided(store, who, asked)
    if decision.allowed:
        return None
    why = _cannot(who, asked).translate(MESSAGE_ESCAPES)
    if decision.reason:
        why = f"{why}: {decision.reason}"
    if asked.path:
        return ApiError(403, "Forbidden", f"forbidden: {why}", {})
    qualified = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    named = f'{qualified} "{asked.name}"' if asked.name else qualified
    details = {"name": asked.name, "group": asked.group, "kind": asked.resource}
    return ApiError(
        403, "Forbidden", f"{named} is forbidden: {why}", {key: value for key, value in details.items() if value}
    )


def decided(store: Tables, who: Identity, asked: Asked) -> Decision:
    """Whether any role that is bound to somebody (cluster-wide, or in the namespace) has a rule that allows it."""
    if MASTERS in who.groups:
        return Decision(allowed=True)
    missing: list[str] = []
    for described, rules in _bound(store, who, asked.namespace, missing):
        if any(allows(rule, asked.verb, asked.group, asked.combined, asked.name, asked.path) for rule in rules):
            return Decision(allowed=True, reason=f"RBAC: allowed by {described}")
    if not missing:
        return Decision(allowed=False)
    return Decision(
        allowed=False, reason=f"RBAC: {missing[0] if len(missing) == 1 else '[' + ', '.join(missing) + ']'}"
    )


def rules_of(store: Tables, who: Identity, namespace: str) -> tuple[list[JsonObject], list[str]]:
    """Every rule that holds for somebody in a namespace, in the order of the bindings, and which roles are missing."""
    missing: list[str] = []
    return [rule for _described, rules in _bound(store, who, namespace, missing) for rule in rules], missing


def impersonated(store: Tables, who: Identity, user: str, groups: Sequence[str] = ()) -> Identity:
    """Whom the headers Impersonate-User and -Group name. Raises ApiError 403, or 400 for groups without a user."""
    if not user:
        if groups:
            asked = " ".join(f"{{Group  {group}    }}" for group in groups)
            raise ApiError(400, "BadRequest", f"requested [{asked}] without impersonating a user")
        return who
    for group in groups:
        _check_impersonation(store, who, Asked("impersonate", resource="groups", name=group))
    if place := _service_account(user):
        namespace, name = place
        asked_for = Asked("impersonate", resource="serviceaccounts", namespace=namespace, name=name)
    else:
        asked_for = Asked("impersonate", resource="users", name=user)
    _check_impersonation(store, who, asked_for)
    return authenticated(user, groups)


def _check_impersonation(store: Tables, who: Identity, asked: Asked) -> None:
    if error := refusal(store, who, asked):
        raise error


def _service_account(user: str) -> tuple[str, str] | None:
    """Namespace and name of a service account by its user name; None for any other user."""
    parts = user.split(":")
    return (parts[2], parts[3]) if len(parts) == 4 and parts[:2] == ["system", "serviceaccount"] else None


def _cannot(who: Identity, asked: Asked) -> str:
    if asked.path:
        return f'User "{who.user}" cannot {asked.verb} path "{asked.path}"'
    what = f'User "{who.user}" cannot {asked.verb} resource "{asked.combined}" in API group "{asked.group}"'
    return f'{what} in the namespace "{asked.namespace}"' if asked.namespace else f"{what} at the cluster scope"


def _bound(
    store: Tables, who: Identity, namespace: str, missing: list[str]
) -> Iterator[tuple[str, Sequence[JsonObject]]]:
    """Pairs of a binding as reasons describe it, and the rules of its role; adds what is not there to `missing`."""
    kinds = (CLUSTER_ROLE_BINDING, ROLE_BINDING) if namespace else (CLUSTER_ROLE_BINDING,)
    for kind in kinds:
        for binding in store.stored(kind, namespace if kind.namespaced else ""):
            subject = subject_of(binding, who.user, who.groups)
            if not subject:
                continue
            reference = binding.get("roleRef") or {}
            rules = _rules(store, reference, binding["metadata"].get("namespace", ""))
            if rules is None:
                role = str(reference.get("kind", "")).lower()
                missing.append(f'{role}.rbac.authorization.k8s.io "{reference.get("name", "")}" not found')
                continue
            name = "/".join(binding["metadata"][key] for key in ("name", "namespace") if binding["metadata"].get(key))
            described = f'{kind.kind} "{name}" of {reference.get("kind")} "{reference.get("name")}" to {subject}'
            yield described, rules


def _rules(store: Tables, reference: JsonObject, namespace: str) -> Sequence[JsonObject] | None:
    """The rules of the role that a binding names; None when there is no such role."""
    kind = ROLE if reference.get("kind") == "Role" else CLUSTER_ROLE
    role = store.table(kind).get((namespace if kind.namespaced else "", str(reference.get("name", ""))))
    if role is None:
        return None
    if kind == CLUSTER_ROLE and role.get("aggregationRule"):
        return aggregated_rules(role, store.stored(CLUSTER_ROLE))
    return role.get("rules") or ()
