"""The wizard from the welcome to a started run, by keyboard alone, at both sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME
from schemas.checks import CheckResult
from schemas.problem import Problem
from screens.building import BuildingScreen
from screens.dialogs import Dialog
from screens.welcome import WelcomeScreen
from screens.wizard import WizardScreen
from tests.screens.driving import LARGE, SMALL, rehearse, shows, text_of, until, wizard_app
from tests.screens.fakes import CHECKS, FakeWorld

both_sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
NO_DOCKER = LatticeError(
    Problem("LT-DKR-001", "Docker is not there", "Install Docker, or start it: systemctl start docker"), ExitCode.DOCKER
)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def focus_path(pilot: Pilot[Any]) -> str:
    return str(getattr(pilot.app.focused, "field_path", ""))


@both_sizes
async def test_from_the_welcome_to_a_started_rehearsal(size: tuple[int, int], tmp_path: Path) -> None:
    world = FakeWorld()
    app = wizard_app(world)
    async with app.run_test(size=size) as pilot:
        await rehearse(pilot, steps=4)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BuildingScreen))

    assert [bool(request.params.get("simulated")) for request in world.checked][-1:] == [True]
    assert [(request.file, request.rehearsal) for request in world.requests] == [("cluster.yaml", True)]
    assert (tmp_path / "cluster.yaml").read_bytes() == world.requests[0].data


async def test_enter_alone_leads_through_the_first_step() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: focus_path(pilot) == NAME)
        await pilot.press("enter")
        await shows(pilot, "Step 2 of 5")


async def test_next_goes_to_the_first_problem_and_lists_all() -> None:
    app = wizard_app()
    async with app.run_test(size=LARGE) as pilot:
        screen = await rehearse(pilot, steps=2)
        fields = [field for field in screen.query(Input) if field.is_on_screen or field.display]
        control_planes = next(field for field in fields if getattr(field, "field_path", "") == CONTROL_PLANE)
        workers = next(field for field in fields if "replicas" in getattr(field, "field_path", ""))
        workers.focus()
        await pilot.press("end", "backspace", "x")
        control_planes.focus()
        await pilot.press("end", "backspace", "2", "ctrl+n")
        await shows(pilot, "1 of 2", "2 of 2", "LT-")

        assert "Step 3 of 5" in text_of(app)
        assert focus_path(pilot) == CONTROL_PLANE


async def test_back_keeps_every_answer() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=2)
        await pilot.press("down")
        await until(pilot, lambda: screen.state.answer("spec.nodes.workerPools.default.replicas") == "2")
        await pilot.press("escape")
        await shows(pilot, "Step 2 of 5")
        await pilot.press("escape")
        await shows(pilot, "Step 1 of 5")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await shows(pilot, "Go on with practice")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WizardScreen))
        assert isinstance(app.screen, WizardScreen)

        assert app.screen.state.answer("spec.nodes.workerPools.default.replicas") == "2"


async def test_a_provider_of_a_later_version_is_told_so_by_the_documents_own_rule() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("end", "ctrl+n")
        await shows(pilot, "azure is planned, not there yet", "LT-PRV-", "Step 1 of 5")


async def test_without_docker_it_says_what_to_do_and_offers_a_rehearsal() -> None:
    world = FakeWorld(checks_error=NO_DOCKER)
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Start")
        await pilot.press("enter")
        await shows(pilot, "Step 1 of 5")
        await pilot.press("ctrl+n")
        await shows(pilot, "Docker is not there", "systemctl start docker", "Rehearse instead")
        await pilot.press("ctrl+n")
        await shows(pilot, "Mend what failed", "Step 2 of 5")
        app.screen.query_one("#rehearse-instead").focus()
        await pilot.press("enter")
        await shows(pilot, "simulated", "4 checks done", "nothing real is made")

    assert [bool(request.params.get("simulated")) for request in world.checked][-1:] == [True]


async def test_a_failed_check_is_mended_and_not_passed() -> None:
    failed = CheckResult("memory", "Memory", "fail", "2 GiB", why="6 GiB are needed", fix="Give Docker more memory")
    app = wizard_app(FakeWorld(checks=(CHECKS[0], failed)))
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await shows(pilot, "1 failed")
        await pilot.press("ctrl+n")
        await shows(pilot, "Mend what failed", "Give Docker more memory", "Step 2 of 5")


async def test_a_warning_can_be_passed_with_its_consequence_in_sight() -> None:
    soft = CheckResult("inotify", "File watches", "warn", "8,192", why="few", fix="Raise it")
    app = wizard_app(FakeWorld(checks=(CHECKS[0], soft)))
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await shows(pilot, "1 with a warning")
        await pilot.press("ctrl+n")
        await shows(pilot, "Continue anyway?", "File watches", "stops if it cannot work")
        await pilot.press("enter")
        await shows(pilot, "Step 2 of 5")
        await pilot.press("ctrl+n")
        await shows(pilot, "Continue anyway?")
        await pilot.press("down", "enter")
        await shows(pilot, "Step 3 of 5")


async def test_f3_checks_again() -> None:
    world = FakeWorld()
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await shows(pilot, "4 checks done")
        await pilot.press("f3")
        await until(pilot, lambda: len(world.checked) == 2)


async def test_a_different_file_is_replaced_only_after_a_look_at_the_difference(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text("mine: true\n")
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        await pilot.press("tab", "enter")
        await shows(pilot, "is there already, and differs", "-mine: true")
        await pilot.press("enter")
        await shows(pilot, "Nothing was changed")
        assert (tmp_path / "cluster.yaml").read_text() == "mine: true\n"
        await pilot.press("enter")
        await shows(pilot, "is there already, and differs")
        await pilot.press("down", "enter")
        await shows(pilot, "Saved cluster.yaml; the old one is cluster.yaml.bak")

    assert (tmp_path / "cluster.yaml.bak").read_text() == "mine: true\n"
    assert (tmp_path / "cluster.yaml").read_text().count("LatticeCluster") == 1


@pytest.mark.parametrize("kind", ["folder", "symlink", "no folder"])
async def test_a_path_that_cannot_be_written_says_why_and_starts_nothing(kind: str, tmp_path: Path) -> None:
    if kind == "folder":
        (tmp_path / "cluster.yaml").mkdir()
    if kind == "symlink":
        (tmp_path / "cluster.yaml").symlink_to(tmp_path / "elsewhere")
    world = FakeWorld()
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=4)
        if kind == "no folder":
            screen.query_one("#save-to", Input).value = "none/such/cluster.yaml"
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        await pilot.press("enter")
        await shows(pilot, "was not written", "LT-SAV-00")

    assert world.requests == []


async def test_every_step_can_be_reached_from_the_step_list() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("f2")
        await shows(pilot, "Go to a step", "here 1 Where and name", "open 4 Version")
        await pilot.press("down", "down", "down", "enter")
        await shows(pilot, "Step 4 of 5", "1.35.5")


async def test_f1_explains_the_field_and_f4_shows_the_file() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("tab", "f1")
        await shows(pilot, "lower-case letters".capitalize(), "metadata.name")
        await pilot.press("escape", "f4")
        await shows(pilot, "kind: LatticeCluster")
        await pilot.press("escape")

        assert not isinstance(app.screen, Dialog)


async def test_from_120_columns_the_third_pane_explains() -> None:
    app = wizard_app()
    async with app.run_test(size=LARGE) as pilot:
        await rehearse(pilot)
        await shows(pilot, "In cluster.yaml", "spec.provider.config")
        await pilot.press("tab")
        await shows(pilot, "metadata.name")


async def test_quitting_with_answers_asks_first() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await pilot.press("ctrl+q")
        await shows(pilot, "Leave the wizard?")
        await pilot.press("enter")
        await shows(pilot, "Step 2 of 5")
        await pilot.press("ctrl+c")
        await shows(pilot, "Leave the wizard?")
        await pilot.press("down", "enter")
        await pilot.pause()

    assert app.return_value == 0


async def test_a_file_opens_with_its_answers(tmp_path: Path) -> None:
    from lattice_tui.wizard.composing import document_text
    from lattice_tui.wizard.state import first_state

    path = tmp_path / "lab.yaml"
    path.write_text(document_text(first_state().with_answer(NAME, "lab")))
    app = wizard_app(file=str(path))
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Step 1 of 5", "lab")
        assert isinstance(app.screen, WizardScreen)

        assert app.screen.state.save_to == str(path)


async def test_a_file_with_problems_is_not_opened_and_each_problem_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("apiVersion: lattice.dev/v1alpha1\nkind: LatticeCluster\nmetadata: {name: Bad_}\nspec: {}\n")
    app = wizard_app()
    async with app.run_test(size=LARGE) as pilot:
        await shows(pilot, "I have a cluster.yaml")
        await pilot.press("up", "enter")
        await shows(pilot, "Path of the file")
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await shows(pilot, "cannot be opened yet", "line 3, column 18", "LT-DOC-")
        await pilot.press("escape")

        assert isinstance(app.screen, WelcomeScreen)
