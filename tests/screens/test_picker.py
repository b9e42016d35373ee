"""The picker by keyboard: it filters, takes, refuses with the reason, and never leaves one without a way to type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from schemas.choices import LiveChoices
from schemas.fields import Field
from screens.app import LatticeApp
from screens.lines_view import LinesView
from screens.pick_list import PickList
from screens.picker import Picker
from tests.screens.driving import SMALL, shows, text_of, until, wizard_app
from tests.screens.provider_samples import NO_LIST, TEMPLATES
from tests.screens.recording import START

TEMPLATE = Field(path=TEMPLATES.field, label="Template", help="what machines are cloned from", live=True)


class Asked:
    """A picker over the welcome, and what it was answered with."""

    def __init__(self, found: LiveChoices | None = TEMPLATES, value: str = "", **options: Any) -> None:
        self.app: LatticeApp = wizard_app()
        self.answers: list[str | None] = []
        self.asked_again = 0
        state = PickList(found, since=None if found is not None else START, source="Proxmox")
        self.picker = Picker(TEMPLATE, value, state, lambda: START, self._again, **options)

    def _again(self) -> None:
        self.asked_again += 1

    async def open(self, pilot: Pilot[Any], *keys: str) -> None:
        await shows(pilot, "Rehearse")
        self.app.push_screen(self.picker, self.answers.append)
        await until(pilot, lambda: self.app.screen is self.picker and bool(self.app.focused))
        for key in keys:
            await pilot.press(key)
        await pilot.pause()


def current(asked: Asked) -> str:
    view = asked.picker.query_one(LinesView)
    return view.text_lines()[view.cursor]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), "9000"),
        (("down", "enter"), "9001"),
        ((*"deb", "enter"), "9001"),
        ((*"deb", "down", "enter"), "deb"),
        ((*"9100", "enter"), "9100"),
        (("escape",), None),
    ],
)
async def test_keys_lead_to_the_answer(keys: tuple[str, ...], answer: str | None) -> None:
    asked = Asked()
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, *keys)

        assert asked.answers == [answer]


async def test_what_stands_is_where_one_begins() -> None:
    asked = Asked(value="9001")
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot)

        assert current(asked).startswith("(x)  debian-13-cloud")


async def test_an_entry_that_cannot_be_taken_is_refused_with_its_reason_until_one_moves_on() -> None:
    asked = Asked()
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "down", "down", "enter")
        await shows(pilot, "windows-2025 cannot be taken: the guest agent is off.")
        assert asked.answers == []
        await pilot.press("up")
        await shows(pilot, "plain: RKE2 only")

        assert "cannot be taken: the" not in text_of(asked.app)


async def test_without_a_list_a_value_can_be_typed_and_the_list_be_asked_for_again() -> None:
    asked = Asked(found=NO_LIST)
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "enter", "f3", *"9000", "enter")

        assert (asked.answers, asked.asked_again) == (["9000"], 1)


async def test_the_list_may_come_while_one_types_and_takes_nothing_away() -> None:
    asked = Asked(found=None)
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, *"deb")
        await shows(pilot, "Asking Proxmox for the list.", "Use what you typed: deb")
        asked.picker.told(PickList(TEMPLATES))
        await shows(pilot, "1 of 4 match.", "debian-13-cloud")
        await pilot.press("enter")

        assert asked.answers == ["9001"]


async def test_whoever_has_moved_is_not_moved_by_a_list_that_comes_again() -> None:
    asked = Asked()
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "down")
        asked.picker.told(PickList(replace(TEMPLATES, reason="other words")))
        await shows(pilot, "other words")

        assert current(asked).startswith("( )  debian-13-cloud")


async def test_several_are_marked_with_space_and_taken_together() -> None:
    asked = Asked(is_many=True)
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "space", "down", "space", "up", "enter")

        assert asked.answers == ["9000, 9001"]


async def test_marks_can_be_taken_away_down_to_none() -> None:
    asked = Asked(value="9000", is_many=True)
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "space", "enter")

        assert asked.answers == [""]


async def test_who_marks_nothing_takes_the_entry_at_the_cursor() -> None:
    asked = Asked(is_many=True)
    async with asked.app.run_test(size=SMALL) as pilot:
        await asked.open(pilot, "down", "enter")

        assert asked.answers == ["9001"]


async def test_a_long_list_stays_in_reach_in_the_smallest_terminal() -> None:
    many = tuple(replace(TEMPLATES.choices[0], value=str(9000 + index), label=f"image {index}") for index in range(400))
    asked = Asked(found=replace(TEMPLATES, choices=many, total=400))
    async with asked.app.run_test(size=(60, 20)) as pilot:
        await asked.open(pilot, *["pagedown"] * 50)
        await shows(pilot, "image 399")
        await pilot.press("enter")

        assert asked.answers == ["9399"]
