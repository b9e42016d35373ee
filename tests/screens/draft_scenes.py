"""The screens that show drafts, by name, and how to come there. The state folder is `state` in the working folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.paths import NAME
from lattice_tui.wizard.state import OpenedFile, WizardState, first_state
from screens.app import LatticeApp
from tests.screens.driving import Scene, rehearse, shows, until, wizard_app
from tests.screens.fakes import FakeWorld
from tests.screens.recording import START
from tests.wizard.draft_files import Disk, HandClock

STATE = Path("state")
LAB = first_state(rehearsal=True).with_answer(NAME, "lab").at("computer").at("size")
HOME = replace(first_state().with_answer(NAME, "home"), step="version", visited=frozenset({"where"}))


def from_file(file: str, data: bytes) -> WizardState:
    """A draft of a file with one changed answer."""
    given = dict(first_state().answers)
    opened = OpenedFile(file, data, {**given, NAME: "shop"})
    return WizardState(answers={**given, NAME: "store"}, opened=opened, save_to=file, step="review")


def keep(state: WizardState, *, days: float = 2.0, name: str = "", folder: Path = STATE) -> str:
    """Put a draft into the state folder, left so long before the scene; returns its id."""
    draft = DraftStore(folder, clock=HandClock(START - timedelta(days=days))).create(state)
    draft.close()
    if not name:
        return draft.id
    draft.path.rename(draft.path.with_name(f"{name}.jsonl"))
    return name


def keep_many() -> None:
    """Five that can be opened, one broken, one of a newer version."""
    keep(LAB, days=2, name="a")
    keep(HOME, days=0.2, name="b")
    keep(from_file("/srv/shop.yaml", b"data"), days=5, name="c")
    keep(first_state(), days=-3, name="d")
    keep(first_state(rehearsal=True).at("review"), days=300, name="e")
    for name, head in (("broken", b"\0\0"), ("newer", b'{"draft":7}\n')):
        path = STATE / "drafts" / f"{name}.jsonl"
        path.write_bytes(head)
        _date(path, days=9)


def drafts_app(world: FakeWorld | None = None, **options: Any) -> LatticeApp:
    """The app on the state folder of this test."""
    return wizard_app(world or FakeWorld(drafts=DraftStore(STATE, clock=lambda: START)), **options)


def _date(path: Path, *, days: float) -> None:
    import os

    moment = (START - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def _many() -> LatticeApp:
    keep_many()
    return drafts_app()


def _one() -> LatticeApp:
    keep(LAB)
    return drafts_app()


def _full_disk() -> LatticeApp:
    store = DraftStore(STATE, clock=lambda: START, sync=Disk(refuses=True).sync)
    return drafts_app(FakeWorld(drafts=store))


async def _listed(pilot: Pilot[Any]) -> None:
    await shows(pilot, "Go on with")


async def _list(pilot: Pilot[Any], keys: Sequence[str] = ()) -> None:
    await _listed(pilot)
    await pilot.press("d")
    await shows(pilot, "7 drafts, kept in")
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def _discarding(pilot: Pilot[Any]) -> None:
    await _list(pilot, ["down", "d"])
    await shows(pilot, "Discard this draft?")


async def _leaving(pilot: Pilot[Any]) -> None:
    screen = await rehearse(pilot)
    await pilot.press("tab", "end", "x")
    await until(pilot, lambda: screen.state.name.endswith("x"))
    await pilot.press("ctrl+q")
    await shows(pilot, "Kept as a draft")


async def _not_kept(pilot: Pilot[Any]) -> None:
    screen = await rehearse(pilot)
    await pilot.press("tab", "end", "x")
    await until(pilot, lambda: screen.state.name.endswith("x"))
    # The first answer makes the file, the second one meets the disk that refuses.
    await until(pilot, lambda: bool(list(STATE.glob("drafts/*.jsonl"))))
    await pilot.press("y")
    await shows(pilot, "Your answers are not being kept")


def _changed() -> LatticeApp:
    from lattice_tui.wizard.composing import document_text

    text = document_text(first_state().with_answer(NAME, "shop"))
    Path("shop.yaml").write_text(text.replace("controlPlane: 1", "controlPlane: 3"))
    keep(from_file("shop.yaml", text.encode()))
    return drafts_app()


async def _asked_about_the_file(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("enter")
    await shows(pilot, "shop.yaml has changed since you left this draft")


SCENES: dict[str, Scene] = {
    "welcome with a draft": (_one, _listed),
    "welcome with many": (_many, _listed),
    "drafts": (_many, _list),
    "discarding": (_many, _discarding),
    "leaving the wizard": (drafts_app, _leaving),
    "file changed": (_changed, _asked_about_the_file),
}
NOT_STILL: dict[str, Scene] = {"not kept": (_full_disk, _not_kept)}
"""Shows what differs from run to run; the rules for all screens hold for it too."""
