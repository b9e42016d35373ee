"""Apps for tests, and ways to wait for and read what they show."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual._context import visible_screen_stack
from textual.pilot import Pilot
from textual.strip import Strip

from screens.app import LatticeApp
from screens.building import BuildingScreen
from screens.wizard import WizardScreen
from tests.screens.fakes import FakeWorld, still
from tests.screens.recording import Recorder

SMALL = (80, 24)
LARGE = (120, 40)
Visit = Callable[[Pilot[Any]], Awaitable[None]]
Scene = tuple[Callable[[], LatticeApp], Visit]
"""How an app is made, and how one comes to what is looked at."""
DEADLINE_S = 60.0
"""Generous: the machine that runs the tests may be busy with others."""


def wizard_app(world: FakeWorld | None = None, **options: Any) -> LatticeApp:
    """The app at its welcome, or wherever `options` lead."""
    return LatticeApp((world or FakeWorld()).seams(), **{"clock": still(), **options})


def building_app(recorder: Recorder, world: FakeWorld | None = None, **options: Any) -> LatticeApp:
    """The app watching a recorded run at its last moment."""
    if world is None:
        world = FakeWorld(events=[recorder.events])
    return LatticeApp(world.seams(), clock=still(recorder.now), folder=Path("/runs/my-cluster"), **options)


def strips_of(app: LatticeApp) -> list[Strip]:
    """What the terminal would show, line by line, with colours.

    A dialog keeps what it has drawn, and it is drawn here if it was not yet: without being told which screens are
    behind it, it would keep a picture with nothing there.
    """
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def text_of(app: LatticeApp) -> str:
    """What the terminal would show, line by line."""
    return "\n".join(strip.text.rstrip() for strip in strips_of(app))


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds and the screen has been drawn."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"this did not come:\n{text_of(pilot.app)}")  # type: ignore[arg-type]
        await pilot.pause(0.02)
    await pilot.pause()


async def shows(pilot: Pilot[Any], *texts: str) -> None:
    """Wait until all of `texts` can be read."""
    app = pilot.app
    assert isinstance(app, LatticeApp)
    await until(pilot, lambda: all(text in text_of(app) for text in texts))


async def folded(pilot: Pilot[Any], recorder: Recorder) -> BuildingScreen:
    """Wait until the whole recording has been folded in."""
    app = pilot.app
    await until(pilot, lambda: any(isinstance(screen, BuildingScreen) for screen in app.screen_stack))
    building = next(screen for screen in app.screen_stack if isinstance(screen, BuildingScreen))
    await until(pilot, lambda: building.snapshot.seq == len(recorder.events))
    return building


async def rehearse(pilot: Pilot[Any], *, steps: int = 0) -> WizardScreen:
    """Into the wizard of a rehearsal, and on by `steps` steps."""
    return await begin(pilot, "down", steps=steps)


async def begin(pilot: Pilot[Any], *keys: str, steps: int = 0) -> WizardScreen:
    """Into the wizard by keys of the welcome, and on by `steps` steps."""
    await shows(pilot, "Rehearse")
    await pilot.press(*keys, "enter")
    await shows(pilot, "Step 1 of 5")
    for number in range(2, 2 + steps):
        if number == 3:
            await shows(pilot, "4 checks done")
        await pilot.press("ctrl+n")
        await shows(pilot, f"Step {number} of 5")
    app = pilot.app
    assert isinstance(app.screen, WizardScreen)
    await until(pilot, lambda: app.focused is not None)
    return app.screen
