"""The program that stands for the tools: versions, streaming, refusals, and who may order."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.launch import WORLD_FILE
from tests.world.conftest import RunningWorld, StartWorld


def test_every_tool_tells_the_pinned_version(world: RunningWorld) -> None:
    said = {
        "kind": world.good("kind", "version").stdout,
        "clusterctl": world.good("clusterctl", "version").stdout,
        "helm": world.good("helm", "version", "--short").stdout,
        "kubectl": world.good("kubectl", "version", "--client", "-o", "json").stdout,
    }

    assert said["kind"].split()[1] == pins().kind
    assert f'GitVersion:"{pins().capi}"' in said["clusterctl"]
    assert said["helm"].startswith(pins().helm)
    assert json.loads(said["kubectl"])["clientVersion"]["gitVersion"] == pins().kubectl


@pytest.mark.parametrize("tool", ["kind", "clusterctl", "helm", "kubectl"])
def test_a_command_a_tool_does_not_have_fails_on_standard_error(world: RunningWorld, tool: str) -> None:
    refused = world.tool(tool, "frobnicate")

    assert refused.returncode == 1
    assert 'unknown command "frobnicate"' in refused.stderr
    assert refused.stdout == ""


def test_every_run_is_in_the_audit_log_with_its_end(world: RunningWorld) -> None:
    world.good("kind", "version")
    world.tool("helm", "nothing")

    starts, ends = world.audit("tool.start"), world.audit("tool.end")

    assert [(line["tool"], line["argv"]) for line in starts] == [("kind", ["version"]), ("helm", ["nothing"])]
    assert [(line["run"], line["exit_code"]) for line in ends] == [(starts[0]["run"], 0), (starts[1]["run"], 1)]


def test_lines_come_as_they_are_said_and_not_at_the_end(start_world: StartWorld) -> None:
    world = start_world(speed=20)
    with world.start("kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig") as running:
        assert running.stdout is not None
        first, first_at = running.stdout.readline(), time.monotonic()
        running.communicate(timeout=60)

    assert first == 'Creating cluster "x" ...\n'
    # Creating takes at least 12 simulated seconds after the first line.
    assert time.monotonic() - first_at > 0.4


def test_nobody_orders_without_the_token(world: RunningWorld) -> None:
    place = urlsplit(world.handle.control_url)
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        connection.request("POST", "/tool", json.dumps({"tool": "kind", "argv": [], "cwd": "/", "env": {}}), headers)
        assert connection.getresponse().status == 401
        connection.close()
    assert world.audit("tool.start") == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"tool": "kind"}', b'{"tool":"kind","argv":[1],"cwd":"/","env":{}}'])
def test_an_order_that_is_none_is_refused(world: RunningWorld, body: bytes) -> None:
    token = json.loads((world.handle.folder / WORLD_FILE).read_text())["token"]
    place = urlsplit(world.handle.control_url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.request("POST", "/tool", body, {"Authorization": f"Bearer {token}"})

    assert connection.getresponse().status == 400
    connection.close()


def test_the_program_starts_without_site_packages_and_from_any_folder(world: RunningWorld) -> None:
    (world.folder / "json.py").write_text("raise SystemExit('the wrong json')\n")

    argv = world.handle.tool_argv("kind")

    assert argv[:3] == (sys.executable, "-I", "-S")
    assert world.good("kind", "version").stdout.startswith("kind v")


def test_tools_run_side_by_side(start_world: StartWorld) -> None:
    world = start_world(speed=50)
    threads = [
        threading.Thread(target=world.good, args=("kind", "create", "cluster", "--name", name, "--kubeconfig", name))
        for name in ("a", "b", "c")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.good("kind", "get", "clusters").stdout.split() == ["a", "b", "c"]
    ports = {(world.folder / name).read_text().partition("127.0.0.1:")[2][:5] for name in ("a", "b", "c")}
    assert len(ports) == 3
