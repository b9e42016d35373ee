"""The progress screen draws the journal, and leaving it never surprises."""

from __future__ import annotations

import signal

import pytest

from lattice_tui.errors import LatticeError
from schemas.problem import Problem
from screens.building import BuildingScreen
from screens.dialogs import Dialog
from screens.done import DoneScreen
from screens.lines_view import LinesView
from tests.screens import recording
from tests.screens.driving import LARGE, SMALL, building_app, folded, shows, text_of, until
from tests.screens.fakes import FakeWorld
from tests.screens.recording import worker
from tests.screens.test_lines import CONTROLS, HOSTILE

both_sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@both_sizes
async def test_one_page_tells_steps_and_machines(size: tuple[int, int]) -> None:
    recorder = recording.at_work()
    app = building_app(recorder)
    async with app.run_test(size=size) as pilot:
        await folded(pilot, recorder)
        await shows(
            pilot, "my-cluster on docker", "rehearsal", "step 10 of 13", "00:31", "4-23 s left", "now", "starting",
            "planned", "waiting for 2 machines",
        )  # fmt: skip


async def test_letters_change_the_pane_where_one_fits() -> None:
    recorder = recording.at_work()
    app = building_app(recorder)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await pilot.press("l")
        await shows(pilot, "[l Log]", "kind create cluster")
        await pilot.press("e")
        await shows(pilot, "[e Events]", "Created machine")
        await pilot.press("m")
        await shows(pilot, "[m Machines 1 of 3 ready]", "control-plane-x7k2p")
        await pilot.press("down")
        await shows(pilot, "v1.35.5: kubeadm join has not")
        await pilot.press("s")
        await shows(pilot, "[s Steps]", "Hand the cluster over")


async def test_every_pane_is_there_on_a_large_terminal() -> None:
    recorder = recording.at_work()
    app = building_app(recorder)
    async with app.run_test(size=LARGE) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "Steps", "Events", "Machines  1 of 3 ready", "Log", "Created machine", "Preparing nodes")


async def test_what_arrives_later_is_folded_in_and_only_its_lines_are_repainted() -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events])
    app = building_app(recorder, world)
    async with app.run_test(size=LARGE) as pilot:
        building = await folded(pilot, recorder)
        await shows(pilot, "Machines  1 of 3 ready")
        machines = building.query_one("#machines", LinesView)
        before = machines.repainted
        building.snapshot = building.snapshot
        more = recorder.say("machine.changed", row=worker("my-cluster-default-7c9fd-4mzqx"))
        from screens.following import EventsRead

        building.post_message(EventsRead((more.events[-1],)))
        await shows(pilot, "Machines  2 of 3 ready")

        assert machines.repainted == before + 1


async def test_hostile_text_from_servers_reaches_the_screen_literally() -> None:
    recorder = recording.at_work()
    recorder.say("machine.changed", row=worker("w9", node=HOSTILE, message=HOSTILE, state="failed"))
    recorder.say("tool.output", tool_run=1, tool="kind", stream="stderr", line=HOSTILE)
    recorder.say("step.progress", step="nodes", text=HOSTILE)
    app = building_app(recorder)
    async with app.run_test(size=(200, 40)) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "[@click=app.quit]")
        text = text_of(app)

    assert not any(character in CONTROLS.replace("\n", "") for character in text)


async def test_a_connection_that_went_stale_is_told() -> None:
    recorder = recording.at_work()
    recorder.say("api.link", side="bootstrap", state="stale", why="no answer for 10 s")
    app = building_app(recorder)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "out of date")


@both_sizes
async def test_a_failure_says_what_why_what_to_do_and_how_to_go_on(size: tuple[int, int]) -> None:
    recorder = recording.failed()
    world = FakeWorld(events=[recorder.events], is_alive=False)
    app = building_app(recorder, world)
    async with app.run_test(size=size) as pilot:
        await folded(pilot, recorder)
        await shows(
            pilot, "did not join in time", "LT-MCH-003", "why", "do", "check", "lattice resume my-cluster", "fail",
            "Resume",
        )  # fmt: skip
        await pilot.press("r")
        await until(pilot, lambda: world.restarts == 1)
        await pilot.press("ctrl+q")
        await pilot.pause()

    assert app.return_value == 42


async def test_a_resume_that_cannot_start_says_so() -> None:
    recorder = recording.failed()
    world = FakeWorld(events=[recorder.events], restart_error=LatticeError(Problem("LT-RUN-004", "No engine", "Look")))
    app = building_app(recorder, world)
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "Resume")
        await pilot.press("r")
        await shows(pilot, "No engine")


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
async def test_leaving_asks_and_going_on_watching_changes_nothing(key: str) -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events])
    app = building_app(recorder, world)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await pilot.press(key)
        await shows(pilot, "still being built", "Keep running in the background", "Stop after this step")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))

        assert isinstance(app.screen, BuildingScreen)
    assert world.signals == []


async def test_keeping_it_in_the_background_leaves_with_0_and_no_signal() -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events])
    app = building_app(recorder, world)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await pilot.press("ctrl+q")
        await shows(pilot, "still being built")
        await pilot.press("down", "enter")
        await pilot.pause()

    assert (app.return_value, world.signals) == (0, [])


async def test_stopping_interrupts_the_engine_once_and_a_stopped_run_leaves_with_51() -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events])
    app = building_app(recorder, world)
    async with app.run_test(size=SMALL) as pilot:
        building = await folded(pilot, recorder)
        await pilot.press("ctrl+q")
        await shows(pilot, "still being built")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: world.signals == [signal.SIGINT])
        from screens.following import EventsRead

        recorder.say("engine.stopped", signal="SIGINT")
        building.post_message(EventsRead((recorder.events[-1],)))
        await shows(pilot, "Stopped. Nothing that was made is lost.", "lattice resume my-cluster")
        await pilot.press("ctrl+q")
        await pilot.pause()

    assert app.return_value == 51


async def test_an_engine_that_died_without_a_word_is_noticed() -> None:
    recorder = recording.at_work()
    world = FakeWorld(events=[recorder.events], is_alive=False)
    app = building_app(recorder, world)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await shows(pilot, "The engine is not running", "lattice resume my-cluster", "r Resume")


@both_sizes
async def test_the_end_lists_nodes_kubeconfig_and_what_to_do_next(size: tuple[int, int]) -> None:
    recorder = recording.done()
    app = building_app(recorder)
    async with app.run_test(size=size) as pilot:
        await folded(pilot, recorder)
        await shows(
            pilot, "my-cluster was rehearsed", "00:43", "control plane", "172.18.0.6", "export KUBECONFIG=",
            "kubectl get nodes", "lattice status my-cluster",
        )  # fmt: skip
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BuildingScreen))
        await pilot.press("ctrl+q")
        await pilot.pause()

    assert app.return_value == 0


async def test_q_leaves_the_end_with_0_and_the_commands_can_be_copied() -> None:
    recorder = recording.done()
    app = building_app(recorder)
    async with app.run_test(size=SMALL) as pilot:
        await folded(pilot, recorder)
        await until(pilot, lambda: isinstance(app.screen, DoneScreen))
        await pilot.press("q")
        await pilot.pause()

    assert app.return_value == 0
    kubeconfig = "/home/ada/.local/state/lattice-tui/rehearsals/my-cluster/target.kubeconfig"
    assert app.farewell[0] == f"export KUBECONFIG={kubeconfig}"


async def test_a_run_that_was_done_before_opens_at_its_end() -> None:
    recorder = recording.done()
    app = building_app(recorder, FakeWorld(events=[recorder.events], is_alive=False))
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "my-cluster was rehearsed")
