"""An application credential for one cluster: revocable, without the person's password, for `member` at most.

Keystone tells its secret once: it goes into our own store at once, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credential_store import CredentialStore, Where, default_store
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.openstack.making_trouble import not_made
from lattice_tui.providers.openstack.session import Cloud, CloudError, v3_url
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

FIELD: Final = "spec.credentials"
KIND: Final = "application credential"
ROLES: Final = ("member", "load-balancer_member", "load-balancer_global_observer", "creator")
"""What a cluster can use of what the person has; never `admin`. Source: CAPO's and cloud-provider-openstack's docs."""
LIFETIME: Final = timedelta(days=365)


async def credential_making(wish: OpenStackWish, cloud: Cloud, access: Access) -> Making | None:
    """None where one signs in with an application credential already, or has no role to pass on. Raises CloudError."""
    roles = tuple(role for role in ROLES if role in access.roles)
    if access.is_application_credential or "applicationcredential" in cloud.auth_type or not roles:
        return None
    path = f"{v3_url(cloud.auth_url)}/users/{access.user_id}/application_credentials"
    held = await cloud.ask_session(lambda session: session.get(path).json())
    names = {str(one.get("name", "")) for one in held.get("application_credentials", ())}
    base = f"lattice-{wish.name or 'cluster'}"
    name = next(one for one in (base, *(f"{base}-{number}" for number in range(2, 1000))) if one not in names)
    ends = datetime.now(UTC) + LIFETIME
    project = safe_text(access.project_name, 60)
    return Making(
        id="app-credential",
        title="Make an application credential for this cluster",
        will=(
            f"Make {name} with the role {', '.join(roles)} in {project}, until {ends:%Y-%m-%d}",
            f"By hand: {by_hand(name, roles, ends)}",
            "Keep its secret in your own store of credentials: the key store, or a file that only you can read",
        ),
        changes="The cluster signs in with it, not with your password. When it ends, the cluster needs a new one.",
        undo_words="It is revoked; a cluster that signs in with it can change nothing in the cloud from then on.",
        make=partial(_make, cloud, access, name, roles, ends),
        field=FIELD,
    )


def by_hand(name: str, roles: tuple[str, ...], ends: datetime) -> str:
    """The command that does the same."""
    shown = " ".join(f"--role {role}" for role in roles)
    return f"openstack application credential create {shown} --expiration {ends:%Y-%m-%dT%H:%M:%S} {name}"


async def _make(
    cloud: Cloud, access: Access, name: str, roles: tuple[str, ...], ends: datetime
) -> AsyncGenerator[MakingNews, None]:
    path = f"{v3_url(cloud.auth_url)}/users/{access.user_id}/application_credentials"
    wanted = {
        "name": name,
        "roles": [{"name": role} for role in roles],
        "expires_at": f"{ends:%Y-%m-%dT%H:%M:%S}",
        "unrestricted": False,
    }
    yield MakingNews(f"making {name}")
    try:
        answer: dict[str, Any] = await cloud.ask_session(
            lambda session: session.post(path, json={"application_credential": wanted}).json()
        )
    except CloudError as error:
        command = by_hand(name, roles, ends)
        raise not_made("LT-OS-404", "The application credential was not made", error, command) from error
    made = answer["application_credential"]
    store = default_store()
    where: Where = "keyring" if (await asyncio.to_thread(store.keyring_state))[0] else "file"
    extra = (("user_id", access.user_id), ("kept_as", name), ("kept_in", where))
    thing = MadeThing(
        "app-credential", "openstack", KIND, str(made["id"]), name, safe_text(access.project_name, 60), extra
    )
    yield MakingNews(f"{name} is there, until {ends:%Y-%m-%d}", thing)
    try:
        await asyncio.to_thread(_keep, store, cloud, thing, Secret(str(made["secret"])), where)
    except (LatticeError, OSError) as error:
        # Nobody can learn the secret any more.
        async for news in undo_credential(thing, cloud):
            yield news
        raise _not_kept(error) from error
    yield MakingNews(f"its secret is kept; write credentials: {{source: {where}, name: {name}}}")


def _keep(store: CredentialStore, cloud: Cloud, thing: MadeThing, secret: Secret, where: Where) -> None:
    values = {
        "auth_url": cloud.auth_url,
        "auth_type": "v3applicationcredential",
        "application_credential_id": thing.id,
        "region_name": cloud.region,
        "ca_pem": cloud.value("ca_pem"),
        "interface": cloud.value("interface"),
    }
    plain = {name: value for name, value in values.items() if value}
    found = Found(where, thing.name, "made for this cluster", plain, {"application_credential_secret": secret})
    store.save("openstack", thing.name, found, where)


def _not_kept(error: LatticeError | OSError) -> LatticeError:
    words = error.problem.title if isinstance(error, LatticeError) else safe_text(str(error), 160)
    problem = Problem(
        code="LT-OS-406",
        title="The secret could not be kept, and the credential was revoked",
        detail=words,
        fix="Mend the store of credentials (~/.config/lattice-tui/credentials), and try again",
    )
    return LatticeError(problem, ExitCode.CREDENTIALS)


async def undo_credential(thing: MadeThing, cloud: Cloud) -> AsyncGenerator[MakingNews, None]:
    """Revoke it, and forget what was kept. Raises LatticeError: one cannot revoke itself, the person's sign-in can."""
    shown, extra = safe_text(thing.name, 60), dict(thing.extra)
    path = f"{v3_url(cloud.auth_url)}/users/{extra.get('user_id', '')}/application_credentials/{thing.id}"
    said = f"{shown} is revoked"
    try:
        await cloud.ask_session(lambda session: session.delete(path))
    except CloudError as error:
        if error.kind != "not-found":
            command = f"openstack application credential delete {safe_text(thing.id, 60)}"
            raise not_made("LT-OS-405", "The application credential was not revoked", error, command) from error
        said = f"{shown} is not there any more"
    await asyncio.to_thread(_forget, thing)
    yield MakingNews(said)


def _forget(thing: MadeThing) -> None:
    """Only what belongs to this one: its name may have been used again since."""
    extra = dict(thing.extra)
    where: Where = "keyring" if extra.get("kept_in") == "keyring" else "file"
    store, name = default_store(), extra.get("kept_as", thing.name)
    kept = store.load("openstack", name, where)
    if kept is not None and kept.values.get("application_credential_id") == thing.id:
        store.forget("openstack", name, where)
