"""What the Docker checks say of engines that are good, small, old, strange or absent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.docker.checks import GIB, Host, docker_checks
from schemas.checks import CheckResult
from tests.checks.fake_engine import FakeEngine, fake_engine


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


def host(tmp_path: Path, *, free_gib: float | None = 100, watches: int = 1048576, instances: int = 8192) -> Host:
    (tmp_path / "max_user_watches").write_text(f"{watches}\n")
    (tmp_path / "max_user_instances").write_text(f"{instances}\n")
    return Host("Linux", tmp_path, lambda _folder: None if free_gib is None else int(free_gib * GIB))


async def look(engine: FakeEngine, on: Host, machines: int = 2) -> dict[str, CheckResult]:
    checks = docker_checks(engine.endpoint, simulated=False, machines=machines, host=on)
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}


async def test_a_good_engine_passes_everything(engine: FakeEngine, tmp_path: Path) -> None:
    results = await look(engine, host(tmp_path))

    assert {result.status for result in results.values()} == {"ok"}
    assert not any(result.simulated for result in results.values())


@pytest.mark.parametrize(
    ("facts", "check_id", "status", "code"),
    [
        ({"OSType": "windows"}, "docker-linux", "fail", "LT-DOCKER-010"),
        ({"Architecture": "riscv64"}, "docker-architecture", "fail", "LT-DOCKER-012"),
        ({"CgroupVersion": "1"}, "docker-cgroup", "warn", "LT-DOCKER-013"),
        ({"SecurityOptions": ["name=rootless"], "PidsLimit": False}, "docker-cgroup", "fail", "LT-DOCKER-014"),
        ({"NCPU": 2}, "docker-cpu", "warn", "LT-DOCKER-015"),
        ({"MemTotal": 2 * GIB}, "docker-memory", "fail", "LT-DOCKER-016"),
        ({"MemTotal": 5 * GIB}, "docker-memory", "warn", "LT-DOCKER-017"),
    ],
)
async def test_each_shortcoming_has_its_own_words(
    engine: FakeEngine, tmp_path: Path, facts: dict[str, Any], check_id: str, status: str, code: str
) -> None:
    engine.answers["/info"].update(facts)

    results = await look(engine, host(tmp_path))

    assert (results[check_id].status, results[check_id].code) == (status, code)
    assert results[check_id].why
    assert results[check_id].fix
    assert {result.status for other, result in results.items() if other != check_id} == {"ok"}


async def test_rootless_docker_with_its_controllers_is_fine(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["SecurityOptions"] = ["name=rootless"]

    assert (await look(engine, host(tmp_path)))["docker-cgroup"].status == "ok"


async def test_an_old_engine_is_warned_of(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/version"].update(Version="19.03.0", ApiVersion="1.40")

    assert (await look(engine, host(tmp_path)))["docker-version"].code == "LT-DOCKER-011"


async def test_more_machines_want_more_memory(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["MemTotal"] = 8 * GIB

    assert (await look(engine, host(tmp_path), machines=2))["docker-memory"].status == "ok"
    assert (await look(engine, host(tmp_path), machines=5))["docker-memory"].status == "warn"


async def test_a_full_disk_and_small_inotify_limits_are_found(engine: FakeEngine, tmp_path: Path) -> None:
    results = await look(engine, host(tmp_path, free_gib=12, instances=128))

    assert (results["docker-disk"].status, results["docker-disk"].code) == ("warn", "LT-DOCKER-018")
    assert (results["docker-inotify"].status, results["docker-inotify"].code) == ("warn", "LT-DOCKER-019")
    assert "sysctl" in results["docker-inotify"].action


async def test_what_lies_inside_a_virtual_machine_is_unknown_and_not_wrong(engine: FakeEngine, tmp_path: Path) -> None:
    there = host(tmp_path, free_gib=None)
    results = await look(engine, Host("Darwin", there.inotify_folder, there.free_bytes))

    assert (results["docker-disk"].status, results["docker-inotify"].status) == ("unknown", "unknown")


async def test_without_docker_only_the_first_check_fails(tmp_path: Path) -> None:
    checks = docker_checks(f"unix://{tmp_path}/none.sock", simulated=False, host=host(tmp_path))
    results = {result.id: result async for result in run_checks(checks) if result.status != "wait"}

    assert (results["docker-daemon"].status, results["docker-daemon"].code) == ("fail", "LT-DOCKER-001")
    assert {result.status for check_id, result in results.items() if check_id != "docker-daemon"} == {"skip"}


async def test_an_engine_without_its_facts_is_judged_without_crashing(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"] = {"Name": ["\x1b[31m"], "NCPU": "many"}

    results = await look(engine, host(tmp_path))

    assert results["docker-linux"].status == "fail"
    assert results["docker-cgroup"].status == "unknown"
