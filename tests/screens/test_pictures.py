"""Pictures of the screens, compared with the ones that were looked at. Renew them with --snapshot-update."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens.app import LatticeApp
from tests.screens.driving import LARGE, SMALL, Visit, shows, wizard_app
from tests.screens.scenes import SCENES

Compare = Callable[..., bool]
PLAIN = ("welcome", "where", "checks-low-memory", "checks-running", "checks-continue", "size", "review", "building")
"""The main screens, for terminals that can do less."""


def still(visit: Visit) -> Visit:
    """Come there; no cursor blinks in a picture."""

    async def come_there(pilot: Pilot[Any]) -> None:
        await visit(pilot)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
            field._cursor_visible = True

    return come_there


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_screen_looks_as_it_did(scene: str, size: tuple[int, int], snap_compare: Compare) -> None:
    make, visit = SCENES[scene]
    app: LatticeApp = make()

    assert snap_compare(app, terminal_size=size, run_before=still(visit))


@pytest.mark.parametrize("scene", PLAIN)
def test_without_colours_it_looks_as_it_did(scene: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    make, visit = SCENES[scene]

    assert snap_compare(make(), terminal_size=SMALL, run_before=still(visit))


@pytest.mark.parametrize("scene", PLAIN)
def test_in_ascii_alone_it_looks_as_it_did(scene: str, snap_compare: Compare) -> None:
    make, visit = SCENES[scene]
    app = make()
    app.add_class("-ascii")

    assert snap_compare(app, terminal_size=SMALL, run_before=still(visit))


def test_a_terminal_that_is_too_small_looks_as_it_did(snap_compare: Compare) -> None:
    async def come_there(pilot: Pilot[Any]) -> None:
        await shows(pilot, "Make it 60x20 or larger.")

    assert snap_compare(wizard_app(), terminal_size=(50, 12), run_before=come_there)
