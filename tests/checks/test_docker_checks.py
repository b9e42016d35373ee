"""What the Docker checks say of engines that are good, small, old, strange or absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.docker.checks import DockerWish, docker_checks
from lattice_tui.providers.docker.checks.look import GIB
from tests.checks.docker_looks import look_at, make_host
from tests.checks.fake_engine import FakeEngine, fake_engine, printed

ROWS = """
    docker-endpoint docker-daemon docker-linux docker-version docker-architecture docker-cgroup docker-settings
    docker-privileged docker-cpu docker-memory docker-disk docker-inotify docker-ports docker-leftovers docker-subnets
    docker-registry tool-kind tool-clusterctl tool-helm tool-kubectl
"""


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


def test_the_rows_come_in_the_order_of_the_page() -> None:
    assert [check.id for check in docker_checks(DockerWish())] == ROWS.split()


async def test_a_good_engine_passes_everything(engine: FakeEngine, tmp_path: Path) -> None:
    results = await look_at(engine, make_host(tmp_path))

    assert {result.status for result in results.values()} == {"ok"}
    assert not any(result.simulated for result in results.values())
    assert engine.containers == {}


@pytest.mark.parametrize(
    ("facts", "check_id", "status", "code"),
    [
        ({"OSType": "windows"}, "docker-linux", "fail", "LT-DOCKER-010"),
        ({"Architecture": "riscv64"}, "docker-architecture", "fail", "LT-DOCKER-012"),
        ({"CgroupVersion": "1"}, "docker-cgroup", "warn", "LT-DOCKER-013"),
        ({"NCPU": 2}, "docker-cpu", "warn", "LT-DOCKER-015"),
        ({"MemTotal": 2 * GIB}, "docker-memory", "fail", "LT-DOCKER-016"),
        ({"MemTotal": 5 * GIB}, "docker-memory", "warn", "LT-DOCKER-017"),
    ],
)
async def test_each_shortcoming_has_its_own_words(
    engine: FakeEngine, tmp_path: Path, facts: dict[str, Any], check_id: str, status: str, code: str
) -> None:
    engine.answers["/info"].update(facts)

    results = await look_at(engine, make_host(tmp_path))

    assert (results[check_id].status, results[check_id].code) == (status, code)
    assert results[check_id].why
    assert results[check_id].fix
    assert {result.status for other, result in results.items() if other != check_id} == {"ok"}


async def test_an_old_engine_is_warned_of(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/version"].update(Version="19.03.0", ApiVersion="1.40")

    assert (await look_at(engine, make_host(tmp_path)))["docker-version"].code == "LT-DOCKER-011"


async def test_podman_on_the_socket_is_not_taken_for_docker(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/version"]["Components"] = [{"Name": "Podman Engine", "Version": "5.0"}]

    results = await look_at(engine, make_host(tmp_path))

    assert (results["docker-daemon"].status, results["docker-daemon"].code) == ("fail", "LT-DOCKER-056")
    assert results["docker-memory"].status == "skip"


async def test_a_full_disk_and_small_inotify_limits_are_found(engine: FakeEngine, tmp_path: Path) -> None:
    results = await look_at(engine, make_host(tmp_path, free_gib=12, instances=128))

    assert (results["docker-disk"].status, results["docker-disk"].code) == ("warn", "LT-DOCKER-018")
    assert (results["docker-inotify"].status, results["docker-inotify"].code) == ("warn", "LT-DOCKER-019")
    assert results["docker-inotify"].action.startswith("sudo sysctl")


@pytest.mark.parametrize(
    "elsewhere",
    [{"OperatingSystem": "Docker Desktop"}, {"KernelVersion": "6.6.12-linuxkit"}, {"Name": "colima"}],
)
async def test_a_virtual_machine_is_looked_into_by_the_container(
    engine: FakeEngine, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    """Docker Desktop on Linux, a forwarded socket and Colima: this computer's own disk and limits say nothing."""
    engine.answers["/info"].update(elsewhere)
    engine.printed = printed(disk_gib=7, instances=128)

    results = await look_at(engine, make_host(tmp_path))

    assert results["docker-disk"].summary.startswith("7 GiB free")
    assert results["docker-inotify"].summary.startswith("1048576 watches, 128 instances")
    assert results["docker-inotify"].action.startswith("docker run --rm --privileged")


async def test_what_nobody_can_see_is_unknown_and_not_wrong(engine: FakeEngine, tmp_path: Path) -> None:
    del engine.answers["/images/busybox:1.37/json"]
    mac = replace(make_host(tmp_path), system="Darwin")

    results = await look_at(engine, mac)

    for check_id in ("docker-disk", "docker-inotify", "docker-privileged"):
        assert (results[check_id].status, results[check_id].action_id) == ("unknown", "try-image"), check_id


async def test_without_docker_only_the_first_check_fails(tmp_path: Path) -> None:
    results = await look_at(None, make_host(tmp_path), endpoint=f"unix://{tmp_path}/none.sock")

    assert results["docker-endpoint"].status == "ok"
    assert (results["docker-daemon"].status, results["docker-daemon"].code) == ("fail", "LT-DOCKER-001")
    others = {check_id: result for check_id, result in results.items() if check_id not in ROWS.split()[:2]}
    assert {result.status for result in others.values()} == {"skip"}


async def test_an_engine_without_its_facts_is_judged_without_crashing(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"] = {"Name": ["\x1b[31m"], "NCPU": "many"}

    results = await look_at(engine, make_host(tmp_path))

    assert results["docker-linux"].status == "fail"
    assert results["docker-cgroup"].status == "unknown"


async def test_the_engine_is_asked_once_for_what_many_checks_read(engine: FakeEngine, tmp_path: Path) -> None:
    await look_at(engine, make_host(tmp_path))

    # Once for all checks together, once more by the container that is tried.
    assert engine.requests.count("GET /info") == 2
    assert sum(request.startswith("POST /containers/create") for request in engine.requests) == 1


async def test_every_check_says_when_it_is_simulated(engine: FakeEngine, tmp_path: Path) -> None:
    look = docker_checks(DockerWish(endpoint=engine.endpoint, simulated=True), make_host(tmp_path))

    assert all([result.simulated async for result in run_checks(look)])
