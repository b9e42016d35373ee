"""Memory at its peak: what is needed, and what containers really may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lattice_tui.providers.docker.checks.look import GIB
from lattice_tui.providers.docker.memory import peak_of
from lattice_tui.providers.docker.seen import seen_from, smallest_limit
from tests.checks.docker_looks import look_at, make_host
from tests.checks.fake_engine import FakeEngine, fake_engine, printed


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


def test_the_arithmetic_is_shown() -> None:
    assert peak_of(1, 1, moves=True).words == (
        "It needs about 6.5 GiB at its peak: 3.0 for the bootstrap cluster, 2 x 1.25 for the machines, "
        "1.0 for the controllers, which run in both while they move."
    )


def test_a_cluster_that_is_managed_from_outside_has_no_second_peak() -> None:
    moved, stays = peak_of(1, 2, moves=True), peak_of(1, 2, moves=False)

    assert (moved.total_gib, stays.total_gib) == (7.75, 6.75)
    assert "move" not in stays.words


async def test_more_machines_want_more_memory(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["MemTotal"] = 8 * GIB
    host = make_host(tmp_path)

    assert (await look_at(engine, host, workers=1))["docker-memory"].status == "ok"
    assert (await look_at(engine, host, workers=4))["docker-memory"].status == "warn"
    assert (await look_at(engine, host, workers=20))["docker-memory"].status == "fail"


async def test_management_from_outside_makes_room(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["MemTotal"] = 6 * GIB
    host = make_host(tmp_path)

    assert (await look_at(engine, host))["docker-memory"].status == "warn"
    assert (await look_at(engine, host, management="external"))["docker-memory"].status == "ok"


async def test_a_limit_above_the_containers_counts_and_not_what_docker_says(engine: FakeEngine, tmp_path: Path) -> None:
    engine.printed = printed(limits=f"max\n{2 * GIB}\nmax")

    found = (await look_at(engine, make_host(tmp_path)))["docker-memory"]

    assert (found.status, found.code) == ("fail", "LT-DOCKER-016")
    assert found.summary.startswith("2.0 GiB for containers, by a limit of their control group (16.0 there)")
    assert "Raise the limit" in found.fix


@pytest.mark.parametrize("file", ["memory.max", "system.slice/memory.max", "memory/memory.limit_in_bytes"])
async def test_without_a_container_the_limits_of_this_system_are_read(
    engine: FakeEngine, tmp_path: Path, file: str
) -> None:
    del engine.answers["/images/busybox:1.37/json"]
    host = make_host(tmp_path)
    path = host.sys / "fs" / "cgroup" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{4 * GIB}\n")

    found = (await look_at(engine, host))["docker-memory"]

    assert (found.status, found.code) == ("warn", "LT-DOCKER-017")


async def test_memory_that_others_hold_now_is_a_warning(engine: FakeEngine, tmp_path: Path) -> None:
    engine.printed = printed(available_gib=2.1)

    found = (await look_at(engine, make_host(tmp_path)))["docker-memory"]

    assert (found.status, found.code) == ("warn", "LT-DOCKER-020")
    assert found.summary == "2.1 GiB are free now; 6.5 are needed at the peak"


async def test_an_engine_that_does_not_say_is_asked_by_a_container(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["MemTotal"] = 0

    assert (await look_at(engine, make_host(tmp_path)))["docker-memory"].summary.startswith("16.0 GiB for Docker")


async def test_each_system_is_told_how_docker_gets_more(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(MemTotal=4 * GIB)
    mac = replace(make_host(tmp_path / "mac"), system="Darwin")
    wsl = make_host(tmp_path / "wsl")
    (wsl.proc / "version").write_text("Linux version 5.15 microsoft-standard-WSL2")

    on_mac = (await look_at(engine, mac))["docker-memory"]
    on_wsl = (await look_at(engine, wsl))["docker-memory"]
    engine.answers["/info"]["Name"] = "colima"
    with_colima = (await look_at(engine, mac))["docker-memory"]

    assert "Docker Desktop, Settings, Resources" in on_mac.fix
    assert ".wslconfig" in on_wsl.fix
    assert "colima start --memory 7" in with_colima.fix


def test_no_limit_is_none_however_the_kernel_says_it() -> None:
    assert smallest_limit(["max", "9223372036854771712", "hierarchical_memory_limit 9223372036854771712", ""]) is None
    assert smallest_limit(["max", "hierarchical_memory_limit 1024", "4096"]) == 1024


@pytest.mark.parametrize("text", ["", "sh: not found", "== meminfo\nMemTotal: x kB", "== end of it"])
def test_a_script_that_did_not_end_says_nothing(text: str) -> None:
    assert seen_from(text) is None


def test_a_part_that_failed_leaves_the_others() -> None:
    seen = seen_from("== meminfo\n== disk\ndf: not found\n== watches\n== mount\nmount: denied\n== end\n")

    assert seen is not None
    assert (seen.memory_bytes, seen.disk_free_bytes, seen.watches) == (None, None, None)
    assert (seen.can_mount, seen.mount_words) == (False, "mount: denied")
