"""Pictures of the screens, compared with the ones that were looked at. Renew them with --snapshot-update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.screens.driving import LARGE, SMALL, shows, wizard_app
from tests.screens.picturing import Looks
from tests.screens.scenes import SCENES

PLAIN = ("welcome", "where", "checks-low-memory", "checks-running", "checks-continue", "size", "review", "building")
"""The main screens, for terminals that can do less."""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_screen_looks_as_it_did(scene: str, size: tuple[int, int], looks: Looks) -> None:
    make, visit = SCENES[scene]
    looks(make(), size, visit)


@pytest.mark.parametrize("scene", PLAIN)
def test_without_colours_it_looks_as_it_did(scene: str, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    make, visit = SCENES[scene]
    looks(make(), SMALL, visit)


@pytest.mark.parametrize("scene", PLAIN)
def test_in_ascii_alone_it_looks_as_it_did(scene: str, looks: Looks) -> None:
    make, visit = SCENES[scene]
    app = make()
    app.add_class("-ascii")

    looks(app, SMALL, visit)


def test_a_terminal_that_is_too_small_looks_as_it_did(looks: Looks) -> None:
    async def come_there(pilot: Pilot[Any]) -> None:
        await shows(pilot, "Make it 60x20 or larger.")

    looks(wizard_app(), (50, 12), come_there)
