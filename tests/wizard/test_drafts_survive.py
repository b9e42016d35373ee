"""Whenever the program is killed and wherever the disk stopped, what had been saved is there again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_tui.wizard.draft import Draft
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.drafts_trouble import DraftError
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME, VERSION
from lattice_tui.wizard.state import OpenedFile, WizardState, first_state
from lattice_tui.wizard.steps import ORDER
from tests.shared import ROOT
from tests.wizard.draft_files import store_in

PATHS = st.sampled_from([NAME, CONTROL_PLANE, VERSION, "spec.nodes.workerPools.a.replicas", ""])
TEXTS = st.text(max_size=12) | st.sampled_from(["", "\n", "\ud800", "\x00", '"}\n{"', "\u2028"])
FILES = st.none() | st.builds(OpenedFile, st.just("lab.yaml"), st.binary(max_size=30), st.just({NAME: "lab"}))


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, object]:
    word = draw(st.sampled_from(["answer", "step", "file", "rehearsal", "reopen", "saved"]))
    values = {
        "answer": st.tuples(PATHS, TEXTS),
        "step": st.sampled_from(ORDER),
        "file": FILES,
    }
    return word, draw(values.get(word, st.none()))


@dataclass
class Person:
    """Answers, and remembers what the draft's file was when each saving had returned."""

    store: DraftStore
    draft: Draft
    state: WizardState
    acknowledged: list[tuple[int, WizardState]] = field(default_factory=list)
    """(Size of the file, state). Begins anew with each file that replaces the one before."""

    def do(self, word: str, value: object) -> None:
        if word == "answer":
            assert isinstance(value, tuple)
            self.state = self.state.with_answer(*value)
        elif word == "step":
            self.state = self.state.at(value)  # type: ignore[arg-type]
        elif word == "file":
            self.state = replace(self.state, opened=value)  # type: ignore[arg-type]
        elif word == "rehearsal":
            self.state = replace(self.state, rehearsal=not self.state.rehearsal)
        before = self._inode()
        if word == "reopen":
            self.draft.close()
            self.draft = self.store.resume(self.draft.id)
        elif word == "saved":
            self.draft.mark_saved("lab.yaml", b"data")
        else:
            self.draft.save(self.state)
        if self._inode() != before:
            self.acknowledged.clear()
        self.acknowledged.append((self.draft.path.stat().st_size, self.draft.state))

    def _inode(self) -> int:
        return self.draft.path.stat().st_ino


@settings(deadline=None)
@given(words=st.lists(changes(), min_size=1, max_size=12), data=st.data())
def test_a_file_cut_at_any_byte_holds_every_answer_whose_saving_had_returned(
    words: list[tuple[str, object]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_in(Path(folder))
        person = Person(store, store.create(first_state()), first_state())
        person.acknowledged.append((person.draft.path.stat().st_size, person.state))
        for word, value in words:
            person.do(word, value)
        person.draft.close()
        whole = person.draft.path.read_bytes()
        ends = st.sampled_from([size for size, _ in person.acknowledged]) | st.just(len(whole))
        end = data.draw(ends | st.integers(0, len(whole)))
        person.draft.path.write_bytes(whole[:end])
        durable = [state for size, state in person.acknowledged if size <= end]
        if durable:
            assert store.open(person.draft.id) == durable[-1]
        else:
            # Less than what was written in one piece at the beginning: no crash leaves that, only a broken disk.
            assert store.list()[0].is_broken


@settings(deadline=None)
@given(rubbish=st.binary(max_size=200), at=st.integers(0, 2_000), replaces=st.booleans())
def test_whatever_stands_in_a_file_the_list_and_the_opening_never_break(
    rubbish: bytes, at: int, replaces: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_in(Path(folder))
        draft = store.create(first_state())
        for name in ("a", "b", "c"):
            draft.save(first_state().with_answer(NAME, name))
        draft.close()
        whole = draft.path.read_bytes()
        draft.path.write_bytes(whole[:at] + rubbish + whole[at + len(rubbish) * replaces :])
        (info,) = store.list()
        try:
            again = store.resume(draft.id)
        except DraftError:
            assert info.is_broken
        else:
            again.save(first_state().with_answer(NAME, "after"))
            again.close()
            assert store.open(draft.id).name == "after"


WRITER = """
import sys
from pathlib import Path
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.paths import NAME
from lattice_tui.wizard.state import first_state
store = DraftStore(Path(sys.argv[1]))
known = store.list()
draft = store.resume(known[0].id) if known else store.create(first_state())
number = int(draft.state.name) if draft.state.name.isdigit() else 0
while True:
    number += 1
    draft.save(draft.state.with_answer(NAME, str(number)))
    print(number, flush=True)
    if number % 40 == 0:
        draft.close()
        draft = store.resume(draft.id)
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_writer_that_is_killed_again_and_again_never_loses_a_saved_answer(seed: int, tmp_path: Path) -> None:
    moments = random.Random(seed)
    store = DraftStore(tmp_path / "state")
    said = 0
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "state")], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(moments.uniform(0.0, 0.15))
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().splitlines()
        writer.stdout.close()
        writer.wait()
        assert int(first) > said
        said = int([first, *(line for line in rest if line)][-1])
        (info,) = store.list()

        assert int(info.name) in (said, said + 1)


FULL = """
import os, sys
from pathlib import Path
from lattice_tui.wizard.drafts import DraftStore
from lattice_tui.wizard.drafts_trouble import DraftNotKeptError
from lattice_tui.wizard.paths import NAME
from lattice_tui.wizard.state import first_state
disk = Path(sys.argv[1])
store = DraftStore(disk / "state")
draft = store.create(first_state())
filler = os.open(disk / "filler", os.O_WRONLY | os.O_CREAT)
try:
    while os.write(filler, b"x" * 512):
        pass
except OSError:
    pass
number = 0
try:
    while True:
        number += 1
        draft.save(first_state().with_answer(NAME, "x" * 300 + str(number)))
except DraftNotKeptError as error:
    print(error.problem.detail)
assert store.open(draft.id) == draft.state, "what was acknowledged is not there"
for again in range(3):
    try:
        draft.save(first_state().with_answer(NAME, "more"))
    except DraftNotKeptError:
        assert store.open(draft.id) == draft.state
try:
    store.create(first_state())
except DraftNotKeptError:
    print("a second one is refused")
assert len(store.list()) == 1 and not store.list()[0].is_broken
os.ftruncate(filler, 0)
draft.save(first_state().with_answer(NAME, "room again"))
print(store.open(draft.id).name)
"""


def _has_a_disk_of_its_own() -> bool:
    mount = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]
    try:
        return subprocess.run(mount, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def test_a_disk_that_is_really_full_refuses_and_takes_the_answers_once_there_is_room(tmp_path: Path) -> None:
    if not _has_a_disk_of_its_own():
        pytest.skip("needs the right to mount a small disk")
    line = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", line, "sh", str(tmp_path), sys.executable, FULL],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert "No space left on device" in said[0]
    assert "KiB free" in said[0]
    assert said[1:] == ["a second one is refused", "room again"]
