"""Pictures of the screens that show drafts, and what holds for them at every size."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from screens.app import LatticeApp
from tests.screens.draft_scenes import NOT_STILL, SCENES
from tests.screens.driving import LARGE, SMALL, Visit, strips_of, text_of, until
from tests.screens.picturing import Looks

every_scene = pytest.mark.parametrize(("make", "visit"), [*SCENES.values(), *NOT_STILL.values()])


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_screen_looks_as_it_did(scene: str, size: tuple[int, int], looks: Looks) -> None:
    make, visit = SCENES[scene]

    looks(make(), size, visit)


@every_scene
async def test_the_footer_shows_at_most_five_keys_and_all_of_them(make: Callable[[], LatticeApp], visit: Visit) -> None:
    app = make()
    async with app.run_test(size=(60, 20)) as pilot:
        await visit(pilot)
        keys = list(app.screen.query_one(Footer).query(FooterKey))

        assert 1 <= len(keys) <= 5
        assert all(key.region.right <= 60 for key in keys)


@every_scene
async def test_nothing_is_cut_at_the_right_edge_at_60_by_20(make: Callable[[], LatticeApp], visit: Visit) -> None:
    app = make()
    async with app.run_test(size=(60, 20)) as pilot:
        await visit(pilot)
        cut = [
            widget
            for widget in app.screen.query("*")
            if widget.display and widget.region.width and widget.region.right > 60 and widget.is_on_screen
        ]

        assert cut == []
        assert max(map(len, text_of(app).splitlines())) <= 60


@every_scene
async def test_the_ascii_option_draws_no_box_glyph(make: Callable[[], LatticeApp], visit: Visit) -> None:
    app = make()
    app.set_class(True, "-ascii")
    async with app.run_test(size=SMALL) as pilot:
        await visit(pilot)

        assert text_of(app).replace("…", "").isascii()


@every_scene
async def test_without_colours_no_colour_is_drawn(
    make: Callable[[], LatticeApp], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make()
    async with app.run_test(size=SMALL) as pilot:
        await visit(pilot)
        styles = [segment.style for strip in strips_of(app) for segment in strip]
        colours = {style.color.name for style in styles if style is not None and style.color is not None}

        assert colours <= {"default"}


@pytest.mark.parametrize("scene", SCENES)
async def test_without_colours_what_is_current_is_underlined(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    make, visit = SCENES[scene]
    app = make()
    async with app.run_test(size=SMALL) as pilot:
        await visit(pilot)
        styles = [segment.style for strip in strips_of(app) for segment in strip]

        assert any(style.underline for style in styles if style is not None)


MOVES = ["up", "down", "tab", "shift+tab", "enter", "escape", "home", "end", "pageup", "pagedown", "delete"]
LETTERS = ["c", "d", "u", "x", "f1", "question_mark", "ctrl+c"]
KEYS = st.lists(st.sampled_from([*MOVES, *LETTERS]), max_size=20)


@settings(max_examples=int(os.environ.get("LATTICE_KEY_EXAMPLES", "8")), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(keys=KEYS, scene=st.sampled_from(["welcome with many", "drafts", "file changed"]))
def test_random_keys_among_the_drafts_break_nothing(keys: list[str], scene: str) -> None:
    async def press_them() -> None:
        make, visit = SCENES[scene]
        app = make()
        async with app.run_test(size=SMALL) as pilot:
            await visit(pilot)
            for key in keys:
                if not app.is_running:
                    return
                await pilot.press(key)
            if app.is_running:
                await until(pilot, lambda: bool(text_of(app).strip()))

    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            asyncio.run(press_them())
        finally:
            os.chdir(before)
