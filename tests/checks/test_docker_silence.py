"""Docker that does not answer: each cause in its own words, with the fix of this very system."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.providers.docker.checks.look import Host
from lattice_tui.providers.docker.endpoint import DEFAULT_ENDPOINT
from lattice_tui.providers.docker.silence import how_to_start, unreachable
from schemas.problem import Problem
from tests.checks.docker_looks import make_host

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
MISSING = FileNotFoundError(errno.ENOENT, "No such file or directory")
FORBIDDEN = PermissionError(errno.EACCES, "Permission denied")
WSL = "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@65c757a075e2)"


@pytest.fixture
def socket_file() -> Iterator[Path]:
    with tempfile.NamedTemporaryFile() as made:
        yield Path(made.name)


def said(error: Exception, host: Host, endpoint: str = DEFAULT_ENDPOINT) -> Problem:
    problem = unreachable(endpoint, error, host).problem
    assert all((problem.title, problem.detail, problem.fix, problem.check))
    assert len(problem.title) < 70
    return problem


def test_not_installed_is_told_apart_from_not_started(tmp_path: Path) -> None:
    absent = said(MISSING, make_host(tmp_path, which=lambda _name: None))
    stopped = said(MISSING, make_host(tmp_path))

    assert absent.title == "Docker is not installed on this computer"
    assert stopped.title == "Docker is not running"
    assert "sudo systemctl start docker" in stopped.fix


def test_a_stale_socket_means_stopped(tmp_path: Path) -> None:
    problem = said(REFUSED, make_host(tmp_path))

    assert (problem.code, problem.title) == ("LT-DOCKER-002", "Docker has stopped")
    assert "left over" in problem.detail


def test_a_port_that_refuses_is_no_stale_socket(tmp_path: Path) -> None:
    problem = said(REFUSED, make_host(tmp_path), "tcp://127.0.0.1:2375")

    assert (problem.code, problem.title) == ("LT-DOCKER-002", "Nothing listens where Docker should be")


def test_each_system_starts_docker_its_own_way(tmp_path: Path) -> None:
    systemd = make_host(tmp_path / "a")
    bare = make_host(tmp_path / "b")
    (bare.run / "systemd" / "system").rmdir()
    root = make_host(tmp_path / "c", uid=0)
    mac = make_host(tmp_path / "d", system="Darwin")
    wsl = make_host(tmp_path / "e")
    (wsl.proc / "version").write_text(WSL)

    assert how_to_start(DEFAULT_ENDPOINT, systemd) == "sudo systemctl start docker"
    assert how_to_start(DEFAULT_ENDPOINT, bare) == "sudo service docker start"
    assert how_to_start(DEFAULT_ENDPOINT, root) == "systemctl start docker"
    assert "colima start" in said(MISSING, mac).fix
    assert "Docker Desktop in Windows" in said(MISSING, wsl).fix


@pytest.mark.parametrize(
    ("socket", "command"),
    [
        ("/home/mina/.colima/default/docker.sock", "colima start"),
        ("/home/mina/.docker/desktop/docker.sock", "systemctl --user start docker-desktop"),
        ("/run/user/1000/docker.sock", "systemctl --user start docker"),
    ],
)
def test_each_kind_of_engine_is_started_its_own_way(tmp_path: Path, socket: str, command: str) -> None:
    assert how_to_start(f"unix://{socket}", make_host(tmp_path)) == command


def test_a_person_who_joined_the_group_after_logging_in_is_told_to_log_in_again(
    tmp_path: Path, socket_file: Path
) -> None:
    host = make_host(tmp_path)
    os.chown(socket_file, -1, _any_group())
    (host.etc / "group").write_text(f"root:x:0:\ndocker:x:{_any_group()}:paul,mina\n")

    problem = said(FORBIDDEN, host, f"unix://{socket_file}")

    assert problem.code == "LT-DOCKER-057"
    assert problem.fix == "Log out and in again. For this terminal alone: newgrp docker"


def test_a_person_outside_the_group_is_told_to_join_it(tmp_path: Path, socket_file: Path) -> None:
    host = make_host(tmp_path)
    os.chown(socket_file, -1, _any_group())
    (host.etc / "group").write_text(f"docker:x:{_any_group()}:paul\n")

    problem = said(FORBIDDEN, host, f"unix://{socket_file}")

    assert problem.code == "LT-DOCKER-003"
    assert problem.fix.startswith("Add yourself: sudo usermod -aG docker mina, then log out and in again")


def test_a_member_who_is_kept_out_is_not_sent_into_the_group_again(tmp_path: Path, socket_file: Path) -> None:
    host = make_host(tmp_path, groups=frozenset({_any_group()}))
    os.chown(socket_file, -1, _any_group())
    (host.etc / "group").write_text(f"docker:x:{_any_group()}:mina\n")

    assert "SELinux" in said(FORBIDDEN, host, f"unix://{socket_file}").fix


@pytest.mark.skipif(os.getuid() != 0, reason="needs root: a file of the group root is made")
def test_a_socket_of_root_alone_says_that_the_group_was_missing(tmp_path: Path, socket_file: Path) -> None:
    problem = said(FORBIDDEN, make_host(tmp_path), f"unix://{socket_file}")

    assert "found no group docker" in problem.detail
    assert "sudo groupadd -f docker" in problem.fix


def test_a_socket_that_may_not_even_be_looked_at_still_has_words(tmp_path: Path) -> None:
    assert "usermod -aG docker mina" in said(FORBIDDEN, make_host(tmp_path), f"unix://{tmp_path}/none").fix


def _any_group() -> int:
    # Without root a file can only be given to a group of one's own; it must not be among the host's.
    return 4242 if os.getuid() == 0 else os.getegid()
