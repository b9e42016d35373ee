"""Where Docker is: whose word counts, what a broken setting is, and what else answers on this computer."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.providers.docker.address import not_usable
from lattice_tui.providers.docker.checks.look import Host
from lattice_tui.providers.docker.endpoint import (
    DockerUnreachableError,
    Endpoint,
    find_endpoint,
    is_on_this_computer,
)
from tests.checks.docker_looks import look_at, make_host
from tests.checks.fake_engine import fake_engine


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose sockets have short enough names."""
    with tempfile.TemporaryDirectory(prefix="fd-") as folder:
        yield Path(folder)


def with_context(host: Host, name: str, meta: object, *, current: bool = True) -> Host:
    """The host with a context of that name; `meta` is written as JSON, text as it is."""
    folder = host.home / ".docker"
    key = hashlib.sha256(name.encode()).hexdigest()
    (folder / "contexts" / "meta" / key).mkdir(parents=True)
    text = meta if isinstance(meta, str) else json.dumps(meta)
    (folder / "contexts" / "meta" / key / "meta.json").write_text(text)
    if current:
        (folder / "config.json").write_text(json.dumps({"currentContext": name}))
    return host


def docker_at(url: str) -> dict[str, Any]:
    return {"Endpoints": {"docker": {"Host": url}}}


def test_docker_host_goes_before_a_context_and_is_named(tmp_path: Path) -> None:
    environment = {"DOCKER_HOST": "tcp://127.0.0.1:2375", "DOCKER_CONTEXT": "colima"}
    host = with_context(make_host(tmp_path, environment=environment), "colima", docker_at("unix:///c.sock"))

    found = find_endpoint("", host)

    assert (found.url, found.source) == ("tcp://127.0.0.1:2375", "from DOCKER_HOST")


def test_a_context_of_the_environment_goes_before_the_current_one(tmp_path: Path) -> None:
    host = with_context(make_host(tmp_path), "colima", docker_at("unix:///colima.sock"))
    host = with_context(host, "other", docker_at("unix:///other.sock"), current=False)

    current = find_endpoint("", host)
    chosen = find_endpoint("", replace(host, environment={"DOCKER_CONTEXT": "other"}))

    assert (current.url, current.source) == ("unix:///colima.sock", "context 'colima' in ~/.docker/config.json")
    assert (chosen.url, chosen.source) == ("unix:///other.sock", "context 'other' from DOCKER_CONTEXT")


@pytest.mark.parametrize("settings", [None, "", "{}", '{"currentContext": "default"}'])
def test_without_a_setting_it_is_the_usual_place(tmp_path: Path, settings: str | None) -> None:
    host = make_host(tmp_path)
    if settings is not None:
        (host.home / ".docker").mkdir()
        (host.home / ".docker" / "config.json").write_text(settings)

    found = find_endpoint("", host)

    assert (found.url, found.is_default, found.trouble) == (f"unix://{host.docker_socket}", True, None)


def test_a_context_that_does_not_exist_is_a_failure_and_never_the_usual_place(tmp_path: Path) -> None:
    with pytest.raises(DockerUnreachableError) as caught:
        find_endpoint("", make_host(tmp_path, environment={"DOCKER_CONTEXT": "gone"}))

    assert caught.value.problem.code == "LT-DOCKER-007"
    assert "unset DOCKER_CONTEXT" in caught.value.problem.fix


@pytest.mark.parametrize("meta", ["{", "[]", json.dumps({"Endpoints": {}}), "\xff"])
def test_a_context_that_cannot_be_read_is_a_failure_of_its_own(tmp_path: Path, meta: str) -> None:
    host = with_context(make_host(tmp_path), "colima", meta)

    with pytest.raises(DockerUnreachableError) as caught:
        find_endpoint("", host)

    assert caught.value.problem.code == "LT-DOCKER-053"


@pytest.mark.parametrize("settings", ['{"currentContext": ', "[1]", '{"currentContext": 7}', "[" * 100_000])
async def test_a_broken_settings_file_is_said_and_the_usual_place_taken(short: Path, settings: str) -> None:
    host = make_host(short)
    (host.home / ".docker").mkdir()
    (host.home / ".docker" / "config.json").write_text(settings)
    with fake_engine(Path(host.docker_socket)):
        results = await look_at(None, host)

    assert (results["docker-endpoint"].status, results["docker-endpoint"].code) == ("warn", "LT-DOCKER-052")
    assert "~/.docker/config.json" in results["docker-endpoint"].why
    assert results["docker-daemon"].status == "ok"


async def test_the_row_says_who_chose_the_place(short: Path) -> None:
    with fake_engine() as engine:
        host = with_context(make_host(short), "mine", docker_at(engine.endpoint))
        results = await look_at(None, host)

    assert results["docker-endpoint"].summary == f"{engine.endpoint}, context 'mine' in ~/.docker/config.json"


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("/var/run/docker.sock", "LT-DOCKER-006", "export DOCKER_HOST=unix:///var/run/docker.sock"),
        ("~/docker.sock", "LT-DOCKER-006", "export DOCKER_HOST=unix://$HOME/docker.sock"),
        ("unix://run/docker.sock", "LT-DOCKER-006", "export DOCKER_HOST=unix:///run/docker.sock"),
        ("localhost:2375", "LT-DOCKER-006", "export DOCKER_HOST=tcp://localhost:2375"),
        ("npipe:////./pipe/docker_engine", "LT-DOCKER-006", "inside WSL2"),
        ("tcp://127.0.0.1:port", "LT-DOCKER-006", "Unset DOCKER_HOST"),
        ("ssh://me@build.example", "LT-DOCKER-050", "run this program on that computer"),
        ("tcp://192.0.2.7:2375", "LT-DOCKER-050", "run this program on that computer"),
        ("tcp://192.0.2.7:2376", "LT-DOCKER-050", "run this program on that computer"),
        ("https://127.0.0.1:2376", "LT-DOCKER-054", "unset DOCKER_HOST DOCKER_TLS_VERIFY"),
        ("tcp://127.0.0.1:2376", "LT-DOCKER-054", "unset DOCKER_HOST DOCKER_TLS_VERIFY"),
    ],
)
async def test_each_form_that_cannot_be_used_has_its_own_words(tmp_path: Path, url: str, code: str, words: str) -> None:
    results = await look_at(None, make_host(tmp_path, environment={"DOCKER_HOST": url}))

    assert (results["docker-endpoint"].status, results["docker-endpoint"].code) == ("fail", code)
    assert words in results["docker-endpoint"].fix
    assert results["docker-daemon"].status == "skip"


def test_certificates_matter_over_tcp_alone() -> None:
    assert not_usable(Endpoint("unix:///var/run/docker.sock", "", has_tls=True)) is None
    problem = not_usable(Endpoint("tcp://localhost:2375", "", has_tls=True))
    assert problem is not None
    assert problem.code == "LT-DOCKER-054"


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:2375", "tcp://localhost:2375", "tcp://[::1]:2375", "unix:///d.sock"])
def test_an_engine_on_loopback_is_on_this_computer(url: str) -> None:
    assert is_on_this_computer(url)
    assert not_usable(Endpoint(url, "")) is None


async def test_an_engine_at_another_place_is_offered_with_the_exact_line(short: Path) -> None:
    host = make_host(short, environment={"XDG_RUNTIME_DIR": str(short / "run")})
    with fake_engine(short / "run" / "docker.sock") as rootless:
        results = await look_at(None, host)

    found = results["docker-endpoint"]
    assert (found.status, found.code) == ("fail", "LT-DOCKER-051")
    assert found.summary == "rootless Docker answers, but not at the usual place"
    assert found.action == f"export DOCKER_HOST={rootless.endpoint}"


async def test_colima_and_docker_desktop_are_found_in_the_persons_folder(short: Path) -> None:
    host = make_host(short)
    for folder in (".docker/desktop", ".colima/office"):
        (host.home / folder).mkdir(parents=True)
    colima, desktop = host.home / ".colima/office/docker.sock", host.home / ".docker/desktop/docker.sock"
    with fake_engine(colima) as one, fake_engine(desktop) as other:
        found = (await look_at(None, host))["docker-endpoint"]

    assert found.action == f"export DOCKER_HOST={other.endpoint}"
    assert f"export DOCKER_HOST={one.endpoint} (Colima)" in found.fix


async def test_podman_alone_is_named_and_not_offered(short: Path) -> None:
    host = make_host(short)
    (host.run / "podman").mkdir()
    with fake_engine(host.run / "podman" / "podman.sock") as podman:
        podman.answers["/version"]["Components"] = [{"Name": "Podman Engine"}]
        found = (await look_at(None, host))["docker-endpoint"]

    assert (found.status, found.code) == ("fail", "LT-DOCKER-056")
    assert "export" not in found.fix


async def test_a_socket_that_nobody_answers_at_is_not_offered(short: Path) -> None:
    import socket

    host = make_host(short, environment={"XDG_RUNTIME_DIR": str(short / "run")})
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(short / "run" / "docker.sock"))
    results = await look_at(None, host)

    assert results["docker-endpoint"].status == "ok"
    assert results["docker-daemon"].code == "LT-DOCKER-001"


async def test_a_setting_that_leads_nowhere_is_told_that_the_usual_place_answers(short: Path) -> None:
    nowhere = f"unix://{short}/gone.sock"
    with fake_engine(short / "docker.sock"):
        by_host = await look_at(None, make_host(short, environment={"DOCKER_HOST": nowhere}))
        by_context = await look_at(None, with_context(make_host(short), "old", docker_at(nowhere)))

    assert by_host["docker-daemon"].action == "unset DOCKER_HOST"
    assert by_host["docker-daemon"].evidence == f"{nowhere}, from DOCKER_HOST"
    assert by_context["docker-daemon"].action == "docker context use default"
