"""What was answered waits on the first screen, and is gone on with; nothing is lost on any way out."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from lattice_tui.wizard.composing import document_text
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME
from lattice_tui.wizard.state import WizardState, first_state, state_of_file
from screens.app import LatticeApp
from screens.building import BuildingScreen
from screens.draft_list import SHOWN, DraftListScreen
from screens.welcome import WelcomeScreen
from screens.wizard import WizardScreen
from tests.polling import eventually
from tests.screens.draft_scenes import HOME, LAB, STATE, drafts_app, keep, keep_many
from tests.screens.driving import SMALL, rehearse, shows, text_of, until
from tests.screens.fakes import FakeWorld
from tests.screens.recording import START
from tests.wizard.draft_files import Disk

CHANGED = "controlPlane: 3"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def store() -> DraftStore:
    return DraftStore(STATE, clock=lambda: START)


def wizard(app: LatticeApp) -> WizardScreen:
    screen = next(screen for screen in app.screen_stack if isinstance(screen, WizardScreen))
    assert isinstance(screen, WizardScreen)
    return screen


async def in_wizard(pilot: Pilot[Any], step: str) -> WizardScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, WizardScreen))
    await shows(pilot, step)
    return wizard(pilot.app)  # type: ignore[arg-type]


def names(store: DraftStore) -> list[str]:
    return [info.name for info in store.list()]


def a_file(name: str = "shop.yaml") -> WizardState:
    """A cluster.yaml on the disk, opened, with another name given since."""
    from lattice_tui.providers.reading import read_cluster_bytes

    data = document_text(first_state().with_answer(NAME, "shop")).encode()
    Path(name).write_bytes(data)
    read = read_cluster_bytes(data, name)
    assert read.cluster is not None
    return replace(state_of_file(name, data, read.cluster).with_answer(NAME, "store"), step="size")


async def test_a_draft_opens_at_the_step_where_it_was_left_with_every_answer(store: DraftStore) -> None:
    keep(HOME)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with home", "docker, you left 2 days ago at Version")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 4 of 5")

        assert screen.state == HOME
        assert not screen.state.rehearsal


async def test_every_key_is_in_the_draft_a_moment_later(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("tab", "end", "x")
        eventually(lambda: names(store), lambda seen: seen == ["practicex"], timeout_s=5.0)
        await pilot.press("y", "ctrl+n")
        await shows(pilot, "Step 2 of 5")
        eventually(lambda: store.list()[0].step, lambda step: step == "computer", timeout_s=5.0)

        assert names(store) == ["practicexy"]
        assert store.list()[0].rehearsal


async def test_leaving_says_where_the_answers_are(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await pilot.press("ctrl+q")
        await shows(pilot, "Leave the wizard?", "Kept as a draft. lattice-tui opens it again.")
        await pilot.press("down", "enter")
        await until(pilot, lambda: not app.is_running)

    (info,) = store.list()
    assert app.return_value == 0
    assert app.farewell == (
        "Kept as a draft. lattice-tui opens it again.",
        f"It is in {STATE}/drafts/{info.id}.jsonl",
    )
    assert (info.step, info.holder) == ("computer", None)


async def test_asked_twice_it_leaves(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await pilot.press("ctrl+q")
        await shows(pilot, "Leave the wizard?")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)

    assert [info.step for info in store.list()] == ["computer"]


@pytest.mark.parametrize("keys", [(), ("tab", "end", "x", "backspace")], ids=["untouched", "taken back"])
async def test_a_wizard_left_without_a_change_leaves_no_draft_and_asks_nothing(
    keys: tuple[str, ...], store: DraftStore
) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: screen.state.name == "practice")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)

    assert (app.return_value, app.farewell, store.list()) == (0, (), ())


async def test_a_draft_can_be_thrown_away_on_leaving(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=1)
        await pilot.press("ctrl+q")
        await shows(pilot, "Leave the wizard?")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: not app.is_running)

    assert (app.farewell, store.list()) == ((), ())


async def test_back_to_the_first_screen_stands_on_what_was_left(store: DraftStore) -> None:
    keep(HOME, days=0)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with home")
        await pilot.press("down", "down", "enter")
        screen = await in_wizard(pilot, "Step 1 of 5")
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("tab", "end", "x")
        await until(pilot, lambda: screen.state.name == "practicex")
        await pilot.press("escape")
        await shows(pilot, "Go on with practicex", "Go on with home")
        await pilot.press("enter")
        again = await in_wizard(pilot, "Step 1 of 5")

        assert again.state.name == "practicex"
    assert sorted(names(store)) == ["home", "practicex"]


async def test_start_begins_anew_beside_the_drafts_that_are_there(store: DraftStore) -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("down", "enter")
        await in_wizard(pilot, "Step 1 of 5")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 2 of 5")
        eventually(lambda: sorted(names(store)), lambda seen: seen == ["lab", "practice"], timeout_s=5.0)


async def test_whoever_moved_before_the_drafts_came_stays_where_they_are(store: DraftStore) -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        rows = app.screen.query_one(OptionList)
        await pilot.press("down", "down")
        app.list_again()
        await pilot.pause(0.2)

        assert rows.highlighted_option is not None
        assert rows.highlighted_option.id == "rehearse"


async def test_more_drafts_than_fit_are_counted_and_listed() -> None:
    keep_many()
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "All drafts", "3 more drafts")
        await pilot.press("down", "down", "down", "down", "enter")
        await shows(pilot, "7 drafts, kept in state/drafts", "opened from shop.yaml", "A draft of a newer version")
        await pilot.press("enter")
        await in_wizard(pilot, "Step 4 of 5")
        await pilot.press("f2")
        await shows(pilot, "home, docker")


async def test_a_discarded_draft_comes_back_with_u(store: DraftStore) -> None:
    keep(LAB, days=1)
    keep(HOME, days=2)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("d")
        await shows(pilot, "2 drafts")
        await pilot.press("d")
        await shows(pilot, "Discard this draft?", "docker, rehearsal, you left 1 day ago at Size")
        await pilot.press("escape")
        await shows(pilot, "2 drafts")
        await pilot.press("d", "down", "enter")
        await shows(pilot, "1 draft,")
        assert "lab" not in text_of(app)
        await pilot.press("u")
        await shows(pilot, "2 drafts", "lab")
        await pilot.press("d", "down", "enter")
        await shows(pilot, "1 draft,")
        await pilot.press("d", "down", "enter")
        await shows(pilot, "None is left.", "U brings back")
        await pilot.press("u", "escape")
        await shows(pilot, "Go on with home")
    app.end_drafts()

    assert names(store) == ["home"]
    assert list((STATE / "drafts" / "discarded").iterdir()) == []


async def test_a_copy_is_a_draft_of_its_own(store: DraftStore) -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("d")
        await shows(pilot, "1 draft,")
        await pilot.press("c")
        await shows(pilot, "2 drafts,", "you left just now at Size")

    assert [store.open(info.id) for info in store.list()] == [LAB, LAB]


async def test_a_draft_that_is_open_elsewhere_says_where_and_offers_a_copy(store: DraftStore) -> None:
    keep(LAB)
    other = DraftStore(STATE).resume(store.list()[0].id)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab", "(open in another window)")
        await pilot.press("enter")
        await shows(pilot, "open in another window", "Process ", "Open a copy", "LT-DRF-004")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 3 of 5")
        assert screen.state == LAB
        other.save(LAB.with_answer(NAME, "theirs"))
    other.close()

    assert sorted(names(store)) == ["lab", "theirs"]


async def test_a_broken_draft_tells_the_way_out_and_can_be_discarded(store: DraftStore) -> None:
    keep(LAB)
    (STATE / "drafts" / "x.jsonl").write_bytes(b"\x1b[31m\0")
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab", "A draft that cannot be read")
        await until(pilot, lambda: app.focused is not None)
        rows = app.screen.query_one(OptionList)
        rows.highlighted = rows.get_option_index("draft x")
        await pilot.press("enter")
        await shows(pilot, "This draft cannot be read", "LT-DRF-003", "Discard it")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "cannot be read" not in text_of(app))

    assert names(store) == ["lab"]


async def test_a_draft_of_a_newer_version_says_so_and_is_left_alone() -> None:
    keep(LAB, name="n")
    path = STATE / "drafts" / "n.jsonl"
    data = path.read_bytes().replace(b'{"draft":1', b'{"draft":9')
    path.write_bytes(data)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "A draft of a newer version")
        await pilot.press("enter")
        await shows(pilot, "A newer version of lattice-tui wrote this draft", "LT-DRF-002")
        assert "Discard" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))

    assert path.read_bytes() == data


async def test_a_draft_of_a_file_that_stands_as_it_did_opens_and_says_so(store: DraftStore) -> None:
    keep(a_file())
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with store", "opened from shop.yaml")
        await pilot.press("enter")
        await in_wizard(pilot, "Step 3 of 5")
        await shows(pilot, "shop.yaml is as it was when you left.")


@pytest.mark.parametrize(
    ("downs", "name", "control_planes", "step"), [(0, "store", "3", "size"), (1, "shop", "3", "where")]
)
async def test_a_file_that_changed_meanwhile_is_asked_about(
    downs: int, name: str, control_planes: str, step: str, store: DraftStore
) -> None:
    keep(a_file())
    Path("shop.yaml").write_text(Path("shop.yaml").read_text().replace("controlPlane: 1", CHANGED))
    app = drafts_app()
    async with app.run_test(size=(80, 40)) as pilot:
        await shows(pilot, "Go on with store")
        await pilot.press("enter")
        await shows(pilot, "shop.yaml has changed since you left this draft", f"+    {CHANGED}")
        await pilot.press(*["down"] * downs, "enter")
        await until(pilot, lambda: isinstance(app.screen, WizardScreen))
        state = wizard(app).state

        assert (state.name, state.answer(CONTROL_PLANE), state.step) == (name, control_planes, step)
        assert state.opened is not None
        assert state.opened.data == Path("shop.yaml").read_bytes()
    app.end_drafts()
    assert names(store) == ([] if downs else ["store"])


async def test_a_draft_of_a_changed_file_can_be_discarded_or_left_as_it_is(store: DraftStore) -> None:
    keep(a_file())
    before = store.open(store.list()[0].id)
    Path("shop.yaml").write_text(Path("shop.yaml").read_text().replace("controlPlane: 1", CHANGED))
    app = drafts_app()
    async with app.run_test(size=(80, 40)) as pilot:
        await shows(pilot, "Go on with store")
        await pilot.press("enter")
        await shows(pilot, "has changed since")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        eventually(lambda: store.list()[0].holder, lambda holder: holder is None, timeout_s=5.0)
        assert store.open(store.list()[0].id) == before
        await pilot.press("enter")
        await shows(pilot, "has changed since")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "Go on with" not in text_of(app) and isinstance(app.screen, WelcomeScreen))

    assert store.list() == ()


@pytest.mark.parametrize("how", ["gone", "unreadable"])
async def test_a_draft_outlives_its_file(how: str, store: DraftStore) -> None:
    keep(a_file())
    data = Path("shop.yaml").read_bytes()
    if how == "gone":
        Path("shop.yaml").unlink()
    else:
        Path("shop.yaml").write_text("kind: LatticeCluster\nspec: [\n")
    app = drafts_app()
    async with app.run_test(size=(80, 40)) as pilot:
        await shows(pilot, "Go on with store")
        await pilot.press("enter")
        await shows(pilot, "is no longer there" if how == "gone" else "has changed, and cannot be opened yet")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 3 of 5")

        assert screen.state.name == "store"
        assert screen.state.opened is not None
        assert screen.state.opened.data == data


async def test_opening_a_file_offers_its_draft_first(store: DraftStore) -> None:
    keep(a_file())
    app = drafts_app(file="./shop.yaml")
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "There is a draft of shop.yaml", "Go on with store", "you left 2 days ago at Size")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 3 of 5")

        assert screen.state.name == "store"


async def test_the_file_itself_can_be_opened_beside_its_draft(store: DraftStore) -> None:
    keep(a_file())
    app = drafts_app(file="shop.yaml")
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "There is a draft of shop.yaml")
        await pilot.press("down", "enter")
        screen = await in_wizard(pilot, "Step 1 of 5")

        assert screen.state.name == "shop"
    assert names(store) == ["store"]


async def test_an_opened_file_is_a_draft_as_soon_as_it_is_answered(store: DraftStore) -> None:
    a_file()
    app = drafts_app(file="shop.yaml")
    async with app.run_test(size=SMALL) as pilot:
        await in_wizard(pilot, "Step 1 of 5")
        assert store.list() == ()
        await pilot.press("tab", "end", "s")
        (info,) = eventually(store.list, bool, timeout_s=5.0)

    assert (info.name, info.file) == ("shops", str(Path.cwd() / "shop.yaml"))
    state = store.open(info.id)
    assert state.opened is not None
    assert state.opened.data == Path("shop.yaml").read_bytes()


async def test_rehearse_on_the_command_line_offers_a_rehearsal_that_was_left(store: DraftStore) -> None:
    keep(LAB)
    keep(HOME)
    app = drafts_app(rehearse=True)
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with a rehearsal?", "Go on with lab")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 3 of 5")

        assert screen.state == LAB


async def test_rehearse_on_the_command_line_begins_one_when_none_was_left() -> None:
    keep(HOME)
    app = drafts_app(rehearse=True)
    async with app.run_test(size=SMALL) as pilot:
        screen = await in_wizard(pilot, "Step 1 of 5")

        assert screen.state.rehearsal


async def test_a_started_wizard_is_a_draft_no_more(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BuildingScreen))

        assert store.list() == ()


async def test_what_was_only_saved_is_listed_as_saved_until_it_is_closed(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot, steps=4)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "start")
        await pilot.press("tab", "enter")
        await shows(pilot, "Saved cluster.yaml")
        path = str(Path.cwd() / "cluster.yaml")
        eventually(lambda: store.list()[0].saved_to, lambda saved: saved == path, timeout_s=5.0)
        await pilot.press("ctrl+q", "ctrl+q")
        await until(pilot, lambda: not app.is_running)

    assert store.list() == ()
    assert app.farewell == (f"Saved in {path}", f"Build it: lattice install --cluster {path} --rehearse")


async def test_the_path_that_is_typed_in_the_review_is_kept_too(store: DraftStore) -> None:
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = await rehearse(pilot, steps=4)
        screen.query_one("#save-to", Input).value = "lab/home.yaml"
        await until(pilot, lambda: screen.state.save_to == "lab/home.yaml")
        draft_id = store.list()[0].id
        eventually(lambda: store.open(draft_id).save_to, lambda path: path == "lab/home.yaml", timeout_s=5.0)


async def test_a_disk_that_refuses_is_said_for_as_long_as_it_does(store: DraftStore) -> None:
    disk = Disk()
    app = drafts_app(FakeWorld(drafts=DraftStore(STATE, sync=disk.sync)))
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("tab", "end", "x")
        eventually(lambda: names(store), lambda seen: seen == ["practicex"], timeout_s=5.0)
        disk.refuses = True
        await pilot.press("y")
        await shows(pilot, "Your answers are not being kept", "No space left")
        await pilot.press("ctrl+n")
        await shows(pilot, "Step 2 of 5", "Your answers are not being kept")
        disk.refuses = False
        await until(pilot, lambda: "not being kept" not in text_of(app))

        assert [info.step for info in store.list()] == ["computer"]


async def test_a_disk_that_hangs_is_said_until_it_answers(store: DraftStore) -> None:
    disk = Disk()
    answers = threading.Event()
    answers.set()

    def sync(descriptor: int) -> None:
        answers.wait(60.0)
        disk.sync(descriptor)

    app = drafts_app(FakeWorld(drafts=DraftStore(STATE, sync=sync), drafts_late_s=0.05))
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("tab", "end", "x")
        eventually(lambda: names(store), lambda seen: seen == ["practicex"], timeout_s=5.0)
        answers.clear()
        await pilot.press("y")
        await shows(pilot, "Your answers are not being kept", "The disk of state/drafts")
        answers.set()
        await until(pilot, lambda: "not being kept" not in text_of(app))

        assert names(store) == ["practicexy"]


async def test_leaving_answers_that_are_not_kept_is_asked_about(store: DraftStore) -> None:
    STATE.write_text("a file is in the way")
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await pilot.press("tab", "end", "x")
        await shows(pilot, "Your answers are not being kept")
        for key in ("ctrl+q", "escape"):
            await pilot.press(key)
            await shows(pilot, "Your answers are not kept. Leave them?", "LT-DRF-001")
            await pilot.press("enter")
            await shows(pilot, "Step 1 of 5")
        await pilot.press("ctrl+q")
        await shows(pilot, "Leave them?")
        await pilot.press("down", "enter")
        await until(pilot, lambda: not app.is_running)

    assert app.farewell[0].startswith("Your answers are not being kept: ")


async def test_drafts_that_cannot_be_listed_keep_nobody_from_starting() -> None:
    STATE.mkdir()
    (STATE / "drafts").write_text("a file is in the way")
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "The drafts cannot be listed", "Rehearse")
        await pilot.press("down", "enter")
        await in_wizard(pilot, "Step 1 of 5")


async def test_enter_pressed_twice_opens_the_draft_once(store: DraftStore) -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        app.open_draft(store.list()[0].id)
        app.open_draft(store.list()[0].id)
        await in_wizard(pilot, "Step 3 of 5")
        await until(pilot, lambda: all(worker.is_finished for worker in app.workers if worker.group == "drafts"))

        assert isinstance(app.screen, WizardScreen)


async def test_answers_can_be_taken_from_a_rehearsal_to_the_real_thing(store: DraftStore) -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "nothing real is made")
        command = next(command for command in screen.commands() if command.title == "Build for real")
        command.callback()
        await until(pilot, lambda: "nothing real is made" not in text_of(app))
        eventually(lambda: store.list()[0].rehearsal, lambda rehearsal: not rehearsal, timeout_s=5.0)


async def test_names_and_files_from_a_draft_are_foreign_text() -> None:
    keep(LAB.with_answer(NAME, "\x1b[31m[red]\u202ex"))
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with \ufffd[31m[red]\ufffdx")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DraftListScreen))
        await shows(pilot, "\ufffd[31m[red]\ufffdx")


async def test_a_long_list_shows_the_newest_and_counts_the_rest() -> None:
    draft_id = keep(LAB)
    data = (STATE / "drafts" / f"{draft_id}.jsonl").read_bytes()
    for number in range(SHOWN + 20):
        (STATE / "drafts" / f"n{number:03}.jsonl").write_bytes(data)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "All drafts")
        await pilot.press("d")
        await shows(pilot, "121 drafts, kept in", "The 21 oldest are not shown.")

        assert len(app.screen.query_one(OptionList).options) == SHOWN


async def test_the_question_mark_and_f1_tell_about_drafts() -> None:
    keep(LAB)
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("question_mark")
        await shows(pilot, "list of all drafts")
        await pilot.press("escape", "d")
        await shows(pilot, "1 draft,")
        await pilot.press("f1")
        await shows(pilot, "What a draft is", "Secrets are never in a draft.")
        await pilot.press("escape", "question_mark")
        await shows(pilot, "bring back what was discarded last")


@pytest.mark.parametrize("options", [{"rehearse": True}, {"file": "shop.yaml"}], ids=["rehearse", "file"])
async def test_whoever_takes_nothing_of_what_is_offered_stands_on_the_first_screen(options: dict[str, Any]) -> None:
    keep(replace(a_file(), rehearsal=True))
    app = drafts_app(**options)
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with store")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))


async def test_a_file_that_cannot_be_opened_leads_to_the_first_screen() -> None:
    Path("shop.yaml").write_text("spec: [\n")
    app = drafts_app(file="shop.yaml")
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "This file cannot be opened yet")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))


async def test_a_draft_that_can_only_be_read_opens_all_the_same(store: DraftStore) -> None:
    draft_id = keep(LAB)
    (STATE / "drafts" / f"{draft_id}.lock").unlink()
    (STATE / "drafts" / f"{draft_id}.lock").mkdir()
    app = drafts_app()
    async with app.run_test(size=SMALL) as pilot:
        await shows(pilot, "Go on with lab")
        await pilot.press("enter")
        screen = await in_wizard(pilot, "Step 3 of 5")

        assert screen.state == LAB
