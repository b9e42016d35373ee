"""O5 to O7: Keystone is where the address says, it lets us in, and we may do what is needed there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lattice_tui.checks.answers import answer_problem
from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check, failed
from lattice_tui.providers.openstack.checks.look import CREDENTIALS, SIGN_IN, Look, check, listed, safe
from lattice_tui.providers.openstack.credential_fields import ROOT
from lattice_tui.providers.openstack.entries import APPLICATION_CREDENTIAL, PASSWORD, TOKEN
from lattice_tui.providers.openstack.session import CloudError, v3_url
from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

IDENTITY = "openstack-identity"
_USUAL_PATHS = ("/v3", "/identity/v3", "/keystone/v3", "/")
"""Where Keystone is below a server: by itself, DevStack, Kolla behind one port."""
_ENOUGH = frozenset({"member", "_member_", "manager", "creator", "project_admin", "heat_stack_owner"})
_LOOKS_ONLY = frozenset({"reader", "auditor", "observer", "load-balancer_observer"})
_SOON = timedelta(days=90)
_MAX_BODY = 64 * 1024
IDENTITY_S = 15.0
"""Its root is a short document: who takes longer is not well."""


def checks(look: Look) -> tuple[Check, ...]:
    """The rows between the certificate and the catalog."""
    sign_in = _SignIn(look)
    return (
        check(look, IDENTITY, "Identity service", sign_in.identity, CREDENTIALS, "openstack-certificate"),
        check(look, SIGN_IN, "Sign-in", sign_in.sign_in, IDENTITY, timeout_s=40.0),
        check(look, "openstack-roles", "Roles", sign_in.roles, SIGN_IN),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    body: str
    said: Any
    """The JSON, None where there is none."""

    @property
    def versions(self) -> tuple[str, ...]:
        """Ids that Keystone offers: `v3.14`. Empty for anything that is no Keystone."""
        if not isinstance(self.said, dict):
            return ()
        many = self.said.get("versions")
        entries = many.get("values") if isinstance(many, dict) else [self.said.get("version")]
        entries = entries if isinstance(entries, list) else []
        return tuple(str(one["id"]) for one in entries if isinstance(one, dict) and "id" in one)


class _SignIn:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def identity(self) -> CheckResult:
        url = self._look.cloud.auth_url
        try:
            async with asyncio.timeout(IDENTITY_S):
                answer = await self._get(url)
        except TimeoutError:
            # Every byte that comes puts the libraries' own limits off.
            return self._unanswered(CloudError("timeout", f"no whole answer within {IDENTITY_S:g} s"))
        except CloudError as error:
            return self._unanswered(error)
        newest = next((one for one in answer.versions if one.startswith("v3")), "")
        if newest:
            return ok(f"Keystone, version {safe(newest.removeprefix('v'), 10)}")
        if answer.versions:
            return self._not_keystone(f"Keystone answers, but offers only {listed(answer.versions)}", "", answer)
        problem = answer_problem(answer.status, answer.content_type, answer.body, expected="Keystone", url=url)
        if answer.status >= 500 and problem is None:
            return unknown(f"the identity service answers with {answer.status}", evidence=safe(answer.body, 120))
        elsewhere = await self._elsewhere(url)
        if problem is not None and not elsewhere and problem.code != "LT-HTTP-016":
            return failed("", "", problem, field=f"{ROOT}.auth_url")
        return self._not_keystone("there is no identity service at this address", elsewhere, answer)

    async def sign_in(self) -> CheckResult:
        try:
            access = await self._look.access()
        except CloudError as error:
            return await self._refused(error)
        if not access.project_id:
            return wrong(
                "fail",
                "LT-OS-116",
                "the sign-in is for no project",
                why="machines, networks and quotas belong to a project",
                fix="Name the project: OS_PROJECT_NAME of your openrc file",
                field=f"{ROOT}.project_name",
            )
        ends = await self._end_of_credential(access)
        if ends is not None and ends - datetime.now(UTC) < _SOON:
            return wrong(
                "warn",
                "LT-OS-122",
                f"the application credential ends on {ends:%Y-%m-%d}",
                why="going on works until then; after it the cluster can neither mend nor renew its machines",
                fix=f"Make one without an end: {_MAKE}",
                action=_MAKE,
                field=f"{ROOT}.application_credential_id",
            )
        until = f"the token holds until {access.expires_at:%Y-%m-%d %H:%M} UTC" if access.expires_at else ""
        who = "an application credential" if access.is_application_credential else safe(access.user_name, 30)
        return ok(f"signed in as {who} in the project {safe(access.project_name, 30)}", evidence=until)

    async def roles(self) -> CheckResult:
        access = await self._look.access()
        roles = [safe(role, 40) for role in access.roles]
        if "admin" in access.roles:
            return wrong(
                "warn",
                "LT-OS-121",
                "these credentials have the role admin",
                why="going on puts credentials for the whole cloud into the cluster",
                fix="Make an application credential with the role member alone",
                action="openstack application credential create lattice --role member --unrestricted",
                evidence=f"roles: {listed(roles)}",
            )
        if _ENOUGH & {role.lower() for role in access.roles}:
            return ok(f"may make machines: {listed(roles, 4)}", evidence=f"roles: {listed(roles, 30)}")
        if {role.lower() for role in access.roles} <= _LOOKS_ONLY:
            person = f"--project {safe(access.project_name, 40)} --user {safe(access.user_name, 40)}"
            return wrong(
                "fail",
                "LT-OS-120",
                "these credentials may look, and make nothing" if roles else "these credentials have no role",
                why="the cluster's machines and networks are made with them",
                fix="Ask whoever runs the project for the role member",
                action=f"openstack role add {person} member",
                evidence=f"roles: {listed(roles)}",
            )
        return unknown("whether these roles may make machines is known to the cloud alone", evidence=listed(roles))

    async def _refused(self, error: CloudError) -> CheckResult:
        """Why there was no token, as far as it can be told."""
        if error.kind in ("timeout", "unreachable", "tls") or (error.status or 0) >= 500:
            raise error
        sort = self._look.cloud.auth_type
        if "expired" in error.words.lower() and sort == PASSWORD:
            return self._wrong(
                "LT-OS-115", "the password has expired", "Change it in the dashboard, then come back", "password", error
            )
        if sort == APPLICATION_CREDENTIAL:
            return self._refused_credential(error)
        if sort == TOKEN:
            return self._wrong(
                "LT-OS-114", "the token has ended, or is not for this project", "Get a new one", "token", error
            )
        if error.status not in (401, 403, 404):
            raise error
        return await self._refused_password(error)

    async def _refused_password(self, error: CloudError) -> CheckResult:
        """A wrong password and a wrong project get the same answer; without a project they do not."""
        alone = self._look.cloud.unscoped()
        try:
            access = await alone.access()
        except CloudError as again:
            if again.status not in (401, 403, 404):
                raise
            return self._wrong(
                "LT-OS-110",
                "user name, password or the user's domain is not right",
                "Sign in to the dashboard with them; the domain stands there, or in the openrc file",
                "password",
                error,
            )
        finally:
            alone.close()
        projects = await self._projects(access.token.reveal())
        cloud = self._look.cloud
        wanted = cloud.value("project_name") or cloud.value("project_id")
        names = [name for name, _id in projects]
        if wanted in [part for project in projects for part in project]:
            title = (
                f"the project {safe(wanted, 30)} is not in the domain {safe(cloud.value('project_domain_name'), 30)}"
            )
            return self._wrong(
                "LT-OS-112", title, "Write its domain, as in your openrc file", "project_domain_name", error
            )
        return self._wrong(
            "LT-OS-111",
            f"the password is right, but there is no project {safe(wanted, 40)} for you",
            f"Write one of yours: {listed(names)}" if names else "Ask for a project: you have none",
            "project_name",
            error,
        )

    def _refused_credential(self, error: CloudError) -> CheckResult:
        if error.status == 404:
            title = "there is no such application credential"
            return self._wrong("LT-OS-113", title, f"Make a new one: {_MAKE}", "application_credential_id", error)
        return self._wrong(
            "LT-OS-117",
            "the secret of the application credential is not right, or it has expired",
            f"Look at its end: openstack application credential list; or make a new one: {_MAKE}",
            "application_credential_secret",
            error,
        )

    @staticmethod
    def _wrong(code: str, title: str, fix: str, field: str, error: CloudError) -> CheckResult:
        return wrong(
            "fail",
            code,
            title,
            why="nothing can be looked at or made without signing in",
            fix=fix,
            field=f"{ROOT}.{field}",
            evidence=f"Keystone: {error.words}",
        )

    async def _end_of_credential(self, access: Access) -> datetime | None:
        """When the application credential ends; None: never, or it is not told."""
        credential = self._look.cloud.value("application_credential_id")
        if not access.is_application_credential or not credential:
            return None
        url = f"{v3_url(self._look.cloud.auth_url)}/users/{access.user_id}/application_credentials/{credential}"
        answer = await self._get(url, {"X-Auth-Token": access.token.reveal()})
        about = answer.said.get("application_credential") if isinstance(answer.said, dict) else None
        text = about.get("expires_at") if isinstance(about, dict) else None
        try:
            ends = datetime.fromisoformat(text) if isinstance(text, str) and text else None
        except ValueError:
            return None
        # Keystone leaves the zone out, and means UTC.
        return ends.replace(tzinfo=UTC) if ends is not None and ends.tzinfo is None else ends

    async def _projects(self, token: str) -> list[tuple[str, str]]:
        """(name, id) of the projects that the person has a role in; empty when that cannot be asked."""
        url = f"{v3_url(self._look.cloud.auth_url)}/auth/projects"
        answer = await self._get(url, {"X-Auth-Token": token})
        entries = answer.said.get("projects", ()) if isinstance(answer.said, dict) else ()
        return [(str(one.get("name", "")), str(one.get("id", ""))) for one in entries if isinstance(one, dict)]

    async def _elsewhere(self, url: str) -> str:
        """Where on the same server Keystone is, empty when it is at none of the usual places."""
        parts = urlsplit(url)
        places = [f"{parts.scheme}://{parts.netloc}{path}" for path in _USUAL_PATHS]
        answers = await asyncio.gather(*(self._get(place) for place in places), return_exceptions=True)
        return next(
            (
                place
                for place, answer in zip(places, answers, strict=True)
                if isinstance(answer, _Answer) and any(one.startswith("v3") for one in answer.versions)
            ),
            "",
        )

    @staticmethod
    def _unanswered(error: CloudError) -> CheckResult:
        """The port takes connections, as the rows above have found, and nobody there says what he is."""
        said = {"timeout": "nothing is answered in time", "unreachable": "the connection is cut, or leads elsewhere"}
        return wrong(
            "fail",
            "LT-OS-102",
            f"the identity service is not reached: {said.get(error.kind, 'what answers is not understood')}",
            why="everything else of the cloud is found through Keystone, its identity service",
            fix="Look whether its server is well, and at the proxy and the network in between",
            action="openstack --debug token issue",
            field=f"{ROOT}.auth_url",
            evidence=error.words,
        )

    def _not_keystone(self, title: str, elsewhere: str, answer: _Answer) -> CheckResult:
        return wrong(
            "fail",
            "LT-OS-101",
            title,
            why="everything else of the cloud is found through Keystone, its identity service",
            fix=f"Write: {safe(elsewhere, 80)}"
            if elsewhere
            else "Write OS_AUTH_URL of your openrc file; it ends in /v3",
            action="openstack --debug token issue",
            field=f"{ROOT}.auth_url",
            evidence=f"answered with {answer.status}: {safe(answer.body, 80)}",
        )

    async def _get(self, url: str, headers: dict[str, str] | None = None) -> _Answer:
        def ask(session: Any) -> _Answer:
            # Keystone's root answers with 300, and a body that says where its versions are.
            answer = session.get(
                url, headers=headers or {}, authenticated=False, raise_exc=False, redirect=3, log=False
            )
            body = answer.content[:_MAX_BODY].decode("utf-8", "replace")
            try:
                said = answer.json()
            except ValueError:
                said = None
            return _Answer(answer.status_code, answer.headers.get("Content-Type", ""), body, said)

        return await self._look.cloud.ask_session(ask)


_MAKE = "openstack application credential create lattice --unrestricted"
