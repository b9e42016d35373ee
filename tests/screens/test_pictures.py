"""Pictures of the screens, compared with the ones that were looked at. Renew them with --snapshot-update."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from screens.app import LatticeApp
from tests.screens.driving import LARGE, SMALL
from tests.screens.scenes import SCENES

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_screen_looks_as_it_did(scene: str, size: tuple[int, int], snap_compare: Compare) -> None:
    make, visit = SCENES[scene]
    app: LatticeApp = make()

    async def come_there(pilot: Pilot[Any]) -> None:
        await visit(pilot)

    assert snap_compare(app, terminal_size=size, run_before=come_there)
