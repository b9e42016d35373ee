"""Looking on from another terminal: everything is shown, nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.app import LatticeApp
from screens.watching import WatchingScreen
from tests.screens import recording
from tests.screens.driving import LARGE, SMALL, folded, shows, text_of, until
from tests.screens.fakes import FakeWorld, still
from tests.screens.recording import Recorder


def watching(recorder: Recorder, world: FakeWorld, ending: str = "") -> LatticeApp:
    folder = Path("/runs/my-cluster")
    return LatticeApp(world.seams(), clock=still(recorder.now), folder=folder, looks_on=True, ending=ending)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_asks_nothing_and_the_run_goes_on(key: str) -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events])
    app = watching(recorder, world, " --state-dir runs")
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "my-cluster on docker", "q Leave")
        await pilot.press(key)
        await pilot.pause()

    assert (app.return_value, world.signals, world.restarts) == (0, [], 0)
    assert app.farewell == ("my-cluster goes on. See it again: lattice watch my-cluster --state-dir runs",)


async def test_a_failed_run_offers_no_key_that_would_start_the_engine() -> None:
    recorder = recording.failed()
    world = FakeWorld(events=[recorder.events], is_alive=False)
    app = watching(recorder, world)
    async with app.run_test(size=LARGE) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "did not join in time", "go on", "lattice resume my-cluster")
        await pilot.press("r")
        await pilot.pause()
        shown = text_of(app)
        await pilot.press("q")
        await pilot.pause()

    assert "r, or later" not in shown
    assert "Resume" not in shown
    assert (app.return_value, world.restarts) == (42, 0)


async def test_the_keys_that_are_listed_are_those_that_there_are() -> None:
    recorder = recording.at_work()
    app = watching(recorder, FakeWorld(events=[recorder.events]))
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await pilot.press("question_mark")
        await shows(pilot, "leave; the run goes on")
        assert "resume" not in text_of(app)


async def test_an_engine_that_died_is_told_and_leaves_with_the_code_of_the_lines() -> None:
    recorder = recording.at_work()
    app = watching(recorder, FakeWorld(events=[recorder.events], is_alive=False))
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "The engine is not running", "lattice resume my-cluster")
        await pilot.press("q")
        await pilot.pause()

    assert app.return_value == 70


async def test_a_run_that_is_done_shows_its_end() -> None:
    recorder = recording.done()
    app = watching(recorder, FakeWorld(events=[recorder.events], is_alive=False))
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "my-cluster was rehearsed")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WatchingScreen))
        await pilot.press("q")
        await pilot.pause()

    assert app.return_value == 0
