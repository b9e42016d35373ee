"""The checks against real Docker Engines: good, silent, forbidden, small, and killed in the middle."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.docker.checks.look import GIB, Host, Look, this_host
from lattice_tui.providers.docker.engine_api import DockerEngine, DockerUnreachableError
from lattice_tui.providers.docker.probe import PROBE_LABEL, Trial, container_spec
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.checks.docker_looks import own_checks
from tests.docker.conftest import MakeEngine
from tests.docker.engines import BUSYBOX, PROBE_IMAGE, OwnEngine
from tests.free_ports import free_ports
from tests.polling import eventually
from tests.shared import ROOT

needs_busybox = pytest.mark.skipif(not BUSYBOX.exists(), reason="needs busybox-static, to make an image from")


def quiet_host(home: Path, engine: OwnEngine, **others: Any) -> Host:
    """This computer, with nothing of the person's settings, and the engine at the usual place."""
    return replace(this_host({}), home=home, docker_socket=str(engine.socket), **others)


def look_at(endpoint: str = "", host: Host | None = None, **wish: Any) -> dict[str, CheckResult]:
    async def look() -> dict[str, CheckResult]:
        checks = own_checks(Look(DockerWish(endpoint=endpoint, **wish), host))
        return {result.id: result async for result in run_checks(checks) if result.status != "wait"}

    return asyncio.run(look())


def containers(engine: OwnEngine) -> list[str]:
    return engine.docker("ps", "--all", "--quiet").split()


@needs_busybox
def test_a_running_engine_is_found_at_the_usual_place_and_tried(running_engine: OwnEngine, tmp_path: Path) -> None:
    results = look_at(host=quiet_host(tmp_path, running_engine))

    assert results["docker-endpoint"].summary == f"{running_engine.endpoint}, the usual place"
    assert results["docker-privileged"].summary == f"one ran ({PROBE_IMAGE}) and could mount"
    assert not [one for one in results.values() if one.status in ("fail", "skip", "unknown")]
    assert containers(running_engine) == []


@needs_busybox
def test_what_a_real_container_saw_is_this_computer(running_engine: OwnEngine) -> None:
    seen = asyncio.run(Look(DockerWish(endpoint=running_engine.endpoint)).seen())

    assert seen is not None
    meminfo = Path("/proc/meminfo").read_text().split()
    assert seen.memory_bytes == int(meminfo[meminfo.index("MemTotal:") + 1]) * 1024
    assert seen.watches == int(Path("/proc/sys/fs/inotify/max_user_watches").read_text())
    free = shutil.disk_usage(running_engine.folder).free
    assert seen.disk_free_bytes is not None
    assert abs(seen.disk_free_bytes - free) < 4 * GIB
    assert seen.first_process == "sh"


def test_an_engine_that_was_stopped_leaves_no_socket(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()

    found = look_at(host=quiet_host(tmp_path, engine))["docker-daemon"]

    assert (found.status, found.code, found.summary) == ("fail", "LT-DOCKER-001", "Docker is not running")


def test_an_engine_that_crashed_leaves_a_stale_one(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    engine.start()
    engine.kill()

    found = look_at(host=quiet_host(tmp_path, engine))["docker-daemon"]

    assert (found.status, found.code, found.summary) == ("fail", "LT-DOCKER-002", "Docker has stopped")


def test_a_context_that_leads_nowhere_is_told_of_the_engine_that_answers(
    running_engine: OwnEngine, tmp_path: Path
) -> None:
    host = quiet_host(tmp_path, running_engine)
    key = hashlib.sha256(b"old").hexdigest()
    meta = tmp_path / ".docker" / "contexts" / "meta" / key / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "old", "Endpoints": {"docker": {"Host": f"unix://{tmp_path}/none.sock"}}}))
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"currentContext": "old"}))

    wrong = look_at(host=host)["docker-daemon"]
    missing = look_at(host=replace(host, environment={"DOCKER_CONTEXT": "gone"}))["docker-endpoint"]
    # The docker command agrees with us on both.
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    shown = subprocess.run(["docker", "context", "show"], capture_output=True, text=True, env=env)
    gone = subprocess.run(["docker", "ps"], capture_output=True, text=True, env={**env, "DOCKER_CONTEXT": "gone"})

    assert (wrong.code, wrong.action) == ("LT-DOCKER-001", "docker context use default")
    assert (missing.status, missing.code) == ("fail", "LT-DOCKER-007")
    assert shown.stdout.strip() == "old"
    assert gone.returncode != 0


AS_NOBODY = """
import asyncio, concurrent.futures.thread, json, os, pwd, subprocess, sys
from dataclasses import asdict, replace
from pathlib import Path
from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.docker.checks.look import Look, this_host
from lattice_tui.providers.docker.wish import DockerWish
import lattice_tui.providers.docker.probe
from tests.checks.docker_looks import own_checks

endpoint, etc = sys.argv[1:]
# Everything is imported: from here on nothing of root's can be read any more.
os.setgroups([]); os.setgid(65534); os.setuid(65534)

async def look():
    host = replace(this_host({}), etc=Path(etc))
    async for result in run_checks(own_checks(Look(DockerWish(endpoint=endpoint), host))):
        if result.status != "wait":
            print(json.dumps(asdict(result)), flush=True)

asyncio.run(look())
"""


def as_nobody(engine: OwnEngine, etc: Path) -> dict[str, dict[str, Any]]:
    """The checks, run by a person who may not open the socket."""
    engine.folder.chmod(0o711)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, engine.endpoint, str(etc)], cwd=ROOT, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return {result["id"]: result for result in results}


def test_a_person_who_may_not_use_docker_is_told_how_to_join(make_engine: MakeEngine) -> None:
    engine = make_engine("--group", "daemon")
    engine.start()
    folder = engine.folder / "etc"
    folder.mkdir()
    folder.chmod(0o755)

    (folder / "group").write_text("daemon:x:1:\n")
    outside = as_nobody(engine, folder)
    (folder / "group").write_text("daemon:x:1:nobody\n")
    inside = as_nobody(engine, folder)

    assert (outside["docker-daemon"]["status"], outside["docker-daemon"]["code"]) == ("fail", "LT-DOCKER-003")
    assert "usermod -aG daemon nobody" in outside["docker-daemon"]["fix"]
    assert inside["docker-daemon"]["code"] == "LT-DOCKER-057"
    assert {one["status"] for name, one in inside.items() if name.startswith("docker-c")} == {"skip"}


@needs_busybox
def test_an_engine_that_refuses_privileged_containers_fails_in_its_own_words(make_engine: MakeEngine) -> None:
    """A sandbox that holds back a capability refuses for real; where there is none, privileged containers run."""
    engine = make_engine(lenient=False)
    engine.start()
    engine.load_probe_image()

    found = look_at(engine.endpoint)["docker-privileged"]

    if found.status == "ok":
        pytest.skip("needs a sandbox that holds back a capability: here privileged containers run")
    assert (found.status, found.code) == ("fail", "LT-DOCKER-070")
    assert "unable to apply caps" in found.evidence
    assert containers(engine) == []


@needs_busybox
def test_an_init_process_before_every_container_is_seen(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine("--init")
    engine.start()
    engine.load_probe_image()

    found = look_at(host=quiet_host(tmp_path, engine, etc=tmp_path))["docker-settings"]

    assert (found.status, found.code) == ("warn", "LT-DOCKER-061")


def test_an_engine_on_a_port_of_this_computer_is_fine(make_engine: MakeEngine, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    engine = make_engine("--host", f"tcp://127.0.0.1:{port}", "--tls=false")
    engine.start()
    host = quiet_host(tmp_path, engine)

    eventually(lambda: _takes_connections(port), bool, timeout_s=30)
    results = look_at(host=replace(host, environment={"DOCKER_HOST": f"tcp://127.0.0.1:{port}"}))

    assert results["docker-endpoint"].summary == f"tcp://127.0.0.1:{port}, from DOCKER_HOST"
    assert results["docker-daemon"].status == "ok"
    assert results["docker-privileged"].action_id == "try-image"


def _takes_connections(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def small_group(limit_bytes: int) -> Iterator[str]:
    """A control group at the root that allows that much memory."""
    name = f"lattice-low-{os.getpid()}"
    root = Path("/sys/fs/cgroup")
    v1 = root / "memory" / name
    folder, file = (v1, "memory.limit_in_bytes") if v1.parent.is_dir() else (root / name, "memory.max")
    try:
        folder.mkdir()
        (folder / file).write_text(str(limit_bytes))
    except OSError as error:
        pytest.skip(f"needs control groups that may be written: {error}")
    try:
        yield f"/{name}"
    finally:
        for left in (folder, *root.glob(f"*/{name}")):
            if left.is_dir():
                eventually(lambda left=left: _is_gone(left), bool, timeout_s=20)  # type: ignore[misc]


def _is_gone(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        # A process of a container that has just ended may still be counted there.
        return False
    return True


@needs_busybox
def test_a_small_limit_above_docker_is_found_though_the_engine_says_all_is_there(make_engine: MakeEngine) -> None:
    with small_group(2 * GIB) as parent:
        engine = make_engine("--cgroup-parent", parent)
        engine.start()
        engine.load_probe_image()

        found = look_at(engine.endpoint)["docker-memory"]
        engine.stop()

    assert (found.status, found.code) == ("fail", "LT-DOCKER-016")
    assert found.summary.startswith("2.0 GiB for containers, by a limit of their control group")


@needs_busybox
def test_an_engine_that_is_killed_in_the_middle_of_a_run_ends_it_with_words(make_engine: MakeEngine) -> None:
    engine = make_engine()
    engine.start()
    engine.load_probe_image()

    async def look() -> dict[str, CheckResult]:
        results = {}
        async for result in run_checks(own_checks(Look(DockerWish(endpoint=engine.endpoint)))):
            if result.status != "wait":
                results[result.id] = result
            if result.id == "docker-privileged" and result.status == "wait":
                await asyncio.to_thread(engine.kill)
        return results

    began = time.monotonic()
    found = asyncio.run(look())["docker-privileged"]

    assert time.monotonic() - began < 40
    assert (found.status, found.code) == ("fail", "LT-DOCKER-002")
    engine.start()
    eventually(lambda: containers(engine), lambda left: not left, timeout_s=20)


def endless(engine: OwnEngine) -> Trial:
    """A container as it is tried, only that it does not end by itself."""
    spec = {**container_spec(PROBE_IMAGE, has_user_namespaces=False), "Entrypoint": ["/bin/sleep", "600"]}
    return Trial(DockerEngine(engine.endpoint), PROBE_IMAGE, spec)


def running(engine: OwnEngine) -> list[str]:
    return engine.docker("ps", "--quiet", "--filter", f"label={PROBE_LABEL}").split()


@needs_busybox
def test_a_try_that_is_cancelled_leaves_nothing_behind(running_engine: OwnEngine) -> None:
    async def cancel() -> None:
        trial = asyncio.create_task(endless(running_engine).run())
        await asyncio.to_thread(eventually, lambda: running(running_engine), bool)
        trial.cancel()
        await asyncio.wait({trial})

    asyncio.run(cancel())

    assert containers(running_engine) == []


@needs_busybox
def test_an_engine_that_dies_while_a_container_is_tried_removes_it_when_it_comes_back(make_engine: MakeEngine) -> None:
    engine = make_engine()
    engine.start()
    engine.load_probe_image()

    async def kill() -> None:
        trial = asyncio.create_task(endless(engine).run())
        await asyncio.to_thread(eventually, lambda: running(engine), bool)
        await asyncio.to_thread(engine.kill)
        with pytest.raises(DockerUnreachableError):
            await trial

    asyncio.run(kill())
    engine.start()

    eventually(lambda: containers(engine), lambda left: not left, timeout_s=20)
