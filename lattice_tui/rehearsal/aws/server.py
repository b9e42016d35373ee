"""The stand-in's front door: who asks, what for, in which wire form, and whether they may."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from lattice_tui.rehearsal.aws.account import Account
from lattice_tui.rehearsal.aws.errors import AwsError
from lattice_tui.rehearsal.aws.iam import may
from lattice_tui.rehearsal.aws.services import CLASSIC_VERSION, SERVICES, SIGNED_AS
from lattice_tui.rehearsal.aws.wire import REQUEST_ID, Service, service
from lattice_tui.secrets import Secret

_SCOPE: Final = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_NO_SIGNATURE: Final = "Request is missing Authentication Token"
_ALWAYS_ALLOWED: Final = ("sts:GetCallerIdentity",)
_WORDS: Final = {
    "ec2": {
        "InvalidClientTokenId": (
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
            401,
        ),
        "SignatureDoesNotMatch": (
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
            401,
        ),
        "ExpiredToken": ("RequestExpired", "Request has expired.", 400),
        "AccessDenied": ("UnauthorizedOperation", "You are not authorized to perform this operation.", 403),
    },
    "json": {
        "InvalidClientTokenId": (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            400,
        ),
        "SignatureDoesNotMatch": ("InvalidSignatureException", "", 400),
        "ExpiredToken": (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            400,
        ),
        "AccessDenied": ("AccessDeniedException", "", 400),
    },
}
"""One refusal has other words in EC2 and in the JSON services; an empty text keeps the one at hand."""


class AwsStandIn:
    """AWS's APIs for one account on one loopback address; region and service are those of a request's signature.

    Key ids are looked at, signatures are not: what a wrong secret does is a toggle.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.calls: list[str] = []
        """`service:Operation` of every request, oldest first."""
        self.url = ""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0: any free one, see `url` afterwards."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    def credentials(self) -> tuple[dict[str, str], dict[str, Secret]]:
        """Plain values and secrets, by the names of AWS's credential fields."""
        values = {"access_key_id": self.account.access_key_id, "endpoint_url": self.url}
        secrets = {"secret_access_key": Secret(self.account.secret_access_key)}
        if self.account.session_token:
            secrets["session_token"] = Secret(self.account.session_token)
        return values, secrets

    async def _answer(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", "replace")
        scope = _SCOPE.search(request.headers.get("Authorization", ""))
        if scope is None:
            return self._response(403, (_NO_SIGNATURE.encode(), "text/plain"))
        key_id, region, signed_as = scope.groups()
        name, operation, said = _asked(request, signed_as, body)
        if name not in SERVICES or not operation:
            return self._response(404, (b"<UnknownOperationException/>", "application/xml"))
        # The first request for a service reads its model: some tenths of a second for EC2's.
        speaks = await asyncio.to_thread(service, name)
        self.calls.append(f"{name}:{operation}")
        if broken := self.account.broken.get(operation):
            return self._response(broken[0], (broken[1].encode(), "text/html"))
        try:
            self._let_in(key_id, region, request.headers.get("X-Amz-Security-Token", ""))
            answer = self._do(speaks, region, operation, said)
            return self._response(200, speaks.answer(operation, answer))
        except AwsError as error:
            code, message, status = _in_the_words_of(speaks, error)
            return self._response(status, speaks.refusal(code, message))

    def _let_in(self, key_id: str, region: str, token: str) -> None:
        account = self.account
        is_closed = account.closed_regions_refuse and account.regions.get(region) == "not-opted-in"
        if key_id != account.access_key_id or token != account.session_token or is_closed:
            words = "The security token included in the request is invalid."
            raise AwsError("InvalidClientTokenId", words, 403)
        if account.sign_in_fault is not None:
            raise AwsError(*account.sign_in_fault, 403)

    def _do(self, speaks: Service, region: str, operation: str, said: dict[str, str] | str) -> dict[str, Any]:
        prefix, operations = SERVICES[speaks.name]
        action = f"{prefix}:{operation}"
        if action not in _ALWAYS_ALLOWED and not may(self.account, action):
            raise AwsError("AccessDenied", f"User: {self.account.arn} is not authorized to perform: {action}", 403)
        if not speaks.has(operation):
            raise AwsError("InvalidAction", f"The action {operation} is not valid for this web service.")
        args = speaks.arguments(operation, said)
        if args.get("DryRun"):
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        if operation not in operations:
            raise AwsError("InternalFailure", f"{operation} is not a part of the simulated AWS", 501)
        return operations[operation](self.account, region, args)

    def _response(self, status: int, body: tuple[bytes, str]) -> web.Response:
        now = datetime.now(UTC) + timedelta(seconds=self.account.clock_ahead_s)
        headers = {
            "Content-Type": body[1],
            "Date": format_datetime(now, usegmt=True),
            "x-amzn-RequestId": REQUEST_ID,
        }
        return web.Response(status=status, body=body[0], headers=headers)


def _asked(request: web.Request, signed_as: str, body: str) -> tuple[str, str, dict[str, str] | str]:
    """Service, operation and what it is given."""
    name = SIGNED_AS.get(signed_as, signed_as)
    if target := request.headers.get("X-Amz-Target", ""):
        return name, target.rpartition(".")[2], body
    fields = dict(parse_qsl(body or request.query_string, keep_blank_values=True))
    if name == "elbv2" and fields.get("Version") == CLASSIC_VERSION:
        name = "elb"
    return name, fields.get("Action", ""), fields


def _in_the_words_of(speaks: Service, error: AwsError) -> tuple[str, str, int]:
    code, message, status = _WORDS.get(speaks.protocol, {}).get(error.code, (error.code, "", error.status))
    return code, message or error.message, status
