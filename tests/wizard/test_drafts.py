"""What was answered is there again, whatever happened in between."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lattice_tui.secrets import Secret
from lattice_tui.wizard import drafts_file
from lattice_tui.wizard.draft import COMPACT_BYTES
from lattice_tui.wizard.drafts import DraftInfo, DraftStore, left_at
from lattice_tui.wizard.drafts_trouble import (
    DraftError,
    DraftGoneError,
    DraftHeldError,
    DraftNotKeptError,
    DraftUnusableError,
)
from lattice_tui.wizard.drafts_words import facts, title
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME
from lattice_tui.wizard.state import OpenedFile, WizardState, first_state
from tests.shared import ROOT
from tests.wizard.draft_files import NOON, Disk, HandClock, every_byte, store_in

LAB = first_state().with_answer(NAME, "lab").at("computer").at("size")


def opened(file: Path) -> WizardState:
    """A state with a file behind it; what the file says does not matter to its draft."""
    return WizardState(
        answers=dict(LAB.answers),
        rehearsal=True,
        opened=OpenedFile(file=str(file), data=b"# caf\xe9\r\n\0", answers=dict(LAB.answers)),
        save_to=str(file),
    )


def kept(store: DraftStore, *states: WizardState) -> str:
    """A draft that was given these states one after the other, and let go."""
    draft = store.create(states[0])
    for state in states[1:]:
        draft.save(state)
    draft.close()
    return draft.id


def test_a_draft_comes_back_as_it_was_left(tmp_path: Path) -> None:
    draft_id = kept(store_in(tmp_path), first_state(), LAB)

    assert store_in(tmp_path).open(draft_id) == LAB
    assert list(store_in(tmp_path).open(draft_id).answers) == list(LAB.answers)


def test_everything_that_a_wizard_knows_is_in_its_draft(tmp_path: Path) -> None:
    state = dataclasses.replace(opened(tmp_path / "lab.yaml"), save_to="other.yaml").at("version")
    state = state.with_answer(NAME, "\udcff \x1b[31m \n end")
    again = store_in(tmp_path).open(kept(store_in(tmp_path), state))

    for field in dataclasses.fields(WizardState):
        assert getattr(again, field.name) == getattr(state, field.name), field.name


def test_going_on_with_a_draft_keeps_what_is_answered_next(tmp_path: Path) -> None:
    draft_id = kept(store_in(tmp_path), first_state(), LAB)
    draft = store_in(tmp_path).resume(draft_id)
    draft.save(LAB.with_answer(CONTROL_PLANE, "3"))
    draft.close()

    assert store_in(tmp_path).open(draft_id).answer(CONTROL_PLANE) == "3"


def test_an_answer_has_reached_the_disk_when_its_saving_returns(tmp_path: Path) -> None:
    disk = Disk()
    draft = store_in(tmp_path, sync=disk.sync).create(first_state())
    draft.save(LAB)
    size = draft.path.stat().st_size
    draft.close()

    assert (disk.synced, disk.sizes) == (1, [size])


def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        draft = store_in(tmp_path).create(LAB)
    finally:
        os.umask(before)
    draft.close()

    assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(draft.path.parent.stat().st_mode) == 0o700


def test_the_newest_draft_is_listed_first_with_what_it_is(tmp_path: Path) -> None:
    clock = HandClock()
    store = store_in(tmp_path, clock=clock)
    old = kept(store, LAB)
    clock.turn(days=2)
    file = tmp_path / "lab.yaml"
    new = kept(store, opened(file).at("review"))
    infos = store.list()

    assert [info.id for info in infos] == [new, old]
    assert infos[0] == DraftInfo(
        id=new, name="lab", provider="docker", step="review", changed_at=clock.now, file=str(file), rehearsal=True
    )
    assert facts(infos[1], clock.now) == "docker, you left 2 days ago at Size"


def test_a_draft_from_the_future_comes_after_those_of_this_clock(tmp_path: Path) -> None:
    clock = HandClock()
    store = store_in(tmp_path, clock=clock)
    kept(store, LAB.with_answer(NAME, "old"))
    clock.turn(days=400)
    kept(store, LAB.with_answer(NAME, "future"))
    clock.turn(days=-399)
    kept(store, LAB.with_answer(NAME, "new"))

    assert [info.name for info in store.list()] == ["new", "old", "future"]


def test_without_a_folder_there_are_no_drafts_and_none_is_made(tmp_path: Path) -> None:
    assert store_in(tmp_path).list() == ()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=3), "you left just now at Size"),
        (timedelta(seconds=-50), "you left just now at Size"),
        (timedelta(minutes=1), "you left 1 minute ago at Size"),
        (timedelta(minutes=59), "you left 59 minutes ago at Size"),
        (timedelta(hours=5), "you left 5 hours ago at Size"),
        (timedelta(days=2, hours=3), "you left 2 days ago at Size"),
        (timedelta(days=200), "you left on 2026-05-07 at Size"),
        (timedelta(days=-400), "you left on 2027-12-28 (clock ahead) at Size"),
    ],
)
def test_when_a_draft_was_left_reads_well_whatever_the_clock_says(passed: timedelta, expected: str) -> None:
    info = DraftInfo(id="a", name="lab", provider="docker", step="size", changed_at=NOON - passed)

    assert left_at(info, NOON) == expected


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_dates_too(year: int) -> None:
    info = DraftInfo(id="a", name="", provider="", step="size", changed_at=datetime(year, 1, 1, tzinfo=UTC))

    assert f"on {year:04}" in left_at(info, NOON) or "on " in left_at(info, NOON)


def test_a_second_wizard_on_a_draft_is_told_which_process_has_it_and_may_take_a_copy(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft = store.create(LAB)
    other = store_in(tmp_path)

    with pytest.raises(DraftHeldError) as caught:
        other.resume(draft.id)

    assert f"Process {os.getpid()}" in caught.value.problem.detail
    assert other.list()[0].holder is not None
    copied = other.copy(draft.id)
    draft.save(LAB.with_answer(NAME, "other"))
    draft.close()
    assert other.open(copied) == LAB
    assert other.open(draft.id).name == "other"
    assert other.list()[0].holder is None


def test_a_killed_wizard_lets_its_draft_go(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal\nfrom pathlib import Path\n"
        "from lattice_tui.wizard.drafts import DraftStore\nfrom lattice_tui.wizard.state import first_state\n"
        "draft = DraftStore(Path(sys.argv[1])).create(first_state())\n"
        "print(draft.id, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "state")], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    draft = store_in(tmp_path).resume(done.stdout.strip())
    draft.close()

    assert draft.state == first_state()


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    draft = store_in(tmp_path).create(first_state())
    draft.save(LAB)
    whole = draft.path.read_bytes()
    draft.save(LAB.with_answer(NAME, "torn"))
    torn = draft.path.read_bytes()
    draft.close()

    for end in range(len(whole), len(torn)):
        draft.path.write_bytes(torn[:end])
        assert store_in(tmp_path).open(draft.id) == LAB
    resumed = store_in(tmp_path).resume(draft.id)
    resumed.save(LAB.with_answer(NAME, "after"))
    resumed.close()
    assert store_in(tmp_path).open(draft.id).name == "after"


def test_lines_that_a_failing_disk_has_spoilt_are_passed_over_told_and_kept_for_a_day(tmp_path: Path) -> None:
    draft = store_in(tmp_path).create(LAB)
    draft.close()
    draft.path.write_bytes(draft.path.read_bytes() + b"\0" * 300 + b"\n" + b'{"at": "2026"}\n')
    resumed = store_in(tmp_path).resume(draft.id)
    resumed.close()

    assert (resumed.state, resumed.spoilt_lines) == (LAB, 2)
    assert b"\0\0\0" not in draft.path.read_bytes()
    assert b"\0\0\0" in every_byte(tmp_path / "state" / "drafts" / "discarded")
    assert [info.id for info in store_in(tmp_path).list()] == [draft.id]


BROKEN = {
    "empty": b"",
    "no draft": b"hello\n",
    "no answers": b'{"draft":1,"opened":null}\n',
    "a number for a name": b'{"draft":1,"opened":null}\n{"at":"2026-01-01","answers":{"metadata.name":1}}\n',
    "zero": b'{"draft":0,"opened":null}\n',
    "true": b'{"draft":true,"opened":null}\n',
    "deep": b"[" * 100_000,
    "a huge number": b'{"draft":1' + b"0" * 5_000 + b"}\n",
    "opened from nonsense": b'{"draft":1,"opened":{"file":"a","data":"%%%","answers":{}}}\n{}\n',
    "binary": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_draft_is_listed_beside_the_others_with_the_way_out(data: bytes, tmp_path: Path) -> None:
    store = store_in(tmp_path)
    good = kept(store, LAB)
    path = store.folder / "broken.jsonl"
    path.write_bytes(data)
    infos = {info.id: info for info in store.list()}

    assert set(infos) == {good, "broken"}
    assert (infos[good].is_broken, infos["broken"].is_broken, infos["broken"].is_newer) == (False, True, False)
    assert "cannot be read" in title(infos["broken"])
    with pytest.raises(DraftUnusableError) as caught:
        store.resume("broken")
    assert (caught.value.problem.code, path.read_bytes()) == ("LT-DRF-003", data)
    assert "discard" in caught.value.problem.fix
    store.discard("broken")
    assert [info.id for info in store.list()] == [good]


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link", "pipe"])
def test_what_is_no_file_is_listed_as_broken_and_never_waited_for(kind: str, tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft_id = kept(store, LAB)
    path = store.folder / "odd.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(store.folder / (f"{draft_id}.jsonl" if kind == "link" else "nothing"))
    odd = next(info for info in store.list() if info.id == "odd")

    assert odd.is_broken
    store.discard("odd")
    assert [info.id for info in store.list()] == [draft_id]
    assert store.open(draft_id) == LAB


def test_a_file_that_is_larger_than_any_draft_is_not_read(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft_id = kept(store, LAB)
    os.truncate(store.folder / f"{draft_id}.jsonl", drafts_file.MAX_BYTES + 1)

    assert store.list()[0].is_broken


def test_a_draft_of_a_newer_version_is_listed_as_such_and_not_touched(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft_id = kept(store, LAB)
    path = store.folder / f"{draft_id}.jsonl"
    data = path.read_bytes().replace(b'{"draft":1', b'{"draft":2')
    path.write_bytes(data)
    info = store.list()[0]

    assert (info.is_broken, info.is_newer, title(info)) == (True, True, "A draft of a newer version")
    with pytest.raises(DraftUnusableError) as caught:
        store.resume(draft_id)
    assert (caught.value.problem.code, path.read_bytes()) == ("LT-DRF-002", data)


def test_a_folder_that_cannot_be_listed_says_why(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "drafts").write_text("a file")

    with pytest.raises(DraftError) as caught:
        store_in(tmp_path).list()

    assert caught.value.problem.code == "LT-DRF-006"


def test_a_disk_that_refuses_is_told_and_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    disk = Disk()
    store = store_in(tmp_path, sync=disk.sync)
    draft = store.create(LAB)
    disk.refuses = True
    with pytest.raises(DraftNotKeptError) as caught:
        draft.save(LAB.with_answer(NAME, "a"))
    disk.refuses = False
    draft.save(LAB.with_answer(NAME, "b"))
    draft.close()

    assert caught.value.problem.code == "LT-DRF-001"
    assert "iB free" in caught.value.problem.detail
    assert store.open(draft.id).name == "b"


def test_after_a_write_that_nobody_knows_the_end_of_the_next_one_still_stands_on_its_own(tmp_path: Path) -> None:
    disk = Disk()
    store = store_in(tmp_path, sync=disk.sync)
    draft = store.create(LAB)
    disk.refuses = True
    with pytest.raises(DraftNotKeptError):
        draft.save(LAB.with_answer(NAME, "a"))
    disk.refuses = False
    # The pages that the disk refused may read as anything later on.
    size = draft.path.stat().st_size
    with draft.path.open("r+b") as stream:
        stream.seek(size - 40)
        stream.write(b"\0" * 40)
    draft.save(LAB.with_answer(NAME, "b"))
    draft.close()

    assert store.open(draft.id).name == "b"


def test_a_state_folder_that_is_cleared_away_under_an_open_wizard_is_made_anew(tmp_path: Path) -> None:
    import shutil

    store = store_in(tmp_path)
    draft = store.create(LAB)
    shutil.rmtree(tmp_path / "state")
    draft.save(LAB.with_answer(NAME, "again"))
    draft.close()

    assert store.open(draft.id).name == "again"


def test_a_draft_that_is_typed_in_all_day_stays_small(tmp_path: Path) -> None:
    draft = store_in(tmp_path, sync=lambda _descriptor: None).create(LAB)
    for number in range(2_500):
        draft.save(LAB.with_answer(NAME, f"{'x' * 400}{number}"))
    draft.close()

    assert draft.path.stat().st_size < COMPACT_BYTES + 10_000
    assert store_in(tmp_path).open(draft.id).name.endswith("2499")


def test_a_draft_is_short_again_once_it_is_opened(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft_id = kept(store, *(LAB.with_answer(NAME, f"n{number}") for number in range(20)))
    path = store.folder / f"{draft_id}.jsonl"
    long = path.stat().st_size
    store.resume(draft_id).close()

    assert path.read_bytes().count(b"\n") == 2
    assert path.stat().st_size * 5 < long
    assert store.open(draft_id).name == "n19"


def test_what_is_discarded_can_be_brought_back_until_the_program_ends(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first, second = kept(store, LAB), kept(store, LAB.with_answer(NAME, "two"))
    store.discard(first)
    store.discard(second)

    assert store.list() == ()
    assert store.restore() == second
    assert [info.name for info in store.list()] == ["two"]
    store.tidy(is_over=True)
    assert b'"lab"' not in every_byte(tmp_path)
    assert [info.name for info in store_in(tmp_path).list()] == ["two"]


def test_what_a_killed_program_had_discarded_goes_after_a_day(tmp_path: Path) -> None:
    clock = HandClock(datetime.now(UTC))
    store = store_in(tmp_path, clock=clock)
    store.discard(kept(store, LAB))
    (store.folder / ".a.jsonl.x1y2").write_text("half")
    (store.folder / "gone.lock").write_text("")
    store_in(tmp_path, clock=clock).tidy()
    before = every_byte(store.folder)
    clock.turn(days=2)
    store_in(tmp_path, clock=clock).tidy()

    assert b'"lab"' in before
    assert b"half" in before
    assert every_byte(store.folder) == b""


def test_an_old_draft_that_was_discarded_a_moment_ago_is_not_swept_away(tmp_path: Path) -> None:
    clock = HandClock(datetime.now(UTC))
    store = store_in(tmp_path, clock=clock)
    draft_id = kept(store, LAB)
    old = (clock.now - timedelta(days=9)).timestamp()
    os.utime(store.folder / f"{draft_id}.jsonl", (old, old))
    store.discard(draft_id)
    store_in(tmp_path, clock=clock).tidy()

    assert store.restore() == draft_id


def test_a_draft_that_goes_over_to_a_newer_file_holds_that_one(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "a.yaml"), opened(tmp_path / "b.yaml")
    draft_id = kept(store_in(tmp_path), first, second)

    assert store_in(tmp_path).open(draft_id) == second


def test_an_open_draft_is_not_discarded(tmp_path: Path) -> None:
    draft = store_in(tmp_path).create(LAB)
    with pytest.raises(DraftHeldError):
        store_in(tmp_path).discard(draft.id)
    draft.close()

    assert store_in(tmp_path).open(draft.id) == LAB


def test_a_draft_that_went_meanwhile_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft = store.create(LAB)
    draft.finish()

    for call in (store.open, store.resume, store.copy, store.discard):
        with pytest.raises(DraftGoneError):
            call(draft.id)
    assert list(store.folder.iterdir()) == []


def test_a_saved_draft_says_so_until_an_answer_changes(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    draft = store.create(LAB)
    draft.mark_saved("lab.yaml", b"data")
    draft.save(LAB.at("review"))
    saved = store.list()[0].saved_to
    draft.save(LAB.with_answer(NAME, "other"))
    draft.close()

    assert saved == str(Path.cwd() / "lab.yaml")
    assert store.list()[0].saved_to == ""


def test_relative_paths_mean_the_folder_where_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    state = opened(Path("lab.yaml"))
    store = store_in(tmp_path)
    draft_id = kept(store, state)
    at_home = store_in(tmp_path).open(draft_id)
    monkeypatch.chdir(tmp_path)
    elsewhere = store_in(tmp_path).resume(draft_id)
    elsewhere.close()

    assert at_home == state
    assert elsewhere.state.opened is not None
    assert elsewhere.state.opened.file == elsewhere.state.save_to == str(tmp_path / "a" / "lab.yaml")
    assert store_in(tmp_path).open(draft_id) == elsewhere.state
    assert [info.id for info in store_in(tmp_path).of_file("a/../a/lab.yaml")] == [draft_id]
    assert store_in(tmp_path).of_file("lab.yaml") == ()


def test_no_secret_reaches_the_folder(tmp_path: Path) -> None:
    canary = "canary-5e9f31"
    path = "spec.credentials.token"
    state = LAB.with_answer(path, canary)
    state = dataclasses.replace(state, answers={**state.answers, "spec.other": Secret(canary)})  # type: ignore[dict-item]
    store = store_in(tmp_path, is_secret=lambda asked: asked == path)
    draft = store.create(state)
    draft.save(state.at("version"))
    draft.mark_saved("lab.yaml", canary.encode())
    draft.close()
    copied = store.copy(draft.id)
    store.discard(draft.id)

    assert canary.encode() not in every_byte(tmp_path)
    assert b"metadata.name" in every_byte(tmp_path)
    assert path not in store.open(copied).answers


def test_the_fields_that_are_declared_as_secrets_are_the_ones_left_out() -> None:
    from lattice_tui.document.fields import COMMON_FIELDS
    from lattice_tui.providers import registry
    from lattice_tui.wizard.drafts_secret import is_secret_path

    fields = [*COMMON_FIELDS, *(field for name in registry.names() for field in registry.load(name).fields)]

    assert {field.path for field in fields if field.kind == "secret"} == {
        field.path for field in fields if is_secret_path(field.path)
    }


def test_many_drafts_are_listed_within_a_moment(tmp_path: Path) -> None:
    import time

    store = store_in(tmp_path)
    draft_id = kept(store, LAB)
    data = (store.folder / f"{draft_id}.jsonl").read_bytes()
    for number in range(500):
        (store.folder / f"n{number}.jsonl").write_bytes(data)
    begun = time.monotonic()

    assert len(store.list()) == 501
    assert time.monotonic() - begun < 2.0


def test_what_a_killed_program_had_half_written_goes_when_the_draft_is_opened(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from lattice_tui.wizard.drafts import DraftStore\nfrom lattice_tui.wizard.state import first_state\n"
        "store = DraftStore(Path(sys.argv[1]))\ndraft = store.create(first_state())\ndraft.close()\n"
        "os.replace = os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\nstore.resume(draft.id)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "state")], cwd=ROOT, timeout=60)
    store = store_in(tmp_path)
    before = len(list(store.folder.iterdir()))
    (info,) = store.list()
    store.resume(info.id).close()

    assert (before, info.is_broken, store.open(info.id)) == (3, False, first_state())
    assert sorted(path.suffix for path in store.folder.iterdir()) == [".jsonl", ".lock"]
