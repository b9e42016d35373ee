"""cluster.yaml is saved from the review: what was shown is what is replaced, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lattice_tui.document.writer import SCHEMA_FILE
from lattice_tui.providers.schema import schema_bytes
from lattice_tui.wizard.composing import document_text
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME
from lattice_tui.wizard.state import first_state
from screens.wizard import WizardScreen
from tests.screens.driving import SMALL, rehearse, shows, text_of, until, wizard_app

PERSONS_FILE = document_text(first_state().with_answer(NAME, "lab")).replace("kind:", "# my own words\nkind:").encode()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def save_only(pilot: Pilot[Any]) -> None:
    """Press the button in the review."""
    button = pilot.app.screen.query_one("#save")
    button.focus()
    # Shortly after it was pressed a button takes no second Enter.
    await until(pilot, lambda: button.has_focus and not button.has_class("-active"))
    await pilot.press("enter")


async def to_the_review(pilot: Pilot[Any]) -> WizardScreen:
    """Of a file that was opened."""
    await shows(pilot, "Step 1 of 5")
    screen = pilot.app.screen
    assert isinstance(screen, WizardScreen)
    await pilot.press("f2")
    await shows(pilot, "Go to a step")
    await pilot.press("end", "enter")
    await shows(pilot, "Step 5 of 5")
    return screen


async def test_a_fresh_file_gets_its_schema_beside_it_and_says_so(tmp_path: Path) -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await save_only(pilot)
        await shows(pilot, "Saved cluster.yaml. Editors find its keys in .lattice.schema.json")
        await save_only(pilot)
        await shows(pilot, "cluster.yaml is up to date")

    assert (tmp_path / SCHEMA_FILE).read_bytes() == schema_bytes()
    assert (tmp_path / "cluster.yaml").stat().st_mode & 0o777 == 0o600


async def test_an_opened_file_gets_no_schema_and_keeps_what_was_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_bytes(PERSONS_FILE)
    app = wizard_app(file=str(path))
    async with app.run_test(size=SMALL) as pilot:
        screen = await to_the_review(pilot)
        screen.wizard = screen.state.with_answer(CONTROL_PLANE, "3")
        await save_only(pilot)
        await shows(pilot, "lab.yaml is there already, and differs", "+    controlPlane: 3")
        await pilot.press("down", "enter")
        await shows(pilot, "the old one is lab.yaml.bak")

    assert path.read_bytes() == PERSONS_FILE.replace(b"controlPlane: 1", b"controlPlane: 3")
    assert (tmp_path / "lab.yaml.bak").read_bytes() == PERSONS_FILE
    assert not (tmp_path / SCHEMA_FILE).exists()


async def test_a_file_that_changes_under_the_question_is_shown_and_asked_about_anew(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text("mine: true\n")
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await save_only(pilot)
        await shows(pilot, "is there already, and differs", "-mine: true")
        path.write_text("theirs: true\n")
        await pilot.press("down", "enter")
        await shows(pilot, "was changed by somebody else meanwhile", "-theirs: true")
        assert path.read_text() == "theirs: true\n"
        await pilot.press("down", "enter")
        await shows(pilot, "the old one is cluster.yaml.bak")

    assert (tmp_path / "cluster.yaml.bak").read_text() == "theirs: true\n"
    assert path.read_text().count("LatticeCluster") == 1


async def test_a_file_that_appears_under_no_question_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        path.write_text("theirs: true\n")
        await save_only(pilot)
        await shows(pilot, "-theirs: true")
        await pilot.press("escape")
        await shows(pilot, "Nothing was changed")

    assert path.read_text() == "theirs: true\n"


async def test_a_file_changed_since_it_was_opened_says_so_and_a_save_of_our_own_does_not(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_bytes(PERSONS_FILE)
    app = wizard_app(file=str(path))
    async with app.run_test(size=SMALL) as pilot:
        screen = await to_the_review(pilot)
        path.write_bytes(PERSONS_FILE + b"# theirs\n")
        screen.wizard = screen.state.with_answer(CONTROL_PLANE, "3")
        await save_only(pilot)
        await shows(pilot, "was changed by somebody else meanwhile", "+    controlPlane: 3")
        await pilot.press("pagedown")
        await shows(pilot, "-# theirs")
        await pilot.press("down", "enter")
        await shows(pilot, "the old one is lab.yaml.bak")
        screen.wizard = screen.state.with_answer(CONTROL_PLANE, "5")
        await save_only(pilot)
        await shows(pilot, "is there already, and differs", "+    controlPlane: 5")


async def test_a_folder_that_is_open_to_all_is_told_after_saving(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await save_only(pilot)
        await until(pilot, lambda: "everybody on this computer can" in " ".join(text_of(app).split()))

    assert (tmp_path / "cluster.yaml").exists()
