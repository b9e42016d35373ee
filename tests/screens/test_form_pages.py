"""The steps that follow signing in, by keyboard: lists that fill in, rows that lead to their field, addresses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from lattice_tui.wizard.board import Board, Row
from lattice_tui.wizard.paths import CONTROL_PLANE
from lattice_tui.wizard.subjects import subject_of
from schemas.checks import CheckResult
from schemas.choices import LiveChoices
from screens.addresses import HOST, LB_POOL
from screens.app import LatticeApp
from screens.explain import ExplainPane
from screens.lines_view import LinesView
from screens.looking import LookOrder, keep_looking
from screens.wizard import WizardScreen
from tests.screens import provider_samples as samples
from tests.screens.driving import LARGE, SMALL, shows, text_of, until, wizard_app
from tests.screens.fakes import FakeWorld
from tests.screens.provider_samples import BLOCK
from tests.screens.provider_scenes import at, opened
from tests.screens.recording import START

TEMPLATE_ROW = CheckResult(
    "proxmox-credentials",
    "Credentials",
    "fail",
    "the template is not the one",
    why="w",
    fix="f",
    field=f"{BLOCK}.templateId",
)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def world(**options: Any) -> FakeWorld:
    return FakeWorld(**{"checks": samples.CONNECTED, "found": samples.BOTH, "lists": samples.LISTS, **options})


def answer(app: LatticeApp, path: str) -> str:
    wizard = next(screen for screen in app.screen_stack if isinstance(screen, WizardScreen))
    return wizard.state.answer(path)


async def test_what_is_proposed_is_filled_in_once_and_stays_away_when_it_was_taken_away() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "pve1", "ubuntu-2404-kube-v1.35.5")
        assert (answer(app, f"{BLOCK}.sourceNode"), answer(app, f"{BLOCK}.templateId")) == ("pve1", "9000")
        await pilot.press("tab", "backspace")
        asked = len(there.lists_asked)
        await until(pilot, lambda: len(there.lists_asked) > asked)
        await pilot.pause(0.2)

        assert answer(app, f"{BLOCK}.templateId") == ""


async def test_lists_are_fetched_again_when_what_they_may_rest_on_has_changed_and_not_for_other_answers() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "ubuntu-2404")
        await until(pilot, lambda: len(there.lists_asked) == 2)
        await pilot.press(*["tab"] * 8, "7")
        await pilot.pause(0.8)
        assert answer(app, f"{BLOCK}.vlan") == "7"
        assert len(there.lists_asked) == 2
        await pilot.press(*["shift+tab"] * 8, "enter", "down", "enter")
        await until(pilot, lambda: len(there.lists_asked) == 3)

        assert there.lists_asked[-1].params != there.lists_asked[-2].params


async def test_f3_fetches_every_list_again() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await until(pilot, lambda: len(there.lists_asked) == 2)
        await pilot.press("f3")
        await until(pilot, lambda: len(there.lists_asked) == 3)


async def test_a_letter_opens_the_list_with_it_and_the_value_is_taken_over() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "ubuntu-2404")
        await pilot.press("tab", *"9100", "enter")
        await until(pilot, lambda: answer(app, f"{BLOCK}.templateId") == "9100")
        await shows(pilot, "9100")


async def test_nothing_is_fetched_when_nobody_is_signed_in_and_values_can_be_typed() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build", signed_in=False))
        await shows(pilot, "Nobody is asked before")
        await pilot.press("enter")
        await shows(pilot, "No list: nobody is signed in")
        await pilot.press(*"pve9", "enter")
        await until(pilot, lambda: answer(app, f"{BLOCK}.sourceNode") == "pve9")

    assert (there.lists_asked, there.checked) == ([], [])


async def test_a_choice_in_a_line_is_made_with_the_arrow_keys() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "(x) kubeadm")
        await pilot.press("tab", "tab", "tab", "right")
        await shows(pilot, "(x) RKE2")

        assert answer(app, "spec.provider.kubernetes.bootstrap") == "rke2"


async def test_g_goes_to_the_field_that_a_row_names() -> None:
    app = wizard_app(world(checks=[TEMPLATE_ROW]))
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "the template is not the one")
        app.screen.query_one(LinesView).focus()
        await pilot.press("g")
        await until(pilot, lambda: getattr(app.focused, "field_path", "") == f"{BLOCK}.templateId")


async def test_the_third_pane_explains_the_field_and_f1_the_check_one_stands_on() -> None:
    app = wizard_app(world(checks=[TEMPLATE_ROW]))
    async with app.run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "Machines are cloned there.")
        assert app.screen.query_one(ExplainPane).size.width
        app.screen.query_one(LinesView).focus()
        await pilot.press("f1")
        await shows(pilot, "the install would stop here")


async def test_next_names_what_the_document_cannot_do_without() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("addresses"))
        await shows(pilot, "First machine address")
        await pilot.press("ctrl+n")
        await shows(pilot, "1 of ", "LT-", "Step 6 of 7")


async def test_what_was_asked_on_one_step_is_not_asked_again_on_the_next() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("connect"))
        await shows(pilot, "checks done. F3")
        before = there.asked[0]
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 7")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 5 of 7")
        await pilot.pause(1.2)

    assert len(before) == len(samples.CONNECTED)
    assert [one for asked in there.asked[1:] for one in asked] == []


async def test_rows_that_a_step_adds_are_asked_for_although_the_others_are_known() -> None:
    state, there = at("build"), world()
    known = Board(tuple(map(Row, samples.CONNECTED)), subject_of(state, "build").params)
    told: list[Message] = []
    order = LookOrder(state, known, is_anew=False, may_pull=False, step="build", mends_itself=False)

    await keep_looking(told.append, there.seams(), lambda: START, order)

    assert len(there.checked) == 1
    assert "proxmox-template" in there.checked[0].only


async def test_free_addresses_are_proposed_with_the_reasons_and_drawn() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("addresses"))
        await shows(pilot, "192.168.1.0/24   4 addresses a mark")
        app.screen.query_one("#propose").focus()
        await pilot.press("enter")
        await shows(pilot, "Free addresses", "Why these:", "machines        192.168.1.")
        assert answer(app, HOST) == ""
        await pilot.press("enter")
        await shows(pilot, "P pool 192.168.1.", "V endpoint 192.168.1.", "L load balancers")

        assert all(answer(app, f"{LB_POOL}.{end}") for end in ("start", "end"))
        assert answer(app, HOST).startswith("192.168.1.")


async def test_without_a_network_the_gateway_is_asked_for_first() -> None:
    known = {path: found for path, found in samples.LISTS.items() if "ipv4Pool" not in path}
    app = wizard_app(world(lists=known))
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("addresses"))
        await shows(pilot, "Propose free addresses")
        app.screen.query_one("#propose").focus()
        await pilot.press("enter")
        await shows(pilot, "Give the gateway and the prefix first.")


async def test_a_subnet_without_room_says_so() -> None:
    small = {"ipv4Pool.gateway": "192.168.1.1", "ipv4Pool.prefix": "29"}
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("addresses", answers=small))
        await shows(pilot, "192.168.1.0/29")
        app.screen.query_one("#propose").focus()
        await pilot.press("enter")
        await shows(pilot, "192.168.1.0/29 has no room")


@pytest.mark.parametrize("provider", ["openstack", "aws"])
async def test_where_the_provider_gives_addresses_none_are_proposed(provider: str) -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, replace(at("addresses", provider, signed_in=False)))
        await shows(pilot, "Step 6 of 7", "Pod range")

        assert "Propose free" not in text_of(app)


@pytest.mark.parametrize(
    ("provider", "text"), [("proxmox", "Cores of a worker"), ("openstack", "Flavor of"), ("aws", "instance type")]
)
async def test_the_size_step_asks_what_a_machine_is_like(provider: str, text: str) -> None:
    app = wizard_app(world())
    async with app.run_test(size=LARGE) as pilot:
        await opened(pilot, at("size", provider, signed_in=False))
        await shows(pilot, text, "Control planes")
        await pilot.press("down")
        await until(pilot, lambda: answer(app, CONTROL_PLANE) != "")


async def test_another_provider_has_pages_of_its_own() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, at("build", signed_in=False))
        await shows(pilot, "Bridge")
        wizard = app.screen
        assert isinstance(wizard, WizardScreen)
        await wizard.go("where")
        await shows(pilot, "Step 1 of 7")
        await pilot.press("down")
        await wizard.go("build")
        await shows(pilot, "Key pair", "Step 5 of 7")

        assert "Bridge" not in text_of(app)


async def test_names_of_a_server_are_drawn_as_they_are_and_never_obeyed() -> None:
    nasty = "[@click=app.bell]x[/] \x1b[31m\u202e"
    found = LiveChoices(
        f"{BLOCK}.sourceNode", "ok", (replace(samples.NODES.choices[0], label=nasty, facts=(nasty,)),), "pve1", nasty
    )
    app = wizard_app(world(lists={**samples.LISTS, found.field: found}))
    async with app.run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "[@click=app.bell]")
        await pilot.press("enter")
        await shows(pilot, "1 entry. Proposed: [@click")

        assert "\x1b" not in text_of(app)
        assert "\u202e" not in text_of(app)
