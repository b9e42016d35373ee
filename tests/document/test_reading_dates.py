"""The day by which support is judged comes from the clock, or from SOURCE_DATE_EPOCH where builds have to repeat."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lattice_tui.document.reader import read_bytes

DOCUMENT = b"""\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata: {name: demo}
spec:
  provider:
    kubernetes: {version: "1.35.5"}
    config: {docker: {}}
  nodes: {controlPlane: 1}
"""


@pytest.mark.parametrize(("day", "warned"), [((2026, 11, 23), False), ((2027, 3, 1), True)])
def test_support_is_judged_by_the_day_of_the_build(
    day: tuple[int, int, int], warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(*day, tzinfo=UTC).timestamp())))

    assert bool(read_bytes(DOCUMENT).warnings) is warned


def test_a_date_that_is_none_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")

    assert read_bytes(DOCUMENT).cluster is not None
