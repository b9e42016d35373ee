"""`lattice check`: every result told once and in order, an exit code a script can rely on, nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.launch import stop_world
from tests.checks.fake_engine import ABOUT_THE_ENGINE, FakeEngine, fake_engine, silent_engine
from tests.checks.processes import descendants, is_running, needs_proc
from tests.cli.program import PROGRAM, environment, lattice
from tests.house.test_lazy_imports import modules
from tests.polling import eventually
from tests.shared import ROOT

EXAMPLE = ROOT / "examples" / "docker.yaml"
FROM_THE_ENGINE = (*ABOUT_THE_ENGINE, "docker-cgroup", "docker-leftovers", "docker-ports")
"""Checks that repeat words of the engine, and start nothing in it."""


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    with silent_engine() as endpoint:
        yield endpoint


def surroundings(folder: Path, endpoint: str) -> dict[str, str]:
    """A person's environment whose Docker is at `endpoint`, and whose home is the test's own."""
    return {"DOCKER_HOST": endpoint, "DOCKER_CONTEXT": "", "DOCKER_CONFIG": str(folder / "docker"), "HOME": str(folder)}


def check(folder: Path, endpoint: str, *arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    extra = surroundings(folder, endpoint) | more.pop("extra", {})
    return lattice(folder, "check", *arguments, extra=extra, **more)


def records(said: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_a_good_engine_is_told_row_by_row_and_nothing_is_in_the_way(engine: FakeEngine, tmp_path: Path) -> None:
    said = check(tmp_path, engine.endpoint, "--cluster", str(EXAMPLE), "--only", *ABOUT_THE_ENGINE)

    lines = said.stdout.decode().splitlines()
    assert said.returncode == 0
    assert lines[0] == "Checking practice on docker, 1 control plane, 2 workers"
    assert lines[-1] == "Nothing is in the way."
    rows = lines[2 : lines.index("", 2)]
    assert {line.split()[0] for line in rows if not line.startswith(" ")} == {"ok"}
    assert said.stderr == b""


def test_the_rows_are_in_the_order_of_the_checks_in_text_and_in_json(engine: FakeEngine, tmp_path: Path) -> None:
    backwards = reversed(ABOUT_THE_ENGINE)
    text = check(tmp_path, engine.endpoint, "--only", *backwards).stdout.decode()
    told = records(check(tmp_path, engine.endpoint, "--only", *ABOUT_THE_ENGINE, "-o", "json"))

    rows = [record for record in told if record["event"] == "check.result"]
    assert [row["id"] for row in rows if row["id"] in ABOUT_THE_ENGINE] == list(ABOUT_THE_ENGINE)
    places = [text.index(f"\nok       {row['title']} ") for row in rows]
    assert places == sorted(places)


def test_json_lines_hold_every_field_and_end_with_the_sum(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["OSType"] = "windows"
    said = check(tmp_path, engine.endpoint, "--cluster", str(EXAMPLE), "--only", *ABOUT_THE_ENGINE, "-o", "json")

    *results, last = records(said)
    assert {record["v"] for record in (*results, last)} == {1}
    assert {record["event"] for record in results} == {"check.result"}
    fields = "v event id title status summary why fix action field evidence code elapsed_s simulated action_id"
    assert all(list(record) == fields.split() for record in results)
    assert last["event"] == "checks.finished"
    assert (last["provider"], last["cluster"], last["simulated"]) == ("docker", "practice", False)
    assert last["counts"]["fail"] == 1
    assert sum(last["counts"].values()) == len(results)
    assert last["exit_code"] == said.returncode == 11


def test_what_failed_is_told_with_why_and_what_to_do_and_exits_11(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["OSType"] = "windows"

    said = check(tmp_path, engine.endpoint, "--only", "docker-linux")

    details = said.stdout.decode().partition("\nfail  ")[2].splitlines()
    assert said.returncode == 11
    assert [line.split()[0] for line in details if line.startswith("  ") and line[2] != " "] == [
        "what",
        "why",
        "do",
        "copy",
        "code",
    ]
    assert details[-1] == "It cannot be built here before what failed is mended (exit 11)."


def test_no_line_but_a_command_to_copy_is_wider_than_80_columns(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(OSType="windows", Architecture="riscv64", NCPU=1, CgroupVersion="1")

    said = check(tmp_path, engine.endpoint, "--only", *FROM_THE_ENGINE)

    lines = said.stdout.decode().splitlines()
    assert "fail" in {line.split()[0] for line in lines if line}
    # A path or an address is never broken either: such a line is one word after its label.
    assert [line for line in lines if len(line) > 80 and not line.startswith("  copy") and len(line.split()) > 2] == []


def test_no_docker_exits_21_and_what_needs_it_is_skipped(tmp_path: Path) -> None:
    said = check(tmp_path, f"unix://{tmp_path}/none.sock", "-o", "json")

    *results, last = records(said)
    outcome = {record["id"]: record for record in results}
    assert said.returncode == last["exit_code"] == 21
    assert outcome["docker-daemon"]["status"] == "fail"
    assert outcome["docker-linux"]["status"] == "skip"
    assert outcome["docker-linux"]["summary"] == f"waiting on: {outcome['docker-daemon']['title']}"


def test_a_context_there_is_none_of_exits_21(tmp_path: Path) -> None:
    said = check(tmp_path, "", "--only", "docker-endpoint", extra={"DOCKER_CONTEXT": "gone"})

    assert said.returncode == 21
    assert "gone" in said.stdout.decode()


def test_only_a_missing_tool_exits_20(tmp_path: Path) -> None:
    said = check(tmp_path, "", "--only", "tool-kind", extra={"PATH": str(tmp_path)})

    assert said.returncode == 20
    assert "kind" in said.stdout.decode()


def test_a_failed_check_counts_before_a_missing_tool(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["OSType"] = "windows"

    said = check(tmp_path, engine.endpoint, "--only", "tool-kind", "docker-linux", extra={"PATH": str(tmp_path)})

    assert said.returncode == 11


def test_a_warning_exits_0_and_12_where_warnings_count(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["CgroupVersion"] = "1"

    lenient = check(tmp_path, engine.endpoint, "--only", "docker-cgroup")
    strict = check(tmp_path, engine.endpoint, "--only", "docker-cgroup", "--strict")

    assert (lenient.returncode, strict.returncode) == (0, 12)
    assert "\nwarn  Control groups\n" in lenient.stdout.decode()
    assert strict.stdout.decode().endswith("Nothing is in the way, but warnings count here (exit 12).\n")


def test_a_warning_of_the_document_counts_as_well(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(EXAMPLE.read_text().replace("apiVersion: lattice.dev/v1alpha1\n", ""))
    arguments = ("--cluster", "cluster.yaml", "--only", "docker-linux")

    lenient = check(tmp_path, engine.endpoint, *arguments)
    strict = check(tmp_path, engine.endpoint, *arguments, "--strict")

    assert (lenient.returncode, strict.returncode) == (0, 12)
    assert b"warning: " in lenient.stderr


def test_a_cluster_yaml_from_standard_input_is_checked_for(engine: FakeEngine, tmp_path: Path) -> None:
    arguments = ("--cluster", "-", "--only", "docker-linux")
    said = check(tmp_path, engine.endpoint, *arguments, stdin=EXAMPLE.read_bytes())

    assert said.returncode == 0
    assert said.stdout.startswith(b"Checking practice on docker")


@pytest.mark.parametrize("data", [b"", b"kind: Pod\n", b"\xff\xfe", None], ids=["empty", "other", "bytes", "missing"])
def test_a_file_with_errors_exits_10_before_anything_is_looked_at(
    data: bytes | None, engine: FakeEngine, tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / "cluster.yaml").write_bytes(data)

    said = check(tmp_path, engine.endpoint, "--cluster", "cluster.yaml", "-o", "json")

    assert said.returncode == 10
    assert said.stdout == b""
    assert b"LT-" in said.stderr
    assert engine.requests == []


def test_a_check_there_is_none_of_is_refused_with_the_nearest(tmp_path: Path) -> None:
    said = check(tmp_path, "", "--only", "docker-dick")

    assert said.returncode == 2
    assert b"There is no check called docker-dick" in said.stderr
    assert b"Did you mean docker-disk?" in said.stderr


def test_nothing_is_written_and_nothing_of_screens_or_kubernetes_is_imported(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in surroundings(tmp_path, engine.endpoint).items():
        monkeypatch.setenv(name, value)

    code, loaded = modules(tmp_path, "check", "--cluster", str(EXAMPLE), "--only", "docker-linux")

    assert code == 0
    assert (
        loaded & {"textual", "rich", "questionary", "screens", "kubernetes", "aiohttp", "urllib3", "msgspec"} == set()
    )
    # The list of modules is the test's own.
    assert [path.name for path in tmp_path.iterdir()] == ["modules.json"]


def test_escape_sequences_of_an_engine_reach_no_terminal(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(OperatingSystem="\x1b]0;owned\x07\x9b31m", OSType="\x1b[2J", Architecture="\u202e")

    for arguments in ((), ("-o", "json")):
        said = check(tmp_path, engine.endpoint, "--only", *FROM_THE_ENGINE, *arguments)

        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(said.stdout.decode())
        assert b"\\u001b" not in said.stdout


@needs_proc
def test_ctrl_c_ends_it_at_once_and_leaves_no_process_behind(silent_endpoint: str, tmp_path: Path) -> None:
    door = subprocess.Popen(
        [*PROGRAM, "check", "--cluster", str(EXAMPLE)],
        cwd=tmp_path,
        env=environment(tmp_path / "state", surroundings(tmp_path, silent_endpoint)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert door.stderr is not None
    # By then the helper is at work: it is what the line is about.
    assert b"still waiting after 3 s: " in door.stderr.readline()
    assert door.stdout is not None
    told = [door.stdout.readline() for _ in range(3)]
    assert told[2].startswith(b"ok       Where Docker is "), "a row is told as soon as it is known"
    started = descendants(door.pid)
    door.send_signal(signal.SIGINT)

    _, errors = door.communicate(timeout=20)
    assert door.returncode == 130
    assert b"Traceback" not in errors
    assert len(started) >= 2, "the launcher and the helper"
    eventually(lambda: [pid for pid in started if is_running(pid)], lambda left: not left, timeout_s=10)


@needs_proc
def test_a_killed_command_takes_its_helper_along(silent_endpoint: str, tmp_path: Path) -> None:
    door = subprocess.Popen(
        [*PROGRAM, "check"],
        cwd=tmp_path,
        env=environment(tmp_path / "state", surroundings(tmp_path, silent_endpoint)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = eventually(lambda: descendants(door.pid), lambda found: len(found) >= 2, timeout_s=30)
    door.kill()
    door.wait(10)

    eventually(lambda: [pid for pid in started if is_running(pid)], lambda left: not left, timeout_s=10)


def test_a_reader_that_has_gone_is_no_trouble(engine: FakeEngine, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    door = subprocess.Popen(
        [*PROGRAM, "check", "--only", "docker-linux"],
        cwd=tmp_path,
        env=environment(tmp_path / "state", surroundings(tmp_path, engine.endpoint)),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)

    _, errors = door.communicate(timeout=60)
    assert (door.returncode, errors) == (141, b"")


def test_watching_tells_what_was_mended_meanwhile_and_ends_with_it(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"].update(OSType="windows", NCPU=1)
    door = subprocess.Popen(
        [*PROGRAM, "check", "--watch", "--only", "docker-linux", "docker-version", "docker-cpu"],
        cwd=tmp_path,
        env=environment(tmp_path / "state", surroundings(tmp_path, engine.endpoint)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert door.stderr is not None
    killer = threading.Timer(60, door.kill)
    killer.start()
    assert "Looking again every 5 s" in door.stderr.readline()
    engine.requests.clear()
    engine.answers["/info"].update(OSType="linux", NCPU=8)
    told, heard = door.communicate(timeout=60)
    killer.cancel()

    rows = [line for line in told.splitlines() if line.startswith(("ok  ", "fail  ", "warn  "))]
    titles = [line[9:36].strip() for line in rows if "  " in line[4:12]]
    assert door.returncode == 0
    assert titles.count("Linux containers") == 2
    assert titles.count("Docker version") == 1
    assert "GET /version" not in engine.requests
    assert heard == ""
    assert told.endswith("Nothing is in the way.\n")


def test_a_rehearsed_check_asks_the_simulated_world(tmp_path: Path) -> None:
    try:
        said = check(tmp_path, f"unix://{tmp_path}/none.sock", "--cluster", str(EXAMPLE), "--rehearse", "-o", "json")
    finally:
        stop_world(tmp_path / "state" / "wizard" / "world")
        shutil.rmtree(tmp_path / "state", ignore_errors=True)

    *results, last = records(said)
    assert (said.returncode, last["simulated"]) == (0, True)
    assert [record["summary"] for record in results if record["status"] not in ("ok", "warn")] == []
