"""Who has an address already: what answers, what refuses, what the neighbours' table says, and what cannot be seen."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.address_pools import Address
from lattice_tui.checks.in_use import look_for, neighbours
from lattice_tui.text import safe_text

HEAD = "IP address       HW type     Flags       HW address            Mask     Device\n"


def line(address: str, flags: str, mac: str) -> str:
    return f"{address:<17}0x1         {flags}         {mac}     *        eth0\n"


def proc(folder: Path, *lines: str) -> Path:
    (folder / "net").mkdir()
    (folder / "net" / "arp").write_text(HEAD + "".join(lines))
    return folder


def places(*texts: str) -> list[Address]:
    return [ip_address(text) for text in texts]


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that something listens on at 127.0.0.5, and nowhere else."""
    with closing(socket.socket()) as end:
        end.bind(("127.0.0.5", 0))
        end.listen(4)
        yield end.getsockname()[1]


async def test_who_accepts_and_who_refuses_a_connection_is_there(listener: int, tmp_path: Path) -> None:
    found = await look_for(places("127.0.0.5", "127.0.0.6"), ports=(listener,), proc=tmp_path)

    assert found.could_look
    assert [(str(one.address), one.evidence) for one in found.used] == [
        ("127.0.0.5", f"answers on port {listener}"),
        ("127.0.0.6", f"refuses port {listener}"),
    ]


async def test_a_silent_neighbour_is_found_by_its_hardware_address(tmp_path: Path) -> None:
    folder = proc(
        tmp_path, line("127.0.0.7", "0x2", "52:54:00:12:34:56"), line("127.0.0.8", "0x0", "00:00:00:00:00:00")
    )
    found = await look_for(places("127.0.0.7", "127.0.0.8"), ports=(9,), proc=folder)

    assert [(str(one.address), one.evidence) for one in found.used] == [
        ("127.0.0.7", "neighbour table: 52:54:00:12:34:56"),
    ]
    assert found.could_look
    assert found.limits == ""


async def test_one_device_that_answers_for_all_says_nothing_of_any(tmp_path: Path) -> None:
    names = [f"127.0.0.{last}" for last in range(10, 20)]
    folder = proc(tmp_path, *(line(name, "0x2", "52:54:00:12:34:56") for name in names))
    found = await look_for(places(*names), ports=(9,), proc=folder)

    assert not found.could_look
    assert found.used == ()
    assert "could not check from here" in found.limits


async def test_a_network_that_nothing_comes_back_from_is_not_called_free(tmp_path: Path) -> None:
    # Kept for documentation: nobody has it, and no network leads there.
    found = await look_for(places("2001:db8:77::9"), ports=(9,), timeout_s=0.2, proc=tmp_path)

    assert not found.could_look
    assert found.limits.startswith("could not check from here")


async def test_it_ends_at_its_deadline_however_many_there_are(tmp_path: Path) -> None:
    many = [ip_address("2001:db8::") + at for at in range(1, 1500)]
    found = await look_for(many, ports=(9, 10, 11), timeout_s=0.3, deadline_s=0.6, proc=tmp_path)

    assert not found.could_look


async def test_nothing_to_look_at_is_nothing_in_use(tmp_path: Path) -> None:
    assert await look_for([], proc=tmp_path) == await look_for([], proc=tmp_path / "none")


@given(st.text(max_size=300))
def test_no_table_whatever_breaks_the_reader(text: str) -> None:
    for table in (text, HEAD + text):
        assert all(safe_text(mac) == mac for mac in neighbours(table).values())


def test_the_table_of_linux_is_read() -> None:
    text = HEAD + line("10.0.0.1", "0x2", "02:fc:00:00:00:05") + line("10.0.0.2", "0x0", "00:00:00:00:00:00")

    assert neighbours(text) == {ip_address("10.0.0.1"): "02:fc:00:00:00:05", ip_address("10.0.0.2"): ""}
