"""The engines themselves: that what the other tests stand on is real."""

from __future__ import annotations

from tests.docker.conftest import MakeEngine
from tests.docker.engines import PROBE_IMAGE, OwnEngine


def test_a_privileged_container_runs(running_engine: OwnEngine) -> None:
    said = running_engine.docker(
        "run", "--rm", "--privileged", "--network", "none", PROBE_IMAGE, "cat", "/proc/meminfo"
    )

    assert said.startswith("MemTotal:")


def test_stopping_takes_the_socket_along_and_killing_leaves_it(make_engine: MakeEngine) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()
    assert not engine.socket.exists()

    engine.start()
    engine.kill()
    assert engine.socket.exists()
