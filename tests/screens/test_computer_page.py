"""The computer page by keyboard: rows that stand still, looking again by itself, and the ways on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from lattice_tui.providers.docker.probe import PROBE_IMAGE
from lattice_tui.wizard.board import Board
from lattice_tui.wizard.paths import CONTROL_PLANE
from schemas.checks import CheckResult
from screens.app import LatticeApp
from screens.dialogs import Dialog, Reading
from screens.lines_view import LinesView
from screens.looking import LookNews, LookOrder
from screens.wizard import WizardScreen
from tests.screens import check_samples as samples
from tests.screens.check_scenes import computer_page
from tests.screens.driving import LARGE, SMALL, begin, rehearse, shows, text_of, until, wizard_app
from tests.screens.fakes import CHECKS, FakeWorld, HandClock

OK = CheckResult("a", "Alpha", "ok", "fine")
BAD = CheckResult("b", "Beta", "fail", "2 GiB", why="6 are needed", fix="Give it more", action="docker info", code="X")
MENDED = replace(BAD, status="ok", summary="8 GiB", why="", fix="", action="", code="")
SOFT = CheckResult("c", "Gamma", "warn", "few", why="it will be slow", fix="Raise it")
ODD = CheckResult("d", "Delta", "unknown", "could not be looked at")
HANGS = CheckResult("e", "Epsilon", "wait", "")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def cursor(app: LatticeApp) -> int:
    return app.screen.query_one(LinesView).cursor


async def arrive(pilot: Pilot[Any], text: str = "done") -> None:
    """On the page, and the first look is over."""
    await begin(pilot, steps=1)
    page = computer_page(pilot)
    await until(pilot, lambda: page.board.has_all and not page.board.is_looking)
    await shows(pilot, text)


async def test_what_is_mended_turns_ok_by_itself_and_then_nobody_looks_any_more() -> None:
    world = FakeWorld(checks=[OK, BAD], later=[[OK, BAD], [OK, MENDED]], looks_again=True)
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, steps=1)
        await shows(pilot, "8 GiB", "2 checks done. F3 looks again.")
        await pilot.pause(0.2)

        assert world.asked == [["a", "b"], ["b"], ["b"]]


async def test_looking_again_paints_no_row_anew_as_long_as_nothing_else_is_found() -> None:
    world = FakeWorld(checks=[OK, BAD], looks_again=True)
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        view = app.screen.query_one(LinesView)
        before, looks = view.repainted, len(world.checked)
        await until(pilot, lambda: len(world.checked) > looks + 3)

        assert view.repainted == before


async def test_the_person_sees_that_it_looks_again_and_when() -> None:
    app = wizard_app(FakeWorld(checks=[OK, BAD], later=[[OK, replace(BAD, status="wait", summary="")]]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "2 checks done, 1 failed. F3 looks again. Looks again by itself in 5 s.")
        await pilot.press("f3")
        await shows(pilot, "Looking again at all: 1 of 2.", "fail     Beta")


async def test_the_cursor_goes_to_the_first_failure_once_and_is_never_stolen_later() -> None:
    worse = replace(OK, status="fail", summary="gone")
    world = FakeWorld(checks=[OK, SOFT, BAD], later=[[worse, SOFT, BAD]])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "Give it more")
        assert cursor(app) == 2
        await pilot.press("f3")
        await shows(pilot, "2 failed")

        assert cursor(app) == 2


async def test_whoever_moves_while_the_checks_run_stays_where_they_went() -> None:
    world = FakeWorld(checks=[OK, HANGS, BAD], later=[[OK, SOFT, BAD]])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, steps=1)
        await shows(pilot, "2 of 3 checks done")
        await pilot.press("down", "f3")
        await shows(pilot, "checks done, 1 failed")

        assert cursor(app) == 1


async def test_a_wait_of_more_than_a_second_says_what_for_and_since_when() -> None:
    clock = HandClock()
    app = wizard_app(FakeWorld(checks=[OK, HANGS]), clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, steps=1)
        page = computer_page(pilot)
        await until(pilot, lambda: any(row.since for row in page.board.rows))
        assert "Waiting" not in text_of(app)
        clock.now += timedelta(seconds=3)
        await shows(pilot, "1 of 2 checks done. Waiting 3 s for: Epsilon.", "wait     Epsilon  looking, 3 s")


async def test_an_answer_that_changes_is_looked_at_with_what_depends_on_it_alone() -> None:
    world = FakeWorld(checks=[OK, MENDED], inputs={"b": ("control_planes",)})
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 3 of 5")
        app.screen.query(Input).filter("FieldInput").first().focus()
        planes = next(one for one in app.screen.query(Input) if getattr(one, "field_path", "") == CONTROL_PLANE)
        planes.focus()
        await pilot.press("end", "backspace", "3", "escape")
        await shows(pilot, "Step 2 of 5")
        await until(pilot, lambda: len(world.checked) == 2 and not computer_page(pilot).board.is_looking)
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 3 of 5")
        await pilot.press("escape")
        await shows(pilot, "Step 2 of 5", "2 checks done")

        assert world.asked == [["a", "b"], ["b"]]
        assert (world.checked[1].before["control_planes"], world.checked[1].params["control_planes"]) == ("1", "3")


@pytest.mark.parametrize("way", ["f3", "ctrl+n", "escape", "quit"])
async def test_a_look_that_nobody_waits_for_is_ended(way: str) -> None:
    world = FakeWorld(checks=[OK, HANGS])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, steps=1)
        await shows(pilot, "1 of 2 checks done")
        if way == "quit":
            app.exit()
        elif way == "ctrl+n":
            await pilot.press("ctrl+n")
            await shows(pilot, "Not looked at yet:", "Epsilon")
            await pilot.press("down", "enter")
        else:
            await pilot.press(way)
        await until(pilot, lambda: world.checks_closed == 1)

    assert len(world.checked) == (2 if way == "f3" else 1)


async def test_coming_back_to_a_page_that_is_all_ok_looks_at_nothing() -> None:
    world = FakeWorld(checks=[OK])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("escape")
        await shows(pilot, "Step 1 of 5")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 2 of 5", "1 check done")
        await pilot.pause(0.2)

    assert len(world.checked) == 1


async def test_a_container_is_tried_after_one_question_and_not_offered_again() -> None:
    tried = replace(samples.NOT_TRIED, summary="the pull failed")
    world = FakeWorld(checks=[OK, samples.NOT_TRIED], later=[[OK, tried]])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "Try a container (pulls 2 MB)")
        await pilot.press("tab", "enter")
        await shows(pilot, "about 2 MB", "removed", PROBE_IMAGE, "Not now")
        await pilot.press("enter")
        assert len(world.checked) == 1
        await pilot.press("enter")
        await shows(pilot, "Pull it and try")
        await pilot.press("down", "enter")
        await shows(pilot, "the pull failed")

        assert "Try a container" not in text_of(app)
    assert [request.params.get("try_image", "") for request in world.checked] == ["", "1"]


async def test_c_sends_the_command_to_the_clipboard_and_says_so() -> None:
    app = wizard_app(FakeWorld(checks=[OK, BAD]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "docker info")
        await pilot.press("c")
        await shows(pilot, "Sent to the clipboard")
        assert app.clipboard == "docker info"
        await pilot.press("up", "c")
        await shows(pilot, "No command here")

        assert app.clipboard == "docker info"


async def test_n_goes_from_one_to_the_next_that_is_not_ok_and_round_again() -> None:
    app = wizard_app(FakeWorld(checks=[SOFT, OK, BAD, replace(MENDED, id="z"), ODD]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "1 unknown")
        seen = [cursor(app)]
        for _ in range(3):
            await pilot.press("n")
            seen.append(cursor(app))

    # From the first failure, where the page leads by itself.
    assert seen == [2, 4, 0, 2]


@pytest.mark.parametrize("key", ["enter", "f1"])
async def test_all_of_a_check_can_be_read_however_long_it_is(key: str) -> None:
    long = replace(BAD, evidence="memory.max 2048 MiB " * 20 + "the end", field="spec.nodes")
    app = wizard_app(FakeWorld(checks=[OK, long]))
    async with app.run_test(size=(60, 20)) as pilot:
        await arrive(pilot, "Enter: more")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Reading))
        await pilot.press("end")
        await shows(pilot, "the end", "spec.nodes", "the install would stop here")


async def test_next_goes_to_the_failure_and_says_what_to_mend_until_it_is() -> None:
    world = FakeWorld(checks=[OK, SOFT, BAD], later=[[OK, SOFT, MENDED]])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("home", "ctrl+n")
        await shows(pilot, "Mend what failed: Beta.", "Give it more", "Step 2 of 5")
        world.looks_again.set()
        await shows(pilot, "3 checks done, 1 with a warning", "8 GiB")

        assert "Mend what failed" not in text_of(app)


async def test_what_a_look_tells_that_was_given_up_is_not_listened_to() -> None:
    app = wizard_app(FakeWorld(checks=[OK]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        page = computer_page(pilot)
        given_up = LookOrder(app.screen.state, Board(), is_anew=False, may_pull=False)  # type: ignore[attr-defined]
        page.post_message(LookNews(given_up, Board()))
        await pilot.pause()

        assert page.board.results == (OK,)


async def test_going_on_with_a_warning_shows_its_consequence_and_what_is_not_known() -> None:
    app = wizard_app(FakeWorld(checks=[OK, SOFT, ODD]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("ctrl+n")
        await shows(pilot, "Gamma: it will be slow", "Delta: could not be looked at", "Continue anyway")


async def test_what_is_unknown_stands_in_nobodys_way() -> None:
    app = wizard_app(FakeWorld(checks=[OK, ODD]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot, "2 checks done, 1 unknown.")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 3 of 5")


async def test_a_rehearsal_instead_starts_from_a_clean_page() -> None:
    world = FakeWorld(checks=[OK, BAD], later=[CHECKS])
    app = wizard_app(world)
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        await pilot.press("tab", "enter")
        await shows(pilot, "4 checks done", "simulated Docker")

        assert "Beta" not in text_of(app)
    assert (world.checked[1].results, world.checked[1].params["simulated"]) == ((), "1")


async def test_foreign_words_are_drawn_as_they_are_and_never_obeyed() -> None:
    nasty = "[@click=app.bell]press[/] [/x] \x1b[31m\u202e"
    hostile = CheckResult("h", nasty, "fail", nasty, why=nasty, fix=nasty, action=nasty, evidence=nasty, code=nasty)
    app = wizard_app(FakeWorld(checks=[hostile]))
    async with app.run_test(size=LARGE) as pilot:
        await arrive(pilot, "[@click=app.bell]")
        await pilot.press("ctrl+n", "f1")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await shows(pilot, "[/x]")

        assert "\x1b" not in text_of(app)
        assert "\u202e" not in text_of(app)


async def test_the_palette_offers_what_the_page_can_do() -> None:
    app = wizard_app(FakeWorld(checks=[samples.NOT_TRIED, replace(BAD, id="z")]))
    async with app.run_test(size=SMALL) as pilot:
        await arrive(pilot)
        assert isinstance(app.screen, WizardScreen)
        titles = [command.title for command in app.screen.commands()]

        assert {"Look again", "Try a container", "Copy the command"} <= set(titles)


async def test_no_row_and_no_detail_is_out_of_reach_in_the_smallest_terminal() -> None:
    app = wizard_app(FakeWorld(checks=samples.GOOD))
    async with app.run_test(size=(60, 20)) as pilot:
        await rehearse(pilot)
        await pilot.press("ctrl+n")
        await shows(pilot, "20 checks done")
        for result in samples.GOOD:
            await shows(pilot, f"│ {result.title}  ok")
            await pilot.press("down")
