"""A person's file is written whole or not at all, and what stood there is never lost."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lattice_tui.document import saving
from lattice_tui.document.saving import ChangedError, SaveError, save, standing
from lattice_tui.errors import ExitCode
from lattice_tui.paths import UnsafePathError, private_folder, remove_litter, staged, state_folder, write_atomically
from tests.document.cases import GOOD

OLD = b"old: true\n"
NEW = b"new: true\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cluster.yaml"


@pytest.fixture(params=[0o000, 0o077, 0o777], ids=["umask 000", "umask 077", "umask 777"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refused(path: Path, data: bytes = NEW, *, expected: bytes | None = None) -> str:
    with pytest.raises(SaveError) as caught:
        save(path, data, expected=expected)
    problem = caught.value.problem
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert problem.title
    assert problem.fix
    assert problem.check
    assert all(text.isprintable() for text in (problem.title, problem.detail, problem.fix, problem.check))
    return problem.code


def test_the_same_bytes_are_not_written_again(path: Path) -> None:
    odd = ("\ufeff" + GOOD.replace("\n", "\r\n") + "# my own words\r\n").encode()
    path.write_bytes(odd)
    before = path.stat()

    saved = save(path, odd, expected=odd)

    assert saved.backup is None
    assert path.read_bytes() == odd
    assert path.stat() == before
    assert os.listdir(path.parent) == ["cluster.yaml"]


def test_the_version_before_is_kept_with_its_mode(path: Path) -> None:
    path.write_bytes(OLD)
    path.chmod(0o640)

    saved = save(path, NEW, expected=OLD)

    assert saved.backup == path.with_name("cluster.yaml.bak")
    assert path.read_bytes() == NEW
    assert saved.backup.read_bytes() == OLD
    assert (mode_of(path), mode_of(saved.backup)) == (0o640, 0o640)
    assert sorted(os.listdir(path.parent)) == ["cluster.yaml", "cluster.yaml.bak"]


def test_no_version_is_ever_lost(path: Path) -> None:
    """`.bak` is the version before; what `.bak` was moves on, unless the same content is kept already."""
    path.write_bytes(b"1")
    versions = (b"1", b"2", b"3", b"2", b"4", b"3", b"5", b"6")
    for before, after in pairwise(versions):
        save(path, after, expected=before)

    kept = {name: (path.parent / name).read_bytes() for name in os.listdir(path.parent)}
    assert kept["cluster.yaml"] == b"6"
    assert kept["cluster.yaml.bak"] == b"5"
    assert sorted(kept.values()) == [b"1", b"2", b"3", b"4", b"5", b"6"]


def test_a_backup_of_the_persons_own_is_not_overwritten(path: Path) -> None:
    path.write_bytes(OLD)
    (path.parent / "cluster.yaml.bak").write_bytes(b"my own copy\n")
    (path.parent / "cluster.yaml.bak.1").write_bytes(b"another\n")

    save(path, NEW, expected=OLD)

    assert (path.parent / "cluster.yaml.bak").read_bytes() == OLD
    assert (path.parent / "cluster.yaml.bak.1").read_bytes() == b"another\n"
    assert (path.parent / "cluster.yaml.bak.2").read_bytes() == b"my own copy\n"


@pytest.mark.usefixtures("umask")
def test_a_new_file_and_a_state_folder_are_private_whatever_the_umask(path: Path) -> None:
    save(path, NEW, expected=None)
    folder = private_folder(path.parent / "state" / "lattice" / "runs")
    write_atomically(folder / "journal", NEW)

    assert mode_of(path) == 0o600
    assert mode_of(folder / "journal") == 0o600
    assert {mode_of(each) for each in (folder, folder.parent, folder.parent.parent)} == {0o700}


def test_root_keeps_the_owner_of_the_file_and_of_its_backup(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    path.write_bytes(OLD)
    os.chown(path, 1234, 4321)

    saved = save(path, NEW, expected=OLD)

    assert saved.backup is not None
    for each in (path, saved.backup):
        assert (each.stat().st_uid, each.stat().st_gid) == (1234, 4321)


def test_a_link_is_never_written_through(path: Path) -> None:
    (path.parent / "real.yaml").write_bytes(OLD)
    links = {
        "link.yaml": "real.yaml",
        "dangling.yaml": "nowhere.yaml",
        "loop.yaml": "loop.yaml",
        "etc.yaml": "/etc/passwd",
    }
    for name, target in links.items():
        (path.parent / name).symlink_to(target)

    assert {refused(path.parent / name) for name in links} == {"LT-SAV-001"}
    with pytest.raises(UnsafePathError):
        write_atomically(path.parent / "link.yaml", NEW)

    assert (path.parent / "real.yaml").read_bytes() == OLD
    assert not (path.parent / "nowhere.yaml").exists()


def test_a_folder_a_pipe_a_socket_and_a_device_are_refused_without_waiting(path: Path) -> None:
    os.mkfifo(path.parent / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path.parent / "socket"))
        codes = [refused(path.parent / name) for name in ("pipe", "socket")]

    assert codes == ["LT-SAV-003", "LT-SAV-003"]
    assert refused(path.parent) == "LT-SAV-002"
    assert refused(Path(".")) == "LT-SAV-002"
    assert refused(Path("/dev/full")) == "LT-SAV-003"
    assert refused(Path("/dev/null")) == "LT-SAV-003"


def test_a_link_in_the_place_of_the_backup_is_refused_before_anything_is_written(path: Path) -> None:
    path.write_bytes(OLD)
    (path.parent / "elsewhere").write_bytes(b"keep\n")
    (path.parent / "cluster.yaml.bak").symlink_to("elsewhere")

    assert refused(path, expected=OLD) == "LT-SAV-001"
    assert path.read_bytes() == OLD
    assert (path.parent / "elsewhere").read_bytes() == b"keep\n"
    assert sorted(os.listdir(path.parent)) == ["cluster.yaml", "cluster.yaml.bak", "elsewhere"]


def test_a_missing_folder_is_named_with_the_way_to_make_it(path: Path) -> None:
    with pytest.raises(SaveError) as caught:
        save(path.parent / "no such" / "cluster.yaml", NEW, expected=None)

    assert caught.value.problem.code == "LT-SAV-007"
    assert f"mkdir -p '{path.parent}/no such'" in caught.value.problem.fix
    path.write_bytes(OLD)
    assert refused(path / "below" / "a.yaml") == "LT-SAV-007"
    assert refused(path / "below") == "LT-SAV-007"


def test_a_tilde_that_no_shell_has_read_is_explained(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(SaveError) as caught:
        save(Path("~/lab.yaml"), NEW, expected=None)

    assert "whole path" in caught.value.problem.fix


def test_another_kind_of_file_is_not_replaced(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2**40)

    assert refused(path) == "LT-SAV-003"
    assert path.stat().st_size == 2**40


@pytest.mark.parametrize("name", ["a b.yaml", "a\nb.yaml", "a\x1b[31m.yaml", b"caf\xe9.yaml", "-rf", "größe.yaml"])
def test_odd_names_are_written_and_shown_safely(path: Path, name: str | bytes) -> None:
    odd = path.parent / os.fsdecode(name)

    save(odd, OLD, expected=None)
    saved = save(odd, NEW, expected=OLD)

    assert odd.read_bytes() == NEW
    assert saved.backup is not None
    assert saved.backup.read_bytes() == OLD
    assert refused(odd, b"third", expected=b"not this") == "LT-SAV-004"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "\ud800"])
def test_a_name_that_no_file_can_have_is_refused(path: Path, name: str) -> None:
    assert refused(path.parent / name) == "LT-SAV-008"


def test_a_long_name_has_room_for_its_temporary_one(path: Path) -> None:
    long = path.parent / ("ö" * 120)

    save(long, OLD, expected=None)

    assert long.read_bytes() == OLD
    assert os.listdir(path.parent) == [long.name]


@pytest.mark.parametrize(
    ("on_disk", "expected"), [(b"theirs\n", OLD), (b"theirs\n", None), (None, OLD), (OLD + b"#", OLD)]
)
def test_what_somebody_else_wrote_meanwhile_is_not_replaced(
    path: Path, on_disk: bytes | None, expected: bytes | None
) -> None:
    if on_disk is not None:
        path.write_bytes(on_disk)

    with pytest.raises(ChangedError) as caught:
        save(path, NEW, expected=expected)

    assert caught.value.problem.code == "LT-SAV-004"
    assert standing(path) == on_disk
    assert os.listdir(path.parent) == ([] if on_disk is None else ["cluster.yaml"])


def test_a_save_asks_nothing_when_somebody_else_wrote_the_very_same(path: Path) -> None:
    path.write_bytes(NEW)

    assert save(path, NEW, expected=OLD).backup is None


def test_what_a_killed_writer_left_is_removed_and_a_living_ones_stays(path: Path) -> None:
    left = path.parent / ".cluster.yaml.abcd1234.lattice-tmp"
    others = path.parent / ".other.yaml.abcd1234.lattice-tmp"
    for each in (left, others):
        each.write_bytes(b"half")

    with staged(path.with_name("cluster.yaml.bak"), OLD) as living:
        save(path, NEW, expected=None)
        remove_litter(path)
        living.replace()

    assert sorted(os.listdir(path.parent)) == sorted([others.name, "cluster.yaml", "cluster.yaml.bak"])


def test_a_file_that_is_written_between_the_look_and_the_rename_is_not_replaced(path: Path) -> None:
    path.write_bytes(OLD)
    found = saving._look(path)
    assert found is not None
    path.write_bytes(b"theirs\n")

    with pytest.raises(ChangedError):
        saving._replace(path, NEW, found)

    assert path.read_bytes() == b"theirs\n"


@pytest.mark.parametrize(("mode", "words"), [(0o777, "everybody"), (0o1777, ""), (0o775, ""), (0o700, "")])
def test_a_folder_that_is_open_to_all_is_warned_of(path: Path, mode: int, words: str) -> None:
    path.parent.chmod(mode)

    saved = save(path, NEW, expected=None)

    assert [(each.code, each.severity) for each in saved.warnings] == ([("LT-SAV-010", "warning")] if words else [])
    assert all(words in each.title for each in saved.warnings)


def test_a_folder_of_somebody_else_is_warned_of(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    os.chown(path.parent, 1234, 1234)

    [warning] = save(path, NEW, expected=None).warnings

    assert "number 1234" in warning.title


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"HOME": "/home/me"}, "/home/me/.local/state/lattice-tui"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "/state"}, "/state/lattice-tui"),
        ({"HOME": "/home/me", "XDG_STATE_HOME": "relative"}, "/home/me/.local/state/lattice-tui"),
        ({"HOME": "/home/me", "LATTICE_STATE_DIR": "/mine"}, "/mine"),
    ],
)
def test_the_state_folder_follows_the_environment(
    variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "LATTICE_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert state_folder() == Path(folder)


@pytest.mark.parametrize("home", [None, ""])
def test_without_home_the_systems_records_say_where_it_is(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("LATTICE_STATE_DIR", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)

    assert state_folder() == Path(pwd.getpwuid(os.getuid()).pw_dir, ".local/state/lattice-tui")
