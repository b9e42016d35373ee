"""The plain parameters of Docker's checks: read without a complaint, written as they were read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.providers.docker.wish import DockerWish
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.providers.registry import load
from tests.shared import ROOT

KEYS = sorted(DockerWish().to_params())


def test_no_parameters_are_the_practice_cluster_of_this_computer() -> None:
    wish = DockerWish.from_params({})

    assert wish == DockerWish()
    assert (wish.control_planes, wish.workers, wish.ports, wish.management) == (1, 1, (50051, 8443), "self")


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=30)))
def test_nonsense_becomes_the_default_and_never_an_error(params: dict[str, str]) -> None:
    wish = DockerWish.from_params(params)

    assert DockerWish.from_params(wish.to_params()) == wish


@pytest.mark.parametrize("tools", ["{", "[]", '{"kind": "kind"}', '{"kind": []}', '{"kind": [1]}'])
def test_tools_that_are_no_commands_are_looked_up_on_the_path(tools: str) -> None:
    assert DockerWish.from_params({"tools": tools}).tools == {}


def test_tools_of_a_world_come_through() -> None:
    tools = {"kind": ("/usr/bin/python3", "-m", "tool", "kind")}

    assert DockerWish.from_params(DockerWish(tools=tools).to_params()).tools == tools


@pytest.mark.parametrize("count", ["0", "-1", "5001", "1" * 5000, "²", "1.5"])
def test_a_count_that_cannot_be_is_the_default(count: str) -> None:
    assert DockerWish.from_params({"control_planes": count}).control_planes == 1


def test_a_document_becomes_the_parameters_of_its_checks() -> None:
    example = Path(ROOT, "examples", "docker.yaml").read_bytes()
    read = read_cluster_bytes(example, "docker.yaml")
    assert read.cluster is not None
    assert read.config is not None

    params = load("docker").check_params(read.cluster, read.config)

    pools = read.cluster.spec.nodes.worker_pools.values()
    assert params["name"] == read.cluster.metadata.name
    assert params["workers"] == str(sum(pool.replicas for pool in pools))
    assert params["endpoint"] == ""
    assert json.dumps(params)
