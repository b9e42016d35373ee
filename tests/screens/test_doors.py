"""What the command line gets back, and the seams to the rest of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lattice_tui.checks.request import CheckRequest
from lattice_tui.errors import DocumentError
from lattice_tui.rehearsal.launch import stop_world
from screens import app as door
from screens.app import LatticeApp
from screens.seams import Request, real_seams
from tests.screens.fakes import FakeWorld


class Ended(LatticeApp):
    """An app that has been run already, so that only its end is looked at."""

    code: int | None = 0
    error: Exception | None = None

    def run(self, *_arguments: Any, **_options: Any) -> int | None:
        self._exception = self.error
        return self.code


def ended(code: int | None, error: Exception | None = None) -> Ended:
    app = Ended(FakeWorld().seams())
    app.code, app.error = code, error
    return app


def test_the_exit_code_and_the_last_words_outlive_the_screens(capsys: pytest.CaptureFixture[str]) -> None:
    app = ended(42)
    app.farewell = ("To go on: lattice resume my-cluster",)

    assert door._run(app, mouse=False) == 42
    assert capsys.readouterr().out == "To go on: lattice resume my-cluster\n"


def test_leaving_without_a_code_is_0() -> None:
    assert door._run(ended(None), mouse=True) == 0


def test_a_bug_is_raised_to_whoever_opened_the_screens() -> None:
    with pytest.raises(ZeroDivisionError):
        door._run(ended(1, ZeroDivisionError()), mouse=True)


async def test_the_checks_of_a_rehearsal_are_answered_by_a_simulated_docker(tmp_path: Path) -> None:
    seams = real_seams(tmp_path / "state")
    try:
        request = CheckRequest("docker", {"simulated": "1"})
        results = [result async for result in seams.checks(request)]
    finally:
        stop_world(tmp_path / "state" / "wizard" / "world")
    ended_ones = {result.id: result for result in results if result.status != "wait"}

    assert "docker-daemon" in ended_ones
    assert {(one.id, one.status) for one in ended_ones.values() if not one.simulated or one.status != "ok"} == set()


def test_a_document_with_problems_starts_nothing(tmp_path: Path) -> None:
    seams = real_seams(tmp_path / "state")

    with pytest.raises(DocumentError):
        seams.start(Request(b"kind: LatticeCluster\n", "cluster.yaml", rehearsal=True))

    assert not (tmp_path / "state").exists()
