"""Fixtures: a store alone, and one behind a socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.rehearsal.api.store import Store
from tests.rehearsal_api.served import Served, new_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    cluster = Served(tmp_path)
    yield cluster
    cluster.close()
