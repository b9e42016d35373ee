"""Every screen by name, and how to come there: for pictures and for what holds on all screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from tests.screens import recording
from tests.screens.check_scenes import COMPUTER_SCENES
from tests.screens.driving import Scene, Visit, building_app, folded, rehearse, shows, wizard_app
from tests.screens.provider_scenes import PROVIDER_SCENES
from tests.screens.question_scenes import QUESTION_SCENES
from tests.screens.recording import Recorder


async def _welcome(pilot: Pilot[Any]) -> None:
    await shows(pilot, "I have a cluster.yaml")


def _step(number: int) -> Visit:
    async def visit(pilot: Pilot[Any]) -> None:
        await rehearse(pilot, steps=number - 1)
        if number == 2:
            await shows(pilot, "4 checks done")

    return visit


async def _step_list(pilot: Pilot[Any]) -> None:
    await rehearse(pilot)
    await pilot.press("f2")
    await shows(pilot, "Go to a step")


def watch(record: Callable[[], Recorder], *keys: str, text: str = "elapsed") -> Scene:
    """Watching a recorded run, at its last moment."""

    async def visit(pilot: Pilot[Any]) -> None:
        await folded(pilot, record())
        await shows(pilot, "00:" if text == "elapsed" else text)
        for key in keys:
            await pilot.press(key)
        await pilot.pause()

    return (lambda: building_app(record())), visit


SCENES: dict[str, Scene] = {
    "welcome": (wizard_app, _welcome),
    "where": (wizard_app, _step(1)),
    "computer": (wizard_app, _step(2)),
    **COMPUTER_SCENES,
    "size": (wizard_app, _step(3)),
    "version": (wizard_app, _step(4)),
    "review": (wizard_app, _step(5)),
    "steps": (wizard_app, _step_list),
    **QUESTION_SCENES,
    **PROVIDER_SCENES,
    "building-planned": watch(recording.planned, text="my-cluster on docker"),
    "building": watch(recording.at_work),
    "building-machines": watch(recording.at_work, "m"),
    "building-events": watch(recording.at_work, "e"),
    "building-log": watch(recording.at_work, "l"),
    "leaving": watch(recording.at_work, "ctrl+q"),
    "failed": watch(recording.failed, text="did not join in time"),
    "done": watch(recording.done, text="was rehearsed"),
}
