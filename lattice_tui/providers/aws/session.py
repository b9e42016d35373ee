"""Speaking to AWS: one session made of plain parameters and secrets, its blocking calls in threads.

The SDK is imported when the first question is asked. Its exceptions end here: they become AwsAnswerError. Whoever runs
on no EC2 machine never waits for a metadata service, and nothing is signed in to that was not named.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from lattice_tui.providers.aws.answers import NOT_OF_AWS, AwsAnswerError, answer_error, as_action
from lattice_tui.providers.credentials import PARAM
from lattice_tui.secrets import Secret

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 15
MAX_ATTEMPTS = 3
"""Of one question. The first one, who we are, is asked once: its answer is what a person waits for."""
MAX_ITEMS = 20_000
"""Of one list; AWS's longest, a region's images, is asked for by owner and name."""
AMBIENT = f"{PARAM}method"
"""`web-identity` or `container`: the SDK finds the keys by the environment itself."""
_NO_SECRET = Secret("")
_DMI: Final = (Path("/sys/class/dmi/id/sys_vendor"), Path("/sys/hypervisor/uuid"))
_LOGGERS: Final = ("boto3", "botocore", "urllib3")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keys:
    """What one signs in with, without what is secret of it."""

    access_key_id: str
    method: str
    """In botocore's words: `explicit`, `shared-credentials-file`, `sso`, `assume-role`, `custom-process`."""
    is_temporary: bool
    expires_at: datetime | None
    """None: never, or not known."""


class AwsSession:
    """One account in one region. Making it touches nothing. Its repr shows no secret."""

    def __init__(self, params: Mapping[str, str], secrets: Mapping[str, Secret], *, region: str = "") -> None:
        self.region = region or params.get("region", "").strip()
        self.profile = params.get(f"{PARAM}profile", "").strip()
        self.access_key_id = params.get(f"{PARAM}access_key_id", "").strip()
        self.endpoint_url = params.get(f"{PARAM}endpoint_url", "").strip()
        self.expires_at = params.get(f"{PARAM}expires_at", "").strip()
        self._is_ambient = bool(params.get(AMBIENT))
        self._secret = secrets.get("secret_access_key", _NO_SECRET)
        self._token = secrets.get("session_token", _NO_SECRET)
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def is_there(self) -> bool:
        """Whether there is anything to sign in with."""
        return bool(self.profile or self._is_ambient or (self.access_key_id and self._secret))

    async def call(self, service: str, operation: str, /, *, region: str = "", **arguments: Any) -> dict[str, Any]:
        """The answer to one question. Raises AwsAnswerError."""

        def ask() -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client(service, region), operation)(**arguments)
            return _of_aws(answer, service, operation)

        return await self._in_thread(service, operation, ask)

    async def every(
        self, service: str, operation: str, key: str, /, *, region: str = "", limit: int = MAX_ITEMS, **arguments: Any
    ) -> list[Any]:
        """The entries under `key` of all pages, at most `limit`. Raises AwsAnswerError."""

        def ask() -> list[Any]:
            client = self._client(service, region)
            if not client.can_paginate(operation):
                pages = iter((getattr(client, operation)(**arguments),))
            else:
                pages = iter(client.get_paginator(operation).paginate(**arguments))
            items = (item for page in pages for item in _of_aws(page, service, operation).get(key) or ())
            return list(islice(items, limit))

        return await self._in_thread(service, operation, ask)

    async def keys(self) -> Keys:
        """What one signs in with; a role is assumed, an SSO sign-in is read, a program asked. Raises AwsAnswerError."""
        return await self._in_thread("sts", "", self._keys)

    async def own_region(self) -> str:
        """The region that the profile or the environment names; empty when neither does."""

        def ask() -> str:
            return str(self._boto(own_region=True).region_name or "")

        return await self._in_thread("", "", ask)

    async def _in_thread(self, service: str, operation: str, ask: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(ask)
        except Exception as error:
            answer = answer_error(error, service, operation)
            if answer is None:
                raise
            raise answer from error

    def _client(self, service: str, region: str) -> Any:
        # Making a client is not safe in several threads at once; using one is.
        with self._lock:
            key = (service, region or self.region)
            if key not in self._clients:
                self._clients[key] = self._make_client(*key)
            return self._clients[key]

    def _make_client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        attempts = 1 if service == "sts" else MAX_ATTEMPTS
        return self._boto().client(
            service,
            region_name=region or None,
            endpoint_url=self.endpoint_url or None,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": attempts},
                user_agent_extra="lattice-tui",
            ),
        )

    def _boto(self, *, own_region: bool = False) -> Any:
        """boto3's session. Raises AwsAnswerError when there is nothing to sign in with."""
        if own_region:
            return self._new_boto("")
        if self._session is None:
            self._session = self._new_boto(self.region)
        return self._session

    def _new_boto(self, region: str) -> Any:
        if not self.is_there:
            raise AwsAnswerError("credentials", "NoCredentialsError", "there are no keys to sign in with", "")
        _quiet()
        import boto3
        from botocore.session import Session as BotocoreSession

        if self.profile:
            own = BotocoreSession(profile=self.profile)
            if own.get_scoped_config().get("mfa_serial"):
                # The SDK would ask for the code on a terminal that is not its own, and wait for it.
                words = f"the profile {self.profile} asks for a code"
                raise AwsAnswerError("credentials", "RefreshWithMFAUnsupportedError", words, "")
            return boto3.Session(botocore_session=own, region_name=region or None)
        if self._is_ambient:
            return boto3.Session(region_name=region or None)
        # AWS_PROFILE may name something else, or nothing that is there: keys that were given stand alone.
        core = BotocoreSession(session_vars={"profile": (None, None, None, None)})
        return boto3.Session(
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self._secret.reveal(),
            aws_session_token=self._token.reveal() or None,
            region_name=region or None,
            botocore_session=core,
        )

    def _keys(self) -> Keys:
        with self._lock:
            credentials = self._boto().get_credentials()
        if credentials is None:
            said = f"the profile {self.profile} has no keys" if self.profile else "there are no keys"
            raise AwsAnswerError("credentials", "NoCredentialsError", said, "")
        frozen = credentials.get_frozen_credentials()
        # Set where keys are fetched anew: SSO, an assumed role, a program. Source: RefreshableCredentials.
        expires_at = getattr(credentials, "_expiry_time", None)
        if not isinstance(expires_at, datetime):
            expires_at = as_time(self.expires_at)
        return Keys(frozen.access_key, str(credentials.method), bool(frozen.token), expires_at)


def _of_aws(answer: dict[str, Any], service: str, operation: str) -> dict[str, Any]:
    """The answer, which carries the id of its request: a web page that is XML by chance reads like an empty answer."""
    if answer.get("ResponseMetadata", {}).get("RequestId"):
        return answer
    words = "a web page, or something else that is no answer of AWS"
    raise AwsAnswerError("not understood", NOT_OF_AWS, words, as_action(service, operation))


def as_time(text: str) -> datetime | None:
    """A moment as AWS writes it (`2026-01-31T12:00:00Z`); None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def is_on_ec2(places: tuple[Path, ...] = _DMI) -> bool:
    """Whether this computer is an EC2 machine, by its firmware's own word. Source: EC2 guide, identify instances."""
    for place in places:
        try:
            said = place.read_text("utf-8", "replace").strip().lower()
        except OSError:
            continue
        if said == "amazon ec2" or said.startswith("ec2"):
            return True
    return False


def _quiet() -> None:
    """Before the SDK's first question: it logs requests in full, and would wait for a metadata service elsewhere."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not is_on_ec2():
        os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
