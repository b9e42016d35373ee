"""The simulated Docker Engine: our client, our checks and the real docker command all take it for one."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.docker.checks import DockerWish, docker_checks
from lattice_tui.providers.docker.engine_api import DockerEngine, DockerRefusedError, PullProgress
from lattice_tui.providers.docker.probe import PROBE_IMAGE, PROBE_LABEL
from lattice_tui.providers.docker.seen import seen_from
from schemas.checks import CheckResult
from tests.world.conftest import RunningWorld

IMAGE = "kindest/node:v1.35.5@sha256:" + "ab" * 32
needs_docker = pytest.mark.skipif(shutil.which("docker") is None, reason="there is no docker command on PATH")


def test_without_a_fault_every_check_passes_and_says_that_it_is_simulated(world: RunningWorld) -> None:
    tools = {tool: tuple(world.handle.tool_argv(tool)) for tool in ("kind", "clusterctl", "helm", "kubectl")}
    wish = DockerWish(world.handle.docker_endpoint, simulated=True, control_planes=3, workers=5, tools=tools)

    async def look() -> list[tuple[str, str, bool]]:
        return [(one.id, one.status, one.simulated) async for one in run_checks(docker_checks(wish)) if _has_ended(one)]

    found = asyncio.run(look())

    assert len(found) == len(docker_checks(wish)) == 20
    assert {(status, simulated) for _, status, simulated in found} == {("ok", True)}
    assert DockerEngine(world.handle.docker_endpoint).containers() == []


def _has_ended(result: CheckResult) -> bool:
    return result.status != "wait"


def test_a_container_that_is_tried_prints_what_a_real_one_prints(world: RunningWorld) -> None:
    docker = DockerEngine(world.handle.docker_endpoint)
    docker.create_container("tried", {"Image": PROBE_IMAGE, "Labels": {PROBE_LABEL: "1"}})
    assert [container.name for container in docker.containers()] == ["tried"]
    with docker.attached("tried") as output:
        docker.start_container("tried")
        seen = seen_from(output())

    assert seen is not None
    assert (seen.can_mount, seen.first_process, seen.limit_bytes) == (True, "sh", None)
    assert docker.remove_container("tried")
    assert not docker.remove_container("tried")


def test_any_other_container_is_refused(world: RunningWorld) -> None:
    with pytest.raises(DockerRefusedError) as caught:
        DockerEngine(world.handle.docker_endpoint).create_container("mine", {"Image": "alpine", "Labels": None})

    assert "come and go through kind" in caught.value.message


def test_its_registry_has_everything_under_the_checksum_that_is_asked_for(world: RunningWorld) -> None:
    found = DockerEngine(world.handle.docker_endpoint).read(f"/distribution/{IMAGE}/json")

    assert found["Descriptor"]["digest"] == IMAGE.partition("@")[2]
    assert [platform["architecture"] for platform in found["Platforms"]] == ["amd64", "arm64"]


def test_it_says_that_it_is_simulated_and_which_api_it_speaks(world: RunningWorld) -> None:
    docker = DockerEngine(world.handle.docker_endpoint)

    assert docker.ping() == "1.44"
    assert docker.version().api_version == "1.44"
    assert docker.info().is_simulated


def test_an_image_is_pulled_once_with_its_layers(world: RunningWorld) -> None:
    docker = DockerEngine(world.handle.docker_endpoint, timeout_s=30)
    seen: list[PullProgress] = []
    assert docker.image(IMAGE) is None

    docker.pull(IMAGE, seen.append)
    docker.pull(IMAGE, seen.append)

    assert max(progress.layers_total for progress in seen) == 5
    shares = [progress.bytes_done / (progress.bytes_total or 1) for progress in seen]
    assert max(shares) == 1
    found = docker.image(IMAGE)
    assert found is not None
    assert found.tags == ("kindest/node:v1.35.5",)
    assert docker.image("kindest/node:v1.35.5") == found
    assert docker.image("docker.io/kindest/node:v1.35.5") == found
    assert docker.image("kindest/node:v1.35") is None
    assert [line["image"] for line in world.audit("image.pull")] == [IMAGE]


def test_containers_are_found_by_label_name_and_id(bootstrapped: RunningWorld) -> None:
    docker = DockerEngine(bootstrapped.handle.docker_endpoint)

    (found,) = docker.containers({"io.x-k8s.kind.cluster": "lattice-1"})

    assert found == docker.container("lattice-1-control-plane") == docker.container(found.id[:12])
    assert found.state == "running"
    assert found.addresses["kind"].startswith("172.18.")
    assert docker.containers({"io.x-k8s.kind.cluster": ""}) == [found]
    assert docker.containers({"io.x-k8s.kind.cluster": "other"}) == []
    assert docker.containers({"nobody.has.this": ""}) == []
    assert docker.container("nobody") is None


@needs_docker
def test_the_real_docker_command_accepts_it(bootstrapped: RunningWorld) -> None:
    def docker(*arguments: str) -> str:
        argv = ["docker", "-H", bootstrapped.handle.docker_endpoint, *arguments]
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    assert docker("ps", "--format", "{{.Names}} {{.State}}") == "lattice-1-control-plane running\n"
    assert docker("version", "--format", "{{.Server.APIVersion}}") == "1.44\n"
    assert docker("info", "--format", "{{.Name}} {{.OSType}} {{.ContainersRunning}}") == "simulated linux 1\n"
    docker("pull", "kindest/node:v1.35.5")
    assert "kindest/node:v1.35.5" in docker("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines()
    (inspected,) = json.loads(docker("inspect", "lattice-1-control-plane"))
    assert inspected["Config"]["Labels"]["io.x-k8s.kind.role"] == "control-plane"
    assert docker("network", "ls", "--format", "{{.Name}}").split() == ["bridge", "host", "kind", "none"]


@needs_docker
def test_the_real_docker_command_hears_no_in_words_it_knows(world: RunningWorld) -> None:
    argv = ["docker", "-H", world.handle.docker_endpoint]

    missing = subprocess.run([*argv, "inspect", "nobody"], capture_output=True, text=True, timeout=60)
    unknown = subprocess.run([*argv, "run", "alpine"], capture_output=True, text=True, timeout=60)

    assert "No such object: nobody" in missing.stderr
    assert unknown.returncode != 0
