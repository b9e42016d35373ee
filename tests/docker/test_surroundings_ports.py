"""The ports that are wanted, on this computer and on a real Docker Engine."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lattice_tui.providers.docker.checks import ports
from lattice_tui.providers.docker.wish import DockerWish
from tests.checks.fake_engine import fake_engine
from tests.docker.engines import PROBE_IMAGE, OwnEngine
from tests.docker.surroundings import found_by
from tests.free_ports import free_ports


def two_ports() -> tuple[int, int]:
    """Two free ports with room after each for what is proposed instead."""
    grpc, bootstrap = free_ports(2, apart=4)
    return grpc, bootstrap


@contextmanager
def listening(address: str, port: int) -> Iterator[None]:
    with socket.create_server((address, port)):
        yield


async def test_free_ports_are_said_to_be_free(running_engine: OwnEngine) -> None:
    wanted = two_ports()
    result = await found_by(ports.checks, running_engine, DockerWish(ports=wanted))

    assert (result.status, result.summary) == ("ok", f"{wanted[0]} and {wanted[1]} are free")


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
async def test_a_port_that_a_program_holds_is_a_warning_that_names_it_and_proposes_another(
    running_engine: OwnEngine, address: str
) -> None:
    grpc, bootstrap = two_ports()
    with listening(address, grpc):
        result = await found_by(ports.checks, running_engine, DockerWish(ports=(grpc, bootstrap)))

    name = Path("/proc/self/comm").read_text().strip()
    assert (result.status, result.code, result.field) == ("warn", "LT-PORT-001", "spec.endpoints.grpcPort")
    assert result.summary == f"grpcPort {grpc} is taken by the program {name} (pid {os.getpid()})"
    proposed = int(result.fix.partition("grpcPort: ")[2].partition(" ")[0])
    assert proposed > grpc
    assert proposed != bootstrap
    assert str(grpc) in result.action


async def test_a_port_that_a_container_publishes_names_the_container(running_engine: OwnEngine) -> None:
    grpc, bootstrap = two_ports()
    running_engine.docker("network", "create", "published")
    try:
        running_engine.docker(
            *("run", "-d", "--name", "shop", "--network", "published", "-p", f"127.0.0.1:{bootstrap}:80"),
            *("-p", f"0.0.0.0:{bootstrap + 1}:80", PROBE_IMAGE, "sleep", "60"),
        )
        result = await found_by(ports.checks, running_engine, DockerWish(ports=(grpc, bootstrap)))
        second = await found_by(ports.checks, running_engine, DockerWish(ports=(grpc, bootstrap + 1)))
    finally:
        running_engine.docker("rm", "-f", "shop")
        running_engine.docker("network", "rm", "published")

    assert result.summary == f"bootstrapPort {bootstrap} is taken by the container shop"
    assert result.field == "spec.endpoints.bootstrapPort"
    # The next port is the container's too.
    assert f"bootstrapPort: {bootstrap + 2}" in result.fix
    assert second.summary == f"bootstrapPort {bootstrap + 1} is taken by the container shop"


async def test_both_ports_busy_are_told_together(running_engine: OwnEngine) -> None:
    grpc, bootstrap = two_ports()
    with listening("127.0.0.1", grpc), listening("127.0.0.1", bootstrap):
        result = await found_by(ports.checks, running_engine, DockerWish(ports=(grpc, bootstrap)))

    assert f"grpcPort {grpc} is taken" in result.summary
    assert f"bootstrapPort {bootstrap} is taken" in result.summary
    assert "grpcPort: " in result.fix
    assert "bootstrapPort: " in result.fix


async def test_the_proposal_is_neither_published_nor_the_other_port_that_is_wanted() -> None:
    """Where Docker forwards a port without a program of its own, only its list of containers shows it."""
    published = [{"PrivatePort": 80, "PublicPort": port, "Type": "tcp"} for port in (5000, 5002)]
    with fake_engine() as engine:
        engine.answers["/containers/json"] = [{"Names": ["/shop"], "Ports": published}]
        result = await found_by(ports.checks, engine, DockerWish(ports=(5000, 5001), simulated=True))

    assert result.summary == "grpcPort 5000 is taken by the container shop"
    assert "grpcPort: 5003" in result.fix


async def test_in_a_rehearsal_no_real_program_is_in_the_way(running_engine: OwnEngine) -> None:
    wanted = two_ports()
    with listening("127.0.0.1", wanted[0]):
        result = await found_by(ports.checks, running_engine, DockerWish(ports=wanted, simulated=True))

    assert (result.status, result.simulated) == ("ok", True)
