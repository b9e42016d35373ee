"""The container that is tried: what it says of Docker, and that nothing of it is ever left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.providers.docker.checks.look import Look
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.probe import find_image
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.checks.docker_looks import look_at, make_host
from tests.checks.fake_engine import PROBE_IMAGE, FakeEngine, fake_engine, printed
from tests.polling import eventually
from tests.shared import ROOT


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


async def privileged(engine: FakeEngine, tmp_path: Path, **wish: object) -> CheckResult:
    return (await look_at(engine, make_host(tmp_path), **wish))["docker-privileged"]


def removals(engine: FakeEngine) -> int:
    return sum(request.startswith("DELETE /containers/lattice-probe-") for request in engine.requests)


async def test_the_container_is_privileged_without_network_and_removed_by_the_engine(
    engine: FakeEngine, tmp_path: Path
) -> None:
    await privileged(engine, tmp_path)

    (spec,) = engine.bodies
    assert spec["HostConfig"] == {
        "Privileged": True,
        "NetworkMode": "none",
        "AutoRemove": True,
        "CgroupnsMode": "host",
        "LogConfig": {"Type": "json-file", "Config": {}},
    }
    assert removals(engine) == 1


async def test_where_users_are_mapped_it_is_root_of_the_host_as_a_machine_is(
    engine: FakeEngine, tmp_path: Path
) -> None:
    engine.answers["/info"]["SecurityOptions"] = ["name=userns"]

    await privileged(engine, tmp_path)

    assert engine.bodies[0]["HostConfig"]["UsernsMode"] == "host"


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("authorization denied by plugin opa: not allowed", "Ask who looks after this Docker"),
        ("OCI runtime create failed: unable to apply caps: operation not permitted", "in a virtual machine"),
        ("privileged mode is incompatible with user namespaces", "Remove userns-remap"),
        ("error mounting sysfs: operation not permitted", "Delegate=yes"),
        ("no new \x1b[31mprivileges", "Mend what Docker says"),
    ],
)
async def test_a_refusal_fails_in_dockers_own_words(engine: FakeEngine, tmp_path: Path, words: str, fix: str) -> None:
    engine.refusal = (500, json.dumps({"message": words}).encode())

    found = await privileged(engine, tmp_path)

    assert (found.status, found.code) == ("fail", "LT-DOCKER-070")
    assert fix in found.fix
    assert found.evidence == words.replace("\x1b", "\N{REPLACEMENT CHARACTER}")
    assert engine.containers == {}


async def test_a_plugin_that_refuses_the_making_is_a_refusal_too(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/containers/create"] = (403, b'{"message": "authorization denied by plugin x"}')

    assert (await privileged(engine, tmp_path)).code == "LT-DOCKER-070"


async def test_a_container_that_may_not_mount_fails(engine: FakeEngine, tmp_path: Path) -> None:
    engine.printed = printed(mount="mount: permission denied (are you root?)")

    found = await privileged(engine, tmp_path)

    assert (found.status, found.code) == ("fail", "LT-DOCKER-071")
    assert found.evidence == "mount: permission denied (are you root?)"


async def test_a_container_that_says_nothing_of_use_is_unknown(engine: FakeEngine, tmp_path: Path) -> None:
    engine.printed = "exec /bin/sh: exec format error"

    found = await privileged(engine, tmp_path)

    assert (found.status, found.evidence) == ("unknown", "exec /bin/sh: exec format error")


async def test_without_an_image_nothing_is_pulled_unasked(engine: FakeEngine, tmp_path: Path) -> None:
    del engine.answers[f"/images/{PROBE_IMAGE}/json"]

    found = await privileged(engine, tmp_path)

    assert (found.status, found.action_id) == ("unknown", "try-image")
    assert "2 MB" in found.fix
    assert not any(request.startswith("POST") for request in engine.requests)


async def test_with_leave_the_image_is_pulled_and_tried(engine: FakeEngine, tmp_path: Path) -> None:
    del engine.answers[f"/images/{PROBE_IMAGE}/json"]
    engine.answers["/images/create"] = (200, b'{"status": "Pull complete", "id": "a"}')

    assert (await privileged(engine, tmp_path, try_image=True)).status == "ok"
    assert any("fromImage=busybox%3A1.37" in request for request in engine.requests)


async def test_an_image_that_cannot_be_pulled_is_no_judgement(engine: FakeEngine, tmp_path: Path) -> None:
    del engine.answers[f"/images/{PROBE_IMAGE}/json"]
    engine.answers["/images/create"] = (500, b'{"message": "dial tcp: lookup registry-1.docker.io: no such host"}')

    found = await privileged(engine, tmp_path, try_image=True)

    assert found.status == "unknown"
    assert "no such host" in found.evidence


def test_the_machines_own_image_is_taken_first_then_any_node_image(engine: FakeEngine) -> None:
    docker = DockerEngine(engine.endpoint)
    assert find_image(docker, DockerWish(node_image="registry.example/node:1")) == PROBE_IMAGE

    engine.answers["/images/json"] = [{"RepoTags": ["kindest/node:v1.30.0"]}, {"RepoTags": None}]
    assert find_image(docker, DockerWish(node_image="registry.example/node:1")) == "kindest/node:v1.30.0"

    engine.answers["/images/registry.example/node:1/json"] = {"Id": "sha256:n"}
    assert find_image(docker, DockerWish(node_image="registry.example/node:1")) == "registry.example/node:1"


async def test_cancelled_it_is_removed_before_the_check_has_ended(engine: FakeEngine, tmp_path: Path) -> None:
    engine.never_ends = True
    look = Look(DockerWish(endpoint=engine.endpoint), make_host(tmp_path))
    checks = [asyncio.create_task(look.probe()), asyncio.create_task(look.seen())]
    await asyncio.to_thread(engine.started.wait, 10)
    assert len(engine.containers) == 1

    checks[0].cancel()
    await asyncio.wait({checks[0]})
    assert len(engine.containers) == 1, "another check still waits for its answer"

    checks[1].cancel()
    await asyncio.wait({checks[1]})
    assert engine.containers == {}


TRY = """
import asyncio, sys
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.probe import probe
from lattice_tui.providers.docker.wish import DockerWish
asyncio.run(probe(DockerEngine(sys.argv[1]), DockerWish()))
"""


def test_killed_without_a_word_it_is_removed_all_the_same(engine: FakeEngine) -> None:
    """A container that was only made, or runs on, is one that the engine itself would keep."""
    engine.never_ends = True
    helper = subprocess.Popen([sys.executable, "-c", TRY, engine.endpoint], cwd=ROOT, start_new_session=True)
    assert engine.started.wait(20)
    assert len(engine.containers) == 1

    os.killpg(helper.pid, signal.SIGKILL)
    helper.wait(10)

    eventually(lambda: dict(engine.containers), lambda left: not left, timeout_s=10)


def test_the_guard_asks_again_while_the_engine_is_away(tmp_path: Path) -> None:
    """The engine may still be making the container, or be starting anew, when the helper is killed."""
    from lattice_tui.providers.docker import probe_guard

    with fake_engine() as engine:
        argv = [sys.executable, "-I", "-S", probe_guard.__file__, engine.endpoint, "lattice-probe-1"]
        guard = subprocess.Popen(argv, stdin=subprocess.PIPE)
        assert guard.stdin is not None
        guard.stdin.close()
        eventually(lambda: removals(engine), lambda count: count > 1, timeout_s=10)
        engine.answer("POST", "/containers/create?name=lattice-probe-1")

        assert guard.wait(10) == 0
        assert engine.containers == {}
