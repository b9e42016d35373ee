"""Step 6: the addresses of the cluster; where they are the person's own network's, drawn, and proposed."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from lattice_tui.text import safe_text
from lattice_tui.wizard.paths import CONTROL_PLANE, PROVIDER, pool_replicas
from lattice_tui.wizard.state import WizardState
from schemas.checks import CheckResult
from screens.dialogs import Answer, Question
from screens.form import FormPage
from screens.lines import Line, hang
from screens.page import Answered
from screens.still import Still
from screens.subnet_bar import SubnetParts, subnet_lines

if TYPE_CHECKING:
    from lattice_tui.checks.networks import Proposal

Address = IPv4Address | IPv6Address
STYLES = {"ok": "$success", "now": "bold $accent", "warn": "$warning", "fail": "bold $error", "dim": "$dim"}
HOST = "spec.endpoints.host"
LB_POOL = "spec.networking.lbPool"
FILL_IN = "fill-in"
MAX_WIDTH = 66
IN_USE = "in-use"
"""In the id of the check whose evidence names addresses that answer."""
_WORD = re.compile(r"[0-9A-Fa-f:.]{3,45}")


class AddressesPage(FormPage):
    """The questions, what the provider says to them, and a bar of the subnet on one's own network."""

    def after_rows(self) -> ComposeResult:
        yield Still("", id="subnet", markup=False)

    def buttons(self) -> ComposeResult:
        yield Button("Propose free addresses", id="propose", compact=True)

    def show(self, state: WizardState) -> None:
        super().show(state)
        self._draw_subnet()

    def _draw_actions(self) -> None:
        super()._draw_actions()
        self.query_one("#propose").display = self._has_pool
        self._draw_subnet()

    @property
    def _pool(self) -> str:
        provider = self._shown_state.provider if self._shown_state is not None else ""
        return f"{PROVIDER}.{provider}.ipv4Pool"

    @property
    def _has_pool(self) -> bool:
        """Whether machines get addresses of the person's own network here."""
        return any(str(getattr(one, "field_path", "")).startswith(self._pool) for one in self._rows.controls())

    def _draw_subnet(self) -> None:
        bar = self.query_one("#subnet", Still)
        parts = subnet_parts(self._shown_state, self._pool, self.board.results) if self._has_pool else None
        bar.display = parts is not None
        self.set_class(parts is not None, "-with-bar")
        if parts is not None and self.size.width:
            bar.update(content_of(subnet_lines(parts, self._width)))

    @on(Button.Pressed, "#propose")
    def action_propose(self) -> None:
        """Offer free addresses, and say why these."""
        from lattice_tui.checks.networks import addresses_needed, propose

        state = self._shown_state
        if state is None:
            return
        parts = subnet_parts(state, self._pool, self.board.results)
        if parts is None or parts.gateway is None:
            self.focus_path(f"{self._pool}.gateway")
            self.say_note("Give the gateway and the prefix first.")
            return
        planes = _count(state.answer(CONTROL_PLANE))
        pools = {pool: _count(state.answer(pool_replicas(pool))) for pool in state.pools}
        try:
            found = propose(parts.subnet, parts.gateway, needed=addresses_needed(planes, pools), used=parts.used)
        except ValueError as error:
            self.say_note(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        answers = {
            f"{self._pool}.start": str(found.pool.start),
            f"{self._pool}.end": str(found.pool.end),
            HOST: str(found.vip),
            f"{LB_POOL}.start": str(found.lb[0]),
            f"{LB_POOL}.end": str(found.lb[1]),
        }
        question = proposal_question(found, self.app.size.width)
        self.app.push_screen(question, lambda answer: self._fill_in(answer, answers))

    def _fill_in(self, answer: str | None, answers: dict[str, str]) -> None:
        if answer == FILL_IN:
            self.screen.post_message(Answered(answers))


def proposal_question(found: Proposal, columns: int) -> Question:
    """Shows what is proposed, and why, before anything is filled in."""
    width = min(MAX_WIDTH, columns - 10)
    lines = [
        f"machines        {found.pool.start} to {found.pool.end}",
        f"API address     {found.vip}",
        f"load balancers  {found.lb[0]} to {found.lb[1]}",
        *hang("", f"Why these: {'; '.join(found.reasons)}. That nothing answers proves no address free.", width),
    ]
    question = Question(
        "Free addresses",
        Content("\n".join(lines)),
        [Answer(FILL_IN, "Fill them in", "What stands there is replaced."), Answer("no", "Not now")],
    )
    question.add_class("-of-difference")
    return question


def subnet_parts(state: WizardState | None, pool: str, results: tuple[CheckResult, ...]) -> SubnetParts | None:
    """What of the answers can be drawn; None before there is a gateway with a prefix."""
    if state is None:
        return None
    gateway = address_of(state.answer(f"{pool}.gateway"))
    prefix = state.answer(f"{pool}.prefix").strip()
    if gateway is None or not (prefix.isascii() and prefix.isdecimal() and 0 < int(prefix) <= gateway.max_prefixlen):
        return None
    subnet = ip_interface(f"{gateway}/{prefix}").network
    used = {
        one
        for result in results
        if IN_USE in result.id
        for one in (address_of(word.rstrip(".:")) for word in _WORD.findall(result.evidence))
        if one is not None and one.version == subnet.version and one in subnet
    }
    return SubnetParts(
        subnet,
        gateway,
        _block(state.answer(f"{pool}.start"), state.answer(f"{pool}.end"), gateway.version),
        _same_family(address_of(state.answer(HOST)), gateway.version),
        _block(state.answer(f"{LB_POOL}.start"), state.answer(f"{LB_POOL}.end"), gateway.version),
        tuple(sorted(used, key=int)),
    )


def address_of(text: str) -> Address | None:
    """The address that a text is; None for anything else."""
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


def _same_family(address: Address | None, version: int) -> Address | None:
    return address if address is not None and address.version == version else None


def _block(start: str, end: str, version: int) -> tuple[Address, Address] | None:
    first, last = (_same_family(address_of(text), version) for text in (start, end))
    return (first, last) if first is not None and last is not None and int(first) <= int(last) else None


def _count(text: str) -> int:
    bare = text.strip()
    return min(int(bare), 10_000) if bare.isascii() and bare.isdecimal() else 0


def content_of(lines: list[Line]) -> Content:
    """Lines with tones as one text."""
    spans = [[(piece.text, STYLES.get(piece.tone, "bold" if piece.tone else "")) for piece in line] for line in lines]
    return Content("\n").join(
        Content.assemble(*((safe_text(text), style) if style else safe_text(text) for text, style in line))
        for line in spans
    )
