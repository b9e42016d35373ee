"""The tools as real programs on a PATH of the test's own: good, old, hanging, broken, and not programs at all."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.checks import tools
from lattice_tui.providers.docker.checks.look import Host, Look, this_host
from lattice_tui.providers.docker.wish import DockerWish
from lattice_tui.tools.asking import ask_version
from lattice_tui.tools.process import PathToolbox
from schemas.checks import CheckResult
from tests.polling import eventually

GOOD = {
    "kind": f"kind {pins().kind} go1.24.3 linux/amd64",
    "clusterctl": f'clusterctl version: &version.Info{{Major:"1", Minor:"13", GitVersion:"{pins().capi}"}}',
    "helm": f'version.BuildInfo{{Version:"{pins().helm}", GoVersion:"go1.25.1"}}',
    "kubectl": f"Client Version: {pins().kubectl}\nKustomize Version: v5.7.1",
}


def script(folder: Path, tool: str, body: str) -> None:
    (folder / tool).write_text(f"#!/bin/sh\n{body}\n")
    (folder / tool).chmod(0o755)


def says(folder: Path, tool: str, words: str) -> None:
    script(folder, tool, f"cat <<'END'\n{words}\nEND")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """This computer with all four tools, those that are pinned, alone on the PATH of the test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool, words in GOOD.items():
        says(folder, tool, words)
    return replace(this_host(), environment={"PATH": f"{folder}:/usr/bin:/bin"}, system="Linux")


def folder_of(host: Host) -> Path:
    return Path(host.environment["PATH"].partition(":")[0])


async def found(host: Host, wish: DockerWish | None = None) -> dict[str, CheckResult]:
    checks = tools.checks(Look(wish or DockerWish(), host))
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}


async def test_the_pinned_tools_are_fine_with_version_and_file(host: Host) -> None:
    results = await found(host)

    assert {key: result.status for key, result in results.items()} == dict.fromkeys(
        ("tool-kind", "tool-clusterctl", "tool-helm", "tool-kubectl"), "ok"
    )
    assert results["tool-kind"].summary == f"{pins().kind[1:]}, {folder_of(host)}/kind"


async def test_a_missing_tool_fails_with_the_command_that_fetches_it_and_kubectl_only_warns(host: Host) -> None:
    host = replace(host, environment={"PATH": str(folder_of(host))})
    for tool in GOOD:
        (folder_of(host) / tool).unlink()
    results = await found(host)

    assert (results["tool-helm"].status, results["tool-helm"].code) == ("fail", "LT-TOL-001")
    assert results["tool-kind"].summary == "kind was not found"
    assert f"https://kind.sigs.k8s.io/dl/{pins().kind}/kind-linux-" in results["tool-kind"].action
    assert (results["tool-kubectl"].status, results["tool-kubectl"].code) == ("warn", "LT-TOL-006")


@pytest.mark.parametrize(
    ("tool", "version", "status", "code"),
    [
        ("clusterctl", "v1.12.9", "fail", "LT-TOL-005"),
        ("clusterctl", "v1.14.0", "fail", "LT-TOL-005"),
        ("clusterctl", "v1.13.0", "ok", ""),
        ("kind", "v0.31.0", "warn", "LT-TOL-011"),
        ("kind", "v0.33.0", "ok", ""),
        ("helm", "v3.19.0", "warn", "LT-TOL-011"),
        ("helm", "v2.17.0", "fail", "LT-TOL-012"),
        ("kubectl", "v1.34.0", "ok", ""),
        ("kubectl", "v1.31.4-dispatcher", "warn", "LT-TOL-011"),
    ],
)
async def test_a_version_is_judged_by_the_pins(host: Host, tool: str, version: str, status: str, code: str) -> None:
    says(folder_of(host), tool, GOOD[tool].replace(_version_of(tool), version))
    result = (await found(host, DockerWish(version="1.35.5")))[f"tool-{tool}"]

    assert (result.status, result.code) == (status, code)
    assert version[1:] in result.summary


def _version_of(tool: str) -> str:
    return {"kind": pins().kind, "clusterctl": pins().capi, "helm": pins().helm, "kubectl": pins().kubectl}[tool]


@pytest.mark.parametrize("words", ["", "hello", "dial tcp 127.0.0.1:8080: connect: connection refused", "\x1b[2J"])
async def test_garbage_instead_of_a_version_is_a_warning(host: Host, words: str) -> None:
    says(folder_of(host), "kind", words)
    result = (await found(host))["tool-kind"]

    assert (result.status, result.code) == ("warn", "LT-TOL-010")
    assert "\x1b" not in repr(result)


async def test_a_tool_that_ends_with_an_error_fails_with_its_last_words(host: Host) -> None:
    script(folder_of(host), "helm", "echo 'error while loading shared libraries: libz.so.1' >&2; exit 1")
    result = (await found(host))["tool-helm"]

    assert (result.status, result.code) == ("fail", "LT-TOL-009")
    assert result.why.endswith("exit code 1: error while loading shared libraries: libz.so.1")


async def test_a_file_that_may_not_be_run_is_told_from_a_missing_one(host: Host) -> None:
    file = folder_of(host) / "kind"
    file.chmod(0o644)
    result = (await found(replace(host, environment={"PATH": str(file.parent)})))["tool-kind"]

    assert (result.status, result.code) == ("fail", "LT-TOL-007")
    assert result.action == f"chmod +x {file}"


# The heads of real files: /bin/busybox with another processor's number, and what people save by mistake.
_ELF = bytearray(Path(sys.executable).resolve().read_bytes()[:64])
_ELF[18:20] = (0xB7 if _ELF[18] != 0xB7 else 0x3E).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes(_ELF), "it is a program for arm64" if _ELF[18] == 0xB7 else "it is a program for x86_64"),
        (b"<!DOCTYPE html><html>", "it is a web page, saved in its place"),
        (b"\x1f\x8b\x08\x00", "it is an archive (.tar.gz) that has not been unpacked"),
        (b"\xcf\xfa\xed\xfe\x0c\x00", "it is a program for macOS"),
        (b"Not Found", "it is not a program; it begins with 'Not Found'"),
        (b"", "it is an empty file"),
        (b"#!/no/such/interpreter\n", "what it is started with is missing"),
    ],
)
async def test_a_file_that_is_no_program_for_this_computer_says_what_it_is(
    host: Host, content: bytes, words: str
) -> None:
    file = folder_of(host) / "clusterctl"
    file.write_bytes(content)
    file.chmod(0o755)
    result = (await found(host))["tool-clusterctl"]

    assert (result.status, result.code) == ("fail", "LT-TOL-008")
    assert words in result.why


async def test_a_tool_that_hangs_is_ended_and_not_held_against_it(host: Host, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script(folder_of(host), "kind", f"echo $$ > {pid_file}; exec sleep 600")
    toolbox = PathToolbox(host.environment["PATH"])
    answer = await ask_version("kind", toolbox, host.environment, timeout_s=0.5)

    assert (answer.trouble, answer.version) == ("hangs", "")
    await asyncio.to_thread(eventually, lambda: _is_there(int(pid_file.read_text())), lambda there: not there)


def _is_there(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


async def test_clusterctl_is_kept_from_looking_for_its_next_release(host: Host) -> None:
    script(folder_of(host), "clusterctl", f'test "$CLUSTERCTL_DISABLE_VERSIONCHECK" = true && echo {pins().capi}')

    assert (await found(host))["tool-clusterctl"].status == "ok"


async def test_the_rehearsed_worlds_tools_are_asked_where_they_are_named(host: Host, tmp_path: Path) -> None:
    says(tmp_path, "simulated", "v9.9.9")
    named = json.dumps({"clusterctl": [str(tmp_path / "simulated")]})
    results = await found(host, DockerWish.from_params({"simulated": "1", "tools": named}))

    assert results["tool-clusterctl"].code == "LT-TOL-005"
    assert results["tool-clusterctl"].simulated
    assert await found(host, DockerWish(simulated=True)) == {}
