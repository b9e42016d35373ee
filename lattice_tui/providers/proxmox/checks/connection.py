"""Credentials are there and well-formed; the server can be reached, is Proxmox VE, and has the token's realm."""

from __future__ import annotations

from dataclasses import replace

from lattice_tui.checks.runner import Check, failed
from lattice_tui.checks.transport import TRUST_ONCE, Server, Trust, fingerprint_in, transport_checks
from lattice_tui.providers.proxmox.address import PORT
from lattice_tui.providers.proxmox.answers import rows, text
from lattice_tui.providers.proxmox.checks.look import (
    API,
    CERTIFICATE,
    CONNECTION,
    CREDENTIALS,
    REALM,
    Look,
    check,
    ok,
    wrong,
)
from lattice_tui.providers.proxmox.credential_form import form_problems
from lattice_tui.providers.proxmox.env_trust import CA_FILE, FINGERPRINT
from lattice_tui.providers.proxmox.errors import TOKEN_ID_PATH, URL_PATH, NotProxmoxError, PveUnreachableError
from lattice_tui.text import safe_text
from schemas.checks import CheckResult
from schemas.problem import Problem

CA_FIELD = "credentials.proxmox.ca_pem"
LOOKED_FOR = "PROXMOX_URL, PROXMOX_TOKEN, PROXMOX_SECRET; PROXMOX_VE_*; PM_*; clusterctl.yaml; kept entries"
_OTHERS = {"pbs": "Proxmox Backup Server", "pmg": "Proxmox Mail Gateway"}
"""A realm that only another product has -> its name."""


def checks(look: Look) -> tuple[Check, ...]:
    """The rows that everything else waits for."""
    connection = _Connection(look)
    place = look.place
    transport = transport_checks(
        "proxmox",
        None if place is None else Server(place.host, place.port),
        Trust(ca_pem=look.wish.ca_pem, fingerprint=look.wish.fingerprint),
        label="Proxmox",
        port_hint=f"Proxmox VE answers on port {PORT}.",
        field=URL_PATH,
        ca_field=CA_FIELD,
        inputs=CONNECTION,
        needs=(CREDENTIALS,),
        path="/api2/json/access/domains",
        simulated=look.wish.simulated,
    )
    return (
        check(look, CREDENTIALS, "Proxmox credentials", connection.credentials),
        *(_with_variables(one) if one.id == CERTIFICATE else one for one in transport),
        check(look, API, "Proxmox VE answers", connection.api, CERTIFICATE),
        check(look, REALM, "Realm of the token", connection.realm, API),
    )


def _with_variables(certificate: Check) -> Check:
    """The row of the certificate, with what to write where there is no dialog to trust it in."""

    async def run() -> CheckResult:
        result = await certificate.run()
        digits = fingerprint_in(result.evidence)
        if result.status != "fail" or result.action_id != TRUST_ONCE or not digits:
            return result
        lines = f"export {FINGERPRINT}={digits}, or {CA_FILE}=pve-root-ca.pem (a node's /etc/pve/pve-root-ca.pem)"
        return replace(result, fix=f"{result.fix}. On the command line: {lines}", action="pvenode cert info")

    return replace(certificate, run=run)


class _Connection:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def credentials(self) -> CheckResult:
        wish = self._look.wish
        if wish.credentials_missing or not (wish.url or wish.token_id or self._look.secret):
            return wrong(
                "fail",
                "LT-PVE-101",
                "There are no Proxmox credentials",
                why=safe_text(wish.credentials_missing, 300) or f"Looked for: {LOOKED_FOR}.",
                fix="Make an API token under Datacenter > Permissions > API Tokens, and give address, token and secret",
                action="pveum user token add root@pam lattice --privsep 1",
                field=URL_PATH,
            )
        values = {"url": wish.url, "token_id": wish.token_id, "fingerprint": wish.fingerprint, "ca_pem": wish.ca_pem}
        problems = form_problems(values, {"secret": self._look.secret})
        if problems:
            return _of_problems(problems)
        return ok(f"token {safe_text(wish.token_id, 60)}")

    async def api(self) -> CheckResult:
        """`access/domains` is readable without signing in: no secret is sent to a server that may not be Proxmox."""
        try:
            realms = await self._realms()
        except (NotProxmoxError, PveUnreachableError) as error:
            return replace(failed("", "", error.problem), field=URL_PATH)
        other = next((name for realm, name in _OTHERS.items() if realm in realms and "pve" not in realms), "")
        if other or not realms:
            return wrong(
                "fail",
                "LT-PVE-112",
                f"{other or 'Something else'} answers there, not Proxmox VE",
                why="Machines are made by Proxmox VE alone."
                if other
                else "It answers in Proxmox's way, but names no realm to sign in to.",
                fix=f"Write the address of a Proxmox VE node; it answers on port {PORT}",
                field=URL_PATH,
            )
        return ok(f"Proxmox VE at {safe_text(self._look.client.place.url, 70)}")

    async def realm(self) -> CheckResult:
        realms = await self._realms()
        realm = self._look.wish.token_id.partition("!")[0].rpartition("@")[2]
        if realm in realms:
            return ok(f"{safe_text(realm, 40)} is one of its realms")
        shown = ", ".join(safe_text(name, 40) for name in sorted(realms)[:8])
        near = next((name for name in realms if name.lower() == realm.lower()), "")
        user = self._look.wish.token_id.partition("@")[0]
        example = f": {safe_text(user, 40)}@{safe_text(near, 40)}" if near else f", one of: {shown}"
        return wrong(
            "fail",
            "LT-PVE-126",
            f"Proxmox has no realm {safe_text(realm, 40)}",
            why="The realm is the part of the token between @ and !: it says where the user is kept.",
            fix=f"Write the realm as Proxmox does{example}",
            action="pveum realm list",
            field=TOKEN_ID_PATH,
            evidence=f"realms: {shown}",
        )

    async def _realms(self) -> frozenset[str]:
        domains = await self._look.once("domains", lambda: self._look.client.get_unsigned("access/domains"))
        return frozenset(name for row in rows(domains) if (name := text(row, "realm")))


def _of_problems(problems: tuple[Problem, ...]) -> CheckResult:
    """All of them in one result: the first one that has to be mended leads."""
    first, *others = sorted(problems, key=lambda problem: problem.severity != "error")
    result = failed("", "", first)
    more = "; ".join(problem.title for problem in others)
    status = "fail" if first.severity == "error" else "warn"
    return replace(result, status=status, evidence=f"also: {more}" if more else "")  # type: ignore[arg-type]
