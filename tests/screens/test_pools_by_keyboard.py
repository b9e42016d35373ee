"""Worker pools are added and removed on the Size page, by keyboard alone, at both sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_tui.wizard.composing import document_text
from lattice_tui.wizard.state import first_state
from screens.dialogs import Dialog
from screens.wizard import WizardScreen
from tests.screens.driving import LARGE, SMALL, rehearse, shows, text_of, until, wizard_app

both_sizes = pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)], ids=["80x24", "120x40", "60x20"])


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def to_the_button(pilot: Pilot[Any], name: str) -> None:
    """Tab as often as it takes."""
    for _ in range(20):
        if pilot.app.focused is not None and pilot.app.focused.id == name:
            return
        await pilot.press("tab")
    raise AssertionError(f"{name} is not reached by Tab")


async def add(pilot: Pilot[Any], screen: WizardScreen, name: str = "") -> None:
    pools = len(screen.state.pools)
    await to_the_button(pilot, "add-pool")
    await until(pilot, lambda: not screen.query_one("#add-pool").has_class("-active"))
    await pilot.press("enter")
    await shows(pilot, "Add a worker pool")
    await pilot.press(*name, "enter")
    await until(pilot, lambda: len(screen.state.pools) == pools + 1)


def focus_path(pilot: Pilot[Any]) -> str:
    return str(getattr(pilot.app.focused, "field_path", ""))


@both_sizes
async def test_a_pool_is_added_and_its_number_can_be_typed_at_once(size: tuple[int, int]) -> None:
    app = wizard_app()
    async with app.run_test(size=size) as pilot:
        screen = await rehearse(pilot, steps=2)
        await add(pilot, screen, "gpu-for-training")
        await until(pilot, lambda: "gpu-for-training" in focus_path(pilot))
        await pilot.press("backspace", "4")
        await shows(pilot, "Workers in default", "Workers in gpu-for-training", "In all  6 machines")

        assert screen.state.pools == ("default", "gpu-for-training")
        assert screen.state.answer("spec.nodes.workerPools.gpu-for-training.replicas") == "4"
        assert all(widget.region.right <= size[0] for widget in app.screen.query("#pools *"))
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 5")


async def test_a_name_is_proposed_and_the_documents_rule_says_what_is_wrong_with_another() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=2)
        await to_the_button(pilot, "add-pool")
        await pilot.press("enter")
        await shows(pilot, "pool-2")
        await pilot.press(*"Big", "enter")
        await shows(pilot, "Big cannot be a pool's name", "LT-DOC-022")
        await pilot.press("backspace", "backspace", "backspace", *"default", "enter")
        await shows(pilot, "there is a pool called default already", "LT-EDT-010")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))

        assert screen.state.pools == ("default",)


@both_sizes
async def test_the_last_pool_can_go_and_it_is_said_what_that_means(size: tuple[int, int]) -> None:
    app = wizard_app()
    async with app.run_test(size=size) as pilot:
        screen = await rehearse(pilot, steps=2)
        await to_the_button(pilot, "remove-pool")
        await pilot.press("enter")
        await shows(pilot, "the last one", "plane runs everything", "Keep it")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))
        assert screen.state.pools == ("default",)
        # Shortly after it was pressed a button takes no second Enter.
        await until(pilot, lambda: not screen.query_one("#remove-pool").has_class("-active"))
        await pilot.press("enter")
        await shows(pilot, "Keep it")
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.state.pools == ())
        await shows(pilot, "Without workers, the control plane", "In all  1 machine")
        assert "Remove a pool" not in text_of(app)
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 5")

    assert "workerPools: {}" in document_text(screen.state)


async def test_of_several_pools_the_one_looked_at_last_is_offered_first_and_comes_back_when_added() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=2)
        await add(pilot, screen, "gpu")
        await until(pilot, lambda: "gpu" in focus_path(pilot))
        await to_the_button(pilot, "remove-pool")
        await pilot.press("enter")
        await shows(pilot, "Keep all", "Remove default", "Remove gpu")
        await pilot.press("enter")
        await until(pilot, lambda: screen.state.pools == ("default",))
        await shows(pilot, "Try it", "Home")
        await add(pilot, screen, "gpu")

        assert screen.state.pools == ("default", "gpu")


async def test_presets_are_not_offered_where_they_would_throw_pools_away() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=2)
        await add(pilot, screen)
        await shows(pilot, "Several pools", "Workers in pool-2")

        assert "Survives one failure" not in text_of(app)
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 4 of 5")
        await pilot.press("escape")
        await shows(pilot, "Step 3 of 5")
        assert focus_path(pilot) == "spec.nodes.controlPlane"


async def test_many_pools_are_reached_by_tab_and_asked_about() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=2)
        state = screen.state
        for number in range(2, 21):
            state = state.with_pool(f"pool-{number}")
        screen.wizard = state
        await until(pilot, lambda: len(screen.query("#pools .field")) == 20)
        screen.query_one("#pools").query(".field FieldInput").last().focus()
        await pilot.press("tab", "tab", "enter")
        await shows(pilot, "Remove pool-20")
        await pilot.press("enter")
        await until(pilot, lambda: screen.state.pools[-1] == "pool-19")


async def test_an_opened_file_keeps_its_comments_when_a_pool_comes_and_another_goes(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    text = document_text(first_state().with_pool("big", 3)).replace("replicas: 3", "replicas: 3   # my own words")
    path.write_text(text)
    app = wizard_app(file=str(path))
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Step 1 of 5")
        screen = app.screen
        assert isinstance(screen, WizardScreen)
        await pilot.press("f2")
        await shows(pilot, "Go to a step")
        await pilot.press("down", "down", "enter")
        await shows(pilot, "Workers in big")
        await add(pilot, screen, "gpu")
        await to_the_button(pilot, "remove-pool")
        await pilot.press("enter")
        await shows(pilot, "Remove gpu")
        await pilot.press("up", "up", "enter")
        await until(pilot, lambda: screen.state.pools == ("big", "gpu"))
        changed = document_text(screen.state)

    assert "replicas: 3   # my own words" in changed
    assert "default:" not in changed
    assert next(line for line in changed.splitlines() if line not in text.splitlines()).strip() == "gpu:"
