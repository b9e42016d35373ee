"""Docker Engines for tests: one that runs, and ones that a test may break."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.engines import BUSYBOX, OwnEngine, why_no_engine

MakeEngine = Callable[..., OwnEngine]


@pytest.fixture(scope="session")
def running_engine() -> Iterator[OwnEngine]:
    """A Docker Engine that runs, with the image that containers are tried with. Not to be stopped."""
    if reason := why_no_engine():
        pytest.skip(reason)
    engine = OwnEngine(_short_folder())
    try:
        engine.start()
        if BUSYBOX.exists():
            engine.load_probe_image()
        yield engine
    finally:
        engine.clean_up()


@pytest.fixture
def make_engine() -> Iterator[MakeEngine]:
    """Makes engines (not started) that the test may stop, kill or forbid; all are ended afterwards."""
    if reason := why_no_engine():
        pytest.skip(reason)
    made: list[OwnEngine] = []

    def make(*arguments: str, lenient: bool = True) -> OwnEngine:
        engine = OwnEngine(_short_folder(), arguments, lenient)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.clean_up()


def _short_folder() -> Path:
    # The path of a unix socket has to fit into 108 bytes, and containerd's lies deep below.
    return Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp"))
