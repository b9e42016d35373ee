"""The table of first-time failures: each has a check that catches it, or says plainly why no look can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lattice_tui.providers.registry import load
from tests.aws import failures as aws
from tests.docker import failures as docker
from tests.failures.rows import FailureRow
from tests.openstack import failures as openstack
from tests.proxmox import failures as proxmox

TABLES = {"docker": docker.ROWS, "proxmox": proxmox.ROWS, "openstack": openstack.ROWS, "aws": aws.ROWS}
ELSEWHERE = {
    **proxmox.SOMEWHERE_ELSE,
    45: "only a hint: what a cloud appends to a machine's name is seen when the first one starts",
    53: "no look beforehand: whether a spot machine can be had is known when it is asked for",
}
"""Rows that no look at a server catches, and what does, or why nothing can."""
NUMBERS = range(1, 63)


def rows() -> Iterator[tuple[str, FailureRow]]:
    for provider, table in TABLES.items():
        for row in table:
            yield provider, row


def test_every_failure_has_a_check_or_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    told = {number for _, row in rows() for number in row.numbers}

    assert [number for number in NUMBERS if number not in told and number not in ELSEWHERE] == []
    assert [number for number in told if number not in NUMBERS] == []
    with capsys.disabled():
        print("\nfirst-time failure -> check -> toggle that its test sets")
        for provider, row in rows():
            numbers = ",".join(map(str, row.numbers))
            print(f"{numbers:>6}  {row.failure:<48.48}  {row.status:<7} {row.check:<28} {provider}: {row.toggle}")
        for number, why in sorted(ELSEWHERE.items()):
            print(f"{number:>6}  {why}")
        print(f"{sum(1 for _ in rows())} toggles, {len(told)} of {len(NUMBERS)} failures caught by a look at a server")


@pytest.mark.parametrize("provider", TABLES)
def test_the_checks_of_the_table_exist(provider: str) -> None:
    known = {check.id for check in load(provider).checks({}, {})}

    assert {row.check for row in TABLES[provider]} <= known


def test_what_cannot_be_seen_beforehand_is_told_as_a_hint_and_never_as_fine() -> None:
    hints = {number: row.status for _, row in rows() for number in row.numbers if number in (34, 45)}

    assert set(hints.values()) <= {"unknown"}
    assert 20 in ELSEWHERE
    assert 53 in ELSEWHERE
