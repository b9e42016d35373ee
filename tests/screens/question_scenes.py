"""What opens over the wizard, and what its pages say when an answer does not do, as scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, TabbedContent

from lattice_tui.wizard.paths import CONTROL_PLANE
from screens.app import LatticeApp
from tests.screens.driving import Scene, rehearse, shows, until, wizard_app

BAD_FILE = "apiVersion: lattice.dev/v1alpha1\nkind: LatticeCluster\nmetadata: {name: Bad_}\nspec: {}\n"


def at_step(number: int, text: str, *keys: str) -> Scene:
    """A step of a rehearsal, the keys pressed there, once `text` can be read."""

    async def visit(pilot: Pilot[Any]) -> None:
        await rehearse(pilot, steps=number - 1)
        for key in keys:
            await pilot.press(key)
        await shows(pilot, text)

    return wizard_app, visit


def _field(pilot: Pilot[Any], path: str) -> Input:
    return next(field for field in pilot.app.screen.query(Input) if getattr(field, "field_path", "") == path)


async def _even_control_planes(pilot: Pilot[Any]) -> None:
    await rehearse(pilot, steps=2)
    _field(pilot, CONTROL_PLANE).focus()
    await pilot.press("end", "backspace", "2", "ctrl+n")
    await shows(pilot, "LT-")


async def _add_a_pool(pilot: Pilot[Any]) -> None:
    await rehearse(pilot, steps=2)
    pilot.app.screen.query_one("#add-pool").focus()
    await pilot.press("enter")
    await shows(pilot, "Add a worker pool")


async def _two_pools(pilot: Pilot[Any]) -> None:
    await _add_a_pool(pilot)
    await pilot.press(*"gpu", "enter")
    await shows(pilot, "Workers in gpu")
    await until(pilot, lambda: "gpu" in str(getattr(pilot.app.focused, "field_path", "")))


async def _path_of_a_file(pilot: Pilot[Any]) -> None:
    await shows(pilot, "I have a cluster.yaml")
    await pilot.press("up", "enter")
    await shows(pilot, "Path of the file")


def _opens_a_bad_file() -> LatticeApp:
    Path("bad.yaml").write_text(BAD_FILE)
    return wizard_app(file="bad.yaml")


async def _problems_of_a_file(pilot: Pilot[Any]) -> None:
    await shows(pilot, "cannot be opened yet", "line 3, column 18")


def _on_the_tab(tab: str, text: str) -> Scene:
    async def visit(pilot: Pilot[Any]) -> None:
        await rehearse(pilot, steps=4)
        pilot.app.screen.query_one(TabbedContent).active = tab
        await shows(pilot, text)

    return wizard_app, visit


async def _saved(pilot: Pilot[Any]) -> None:
    await rehearse(pilot, steps=4)
    await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "start")
    await pilot.press("tab", "enter")
    await shows(pilot, "Saved cluster.yaml")


def _with_another_file() -> LatticeApp:
    Path("cluster.yaml").write_text("mine: true\n")
    return wizard_app()


async def _differs(pilot: Pilot[Any]) -> None:
    await rehearse(pilot, steps=4)
    await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "start")
    await pilot.press("tab", "enter")
    await shows(pilot, "is there already, and differs")


QUESTION_SCENES: dict[str, Scene] = {
    "welcome-explained": (wizard_app, lambda pilot: _after(pilot, "What this does", "f1")),
    "keys": at_step(1, "next step", "question_mark"),
    "palette": at_step(1, "Go to Size", "ctrl+p"),
    "field-explained": at_step(1, "Lower-case letters", "tab", "f1"),
    "file-shown": at_step(1, "kind: LatticeCluster", "f4"),
    "where-planned": at_step(1, "LT-PRV-", "end", "ctrl+n"),
    "size-problems": (wizard_app, _even_control_planes),
    "pool-asked": (wizard_app, _add_a_pool),
    "pools": (wizard_app, _two_pools),
    "review-file": _on_the_tab("tab-file", "kind: LatticeCluster"),
    "review-command": _on_the_tab("tab-command", "lattice install"),
    "review-saved": (wizard_app, _saved),
    "review-differs": (_with_another_file, _differs),
    "path-asked": (wizard_app, _path_of_a_file),
    "file-problems": (_opens_a_bad_file, _problems_of_a_file),
}


async def _after(pilot: Pilot[Any], text: str, *keys: str) -> None:
    await shows(pilot, "I have a cluster.yaml")
    await pilot.press(*keys)
    await shows(pilot, text)
