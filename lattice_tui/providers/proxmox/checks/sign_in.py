"""The token is let in; the release is one that machines can be made on; the token itself is fit for that."""

from __future__ import annotations

import time
from dataclasses import replace

from lattice_tui.checks.runner import Check, failed
from lattice_tui.providers.proxmox.answers import is_on, number, privileges_of, table
from lattice_tui.providers.proxmox.checks.look import (
    REALM,
    SIGN_IN,
    TOKEN_FACTS,
    VERSION,
    Look,
    check,
    ok,
    unknown,
    wrong,
)
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import TOKEN_ID_PATH, PveForbiddenError, PveSignInError
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

OLDEST, NEWEST = 8, 9
"""Releases whose privileges and answers are known."""
EXPIRES_SOON_S = 30 * 24 * 3600
"""A cluster that cannot make or mend machines a month from now is a surprise that is better told today."""


def checks(look: Look) -> tuple[Check, ...]:
    sign_in = _SignIn(look)
    return (
        check(look, SIGN_IN, "Proxmox sign-in", sign_in.sign_in, REALM),
        check(look, VERSION, "Proxmox release", sign_in.version, SIGN_IN),
        check(look, TOKEN_FACTS, "The token itself", sign_in.token, SIGN_IN),
    )


class _SignIn:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def sign_in(self) -> CheckResult:
        """Whoever is let in may read the version."""
        try:
            await self._look.version()
        except PveSignInError as error:
            return replace(failed("", "", error.problem), evidence=error.reason)
        return ok(f"signed in as {safe_text(self._look.wish.token_id, 70)}")

    async def version(self) -> CheckResult:
        version = await self._look.version()
        said = f"Proxmox VE {version.version or version.release}"
        if OLDEST <= version.major <= NEWEST:
            return ok(said)
        if not version.major:
            return unknown("it does not say which release it is")
        if version.major < OLDEST:
            return wrong(
                "warn",
                "LT-PVE-140",
                f"{said} is older than Proxmox VE {OLDEST}",
                why="It gets no fixes, and its privileges for networks differ: what is checked here may not hold.",
                fix=f"Update it to {NEWEST}: https://pve.proxmox.com/wiki/Category:Upgrade",
                action="pveversion",
            )
        return wrong(
            "warn",
            "LT-PVE-141",
            f"{said} is newer than what this was tested with ({NEWEST}.x)",
            why="Its privileges and answers may have changed: a check may say something wrong.",
            fix="Go on; look for a newer version of this program if something is odd",
            action="pveversion",
        )

    async def token(self) -> CheckResult:
        user, _, name = self._look.wish.token_id.partition("!")
        try:
            facts = table(await self._look.get(f"access/users/{part(user)}/token/{part(name)}"))
        except PveForbiddenError:
            # A token may not look at itself, unless its user may look at users.
            if not await self._has_any_permission():
                return _without_permissions(self._look.wish.token_id)
            return unknown(
                "the token may not look at itself: its expiry is not known",
                fix="See the column Expire under Datacenter > Permissions > API Tokens",
            )
        is_separated = is_on(facts, "privsep") or "privsep" not in facts
        if is_separated and not await self._has_any_permission():
            return _without_permissions(self._look.wish.token_id)
        return _of_expiry(self._look.wish.token_id, number(facts, "expire"), is_separated=is_separated)

    async def _has_any_permission(self) -> bool:
        held = privileges_of(await self._look.get("access/permissions"))
        return any(privileges for privileges in held.values())


def _without_permissions(token_id: str) -> CheckResult:
    user, _, name = token_id.partition("!")
    user, name = safe_text(user, 60), safe_text(name, 40)
    return wrong(
        "fail",
        "LT-PVE-150",
        "The token has no permission at all",
        why="With Privilege Separation a token has only what was given to itself, whatever its user may do.",
        fix="Untick Privilege Separation at the token, or give it a role of its own: the row Permissions has the lines",
        action=f"pveum user token modify {user} {name} --privsep 0",
        field=TOKEN_ID_PATH,
    )


def _of_expiry(token_id: str, expires_at_s: int, *, is_separated: bool) -> CheckResult:
    rights = "with its own permissions" if is_separated else "with its user's permissions"
    if not expires_at_s:
        return ok(f"never expires, {rights}")
    day = time.strftime("%d %b %Y", time.gmtime(min(max(expires_at_s, 0), 2**33)))
    if expires_at_s - time.time() > EXPIRES_SOON_S:
        return ok(f"expires on {day}, {rights}")
    user, _, name = token_id.partition("!")
    return wrong(
        "warn",
        "LT-PVE-151",
        f"The token expires on {day}",
        why="From then on the cluster can neither make a machine nor replace one that broke.",
        fix="Give it a later expiry, or none, at the token",
        action=f"pveum user token modify {safe_text(user, 60)} {safe_text(name, 40)} --expire 0",
        field=TOKEN_ID_PATH,
    )
