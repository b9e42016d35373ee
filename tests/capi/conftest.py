"""A model API server for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.capi.model_server import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    made = ModelServer()
    made.start()
    yield made
    made.stop()
