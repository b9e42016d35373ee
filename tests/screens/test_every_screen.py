"""What holds for all screens: few keys in the footer, small terminals, random keys, no traceback on the screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from lattice_tui.wizard.steps import StepId
from screens.app import LatticeApp
from screens.too_small import TooSmall
from tests.screens import provider_samples as samples
from tests.screens import recording
from tests.screens.driving import (
    LARGE,
    SMALL,
    Visit,
    building_app,
    folded,
    rehearse,
    shows,
    strips_of,
    text_of,
    until,
    wizard_app,
)
from tests.screens.fakes import FakeWorld
from tests.screens.provider_scenes import at, opened
from tests.screens.scenes import SCENES

every_screen = pytest.mark.parametrize(("make", "visit"), SCENES.values(), ids=SCENES)


async def welcome(pilot: Pilot[Any]) -> None:
    await shows(pilot, "I have a cluster.yaml")


async def watching(pilot: Pilot[Any]) -> None:
    await shows(pilot, "my-cluster on docker")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@every_screen
async def test_at_80_columns_the_footer_shows_at_most_five_keys_and_nothing_is_cut(
    make: Callable[[], LatticeApp], visit: Visit
) -> None:
    app = make()
    async with app.run_test(size=SMALL) as pilot:
        await visit(pilot)
        keys = [key for footer in app.screen.query(Footer) for key in footer.query(FooterKey)]
        cut = [
            widget
            for widget in app.screen.query("*")
            if widget.display and widget.region.width and widget.region.right > 80 and widget.is_on_screen
        ]

        assert 1 <= len(keys) <= 5 or app.screen.is_modal
        assert cut == []


@every_screen
async def test_nothing_breaks_at_60_by_20(make: Callable[[], LatticeApp], visit: Visit) -> None:
    app = make()
    async with app.run_test(size=(60, 20)) as pilot:
        await visit(pilot)
        lines = text_of(app).splitlines()

        assert max(map(len, lines)) <= 60
        assert not app.screen.query_one(TooSmall).display if app.screen.query(TooSmall) else True


async def test_a_terminal_that_is_too_small_says_so_waits_and_comes_back() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=2)
        await pilot.resize_terminal(50, 12)
        await shows(pilot, "This terminal is 50x12.", "Make it 60x20 or larger.")
        await pilot.press("ctrl+n", "down", "f2")
        await pilot.resize_terminal(80, 24)
        await shows(pilot, "Step 3 of 5", "Try it")


async def test_q_leaves_from_the_page_that_is_too_small() -> None:
    app = wizard_app()
    async with app.run_test(size=(40, 10)) as pilot:
        await shows(pilot, "Make it 60x20 or larger.")
        await pilot.press("q")
        await pilot.pause()

    assert app.return_value == 0


async def test_without_colours_what_is_current_is_underlined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await welcome(pilot)
        styles = {
            segment.text.strip(): segment.style
            for strip in strips_of(app)
            for segment in strip
            if segment.style is not None
        }

        assert styles["Start"].underline
        assert not styles["Rehearse"].underline
        assert {style.color.name for style in styles.values() if style.color is not None} <= {"default"}


async def test_the_ascii_option_draws_no_box_glyph() -> None:
    app = building_app(recording.at_work(), ascii_only=True)
    async with app.run_test(size=LARGE) as pilot:
        await watching(pilot)
        await pilot.press("ctrl+q")
        await shows(pilot, "still being built")

        assert text_of(app).replace("…", "").isascii()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_both_themes_draw(theme: str) -> None:
    app = wizard_app(theme=theme)
    async with app.run_test(size=SMALL) as pilot:
        await welcome(pilot)

        assert app.theme == f"lattice-{theme}"


async def test_a_bug_leaves_no_traceback_in_the_terminal_and_is_raised_for_the_crash_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = wizard_app()

    def broken() -> None:
        secret = "hunter2"
        raise RuntimeError(f"a bug near {len(secret)}")

    async def run_into_it() -> None:
        async with app.run_test(size=SMALL) as pilot:
            await welcome(pilot)
            app.call_later(broken)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="a bug"):
        await run_into_it()

    said = capsys.readouterr()
    assert "hunter2" not in said.err + said.out
    assert "Traceback" not in said.err + said.out


async def test_a_worker_that_breaks_is_told_and_closes_nothing() -> None:
    app = building_app(recording.at_work(), FakeWorld(tail_error=RuntimeError("unreadable")))
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await shows(pilot, "A part of this program failed", "unreadable")


MOVES = ["up", "down", "left", "right", "tab", "shift+tab", "enter", "escape", "home", "end", "pageup", "pagedown"]
COMMANDS = ["f1", "f2", "f3", "f4", "ctrl+n", "ctrl+c", "question_mark"]
LETTERS = ["backspace", "delete", "space", "x", "0", "9", "minus"]
KEYS = st.lists(st.sampled_from([*MOVES, *COMMANDS, *LETTERS]), max_size=25)


@settings(max_examples=int(os.environ.get("LATTICE_KEY_EXAMPLES", "8")), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(keys=KEYS, start=st.integers(1, 5))
def test_random_keys_never_break_the_wizard(keys: list[str], start: int) -> None:
    async def press_them() -> None:
        app = wizard_app()
        async with app.run_test(size=SMALL) as pilot:
            await rehearse(pilot, steps=start - 1)
            for key in keys:
                if not app.is_running:
                    return
                await pilot.press(key)
            if app.is_running:
                await until(pilot, lambda: bool(text_of(app).strip()))

    asyncio.run(press_them())


@settings(max_examples=int(os.environ.get("LATTICE_KEY_EXAMPLES", "6")), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(keys=KEYS, step=st.sampled_from(["connect", "build", "addresses", "size"]))
def test_random_keys_never_break_the_steps_of_a_provider(keys: list[str], step: StepId) -> None:
    async def press_them() -> None:
        app = wizard_app(FakeWorld(checks=samples.CONNECTED, found=samples.BOTH, lists=samples.LISTS))
        async with app.run_test(size=SMALL) as pilot:
            await opened(pilot, at(step))
            for key in keys:
                if not app.is_running:
                    return
                await pilot.press(key)
            if app.is_running:
                await until(pilot, lambda: bool(text_of(app).strip()))

    asyncio.run(press_them())


async def test_where_not_all_steps_fit_the_others_are_numbers() -> None:
    app = wizard_app(FakeWorld(found=samples.BOTH))
    async with app.run_test(size=(60, 20)) as pilot:
        await opened(pilot, at("connect", signed_in=False))
        await shows(pilot, " 1  2 [3 Connect] 4  5  6  7")
        await pilot.resize_terminal(80, 24)
        await shows(pilot, "[3 Connect] 4 Size  5 Build  6 Addresses  7 Review")


@pytest.mark.parametrize("scene", ["welcome", "size", "building"])
async def test_the_question_mark_lists_the_keys(scene: str) -> None:
    make, visit = SCENES[scene]
    app = make()
    async with app.run_test(size=SMALL) as pilot:
        await visit(pilot)
        await pilot.press("question_mark")
        await shows(pilot, "Keys", "Ctrl-Q")


async def test_the_recording_is_whole() -> None:
    recorder = recording.done()
    app = building_app(recorder)
    async with app.run_test(size=SMALL) as pilot:
        building = await folded(pilot, recorder)

        assert building.snapshot.state == "done"
