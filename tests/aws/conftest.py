"""AWS's counterparts for tests: one moto server for all of them, made new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.moto_account import prepare_baseline
from tests.aws.moto_server import Moto
from tests.aws.stand_in import SimulatedAws
from tests.counterparts.hosting import BesideLoop


@pytest.fixture(scope="session")
def moto_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """The server, as whoever used it last has left it."""
    folder: Path = tmp_path_factory.mktemp("moto")
    server = Moto(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def moto(moto_process: Moto) -> Moto:
    """AWS with an account that is ready for a cluster; permissions are not enforced unless a test says so."""
    moto_process.reset()
    prepare_baseline(moto_process)
    return moto_process


@pytest.fixture(scope="session")
def aws_loop() -> Iterator[BesideLoop]:
    """Where simulated accounts answer while tests run."""
    loop = BesideLoop()
    yield loop
    loop.close()


@pytest.fixture
def simulated_aws(aws_loop: BesideLoop) -> Iterator[SimulatedAws]:
    """The simulated AWS with a fresh account that is ready for a cluster."""
    stand_in = SimulatedAws(aws_loop)
    yield stand_in
    stand_in.stop()
