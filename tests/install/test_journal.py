"""The journal: one writer, whole lines, nothing lost that was said to be written."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lattice_tui.errors import RunHeldError
from lattice_tui.install.journal import Journal, holder
from lattice_tui.install.tail import JournalTail, read_journal
from schemas.events import Note, StepDone, StepStarted
from tests.polling import eventually

HOLD = """
    import sys, time
    from pathlib import Path
    from lattice_tui.install.journal import Journal
    journal = Journal(Path(sys.argv[1]))
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the run."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        written = [journal.append(StepStarted, step="a"), journal.append(StepDone, step="a", elapsed_s=1.5)]

    assert read_journal(tmp_path / "journal.jsonl") == written
    assert [event.seq for event in written] == [1, 2]


def test_the_next_process_counts_on(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(Note, level="info", text="one")
    with Journal(tmp_path) as journal:
        assert [event.seq for event in journal.history] == [1]
        assert journal.append(Note, level="info", text="two").seq == 2


def test_a_torn_last_line_is_cut_off_and_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(tmp_path) as journal:
        journal.append(StepStarted, step="a")
        journal.append(StepDone, step="a", elapsed_s=1)
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines(keepends=True)[1])):
        path.write_bytes(whole[:-cut])
        with Journal(tmp_path) as journal:
            assert [event.event for event in journal.history] == ["step.started"]
            again = journal.append(StepDone, step="a", elapsed_s=1)
            assert read_journal(path) == [*journal.history, again]

    assert b"step.do" in (tmp_path / "journal.torn").read_bytes()


def test_a_last_line_of_zeros_after_a_power_cut_is_cut_off(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(StepStarted, step="a")
    with (tmp_path / "journal.jsonl").open("ab") as stream:
        stream.write(b"\0" * 4096 + b"\n")
    with Journal(tmp_path) as journal:
        assert [event.seq for event in journal.history] == [1]


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Journal(tmp_path / "run") as journal:
            journal.append(Note, level="info", text="x")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    for name in ("journal.jsonl", "lock"):
        assert stat.S_IMODE((tmp_path / "run" / name).stat().st_mode) & 0o077 == 0


def test_a_second_process_is_told_who_holds_the_run(tmp_path: Path) -> None:
    process = holding(tmp_path)
    with process, pytest.raises(RunHeldError) as caught:
        Journal(tmp_path)

    assert caught.value.exit_code == 2
    assert str(process.pid) in caught.value.problem.detail
    assert os.uname().nodename in caught.value.problem.detail


def test_the_run_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    with holding(tmp_path) as process:
        known = holder(tmp_path)
        assert known is not None
        assert known.pid == process.pid
        process.send_signal(signal.SIGKILL)

    assert eventually(lambda: holder(tmp_path), lambda who: who is None) is None
    Journal(tmp_path).close()


def test_nobody_holds_a_run_that_does_not_exist(tmp_path: Path) -> None:
    assert holder(tmp_path / "nothing") is None


def test_asking_who_holds_a_run_never_keeps_an_engine_from_taking_it(tmp_path: Path) -> None:
    """Doors look ten times a second, and each look takes the lock for a moment."""
    Journal(tmp_path).close()
    script = "import sys\nfrom pathlib import Path\nfrom lattice_tui.install.journal import holder\n"
    script += "print('looking', flush=True)\nwhile True: holder(Path(sys.argv[1]))"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as door:
        assert door.stdout is not None
        door.stdout.readline()
        for _ in range(50):
            Journal(tmp_path).close()
        door.kill()


def test_a_disk_that_is_full_leaves_no_half_line(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from pathlib import Path
        from lattice_tui.install.journal import Journal
        from schemas.events import Note
        journal = Journal(Path(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            while True:
                journal.append(Note, level="info", text="x" * 100)
        except OSError as error:
            print(error.errno)
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], capture_output=True)
    data = (tmp_path / "journal.jsonl").read_bytes()

    assert result.stdout.strip().isdigit(), result.stderr
    assert data.endswith(b"\n")
    assert len(read_journal(tmp_path / "journal.jsonl")) == data.count(b"\n") > 0
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


def test_a_journal_that_is_a_symlink_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"symbolic|ELOOP|Too many"):
        Journal(tmp_path / "run")

    assert not (tmp_path / "elsewhere").exists()
    assert holder(tmp_path / "run") is None


def test_a_tail_sees_only_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    tail = JournalTail(path)
    assert tail.read_new() == []
    with Journal(tmp_path) as journal:
        journal.append(StepStarted, step="a")
        assert [event.seq for event in tail.read_new()] == [1]
        line = journal.append(StepDone, step="a", elapsed_s=1).model_dump_json().encode()
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert tail.read_new() == []
    path.write_bytes(whole)
    assert tail.read_new_lines() == [line]
    assert tail.read_new() == []


def test_a_tail_skips_lines_of_a_newer_version_and_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"v":2,"event":"from.the.future"}\n')
    tail = JournalTail(path)

    assert tail.read_new() == []
    assert tail.unreadable == 1
