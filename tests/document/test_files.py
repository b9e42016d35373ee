"""Every way a path can fail to be read is told apart, quickly, and nothing is written."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lattice_tui.document.reader import read_file
from lattice_tui.providers.reading import read_cluster
from tests.document.cases import GOOD


def only_problem(path: Path | str) -> tuple[str, str]:
    found = read_file(path)

    assert found.cluster is None
    assert found.data == b""
    [problem] = found.problems
    assert problem.line is None
    return problem.code, f"{problem.title} {problem.fix}"


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(GOOD)

    found = read_cluster(path)

    assert found.file == str(path)
    assert found.data == GOOD.encode()
    assert found.cluster is not None


def test_a_missing_file_is_answered_with_the_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(GOOD)

    code, words = only_problem(tmp_path / "clutser.yaml")

    assert code == "LT-FILE-001"
    assert f"{tmp_path}/cluster.yaml" in words


def test_a_file_used_as_a_folder_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")

    assert only_problem(tmp_path / "a" / "cluster.yaml")[0] == "LT-FILE-001"


def test_a_folder_is_answered_with_the_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(GOOD)

    code, words = only_problem(tmp_path)

    assert code == "LT-FILE-002"
    assert str(tmp_path / "cluster.yaml") in words


@pytest.mark.timeout(20)
def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert only_problem(tmp_path / "pipe")[0] == "LT-FILE-003"


def test_a_device_and_a_socket_are_not_files(tmp_path: Path) -> None:
    assert only_problem("/dev/null")[0] == "LT-FILE-003"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert only_problem(tmp_path / "s")[0] == "LT-FILE-003"


def test_an_unreadable_file_is_answered_with_chmod(tmp_path: Path) -> None:
    """Root may read every file, so the reading is done by a child that gives its rights up first."""
    path = tmp_path / "cluster.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    script = """
import os, sys
from lattice_tui.document import keys, source
from lattice_tui.document.reader import read_file
if os.geteuid() == 0:
    os.setuid(65534)
[problem] = read_file(sys.argv[1]).problems
print(problem.code, problem.fix)
"""

    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("LT-FILE-004 ")
    assert "chmod u+r" in done.stdout


def test_a_refusal_of_the_system_is_told_apart() -> None:
    """/proc/self/mem opens and then refuses to be read, for root too."""
    code, words = only_problem("/proc/self/mem")

    assert code == "LT-FILE-007"
    assert "The system says" in words


def test_links_are_followed_to_a_file_and_loops_are_not(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(GOOD)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "dangling.yaml").symlink_to("nowhere.yaml")

    assert read_file(tmp_path / "link.yaml").cluster is not None
    assert only_problem(tmp_path / "loop.yaml")[0] == "LT-FILE-005"
    code, words = only_problem(tmp_path / "dangling.yaml")
    assert code == "LT-FILE-001"
    assert "link" in words


def test_a_hundred_megabytes_are_refused_by_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)

    found = read_file(path)

    assert [problem.code for problem in found.problems] == ["LT-FILE-006"]
    assert len(found.data) == 1024 * 1024 + 1


@pytest.mark.parametrize("name", ["a b.yaml", "a\nb.yaml", "a\x1b[31m.yaml", b"caf\xe9.yaml"])
def test_odd_names_are_read_and_shown_safely(tmp_path: Path, name: str | bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), os.fsencode(name))
    with open(path, "wb") as stream:
        stream.write(b"a: 1\n")

    found = read_file(os.fsdecode(path))

    assert found.problems[0].code != "LT-FILE-001"
    assert all(problem.place.isprintable() for problem in found.problems)


def test_a_nul_in_a_path_is_a_missing_file() -> None:
    assert only_problem("a\0b")[0] == "LT-FILE-001"


def test_standard_input_is_a_dash() -> None:
    script = (
        "from lattice_tui.document.reader import read_file; d = read_file('-'); print(d.file, d.cluster.metadata.name)"
    )

    done = subprocess.run([sys.executable, "-c", script], input=GOOD, capture_output=True, text=True, check=True)

    assert done.stdout == "standard input practice\n"


def test_closed_standard_input_is_a_problem() -> None:
    script = "from lattice_tui.document.reader import read_file; print(read_file('-').problems[0].code)"

    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" <&-', sys.executable, script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "LT-FILE-008\n"
