"""The Docker Engine client: every way of not reaching an engine told apart, over real sockets."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.errors import ExitCode
from lattice_tui.providers.docker.endpoint import DEFAULT_ENDPOINT
from lattice_tui.providers.docker.engine_api import (
    DockerEngine,
    DockerError,
    DockerUnreachableError,
    PullProgress,
    default_endpoint,
)
from lattice_tui.providers.docker.engine_facts import plain_output, without_sign_in
from lattice_tui.providers.docker.silence import unreachable
from tests.checks.fake_engine import FakeEngine, fake_engine


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


@pytest.fixture
def short_folder() -> Iterator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="fd-") as folder:
        yield Path(folder)


def code_of(endpoint: str, timeout_s: float = 5.0) -> str:
    with pytest.raises(DockerUnreachableError) as caught:
        DockerEngine(endpoint, timeout_s).ping()
    assert caught.value.exit_code == ExitCode.DOCKER
    problem = caught.value.problem
    assert all((problem.title, problem.detail, problem.fix, problem.check))
    assert len(problem.title) < 70
    return problem.code


def test_a_missing_socket_means_not_installed_or_not_started(tmp_path: Path) -> None:
    assert code_of(f"unix://{tmp_path}/docker.sock") == "LT-DOCKER-001"


def test_a_socket_nobody_listens_on_means_stopped(short_folder: Path) -> None:
    path = short_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))

    assert code_of(f"unix://{path}") == "LT-DOCKER-002"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_socket_of_somebody_else_means_permission(engine: FakeEngine) -> None:
    path = engine.endpoint.removeprefix("unix://")
    os.chmod(path, 0o600)
    os.chmod(Path(path).parent, 0o755)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            DockerEngine(engine.endpoint).ping()
        except DockerUnreachableError as error:
            os._exit(int(error.problem.code == "LT-DOCKER-003") and 42)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


def test_permission_says_to_log_in_again() -> None:
    problem = unreachable("unix:///var/run/docker.sock", PermissionError(errno.EACCES, "Permission denied")).problem

    assert problem.code == "LT-DOCKER-003"
    assert "log out and in again" in problem.fix


def test_an_engine_that_says_nothing_is_too_slow(short_folder: Path) -> None:
    path = short_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()

        assert code_of(f"unix://{path}", timeout_s=0.1) == "LT-DOCKER-004"


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n<html>"])
def test_something_else_on_the_socket_is_not_docker(short_folder: Path, said: bytes) -> None:
    path = short_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()

        assert code_of(f"unix://{path}") == "LT-DOCKER-005"
        thread.join()


@pytest.mark.parametrize("endpoint", ["/var/run/docker.sock", "npipe:////./pipe/docker", "", "tcp://", "tcp://[::1"])
def test_an_address_of_another_form_is_told_how_to_write_it(endpoint: str) -> None:
    assert code_of(endpoint) == "LT-DOCKER-006"


def test_an_engine_over_ssh_is_on_another_computer() -> None:
    assert code_of("ssh://me@host") == "LT-DOCKER-050"


def test_an_engine_that_breaks_the_line_and_is_gone_has_stopped(short_folder: Path) -> None:
    """A crash in the middle of an answer is not "something else answers there"."""
    path = short_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as dying:
        dying.bind(str(path))
        dying.listen()

        def crash() -> None:
            connection, _ = dying.accept()
            with connection:
                connection.recv(4096)
                dying.close()

        thread = threading.Thread(target=crash)
        thread.start()

        assert code_of(f"unix://{path}") == "LT-DOCKER-002"
        thread.join()


def test_docker_host_goes_first() -> None:
    assert default_endpoint({"DOCKER_HOST": "tcp://10.0.0.1:2375", "DOCKER_CONTEXT": "other"}) == "tcp://10.0.0.1:2375"


def test_the_current_context_is_looked_up_where_the_docker_command_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "colima"}))
    # SHA-256 of "colima".
    folder = tmp_path / "contexts" / "meta" / "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": "unix:///home/me/.colima/d.sock"}}}))

    assert default_endpoint({"DOCKER_CONFIG": str(tmp_path)}) == "unix:///home/me/.colima/d.sock"


def test_a_context_that_does_not_exist_is_not_silently_the_default(tmp_path: Path) -> None:
    with pytest.raises(DockerUnreachableError) as caught:
        default_endpoint({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"})

    assert caught.value.problem.code == "LT-DOCKER-007"


def test_without_any_setting_it_is_the_usual_socket(tmp_path: Path) -> None:
    assert default_endpoint({"DOCKER_CONFIG": str(tmp_path)}) == DEFAULT_ENDPOINT


def test_a_refusal_says_what_was_refused(engine: FakeEngine) -> None:
    engine.answers["/info"] = (500, b'{"message": "daemon is \\u001b[31mshutting down"}')

    with pytest.raises(DockerError) as caught:
        DockerEngine(engine.endpoint).info()

    assert caught.value.problem.code == "LT-DOCKER-008"
    assert "shutting down" in caught.value.problem.detail
    assert "\x1b" not in caught.value.problem.detail


def test_a_container_is_read_the_same_from_the_list_and_by_name(engine: FakeEngine) -> None:
    engine.answers["/containers/json"] = [
        {
            "Id": "abc",
            "Names": ["/demo-lb"],
            "Image": "kindest/haproxy",
            "Labels": {"a": "b"},
            "State": "running",
            "Ports": [{"PrivatePort": 6443, "PublicPort": 41234, "Type": "tcp", "IP": "127.0.0.1"}],
            "Mounts": [{"Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock"}],
            "NetworkSettings": {"Networks": {"kind": {"IPAddress": "172.18.0.3"}}},
        }
    ]
    engine.answers["/containers/demo-lb/json"] = {
        "Id": "abc",
        "Name": "/demo-lb",
        "Config": {"Image": "kindest/haproxy", "Labels": {"a": "b"}},
        "State": {"Status": "running"},
        "Mounts": [{"Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock"}],
        "NetworkSettings": {
            "Ports": {"6443/tcp": [{"HostIp": "127.0.0.1", "HostPort": "41234"}], "8404/tcp": None},
            "Networks": {"kind": {"IPAddress": "172.18.0.3"}},
        },
    }
    docker = DockerEngine(engine.endpoint)

    listed, inspected = docker.containers({"a": "b", "c": ""})[0], docker.container("demo-lb")

    assert listed == inspected
    assert listed.ports == {6443: 41234}
    assert "label" in engine.requests[0]
    assert docker.container("nobody") is None


def test_a_pull_adds_its_layers_up(engine: FakeEngine) -> None:
    lines = [
        {"status": "Pulling from kindest/node", "id": "v1.35.5"},
        {"status": "Pulling fs layer", "id": "a"},
        {"status": "Pulling fs layer", "id": "b"},
        {"status": "Already exists", "id": "b"},
        {"status": "Downloading", "id": "a", "progressDetail": {"current": 50, "total": 200}},
        {"status": "Pull complete", "id": "a"},
        {"status": "Status: Downloaded newer image"},
    ]
    engine.answers["/images/create"] = (200, b"\r\n".join(json.dumps(line).encode() for line in lines))
    seen: list[PullProgress] = []

    DockerEngine(engine.endpoint).pull("kindest/node:v1.35.5", seen.append)

    assert (seen[4].layers_done, seen[4].layers_total, seen[4].bytes_done, seen[4].bytes_total) == (1, 2, 50, 200)
    assert (seen[-1].layers_done, seen[-1].bytes_done) == (2, 200)


def test_a_pull_that_fails_in_the_middle_says_why(engine: FakeEngine) -> None:
    line = json.dumps({"errorDetail": {}, "error": "toomanyrequests: You have reached your pull rate limit"})
    engine.answers["/images/create"] = (200, line.encode())

    with pytest.raises(DockerError) as caught:
        DockerEngine(engine.endpoint).pull("kindest/node:v1.35.5", lambda _: None)

    assert caught.value.problem.code == "LT-DOCKER-009"
    assert "docker login" in caught.value.problem.fix


def test_an_image_without_a_tag_is_not_pulled_with_all_its_tags(engine: FakeEngine) -> None:
    engine.answers["/images/create"] = (200, b"")
    docker = DockerEngine(engine.endpoint)
    docker.pull("localhost:5000/node", lambda _: None)
    docker.pull("kindest/node@sha256:00", lambda _: None)

    assert "fromImage=localhost%3A5000%2Fnode%3Alatest" in engine.requests[0]
    assert engine.requests[1].endswith("sha256%3A00")


def test_an_image_that_is_not_there_is_none(engine: FakeEngine) -> None:
    engine.answers["/images/kindest/node:v1.35.5/json"] = {"Id": "sha256:1", "RepoTags": ["kindest/node:v1.35.5"]}
    docker = DockerEngine(engine.endpoint)

    assert docker.image("kindest/node:v9") is None
    found = docker.image("kindest/node:v1.35.5")
    assert found is not None
    assert found.tags == ("kindest/node:v1.35.5",)


def test_what_a_container_printed_is_read_with_and_without_frames() -> None:
    frames = b"\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\3two"

    assert plain_output(frames) == "onetwo"
    assert plain_output(frames[:-1]) == "onetw"
    assert plain_output(b"of a terminal\r\n") == "of a terminal\r\n"
    assert plain_output(b"short") == "short"
    assert plain_output(b"") == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("me:secret@proxy.example", "proxy.example"),
        ("", ""),
    ],
)
def test_the_address_of_a_proxy_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_sign_in(url) == shown


def test_node_images_are_listed_by_their_tags(engine: FakeEngine) -> None:
    engine.answers["/images/json"] = [{"RepoTags": ["kindest/node:v1.35.5", "mine:1"]}, {"RepoTags": None}, "odd"]

    assert DockerEngine(engine.endpoint).image_tags("kindest/node") == ["kindest/node:v1.35.5"]
