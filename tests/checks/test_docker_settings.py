"""Control groups, rootless Docker, and settings that work for others and not for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.providers.docker.checks.proxies import missing_exceptions
from schemas.checks import CheckResult
from tests.checks.docker_looks import look_at, make_host
from tests.checks.fake_engine import FakeEngine, fake_engine, printed

ROOTLESS = {"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"]}
COMPLETE = "localhost,127.0.0.0/8,.svc,.cluster.local,10.0.0.0/8,172.16.0.0/12"


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


async def settings_of(engine: FakeEngine, tmp_path: Path, **host: Any) -> CheckResult:
    return (await look_at(engine, make_host(tmp_path, **host)))["docker-settings"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"CgroupVersion": "1"}, "anything: control groups of version 2 are needed"),
        (
            {"CgroupDriver": "none", "MemoryLimit": False, "PidsLimit": False, "CPUShares": False},
            "memory and processes",
        ),
        ({"CPUShares": False}, "CPU"),
    ],
)
async def test_rootless_docker_without_its_controllers_is_refused(
    engine: FakeEngine, tmp_path: Path, facts: dict[str, Any], words: str
) -> None:
    engine.answers["/info"].update(ROOTLESS, **facts)

    found = (await look_at(engine, make_host(tmp_path)))["docker-cgroup"]

    assert (found.status, found.code) == ("fail", "LT-DOCKER-014")
    assert words in found.summary
    assert "Delegate=" in found.fix


async def test_rootless_docker_with_its_controllers_is_fine(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(ROOTLESS)

    assert (await look_at(engine, make_host(tmp_path)))["docker-cgroup"].status == "ok"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"DockerRootDir": "/var/snap/docker/common/var-lib-docker"}, "LT-DOCKER-060"),
        ({"SecurityOptions": ["name=userns"]}, "LT-DOCKER-062"),
        (ROOTLESS, "LT-DOCKER-068"),
        ({"Driver": "btrfs"}, "LT-DOCKER-063"),
        ({"Driver": "zfs"}, "LT-DOCKER-063"),
        ({"Driver": "vfs"}, "LT-DOCKER-066"),
    ],
)
async def test_each_trap_has_its_own_code_and_is_a_warning(
    engine: FakeEngine, tmp_path: Path, facts: dict[str, Any], code: str
) -> None:
    engine.answers["/info"].update(facts)

    found = await settings_of(engine, tmp_path)

    assert (found.status, found.code) == ("warn", code)
    assert all((found.why, found.fix, found.action))


async def test_an_init_process_is_seen_in_the_engines_settings(engine: FakeEngine, tmp_path: Path) -> None:
    host = make_host(tmp_path)
    (host.etc / "docker").mkdir()
    (host.etc / "docker" / "daemon.json").write_text('{"init": true}')

    found = await settings_of(engine, tmp_path)

    assert found.code == "LT-DOCKER-061"
    assert "daemon.json" in found.evidence


async def test_an_init_process_is_seen_in_a_container_where_the_settings_are_out_of_reach(
    engine: FakeEngine, tmp_path: Path
) -> None:
    engine.printed = printed(first="docker-init")

    assert (await settings_of(engine, tmp_path)).code == "LT-DOCKER-061"


@pytest.mark.parametrize("text", ["{", '{"init": false}', "[]", '{"init": "yes"}'])
async def test_settings_that_say_no_such_thing_are_fine(engine: FakeEngine, tmp_path: Path, text: str) -> None:
    host = make_host(tmp_path)
    (host.etc / "docker").mkdir()
    (host.etc / "docker" / "daemon.json").write_text(text)

    assert (await settings_of(engine, tmp_path)).status == "ok"


@pytest.mark.parametrize(
    ("settings", "process", "status"),
    [
        ("FirewallBackend=nftables\n", "firewalld", "warn"),
        ("# FirewallBackend=iptables\nDefaultZone=public\n", "firewalld", "warn"),
        ("FirewallBackend=iptables\n", "firewalld", "ok"),
        ("FirewallBackend=nftables\n", "bash", "ok"),
    ],
)
async def test_firewalld_matters_when_it_runs_with_nftables(
    engine: FakeEngine, tmp_path: Path, settings: str, process: str, status: str
) -> None:
    host = make_host(tmp_path)
    (host.etc / "firewalld").mkdir()
    (host.etc / "firewalld" / "firewalld.conf").write_text(settings)
    (host.proc / "812").mkdir()
    (host.proc / "812" / "comm").write_text(process + "\n")

    found = await settings_of(engine, tmp_path)

    assert (found.status, found.code) == (status, "LT-DOCKER-065" if status == "warn" else "")


async def test_a_proxy_that_would_be_asked_for_pods_is_named_with_what_is_missing(
    engine: FakeEngine, tmp_path: Path
) -> None:
    engine.answers["/networks/kind"] = {"IPAM": {"Config": [{"Subnet": "172.18.0.0/16"}, {"Subnet": "fc00:f853::/64"}]}}
    environment = {"HTTPS_PROXY": "http://me:secret@proxy.example:3128", "NO_PROXY": "localhost,127.0.0.1,.svc"}

    found = await settings_of(engine, tmp_path, environment=environment)

    assert (found.status, found.code) == ("warn", "LT-DOCKER-064")
    missing = ".cluster.local,10.244.0.0/16,10.96.0.0/16,172.18.0.0/16,fc00:f853::/64"
    assert found.action == f"export NO_PROXY=$NO_PROXY,{missing}"
    assert "secret" not in repr(found)


async def test_the_ranges_of_the_document_are_the_ones_that_are_looked_for(engine: FakeEngine, tmp_path: Path) -> None:
    host = make_host(tmp_path, environment={"http_proxy": "http://proxy:3128", "no_proxy": COMPLETE})

    results = await look_at(engine, host, pod_cidr="192.168.0.0/16", service_cidr="10.96.0.0/16")

    assert results["docker-settings"].fix.startswith("Add to NO_PROXY (noProxy) of the environment: 192.168.0.0/16;")


async def test_a_complete_proxy_leaves_the_word_that_machines_know_none(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(HttpProxy="http://proxy.example:3128", NoProxy=COMPLETE)

    found = await settings_of(engine, tmp_path)

    assert (found.status, found.code) == ("warn", "LT-DOCKER-067")


async def test_a_proxy_in_the_docker_commands_settings_is_found(engine: FakeEngine, tmp_path: Path) -> None:
    host = make_host(tmp_path)
    (host.home / ".docker").mkdir()
    said = {"proxies": {"default": {"httpProxy": "http://proxy.example:3128"}}}
    (host.home / ".docker" / "config.json").write_text(json.dumps(said))

    found = await settings_of(engine, tmp_path)

    assert found.code == "LT-DOCKER-064"
    assert "~/.docker/config.json" in found.summary


async def test_several_traps_stand_side_by_side(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(DockerRootDir="/var/snap/docker/x", Driver="btrfs")

    found = await settings_of(engine, tmp_path)

    assert found.code == "LT-DOCKER-060"
    assert "btrfs" in found.summary


@pytest.mark.parametrize(
    ("exceptions", "missing"),
    [
        ("*", ()),
        ("", (".svc", "10.96.0.0/16")),
        ("svc, 10.0.0.0/8", ()),
        ("*.svc,10.96.0.0/17", ("10.96.0.0/16",)),
        ("2001:db8::/32,notsvc", (".svc", "10.96.0.0/16")),
    ],
)
def test_an_exception_covers_what_lies_within_it(exceptions: str, missing: tuple[str, ...]) -> None:
    assert missing_exceptions(exceptions, (".svc", "10.96.0.0/16")) == missing
