"""Screens are tested with the clock held still, no animation, and one time zone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest


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
