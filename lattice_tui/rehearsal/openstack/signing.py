"""Signing in at the stand-in: who says what, and the refusals that tell no more than Keystone's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lattice_tui.rehearsal.openstack.answers import SIGN_IN_NEEDED, RefusedError
from lattice_tui.rehearsal.openstack.cloud import ApplicationCredential, User
from lattice_tui.rehearsal.openstack.identity_bodies import DOMAIN, project_id_of
from lattice_tui.rehearsal.openstack.service import Site
from lattice_tui.rehearsal.openstack.tokens import Token, Tokens, lasting


class SignsIn:
    """Answers `POST /v3/auth/tokens`."""

    def __init__(self, site: Site, tokens: Tokens) -> None:
        self._site = site
        self._tokens = tokens

    async def sign_in(self, auth: dict[str, Any]) -> Token:
        """The token that is due. Raises RefusedError: 401 for whatever is wrong, 404 for a credential that is gone."""
        identity = auth.get("identity")
        methods = identity.get("methods") if isinstance(identity, dict) else None
        if not isinstance(identity, dict) or not isinstance(methods, list) or len(methods) != 1:
            raise RefusedError(400, "Expecting to find one method in identity.")
        said = identity.get(methods[0])
        if not isinstance(said, dict):
            raise RefusedError(400, f"Expecting to find {methods[0]} in identity.")
        match methods[0]:
            case "password":
                return self._scoped(self._by_password(said.get("user", {})), auth.get("scope"), ("password",))
            case "token":
                held = await self._tokens.find(str(said.get("id", "")))
                if held is None:
                    raise RefusedError(401, SIGN_IN_NEEDED)
                if held.application_credential:
                    raise RefusedError(403, "You are not authorized to perform the requested action.")
                return self._scoped(self._site.cloud.user(held.user), auth.get("scope"), ("token", *held.methods))
            case "application_credential":
                return self._by_application_credential(said)
            case other:
                raise RefusedError(401, f"Unsupported authentication method {other!r}.")

    def _by_password(self, said: dict[str, Any]) -> User:
        for user in self._site.cloud.users:
            if said.get("id") == user.id or (said.get("name") == user.name and _is_ours(said.get("domain"))):
                if said.get("password") == user.password:
                    return user
                break
        raise RefusedError(401, SIGN_IN_NEEDED)

    def _scoped(self, user: User, scope: Any, methods: tuple[str, ...]) -> Token:
        """Unscoped when no project is named; a project that is not there reads the same as a wrong password."""
        asked = scope.get("project") if isinstance(scope, dict) else None
        begins, ends = lasting(self._site.cloud.token_lifetime_s)
        if not isinstance(asked, dict):
            return Token(user.id, user.name, "", "", frozenset(), begins, ends, methods)
        for name, roles in user.roles.items():
            is_named = asked.get("name") == name and _is_ours(asked.get("domain"))
            if asked.get("id") == project_id_of(name) or is_named:
                return Token(user.id, user.name, project_id_of(name), name, frozenset(roles), begins, ends, methods)
        raise RefusedError(401, SIGN_IN_NEEDED)

    def _by_application_credential(self, said: dict[str, Any]) -> Token:
        held = self._named(said)
        if held is None:
            raise RefusedError(404, f"Could not find Application Credential: {said.get('id')}.")
        if said.get("secret") != held.secret or _is_over(held.expires_at):
            raise RefusedError(401, SIGN_IN_NEEDED)
        begins, ends = lasting(self._site.cloud.token_lifetime_s)
        user = self._site.cloud.user(held.user)
        return Token(
            user_id=user.id,
            user=user.name,
            project_id=project_id_of(held.project),
            project=held.project,
            roles=frozenset(held.roles),
            issued_at=begins,
            expires_at=ends,
            methods=("application_credential",),
            application_credential=held.id,
        )

    def _named(self, said: dict[str, Any]) -> ApplicationCredential | None:
        user = said.get("user")
        owner = user.get("name") if isinstance(user, dict) else None
        for item in self._site.cloud.application_credentials:
            if item.id == said.get("id") or (item.name == said.get("name") and item.user == owner):
                return item
        return None


def _is_ours(domain: Any) -> bool:
    """Whether the one domain of the stand-in is meant; a name without any domain is refused like a wrong one."""
    return isinstance(domain, dict) and (domain.get("id") == DOMAIN["id"] or domain.get("name") == DOMAIN["name"])


def _is_over(expires_at: str) -> bool:
    if not expires_at:
        return False
    moment = datetime.fromisoformat(expires_at.replace("Z", "+00:00"))
    return datetime.now(UTC) >= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
