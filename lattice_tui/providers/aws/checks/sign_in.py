"""A1 to A4: there are keys, AWS knows them, whose they are, and until when."""

from __future__ import annotations

import asyncio
import shlex
from datetime import UTC, datetime

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows, shapes
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, check, could_not, ok, unknown, wrong
from lattice_tui.providers.aws.checks.refusals import refused
from lattice_tui.providers.aws.credentials import CREDENTIALS
from lattice_tui.providers.credentials import PARAM
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

IDENTITY_S = 25.0
"""The region's own endpoint, and then the main region's: each may take the SDK's limit."""
MIN_LEFT_S = 2 * 3600
"""Cluster API makes machines with these keys until the cluster manages itself: an hour at most, and as much again."""
_PATH = "credentials.aws"


def checks(look: Look, before_identity: str) -> tuple[Check, ...]:
    """The rows that everything else waits for. `before_identity`: the last row of the way there."""
    sign_in = _SignIn(look)
    return (
        check(look, rows.IDENTITY, "Who signs in", sign_in.identity, before_identity),
        check(look, rows.EXPIRY, "How long the keys last", sign_in.expiry, rows.IDENTITY),
    )


def credentials_check(look: Look) -> Check:
    """The first row: something to sign in with, of the right form."""
    return check(look, rows.SIGN_IN, "AWS credentials", _SignIn(look).credentials)


class _SignIn:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def credentials(self) -> CheckResult:
        session = self._look.session
        if missing := self._look.params.get(f"{PARAM}missing", ""):
            return wrong(
                "fail",
                "LT-AWS-036",
                "There are no credentials to sign in with",
                why=safe_text(missing),
                fix="Run aws configure and write credentials: {source: profile, name: default}; or export "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                action="aws configure",
                field="spec.credentials",
            )
        values = {name: self._look.params.get(PARAM + name, "") for name in ("profile", "access_key_id", "method")}
        problems = CREDENTIALS.problems(values, self._look.secrets)
        if problems:
            first, *more = problems
            return wrong(
                "fail",
                first.code,
                first.title,
                why="AWS would not know them",
                fix=first.fix,
                field=first.path,
                evidence="; ".join(problem.title for problem in more),
            )
        if not session.region:
            return ok(self._said(), why="no region is chosen yet: nothing is asked before")
        return ok(self._said())

    def _said(self) -> str:
        session = self._look.session
        if session.profile:
            return safe_text(f"profile {session.profile}", 80)
        if not session.access_key_id:
            return "the role of this place"
        kind = "temporary key" if session.access_key_id.startswith("ASIA") else "key"
        return f"{kind} ending in {safe_text(session.access_key_id[-4:], 4)}"

    async def identity(self) -> CheckResult:
        try:
            async with asyncio.timeout(IDENTITY_S):
                identity = await self._look.identity()
        except TimeoutError:
            # Every byte that comes puts the SDK's own limits off.
            words = f"no whole answer within {IDENTITY_S:g} s"
            return refused(AwsAnswerError("unreachable", "Timeout", words, "sts:GetCallerIdentity"), self._look)
        except AwsAnswerError as error:
            return refused(error, self._look)
        who, account = safe_text(identity.arn.rpartition(":")[2], 60), safe_text(identity.account, 20)
        if identity.is_root:
            return wrong(
                "fail",
                "LT-AWS-112",
                f"These are the root keys of the account {account}",
                why="They may do everything, closing the account included, and no policy limits them.",
                fix="Make an IAM user for this, take its keys, and delete the root keys",
                action="aws iam create-user --user-name lattice",
                field=f"{_PATH}.access_key_id",
                evidence=safe_text(identity.arn),
            )
        return ok(f"{who} of account {account}", evidence=safe_text(identity.arn))

    async def expiry(self) -> CheckResult:
        try:
            keys = await self._look.session.keys()
        except AwsAnswerError as error:
            return could_not(error)
        if not keys.is_temporary:
            return ok("they do not expire")
        if keys.expires_at is None:
            return unknown(
                "temporary keys, and nobody says until when",
                why="Building takes up to an hour, and needs them to its end.",
                fix="Use a profile: its end is known, and it renews itself where it can",
            )
        left_s = (keys.expires_at - datetime.now(UTC)).total_seconds()
        until = f"{keys.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        if left_s >= MIN_LEFT_S:
            return ok(
                f"temporary keys until {until}, {_words(left_s)} left",
                why="The cluster itself uses its instance profile once it is built.",
            )
        return self._too_soon(left_s, until, keys.method)

    def _too_soon(self, left_s: float, until: str, method: str) -> CheckResult:
        profile = self._look.session.profile
        has_ended = left_s <= 0
        login = f"aws sso login --profile {shlex.quote(safe_text(profile, 80))}" if method == "sso" and profile else ""
        return wrong(
            "fail",
            "LT-AWS-114" if has_ended else "LT-AWS-115",
            f"The temporary keys ended at {until}" if has_ended else f"The temporary keys end in {_words(left_s)}",
            why="Building needs them to its end, and undoing after that: two hours are the least.",
            fix=f"Sign in again: {login}" if login else "Fetch new ones, or use an IAM user's keys, which do not end",
            action=login,
            field=f"{_PATH}.{'profile' if profile else 'session_token'}",
            evidence=f"they end at {until}",
        )


def region_is_formed(look: Look) -> bool:
    """Whether there is a region to speak to at all."""
    return shapes.fits(shapes.REGION, look.wish.region)


async def no_region() -> CheckResult:
    """What the rows say that cannot be asked without a region."""
    return unknown(f"nothing chosen yet: Region ({BLOCK}.region)")


def _words(seconds: float) -> str:
    minutes = max(0, int(seconds // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
