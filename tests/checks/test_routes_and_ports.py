"""This computer's routes and listening programs, from the kernel's own tables."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.ports import holder_of, is_taken, listeners, next_free
from lattice_tui.checks.routes import Route, host_routes, ipv4_routes, ipv6_routes, line_mtu

# As the kernel of a laptop with a VPN wrote them.
IPV4 = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
down0\t0000A8C0\t00000000\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
IPV6 = """\
fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
"""  # noqa: E501
TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:480B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 720907 1 0000000078e76979 100
   1: 0100007F:480C 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 720908 1 0000000078e76979 100
"""


def test_a_laptops_routes_are_read_and_those_that_are_down_left_out() -> None:
    assert [(route.interface, str(route.network)) for route in ipv4_routes(IPV4)] == [
        ("wlan0", "0.0.0.0/0"),
        ("tun0", "10.0.0.0/8"),
        ("docker0", "172.17.0.0/16"),
    ]


def test_ipv6_routes_are_read() -> None:
    assert [(route.interface, str(route.network)) for route in ipv6_routes(IPV6)] == [
        ("eth0", "fd00::/64"),
        ("eth0", "::/0"),
        ("lo", "::1/128"),
    ]


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_any_route_comes_back_as_the_kernel_wrote_it(address: ipaddress.IPv4Address, bits: int) -> None:
    wanted = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    written = struct.unpack("<I", wanted.network_address.packed)[0], struct.unpack("<I", wanted.netmask.packed)[0]
    [read] = ipv4_routes(f"eth0\t{written[0]:08X}\t00000000\t0001\t0\t0\t0\t{written[1]:08X}\t0\t0\t0")

    assert read == Route("eth0", wanted)


@given(st.text(alphabet="0123456789ABCDEFabcdef \t\n:lo\x1b-", max_size=400))
def test_no_text_breaks_the_readers(text: str) -> None:
    assert all(route.interface.isprintable() for route in (*ipv4_routes(text), *ipv6_routes(text)))
    assert all(0 < listener.port <= 65_535 for listener in listeners(text))


def test_the_loopback_and_a_missing_table_give_nothing(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "ipv6_route").write_text(IPV6)

    assert {route.interface for route in host_routes(tmp_path)} == {"eth0"}
    assert host_routes(tmp_path / "no" / "such") == ()


def test_the_lines_packet_size_is_that_of_the_default_route(tmp_path: Path) -> None:
    for interface, mtu in (("wlan0", "1492"), ("tun0", "1300")):
        (tmp_path / "class" / "net" / interface).mkdir(parents=True)
        (tmp_path / "class" / "net" / interface / "mtu").write_text(f"{mtu}\n")

    assert line_mtu(tuple(ipv4_routes(IPV4)), tmp_path) == 1492
    assert line_mtu((), tmp_path) is None


def test_only_listening_sockets_count() -> None:
    [only] = listeners(TCP)

    assert (only.port, only.inode, only.uid) == (0x480B, 720907, 1000)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_port_is_taken_while_a_program_listens_and_its_holder_is_named(family: socket.AddressFamily) -> None:
    if family == socket.AF_INET6 and not socket.has_dualstack_ipv6():
        pytest.skip("needs IPv6")
    with socket.create_server(("", 0), family=family, dualstack_ipv6=family == socket.AF_INET6) as server:
        port = server.getsockname()[1]
        assert is_taken(port)
        if Path("/proc/net/tcp").exists():
            assert holder_of(port, Path("/proc")).pid == os.getpid()

    assert not is_taken(port)
    assert not holder_of(port, Path("/proc")).pid


def test_a_port_whose_connections_have_just_ended_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            # Closed by the server first: its side waits out the last packets for a minute.
            server.accept()[0].close()

    assert not is_taken(port)


def test_a_program_of_somebody_else_is_named_by_its_user(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(TCP.replace(" 1000 ", "    0 "))
    (tmp_path / "77" / "fd").mkdir(parents=True)

    assert str(holder_of(0x480B, tmp_path)) == "a program of root"
    assert str(holder_of(1, tmp_path)) == "another program"


def test_the_next_free_port_is_above_and_never_beyond_the_last() -> None:
    assert next_free(8443, lambda port: port < 8446) == 8446
    assert next_free(65_535, lambda _port: False) is None
    assert next_free(100, lambda _port: True) is None
