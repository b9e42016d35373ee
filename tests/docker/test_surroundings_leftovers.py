"""Clusters that are there already, as containers of a real Docker Engine."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lattice_tui.providers.docker.checks import leftovers
from lattice_tui.providers.docker.checks.look import Host, this_host
from lattice_tui.providers.docker.wish import DockerWish
from tests.docker.engines import PROBE_IMAGE, OwnEngine
from tests.docker.surroundings import found_by

Leave = Callable[..., None]
WITH_KIND = replace(this_host(), which=lambda tool: f"/usr/bin/{tool}")
WITHOUT_KIND = replace(this_host(), which=lambda _tool: None)


@pytest.fixture
def leave(running_engine: OwnEngine) -> Iterator[Leave]:
    """Leaves a container of a cluster behind, running unless it is stopped."""
    left: list[str] = []

    def one(name: str, cluster: str = "", *, stopped: bool = False) -> None:
        label = ("--label", f"io.x-k8s.kind.cluster={cluster}") if cluster else ()
        command = ("true",) if stopped else ("sleep", "60")
        start = ("create",) if stopped else ("run", "-d")
        running_engine.docker(*start, "--name", name, *label, "--network", "none", PROBE_IMAGE, *command)
        left.append(name)

    yield one
    there = running_engine.docker("ps", "--all", "--format", "{{.Names}}").split()
    if still := set(left) & set(there):
        running_engine.docker("rm", "-f", *still)


async def found(engine: OwnEngine, name: str = "practice", host: Host = WITH_KIND) -> tuple[str, str, str, str]:
    result = await found_by(leftovers.checks, engine, DockerWish(name=name), host)
    return result.status, result.code, result.summary, result.action


async def test_no_cluster_is_left_over(running_engine: OwnEngine, leave: Leave) -> None:
    leave("database")

    assert await found(running_engine) == ("ok", "", "none", "")


async def test_a_cluster_of_the_wanted_name_fails_with_the_command_that_deletes_it(
    running_engine: OwnEngine, leave: Leave
) -> None:
    leave("practice-lb", "practice")
    leave("practice-control-plane-x2f4k", "practice", stopped=True)
    result = await found_by(leftovers.checks, running_engine, DockerWish(name="practice"), WITH_KIND)

    assert (result.status, result.code, result.field) == ("fail", "LT-LEFT-001", "metadata.name")
    assert result.summary == "A cluster called practice is there already (2 containers, 1 of them stopped)"
    assert result.action == "kind delete cluster --name practice"
    assert result.evidence == "practice-control-plane-x2f4k, practice-lb"


async def test_without_kind_the_command_names_the_containers(running_engine: OwnEngine, leave: Leave) -> None:
    leave("practice-lb", "practice")
    *_, action = await found(running_engine, host=WITHOUT_KIND)

    assert action == "docker rm -f -v practice-lb"
    # It is a command that does it.
    running_engine.docker(*shlex.split(action)[1:])
    assert (await found(running_engine))[0] == "ok"


async def test_a_running_cluster_of_another_name_is_fine_and_said(running_engine: OwnEngine, leave: Leave) -> None:
    leave("kind-control-plane", "kind")
    status, _, summary, _ = await found(running_engine)

    assert (status, summary) == ("ok", "another cluster runs here: kind (1 container, running)")


async def test_a_stopped_cluster_of_another_name_is_a_warning(running_engine: OwnEngine, leave: Leave) -> None:
    leave("old-control-plane", "old", stopped=True)
    status, code, summary, action = await found(running_engine)

    assert (status, code) == ("warn", "LT-LEFT-003")
    assert summary == "Stopped containers of other clusters are there: old (1 container, stopped)"
    assert action == "kind delete cluster --name old"


async def test_a_bootstrap_cluster_of_ours_is_said_to_be_ours(running_engine: OwnEngine, leave: Leave) -> None:
    leave("lattice-0123abcd-control-plane", "lattice-0123abcd")
    leave("lattice-mine-control-plane", "lattice-mine")
    status, code, summary, action = await found(running_engine)

    assert (status, code) == ("warn", "LT-LEFT-004")
    assert summary == "Left by an earlier run of this program: lattice-0123abcd (1 container, running)"
    assert action == "kind delete cluster --name lattice-0123abcd"


async def test_a_container_with_the_load_balancers_name_is_in_the_way_too(
    running_engine: OwnEngine, leave: Leave
) -> None:
    leave("practice-lb")
    status, code, summary, action = await found(running_engine)

    assert (status, code, action) == ("fail", "LT-LEFT-002", "docker rm -f -v practice-lb")
    assert summary == "A container called practice-lb is there already"


async def test_a_label_made_to_be_pasted_into_a_shell_is_quoted(running_engine: OwnEngine, leave: Leave) -> None:
    leave("trap", "x; touch /tmp/owned", stopped=True)
    *_, action = await found(running_engine)

    assert shlex.split(action) == ["kind", "delete", "cluster", "--name", "x; touch /tmp/owned"]
