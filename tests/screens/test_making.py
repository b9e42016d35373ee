"""What is missing is made from the page that misses it, shown first; and sizes that do not fit say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button

from lattice_tui.providers.preparing import CanMake, Failed, News
from lattice_tui.wizard.fitting import Fit
from schemas.checks import CheckResult
from schemas.problem import Problem
from tests.screens import provider_samples as samples
from tests.screens.driving import LARGE, SMALL, shows, until, wizard_app
from tests.screens.fakes import FakeWorld
from tests.screens.provider_scenes import at, opened

MISSING = replace(
    CheckResult("proxmox-permissions", "Template", "fail", "Proxmox has no template 9000", why="w", fix="f"),
    code="LT-PVE-200",
    action_id="make-template",
)
OFFER = CanMake(
    "template",
    "Make a VM template from Ubuntu 24.04",
    ("Fetch the image over there: qm importdisk",),
    "A template is listed on pve1.",
    "The template is deleted.",
    "spec.provider.config.proxmox.templateId",
    "there is no template 9000",
)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def world(**options: Any) -> FakeWorld:
    checks = (*(one for one in samples.CONNECTED if one.id != MISSING.id), MISSING)
    return FakeWorld(**{"checks": checks, "lists": samples.LISTS, "offers": (OFFER,), **options})


async def press_make(pilot: Any) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query_one("#make").display))
    pilot.app.screen.query_one("#make", Button).press()


async def test_it_is_shown_whole_and_leaving_it_makes_nothing() -> None:
    there = world()
    async with wizard_app(there).run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await press_make(pilot)
        await shows(pilot, OFFER.title, "there is no template 9000", "qm importdisk", "A template is listed", "undo")
        await pilot.press("enter")
        await pilot.pause()

        assert [request.work for request in there.prepared] == ["list"]


async def test_agreed_to_it_is_made_told_and_everything_is_looked_at_again() -> None:
    there = world(made=(News("importing the image"), News("template 9000 is on pve1")))
    async with wizard_app(there).run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await press_make(pilot)
        await shows(pilot, OFFER.title)
        looked = len(there.checked)
        await pilot.press("down", "enter")
        await shows(pilot, "template 9000 is on pve1")
        await until(pilot, lambda: len(there.checked) > looked)

        assert [(request.work, request.ids) for request in there.prepared] == [("list", ()), ("make", ("template",))]
        assert there.checked[-1].results == ()


async def test_what_could_not_be_made_says_why_and_what_to_do() -> None:
    refusal = Problem(code="LT-PVE-250", title="Proxmox refused the image", fix="Give the token Sys.AccessNetwork")
    there = world(made=(News("importing the image"), Failed(refusal)))
    async with wizard_app(there).run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await press_make(pilot)
        await shows(pilot, OFFER.title)
        await pilot.press("down", "enter")
        await shows(pilot, "Proxmox refused the image", "Sys.AccessNetwork")


async def test_what_nobody_can_make_is_told_and_no_question_is_asked() -> None:
    there = world(offers=())
    async with wizard_app(there).run_test(size=LARGE) as pilot:
        await opened(pilot, at("build"))
        await press_make(pilot)
        await shows(pilot, "there is no template that could be made")


async def test_where_nothing_is_missing_nothing_is_offered() -> None:
    there = world(checks=samples.CONNECTED)
    async with wizard_app(there).run_test(size=SMALL) as pilot:
        await opened(pilot, at("build"))
        await shows(pilot, "checks done")

        assert not pilot.app.screen.query_one("#make").display


async def test_a_size_that_does_not_fit_says_what_is_missing_and_the_others_keep_their_words() -> None:
    there = world(fits=(Fit("try"), Fit("home"), Fit("survives", "needs 44 GiB, 38 GiB free: 6 GiB short")))
    async with wizard_app(there).run_test(size=LARGE) as pilot:
        await opened(pilot, at("size"))
        await shows(pilot, "too large: needs 44 GiB, 38", "GiB free: 6 GiB short", "1 control plane, 2 workers")
