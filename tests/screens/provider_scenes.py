"""The steps that only some providers have, and what opens over them, as scenes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import TextArea

from lattice_tui.wizard.answering import answered
from lattice_tui.wizard.paths import PROVIDER
from lattice_tui.wizard.signing_in import picked
from lattice_tui.wizard.state import WizardState, first_state
from lattice_tui.wizard.steps import StepId
from screens.addresses import HOST, LB_POOL
from screens.app import LatticeApp
from tests.screens import provider_samples as samples
from tests.screens.driving import Scene, Visit, shows, until, wizard_app
from tests.screens.fakes import FakeWorld

MakeWorld = Callable[[], FakeWorld]


def at(
    step: StepId, provider: str = "proxmox", *, signed_in: bool = True, answers: Mapping[str, str] | None = None
) -> WizardState:
    """The wizard at a step, with these answers, of the provider's own block."""
    state = answered(first_state(), {PROVIDER: provider})
    own = {f"{PROVIDER}.{provider}.{name}": text for name, text in (answers or {}).items()}
    state = answered(state, own)
    if signed_in:
        state = picked(state, samples.FROM_ENVIRONMENT)
    return replace(state.at(step), visited=frozenset({"where", "computer"}))


def step(
    state: Callable[[], WizardState], world: MakeWorld, text: str | Sequence[str], *keys: str, then: str = ""
) -> Scene:
    """The wizard with these answers, once `text` can be read; then the keys, and what they lead to."""

    async def visit(pilot: Pilot[Any]) -> None:
        await opened(pilot, state())
        await shows(pilot, *([text] if isinstance(text, str) else text))
        for key in keys:
            await pilot.press(key)
        if then:
            await shows(pilot, then)

    return (lambda: wizard_app(world())), visit


async def opened(pilot: Pilot[Any], state: WizardState) -> None:
    """The wizard, from the welcome."""
    await shows(pilot, "Rehearse")
    app = pilot.app
    assert isinstance(app, LatticeApp)
    app.show_wizard(state)
    await until(pilot, lambda: app.focused is not None)


def _world(**options: Any) -> MakeWorld:
    return lambda: FakeWorld(**{"checks": samples.CONNECTED, "found": samples.BOTH, "lists": samples.LISTS, **options})


def _pasted(text: str, then: str) -> Visit:
    async def visit(pilot: Pilot[Any]) -> None:
        await opened(pilot, at("connect", signed_in=False))
        await shows(pilot, "None of these")
        pilot.app.screen.query_one("#paste").focus()
        await pilot.press("enter")
        await shows(pilot, "Nothing yet")
        if text:
            pilot.app.screen.query_one(TextArea).insert(text)
        await shows(pilot, then)

    return visit


async def _trusting(pilot: Pilot[Any]) -> None:
    await opened(pilot, at("connect"))
    await shows(pilot, "Trust the certificate")
    pilot.app.screen.query_one("#trust").focus()
    await pilot.press("enter")
    await shows(pilot, "Trust this certificate")


async def _proposing(pilot: Pilot[Any]) -> None:
    await opened(pilot, at("addresses", answers=_WITH_POOL))
    await shows(pilot, "a mark")
    pilot.app.screen.query_one("#propose").focus()
    await pilot.press("enter")
    await shows(pilot, "Why these")


async def _keeping(pilot: Pilot[Any]) -> None:
    pasted = replace(
        samples.FROM_ENVIRONMENT, is_pasted=True, values={"url": "https://10.0.0.1:8006", "token_id": "ops@pve!lattice"}
    )
    await opened(pilot, picked(at("connect", signed_in=False), pasted))
    await shows(pilot, "checks done. F3")
    await pilot.press("ctrl+n")
    await shows(pilot, "Where to keep the secret")


EXPORTS = (
    "export PROXMOX_URL=https://pve.example.com:8006\n"
    "export PROXMOX_TOKEN='lattice@pve!installer'\n"
    f"export PROXMOX_SECRET={samples.SECRET}\n"
)
_WITH_POOL = {
    "ipv4Pool.gateway": "192.168.1.1",
    "ipv4Pool.prefix": "24",
    "ipv4Pool.start": "192.168.1.50",
    "ipv4Pool.end": "192.168.1.69",
}

_WHOLE = {
    **_WITH_POOL,
    "sourceNode": "pve1",
    "templateId": "9000",
}


def _reviewed() -> WizardState:
    state = at("review", answers=_WHOLE)
    addresses = {HOST: "192.168.1.40", f"{LB_POOL}.start": "192.168.1.200", f"{LB_POOL}.end": "192.168.1.219"}
    return answered(state, addresses)


PROVIDER_SCENES: dict[str, Scene] = {
    "connect": step(lambda: at("connect", signed_in=False), _world(), ("None of these", "before there is something")),
    "connect-nothing-found": step(
        lambda: at("connect", signed_in=False), _world(found=()), "Nothing to sign in with was"
    ),
    "connect-ok": step(lambda: at("connect"), _world(), "checks done. F3"),
    "connect-running": step(
        lambda: at("connect"),
        _world(checks=[*samples.CONNECTED[:4], replace(samples.CONNECTED[4], status="wait", summary="")]),
        "4 of 5 checks done",
    ),
    "connect-self-signed": step(lambda: at("connect"), _world(checks=samples.SELF_SIGNED), "Trust the certificate"),
    "connect-trust": ((lambda: wizard_app(_world(checks=samples.SELF_SIGNED)())), _trusting),
    "connect-refused": step(
        lambda: at("connect"), _world(checks=samples.REFUSED), "1 failed", "ctrl+n", then="Mend what failed"
    ),
    "connect-continue": step(
        lambda: at("connect"), _world(checks=samples.REFUSED), "1 failed", "ctrl+n", "ctrl+n", then="Stay here"
    ),
    "connect-unsigned-on": step(
        lambda: at("connect", signed_in=False), _world(), "None of these", "ctrl+n", then="Stay here"
    ),
    "connect-keep": ((lambda: wizard_app(_world()())), _keeping),
    "connect-warned": step(
        lambda: at("connect"), _world(checks=samples.WARNED), "1 with a warning", "ctrl+n", then="Continue anyway"
    ),
    "paste": ((lambda: wizard_app(_world()())), _pasted("", "Nothing yet")),
    "paste-understood": ((lambda: wizard_app(_world()())), _pasted(EXPORTS, "Understood")),
    "paste-not-understood": ((lambda: wizard_app(_world()())), _pasted("hello there", "LT-")),
    "build": step(lambda: at("build"), _world(), "ubuntu-2404"),
    "build-not-signed-in": step(lambda: at("build", signed_in=False), _world(), "Nobody is asked"),
    "build-explained": step(lambda: at("build"), _world(), "ubuntu-2404", "f1", then="Machines are cloned"),
    "picker": step(lambda: at("build"), _world(), "ubuntu-2404", "tab", "enter", then="windows-2025"),
    "picker-filtered": step(lambda: at("build"), _world(), "ubuntu-2404", "tab", *"deb", then="1 of 4 match"),
    "picker-typed": step(lambda: at("build"), _world(), "ubuntu-2404", "tab", *"9100", then="Use what you typed"),
    "picker-cannot": step(
        lambda: at("build"), _world(), "ubuntu-2404", "tab", "enter", "down", "down", "enter", then="cannot be taken"
    ),
    "picker-loading": step(
        lambda: at("build"), _world(lists={}), "asking for the list", "tab", "enter", then="You can type the value"
    ),
    "picker-unknown": step(
        lambda: at("build"),
        _world(lists={**samples.LISTS, samples.NO_LIST.field: samples.NO_LIST}),
        "pve1",
        "tab",
        "enter",
        then="No list",
    ),
    "picker-none-usable": step(
        lambda: at("build"),
        _world(lists={**samples.LISTS, samples.NO_LIST.field: samples.NONE_USABLE}),
        "pve1",
        "tab",
        "enter",
        then="None of them",
    ),
    "picker-empty": step(
        lambda: at("build"), _world(), "ubuntu-2404", *["tab"] * 6, "enter", then="nothing to choose from"
    ),
    "picker-many": step(
        lambda: at("build"), _world(), "ubuntu-2404", *["tab"] * 5, "enter", "space", "down", "space", then="Mark"
    ),
    "size-machines": step(lambda: at("size"), _world(), "Control planes", *["tab"] * 8, then="Cores of a worker"),
    "addresses": step(lambda: at("addresses"), _world(), "First machine address"),
    "addresses-proposed": ((lambda: wizard_app(_world()())), _proposing),
    "addresses-clash": step(
        lambda: replace(_reviewed(), step="addresses"), _world(checks=samples.IN_USE), "two owners"
    ),
    "review-provider": step(_reviewed, _world(), "Save only"),
    "keys-provider": step(lambda: at("build"), _world(), "ubuntu-2404", "question_mark", then="open a list"),
    "addresses-drawn": step(lambda: at("addresses", answers=_WITH_POOL), _world(), "a mark"),
}
