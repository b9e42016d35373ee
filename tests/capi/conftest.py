"""API servers for the tests that ask for one: the model that misbehaves on demand, and the rehearsal's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.capi.client import KubeClient
from tests.capi.model_server import ModelServer
from tests.capi.rehearsal_server import RehearsalServer, rehearsal_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    made = ModelServer()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[RehearsalServer]:
    with rehearsal_server(tmp_path) as made:
        yield made


@pytest.fixture
def client(rehearsal: RehearsalServer) -> Iterator[KubeClient]:
    made = KubeClient.from_kubeconfig(rehearsal.kubeconfig())
    yield made
    made.close()
