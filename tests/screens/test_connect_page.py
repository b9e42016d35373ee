"""The connect page by keyboard: nothing is used before it is picked, and no secret is drawn or written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from lattice_tui.errors import LatticeError
from lattice_tui.secrets import Secret
from lattice_tui.wizard.paths import CREDENTIALS_NAME, CREDENTIALS_SOURCE
from lattice_tui.wizard.signing_in import given, picked
from schemas.problem import Problem
from screens.app import LatticeApp
from screens.connect_dialogs import fingerprint_of
from screens.wizard import WizardScreen
from tests.screens import provider_samples as samples
from tests.screens.driving import SMALL, shows, text_of, until, wizard_app
from tests.screens.fakes import FakeWorld
from tests.screens.provider_scenes import EXPORTS, at, opened

OTHER_SECRET = "7d5b0a52-1111-4222-8333-c0ffee15bad2"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def world(**options: Any) -> FakeWorld:
    return FakeWorld(**{"checks": samples.CONNECTED, "found": samples.BOTH, "lists": samples.LISTS, **options})


def wizard(app: LatticeApp) -> WizardScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, WizardScreen))


def field(app: LatticeApp, path: str) -> Input:
    return next(one for one in wizard(app).query(Input) if getattr(one, "field_path", "") == path)


async def arrive(pilot: Pilot[Any]) -> None:
    await opened(pilot, at("connect", signed_in=False))
    await shows(pilot, "Step 3 of 7", "None of these" if pilot.app.seams.discover(None) else "Nothing to sign in")  # type: ignore[attr-defined]


async def test_nothing_that_was_found_is_used_before_it_is_picked() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("down", "up")
        await pilot.pause(0.8)
        assert (there.checked, there.lists_asked, given(wizard(app).state)) == ([], [], ({}, {}))
        await pilot.press("enter")
        await shows(pilot, "(x) environment", "checks done. F3 looks again")

        values, secrets = given(wizard(app).state)
        assert values == dict(samples.FROM_ENVIRONMENT.values)
        assert secrets == dict(samples.FROM_ENVIRONMENT.secrets)
    assert there.checked[0].secrets == dict(samples.FROM_ENVIRONMENT.secrets)
    assert there.checked[0].provider == "proxmox"


async def test_another_source_takes_the_place_of_the_first_and_nothing_is_mixed() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "checks done. F3")
        await pilot.press("down", "enter")
        await shows(pilot, "(x) file", "https://192.168.1.10:8006")

        state = wizard(app).state
        assert given(state) == (dict(samples.FROM_A_FILE.values), dict(samples.FROM_A_FILE.secrets))
        assert (state.answer(CREDENTIALS_SOURCE), state.answer(CREDENTIALS_NAME)) == ("file", "homelab")


async def test_a_secret_is_neither_drawn_nor_kept_in_the_draft_nor_in_the_field() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press(*"https://10.0.0.1", "tab", *"ops@pve!lattice", "tab", *samples.SECRET)
        drawn = text_of(app)
        await pilot.press("tab")
        await shows(pilot, "given, not shown", "checks done. F3")
        drawn += text_of(app) + app.export_screenshot()

        assert field(app, "credentials.proxmox.secret").value == ""
        assert given(wizard(app).state)[1] == {"secret": Secret(samples.SECRET)}
        assert samples.SECRET not in drawn
        await until(pilot, lambda: any(there.drafts.list()))
    app.end_drafts()
    kept = b"".join(path.read_bytes() for path in there.drafts.folder.rglob("*") if path.is_file())
    assert b"ops@pve!lattice" in kept
    assert samples.SECRET.encode() not in kept


async def test_nobody_signs_in_with_half_a_secret() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press(*"https://10.0.0.1", "tab", *"ops@pve!lattice", "tab", *samples.SECRET[:20])
        await pilot.pause(0.8)
        await pilot.press("tab")
        await shows(pilot, "A secret has 36 letters and digits")

    assert there.checked == []


async def test_nobody_signs_in_before_the_secret_is_left() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press(*"https://10.0.0.1", "tab", *"ops@pve!lattice", "tab", *samples.SECRET)
        await pilot.pause(1.0)
        assert there.checked == []
        await pilot.press("tab")
        await until(pilot, lambda: len(there.checked) == 1)


async def test_another_secret_is_looked_at_anew_although_nothing_else_has_changed() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "checks done. F3")
        field(app, "credentials.proxmox.secret").focus()
        await pilot.press(*OTHER_SECRET, "tab")
        await until(pilot, lambda: len(there.checked) == 2)

    assert there.checked[1].secrets == {"secret": Secret(OTHER_SECRET)}
    assert there.asked[1] == there.asked[0]


async def test_what_is_not_ok_is_not_tried_again_by_itself_which_could_lock_somebody_out() -> None:
    there = world(checks=samples.REFUSED, looks_again=True)
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "1 failed. F3 looks again")
        await pilot.pause(0.4)
        assert len(there.checked) == 1
        await pilot.press("f3")
        await until(pilot, lambda: len(there.checked) == 2)


async def test_pasting_says_what_it_understood_and_uses_it_only_when_told() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        app.screen.query_one("#paste").focus()
        await pilot.press("enter")
        await shows(pilot, "Nothing yet")
        app.screen.query_one(TextArea).insert(EXPORTS)
        await shows(pilot, "Understood", "36 characters, not shown", "export PROXMOX_URL=****")
        assert samples.SECRET not in text_of(app) + app.export_screenshot()
        assert given(wizard(app).state) == ({}, {})
        await pilot.press("ctrl+n")
        await shows(pilot, "lattice@pve!installer", "checks done. F3")

        assert given(wizard(app).state)[1] == {"secret": Secret(samples.SECRET)}


async def test_a_certificate_is_trusted_once_after_its_fingerprint_was_shown() -> None:
    there = world(checks=samples.SELF_SIGNED, later=[samples.CONNECTED])
    app = wizard_app(there)
    fingerprint = samples.FINGERPRINT.replace(":", "").lower()
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "Trust the certificate")
        app.screen.query_one("#trust").focus()
        await pilot.press("enter")
        await shows(pilot, samples.FINGERPRINT[:47], samples.FINGERPRINT[48:], "pvenode cert info")
        await pilot.press("enter")
        assert "fingerprint" not in given(wizard(app).state)[0]
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: given(wizard(app).state)[0].get("fingerprint") == fingerprint)
        await until(pilot, lambda: "Trust the certificate" not in text_of(app))

    assert there.checked[1].params["credentials.fingerprint"] == fingerprint


def test_evidence_that_begins_with_no_fingerprint_offers_no_trust() -> None:
    (found,) = [one for one in samples.SELF_SIGNED if one.action_id]

    assert fingerprint_of(found) == samples.FINGERPRINT.replace(":", "").lower()
    assert fingerprint_of(replace(found, evidence="subject CN=x")) == ""
    assert fingerprint_of(replace(found, evidence="")) == ""


async def test_next_lists_what_has_the_wrong_form_and_goes_there() -> None:
    app = wizard_app(world(found=()))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press(*"https://10.0.0.1", "ctrl+n")
        await shows(pilot, "1 of 2", "LT-PVE-", "Step 3 of 7")


async def test_next_without_credentials_asks_first_and_goes_on() -> None:
    app = wizard_app(world(found=()))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("ctrl+n")
        await shows(pilot, "There is nothing to sign in with")
        await pilot.press("down", "enter")
        await shows(pilot, "Step 4 of 7")


async def test_a_failure_is_named_first_and_nobody_is_kept_by_it() -> None:
    app = wizard_app(world(checks=samples.REFUSED))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "1 failed")
        await pilot.press("ctrl+n")
        await shows(pilot, "Mend what failed: Sign-in.")
        await pilot.press("ctrl+n")
        await shows(pilot, "These failed:", "Stay here")
        await pilot.press("down", "enter")
        await shows(pilot, "Step 4 of 7")


PASTED = replace(samples.FROM_A_FILE, is_pasted=True, name="", remarks=())


async def pasted(pilot: Pilot[Any]) -> None:
    await opened(pilot, picked(at("connect", signed_in=False), PASTED))
    await shows(pilot, "checks done. F3")
    await pilot.press("ctrl+n")
    await shows(pilot, "Where to keep the secret?")


async def test_a_secret_that_was_pasted_is_kept_where_the_person_says() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await pasted(pilot)
        await pilot.press("enter")
        await shows(pilot, "Step 4 of 7")
        state = wizard(app).state
        assert (there.kept, state.answer(CREDENTIALS_SOURCE), state.answer(CREDENTIALS_NAME)) == (
            ["keyring"], "keyring", "practice",
        )  # fmt: skip
        await pilot.press("escape")
        await shows(pilot, "Step 3 of 7", "checks done")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 7")

    assert there.kept == ["keyring"]


async def test_without_a_key_store_it_is_not_offered_and_the_reason_is_said() -> None:
    there = world(found=(), key_store=(False, "No key store runs here."))
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await pasted(pilot)
        assert "No key store runs here." in text_of(app).replace("\n", " ").replace("│", " ").replace("  ", "")
        await pilot.press("enter")
        await shows(pilot, "Step 4 of 7")

    assert there.kept == ["file"]


async def test_a_secret_that_cannot_be_kept_is_told_and_one_stays() -> None:
    error = LatticeError(Problem("LT-CRED-004", "The folder is open to others", "chmod 700 it"))
    app = wizard_app(world(found=(), keep_error=error))
    async with app.run_test(size=SMALL) as pilot:
        await pasted(pilot)
        await pilot.press("enter")
        await shows(pilot, "The folder is open to others", "LT-CRED-004", "Step 3 of 7")


async def test_in_a_rehearsal_nothing_is_kept() -> None:
    there = world(found=())
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot, replace(picked(at("connect", signed_in=False), PASTED), rehearsal=True))
        await shows(pilot, "checks done. F3")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 7")

    assert there.kept == []


async def test_what_was_found_is_not_kept_anew() -> None:
    there = world()
    app = wizard_app(there)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "checks done. F3")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 7")
        await pilot.press("escape")
        await shows(pilot, "Step 3 of 7")

    assert there.kept == []


async def test_another_world_gets_none_of_this_ones_credentials() -> None:
    app = wizard_app(world())
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("enter")
        await shows(pilot, "checks done. F3")
        screen = wizard(app)
        next(one for one in screen.commands() if one.title == "Rehearse instead").callback()
        await shows(pilot, "rehearsal: nothing real is made", "Nobody is asked")

        assert given(screen.state) == ({}, {})
