"""A connection to one project: made of the credentials' plain values and secrets, asked in threads.

keystoneauth and openstacksdk block, and say nothing of being used by several threads: every thread has a session and
a connection of its own, and all of them share the one token. Nothing of the environment and no file is read, beside
the proxy settings that `requests` knows.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from lattice_tui.providers.credentials import PARAM
from lattice_tui.providers.openstack.access import Access, access_of
from lattice_tui.providers.openstack.troubles import CloudError, trouble
from lattice_tui.secrets import Secret

if TYPE_CHECKING:
    from keystoneauth1.identity.base import BaseIdentityPlugin
    from keystoneauth1.session import Session
    from openstack.connection import Connection

__all__ = ["Access", "Cloud", "CloudError"]

TIMEOUT_S = 10.0
"""Of one connect and of one answer."""
_NOISY = ("keystoneauth", "openstack", "urllib3", "stevedore", "requests")
"""Loggers that would write requests, and with them tokens."""
T = TypeVar("T")


class Cloud:
    """One project of a cloud. Making it touches nothing; its repr shows no secret."""

    def __init__(
        self, values: Mapping[str, str], secrets: Mapping[str, Secret], *, timeout_s: float = TIMEOUT_S
    ) -> None:
        """`values` and `secrets` by the names of the credential fields: `auth_url`, `password`."""
        self._values = {name: value.strip() for name, value in values.items()}
        self._secrets = dict(secrets)
        self._timeout_s = timeout_s
        self._local = threading.local()
        self._lock = threading.Lock()
        self._plugin: BaseIdentityPlugin | None = None
        self._sessions: list[Session] = []

    @classmethod
    def from_params(
        cls, params: Mapping[str, str], secrets: Mapping[str, Secret], *, timeout_s: float = TIMEOUT_S
    ) -> Cloud:
        """The cloud that the parameters of checks name: those that begin with `credentials.`."""
        values = {name.removeprefix(PARAM): value for name, value in params.items() if name.startswith(PARAM)}
        return cls(values, secrets, timeout_s=timeout_s)

    @property
    def auth_url(self) -> str:
        return self._values.get("auth_url", "")

    @property
    def auth_type(self) -> str:
        """`password`, `v3applicationcredential`, `token`, or another that a file names."""
        return self._values.get("auth_type", "") or "password"

    @property
    def region(self) -> str:
        """Empty: the catalog's only one."""
        return self._values.get("region_name", "")

    @property
    def interface(self) -> str:
        """`public`, unless a file says otherwise."""
        return self._values.get("interface", "").removesuffix("URL") or "public"

    def value(self, name: str) -> str:
        """One plain value; empty when there is none."""
        return self._values.get(name, "")

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Run the question in a thread, with a connection of that thread. Raises CloudError."""
        return await asyncio.to_thread(self._answer, lambda: question(self._connection()))

    async def ask_session(self, question: Callable[[Session], T]) -> T:
        """As `ask`, below openstacksdk: the question gets keystoneauth's session. Raises CloudError."""
        return await asyncio.to_thread(self._answer, lambda: question(self._session()))

    async def access(self) -> Access:
        """Sign in; the token is asked for once and shared. Raises CloudError."""

        def sign_in(session: Session) -> Access:
            plugin: Any = session.auth
            return access_of(plugin.get_access(session))

        return await self.ask_session(sign_in)

    def unscoped(self) -> Cloud:
        """The same person without a project: tells a wrong password from a wrong project."""
        dropped = ("project_name", "project_id", "project_domain_name", "project_domain_id")
        values = {name: value for name, value in self._values.items() if name not in dropped}
        return Cloud({**values, "unscoped": "1"}, self._secrets, timeout_s=self._timeout_s)

    def close(self) -> None:
        """Close the connections; the cloud can be asked again, and opens new ones."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
            self._local = threading.local()
        for session in sessions:
            session.session.close()

    def _answer(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except CloudError:
            raise
        except Exception as error:
            # The chain ends here: a foreign exception may hold the request, and with it a secret.
            raise trouble(error, self._secrets.values()) from None

    def _connection(self) -> Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            from openstack.connection import Connection  # takes more than a second

            quieten()
            _ignore_deprecations()
            connection = self._local.connection = Connection(
                session=self._session(),
                region_name=self.region or None,
                interface=self.interface,
            )
        return connection

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            from keystoneauth1.session import Session

            from lattice_tui.providers.openstack.trust import requests_session

            quieten()
            with self._lock:
                if self._plugin is None:
                    self._plugin = self._make_plugin()
            session = self._local.session = Session(
                auth=self._plugin,
                session=requests_session(self.value("ca_pem")),
                timeout=self._timeout_s,
                app_name="lattice-tui",
            )
            with self._lock:
                self._sessions.append(session)
        return session

    def _make_plugin(self) -> BaseIdentityPlugin:
        from keystoneauth1.identity import generic, v3

        person: dict[str, Any] = self._given("username", "user_id", "user_domain_name", "user_domain_id")
        revealed = {name: secret.reveal() for name, secret in self._secrets.items()}
        if self.auth_type in ("v3applicationcredential", "applicationcredential"):
            # A project or a user's domain beside it is refused: the application credential carries both.
            by_id: dict[str, Any] = self._given("application_credential_id")
            by_name = {"application_credential_name": self.value("application_credential_name"), **person}
            secret = revealed.get("application_credential_secret", "")
            return v3.ApplicationCredential(
                v3_url(self.auth_url), application_credential_secret=secret, **(by_id or by_name)
            )
        scope: dict[str, Any] = self._given(
            "project_name", "project_id", "project_domain_name", "project_domain_id", "domain_name", "domain_id"
        )
        if self.auth_type in ("token", "v3token"):
            return generic.Token(self.auth_url, token=revealed.get("token", ""), **scope)
        if self.value("unscoped"):
            # Without this word Keystone takes the person's usual project.
            return v3.Password(v3_url(self.auth_url), password=revealed.get("password", ""), unscoped=True, **person)
        return generic.Password(self.auth_url, password=revealed.get("password", ""), **person, **scope)

    def _given(self, *names: str) -> dict[str, str]:
        return {name: self._values[name] for name in names if self._values.get(name)}

    def __repr__(self) -> str:
        return f"Cloud({self.auth_url!r}, {self.auth_type!r})"


def v3_url(auth_url: str) -> str:
    """The third version's address, which an application credential is sent to: below Keystone's root it is `/v3`."""
    url = auth_url.rstrip("/")
    return url if url.endswith("/v3") else f"{url.removesuffix('/v2.0')}/v3"


def _ignore_deprecations() -> None:
    """openstacksdk warns of its own future, which is nobody's here."""
    from openstack import warnings as sdk

    for category in vars(sdk).values():
        if isinstance(category, type) and issubclass(category, Warning):
            warnings.simplefilter("ignore", category)


def quieten() -> None:
    """Keep the libraries from logging requests, and from writing warnings into a terminal that is drawn on."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        if logger.level < logging.ERROR:
            logger.setLevel(logging.ERROR)
