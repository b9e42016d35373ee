"""Disks that are full or read-only, folders that refuse, a writer killed at any moment: the old file stays whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.errors import ExitCode
from tests.shared import ROOT

# Saves over a file with a backup, with more and more room. Prints what came of each, and what is there then.
FULL = """
import json, os, sys
from pathlib import Path
from lattice_tui.document.saving import SaveError, save
folder = Path(sys.argv[1])
path, page = folder / "cluster.yaml", 4096
OLDEST, OLD, NEW = b"#" * page, b"old: 1\\n" * 900, b"new: 1\\n" * 1300
for room in range(12):
    for name in os.listdir(folder):
        os.unlink(folder / name)
    path.write_bytes(OLD)
    path.with_name("cluster.yaml.bak").write_bytes(OLDEST)
    with open(folder / "filler", "wb") as filler:
        free = os.statvfs(folder).f_bavail - room
        os.posix_fallocate(filler.fileno(), 0, max(free, 1) * page)
    try:
        save(path, NEW, expected=OLD)
        said = ""
    except SaveError as error:
        said = f"{error.problem.code} {error.problem.detail} {error.problem.fix}"
    os.unlink(folder / "filler")
    there = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
    words = {OLDEST: "oldest", OLD: "old", NEW: "new"}
    print(json.dumps([said, {name: words.get(data, "torn") for name, data in there.items()}]))
"""
READ_ONLY = """
import sys
from pathlib import Path
from lattice_tui.document.saving import SaveError, save
path = Path(sys.argv[1]) / "cluster.yaml"
for target, expected in ((path, b"old\\n"), (path.with_name("new.yaml"), None)):
    try:
        save(target, b"new\\n", expected=expected)
    except SaveError as error:
        print(error.problem.code, error.problem.detail)
print(path.read_text(), end="")
"""
# The user changes once everything is imported: the Python of these tests may be root's alone.
OF_ANOTHER_USER = """
import os, pwd
import lattice_tui.document.saving
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
"""
HOMELESS = """
import os, pwd
from lattice_tui.cli.failures import explain
from lattice_tui.paths import state_folder
if os.geteuid() == 0:
    os.setresuid(54321, 54321, 54321)
try:
    print(state_folder())
except OSError as error:
    print(int(explain(error)))
"""
# Children save one of two versions after the other; each is killed after a random time.
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from lattice_tui.document.saving import save, standing
path = Path(sys.argv[1]) / "cluster.yaml"
versions = [b"a: 1\\n" * 20_000, b"b: 2\\n" * 30_000]
path.write_bytes(versions[0])
chance = random.Random(int(sys.argv[2]))
litter = torn = 0
for _ in range(int(sys.argv[3])):
    child = os.fork()
    if not child:
        while True:
            known = standing(path)
            save(path, versions[known == versions[0]], expected=known)
    time.sleep(chance.uniform(0.001, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    names = os.listdir(path.parent)
    litter += sum(name.endswith("lattice-tmp") for name in names)
    whole = [name for name in names if name in ("cluster.yaml", "cluster.yaml.bak")]
    torn += sum((path.parent / name).read_bytes() not in versions for name in whole)
known = standing(path)
save(path, versions[known == versions[0]], expected=known)
print(torn, litter, sorted(os.listdir(path.parent)))
"""


def python(script: str, *arguments: str, before: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a script; with `before`, in a mount namespace of its own that a shell has prepared."""
    command = [sys.executable, "-c", script, *arguments]
    if before:
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            pytest.skip("needs root and unshare, for a disk of its own")
        command = ["unshare", "-m", "sh", "-ec", f'{before}\nexec "$@"', "sh", *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, **options)
    if before and ("mount:" in done.stderr or "unshare" in done.stderr):
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
    return done


@pytest.mark.parametrize("limit", ["size=64k", "size=128k,nr_inodes=5"])
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, limit: str) -> None:
    done = python(FULL, str(tmp_path), before=f"mount -t tmpfs -o {limit} tmpfs '{tmp_path}'")
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.stderr == ""
    assert len(outcomes) == 12
    assert outcomes[0][0].startswith(f"LT-SAV-005 {tmp_path}/cluster.yaml: the disk is full: No space left on device; ")
    assert f" bytes are free in {tmp_path}" in outcomes[0][0]
    for said, there in outcomes:
        assert there["cluster.yaml"] == ("old" if said else "new")
        assert {"oldest", "old"} <= set(there.values())
        assert not [name for name in there if name.endswith("lattice-tmp")]
    if limit == "size=64k":
        assert [bool(said) for said, _ in outcomes] == [True] * 6 + [False] * 6


def test_a_read_only_disk_is_told_and_the_file_is_whole(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text("old\n")
    mount = f"mount --bind '{tmp_path}' '{tmp_path}'\nmount -o remount,bind,ro '{tmp_path}'"

    done = python(READ_ONLY, str(tmp_path), before=mount)

    reason = "the folder or the file takes no writing: Read-only file system"
    assert done.stdout.splitlines() == [
        f"LT-SAV-006 {tmp_path}/cluster.yaml: {reason}",
        f"LT-SAV-006 {tmp_path}/new.yaml: {reason}",
        "old",
    ]


def test_a_folder_that_refuses_is_told_to_another_user(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    # The folders above are closed to others.
    folder = Path("/tmp") / f"lattice-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        (folder / "cluster.yaml").write_text("old\n")
        (folder / "cluster.yaml").chmod(0o644)
        done = python(OF_ANOTHER_USER + READ_ONLY, str(folder))
    finally:
        shutil.rmtree(folder)

    reason = "the folder or the file takes no writing: Permission denied"
    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [reason, reason, ""], done.stderr


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_and_no_litter_for_long(tmp_path: Path) -> None:
    rounds = int(os.environ.get("LATTICE_KILL_ROUNDS", "40"))

    done = python(KILLED, str(tmp_path), str(os.getpid()), str(rounds))

    assert done.stderr == ""
    torn, litter, names = done.stdout.strip().split(" ", 2)
    assert torn == "0"
    assert int(litter) > 0, "no writer was killed in the middle: the test shows nothing"
    assert names == "['cluster.yaml', 'cluster.yaml.bak']"


def test_a_home_that_cannot_be_written_is_told_and_no_folder_called_tilde_is_made(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file\n")
    surroundings = {key: os.environ[key] for key in ("PATH",)}
    surroundings |= {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "lattice_tui", "rehearse"]

    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=surroundings)

    assert done.returncode == 74
    assert f"{tmp_path}/home" in done.stderr
    assert "LT-CLI-012" in done.stderr
    assert os.listdir(tmp_path) == ["home"]


def test_without_any_home_it_says_what_to_set(tmp_path: Path) -> None:
    done = python(HOMELESS, cwd=tmp_path, env={"HOME": "", "XDG_STATE_HOME": "", "LATTICE_STATE_DIR": ""})
    if os.geteuid() != 0:
        pytest.skip("needs root, to become a user that the system does not know")

    assert done.stdout == f"{ExitCode.OUTPUT}\n"
    assert "set HOME or LATTICE_STATE_DIR" in done.stderr
    assert "LT-CLI-012" in done.stderr
    assert os.listdir(tmp_path) == []
