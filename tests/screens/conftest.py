"""Screens are tested with the clock held still, no animation, and one time zone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.screens.picturing import Looks, pictures


@pytest.fixture(autouse=True)
def still_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a screen shows depends on the test alone, not on where it runs."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLORFGBG", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def looks(snap_compare: Callable[..., bool], request: pytest.FixtureRequest) -> Looks:
    """Compares a screen with its picture."""
    return pictures(snap_compare, request)
