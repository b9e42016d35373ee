"""Who asks: tokens of the stand-in's own sign-in, or of a Keystone that is asked about them."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp

ASK_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says. `project_id` is empty for an unscoped one."""

    user_id: str
    user: str
    project_id: str
    project: str
    roles: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    methods: tuple[str, ...] = ("password",)
    application_credential: str = ""

    @property
    def is_expired(self) -> bool:
        return datetime.now(UTC) >= self.expires_at

    @property
    def is_member(self) -> bool:
        """Whether it may change anything in its project."""
        return bool(self.roles & {"member", "admin"})

    @property
    def is_reader(self) -> bool:
        """Whether it may look at its project."""
        return bool(self.project_id) and bool(self.roles & {"reader", "member", "admin"})


@dataclass
class Tokens:
    """Those that this stand-in gave out."""

    known: dict[str, Token] = field(default_factory=dict, repr=False)

    def give(self, token: Token) -> str:
        """A new token's id."""
        token_id = "gAAAAA" + secrets.token_urlsafe(48)
        self.known[token_id] = token
        return token_id

    async def find(self, token_id: str) -> Token | None:
        """None: not one of ours, or expired."""
        token = self.known.get(token_id)
        return None if token is None or token.is_expired else token

    async def close(self) -> None:
        """Nothing is held open."""


class AskedTokens:
    """Those of a Keystone elsewhere: each is shown to it once, with itself as the permission to ask."""

    def __init__(self, identity_url: str, trust: ssl.SSLContext | None) -> None:
        self._url = identity_url.rstrip("/") + "/v3/auth/tokens"
        self._trust = trust
        self._known: dict[str, Token] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One question a token: the services are asked side by side."""
        self._session: aiohttp.ClientSession | None = None

    async def find(self, token_id: str) -> Token | None:
        """None when Keystone does not know it. Raises aiohttp.ClientError when Keystone cannot be asked."""
        async with self._asking[token_id]:
            known = self._known.get(token_id)
            if known is None:
                known = await self._ask(token_id)
                if known is not None:
                    self._known[token_id] = known
        return None if known is None or known.is_expired else known

    async def _ask(self, token_id: str) -> Token | None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ASK_TIMEOUT_S))
        headers = {"X-Auth-Token": token_id, "X-Subject-Token": token_id}
        try:
            async with self._session.get(self._url, headers=headers, ssl=self._trust or True) as answer:
                if answer.status != 200:
                    return None
                said = (await answer.json())["token"]
        except TimeoutError as error:
            raise aiohttp.ClientError("Keystone did not answer in time") from error
        project = said.get("project", {})
        return Token(
            user_id=said["user"]["id"],
            user=said["user"]["name"],
            project_id=project.get("id", ""),
            project=project.get("name", ""),
            roles=frozenset(role["name"] for role in said.get("roles", ())),
            issued_at=_moment(said["issued_at"]),
            expires_at=_moment(said["expires_at"]),
            methods=tuple(said["methods"]),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def lasting(lifetime_s: float) -> tuple[datetime, datetime]:
    """When a token that is given now begins and ends."""
    now = datetime.now(UTC)
    return now, now + timedelta(seconds=lifetime_s)


def stamp(moment: datetime) -> str:
    """As Keystone writes times: microseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
