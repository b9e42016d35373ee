"""`lattice check` against real Docker Engines: running, stopped, crashed, and coming up meanwhile."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.cli.program import PROGRAM, environment, lattice
from tests.docker.conftest import MakeEngine
from tests.docker.engines import OwnEngine

ABOUT_THE_ENGINE = ("docker-linux", "docker-version", "docker-architecture")
"""Checks that this computer's own limits have no part in."""


def surroundings(folder: Path, engine: OwnEngine) -> dict[str, str]:
    return {"DOCKER_HOST": engine.endpoint, "DOCKER_CONTEXT": "", "DOCKER_CONFIG": str(folder), "HOME": str(folder)}


def check(folder: Path, engine: OwnEngine, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code and results by id."""
    said = lattice(folder, "check", "-o", "json", *arguments, extra=surroundings(folder, engine))
    told = [json.loads(line) for line in said.stdout.splitlines()]
    return said.returncode, {record["id"]: record for record in told if record["event"] == "check.result"}


def test_a_running_engine_is_told_with_its_own_version(running_engine: OwnEngine, tmp_path: Path) -> None:
    code, results = check(tmp_path, running_engine, "--only", *ABOUT_THE_ENGINE)

    assert code == 0
    assert {result["status"] for result in results.values()} == {"ok"}
    version = running_engine.docker("version", "--format", "{{.Server.Version}}").strip()
    assert version in results["docker-daemon"]["summary"]


def test_a_stopped_engine_exits_21_and_says_how_to_start_it(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()

    code, results = check(tmp_path, engine)

    assert code == 21
    failed = [result["id"] for result in results.values() if result["status"] == "fail" and "docker" in result["id"]]
    assert "docker-daemon" in failed
    assert "start" in results["docker-daemon"]["fix"].lower()
    assert results["docker-linux"]["status"] == "skip"


def test_a_socket_that_a_crash_left_behind_is_told_apart(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    engine.start()
    engine.kill()

    code, results = check(tmp_path, engine)

    assert code == 21
    assert (results["docker-daemon"]["status"], results["docker-daemon"]["code"]) == ("fail", "LT-DOCKER-002")


def test_watching_ends_once_somebody_has_started_docker(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()
    door = subprocess.Popen(
        [*PROGRAM, "check", "--watch", "--only", *ABOUT_THE_ENGINE],
        cwd=tmp_path,
        env=environment(tmp_path / "state", surroundings(tmp_path, engine)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert door.stderr is not None
    killer = threading.Timer(90, door.kill)
    killer.start()
    assert "Looking again every 5 s" in door.stderr.readline()
    engine.start()
    told, _ = door.communicate(timeout=90)
    killer.cancel()

    assert door.returncode == 0
    assert "\nskip     Linux containers" in told
    assert "\nok       Linux containers" in told
    assert told.endswith("Nothing is in the way.\n")


def test_without_an_image_to_try_a_container_with_the_command_that_pulls_it_is_named(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine()
    engine.start()

    said = lattice(tmp_path, "check", "--only", "docker-privileged", extra=surroundings(tmp_path, engine))

    assert said.returncode == 0
    assert "\nunknown  Privileged containers" in said.stdout.decode()
    assert "\n  copy    lattice check --try-image\n" in said.stdout.decode()
    assert said.stdout.decode().endswith(
        "Nothing is known to be in the way; what could not be looked at is listed above.\n"
    )
