"""What the checks of one run share: Proxmox's answers, each asked for once, and how a result is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox.address import Place, place_of
from lattice_tui.providers.proxmox.answers import NodeRow, Version, nodes_of, privileges_of, version_of
from lattice_tui.providers.proxmox.client import ProxmoxClient
from lattice_tui.providers.proxmox.errors import URL_PATH, PveError
from lattice_tui.providers.proxmox.wish import ProxmoxWish
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from schemas.problem import Problem

__all__ = [
    "CONNECTION", "CREDENTIALS", "GIB", "NODES", "PERMISSIONS", "SIGN_IN", "Look", "check", "not_chosen", "ok",
    "unknown", "wrong",
]  # fmt: skip

CREDENTIALS = "proxmox-credentials"
CERTIFICATE = "proxmox-certificate"
API = "proxmox-api"
REALM = "proxmox-realm"
SIGN_IN = "proxmox-sign-in"
VERSION = "proxmox-version"
PERMISSIONS = "proxmox-permissions"
TOKEN_FACTS = "proxmox-token-facts"  # noqa: S105
NODES = "proxmox-nodes"
GIB = 1024**3
CHECK_S = 25.0
"""Two tries of the client, and a little more."""
CONNECTION = (
    "credentials.url",
    "credentials.token_id",
    "credentials.fingerprint",
    "credentials.ca_pem",
    "credentials.missing",
    "simulated",
)
"""Parameters that every check depends on."""


class Look:
    """Built once a run; whatever several checks read is asked for once and shared."""

    def __init__(self, wish: ProxmoxWish, secrets: Mapping[str, Secret]) -> None:
        self.wish = wish
        self.secret = secrets.get("secret", Secret(""))
        self.once = SharedAnswers().once
        self._client: ProxmoxClient | None = None

    @property
    def place(self) -> Place | None:
        """The server; None where no address is given, or one that is none."""
        try:
            return place_of(self.wish.url) if self.wish.url else None
        except ValueError:
            # The row of the credentials says what is wrong with it.
            return None

    @property
    def client(self) -> ProxmoxClient:
        """Raises LatticeError when there is no address to ask."""
        if self._client is None:
            from lattice_tui.checks.transport import Trust

            place = self.place
            if place is None:
                raise LatticeError(_NO_ADDRESS)
            trust = Trust(ca_pem=self.wish.ca_pem, fingerprint=self.wish.fingerprint)
            self._client = ProxmoxClient(place, trust, token_id=self.wish.token_id, secret=self.secret)
        return self._client

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        """`data` of a GET below /api2/json, asked for once a run. Raises PveError."""
        asked = "&".join(f"{name}={value}" for name, value in sorted((params or {}).items()))
        return await self.once(f"GET {path}?{asked}", lambda: self.client.get(path, params))

    async def version(self) -> Version:
        return version_of(await self.get("version"))

    async def nodes(self) -> tuple[NodeRow, ...]:
        return nodes_of(await self.get("nodes"))

    async def node_names(self) -> tuple[str, ...]:
        """The nodes that there are."""
        return tuple(node.name for node in await self.nodes())

    async def privileges(self, path: str) -> Mapping[str, bool]:
        """What the token may do on one path, inherited rights too: privilege -> whether it goes on to what is below.

        Without `?path=` only paths with an entry of their own are listed.
        """
        return privileges_of(await self.get("access/permissions", {"path": path})).get(path, {})

    async def templates(self) -> tuple[Mapping[str, Any], ...]:
        """Rows of `cluster/resources` that are templates of virtual machines; only those that the token may see."""
        from lattice_tui.providers.proxmox.answers import is_on, rows, text

        guests = rows(await self.get("cluster/resources", {"type": "vm"}))
        return tuple(row for row in guests if is_on(row, "template") and text(row, "type") in ("qemu", ""))

    async def template_place(self) -> tuple[str, int] | None:
        """(node, id) of the template that is asked for, as Proxmox says it; None when it is not to be found there."""
        from lattice_tui.providers.proxmox.answers import number, text

        for row in await self.templates():
            is_it = number(row, "vmid") == self.wish.template_id
            if self.wish.template_tags:
                tags = text(row, "tags").replace(",", ";").replace(" ", ";").lower().split(";")
                is_it = {tag for tag in tags if tag} == {tag.lower() for tag in self.wish.template_tags}
            if is_it:
                return text(row, "node"), number(row, "vmid")
        return None

    async def machine_nodes(self) -> tuple[str, ...]:
        """Where machines may run: the nodes that are named, else the template's own; empty when that is not known."""
        if self.wish.nodes:
            return self.wish.nodes
        place = await self.template_place()
        return (place[0],) if place else ()


_NO_ADDRESS = Problem(
    "LT-PVE-102", "There is no address of a Proxmox server", "Give one: https://192.168.1.10:8006", path=URL_PATH
)


def not_chosen(label: str) -> CheckResult:
    """Nothing is wrong: the document does not say yet."""
    return unknown(f"nothing chosen yet: {label}")


def check(
    look: Look,
    check_id: str,
    title: str,
    run: Callable[[], Awaitable[CheckResult]],
    *needs: str,
    inputs: tuple[str, ...] = (),
    timeout_s: float = CHECK_S,
) -> Check:
    """One check of this run. A question that Proxmox does not answer (403, 59x, 501, 500) leaves it `unknown`.

    `inputs` are the names of the parameters it depends on, beside those of the connection.
    """

    async def guarded() -> CheckResult:
        try:
            return await run()
        except PveError as error:
            problem = error.problem
            return unknown(problem.title, why=problem.detail, fix=problem.fix)

    return Check(check_id, title, needs, timeout_s, guarded, look.wish.simulated, inputs=(*CONNECTION, *inputs))
