"""The way to a server through a proxy, and the texts that name servers and proxies."""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.servers import Proxy, Server, proxy_of, server_of
from lattice_tui.checks.tls import Trust
from tests.checks.test_transport import rows
from tests.checks.tls_servers import certificate, connect_proxy, http, listening, ssh

PVE = Server("pve.example", 8006)
CANARY = "canary-pa55"


async def test_a_server_behind_a_proxy_is_looked_at_through_it_and_the_proxy_is_named(tmp_path: Path) -> None:
    made = certificate(tmp_path, "pve.example")
    asked: list[bytes] = []
    async with listening(http(), made.context) as port, listening(connect_proxy(port, seen=asked)) as proxy_port:
        env = {"https_proxy": f"http://someone:{CANARY}@127.0.0.1:{proxy_port}"}
        found = await rows(PVE, Trust(ca_pem=made.ca_pem), env)

    assert [result.status for result in found.values()] == ["ok"] * 4, found
    assert f"127.0.0.1:{proxy_port} (https_proxy)" in found["port"].summary
    assert all(line.startswith(b"CONNECT pve.example:8006 HTTP/1.1") for line in asked)
    sign_in = base64.b64encode(f"someone:{CANARY}".encode()).decode()
    assert f"Proxy-Authorization: Basic {sign_in}".encode() in asked[0]
    assert CANARY not in repr(found)
    assert sign_in not in repr(found)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"407 Proxy Authentication Required", "LT-HTTP-008"),
        (b"403 Forbidden", "LT-HTTP-009"),
        (b"502 Bad Gateway", "LT-HTTP-010"),
        (b"503 Service Unavailable", "LT-HTTP-010"),
    ],
)
async def test_a_proxy_that_does_not_open_the_way_is_told_by_its_answer(answer: bytes, code: str) -> None:
    async with listening(connect_proxy(0, status=answer, seen=[])) as proxy_port:
        found = await rows(PVE, env={"HTTPS_PROXY": f"http://me:{CANARY}@127.0.0.1:{proxy_port}"})

    assert (found["port"].status, found["port"].code) == ("fail", code)
    assert answer.decode()[:3] in found["port"].evidence
    assert CANARY not in repr(found)


async def test_something_else_in_the_proxys_place_is_told() -> None:
    async with listening(ssh) as proxy_port:
        found = await rows(PVE, env={"HTTPS_PROXY": f"127.0.0.1:{proxy_port}"})

    assert found["port"].code == "LT-HTTP-007"
    assert "HTTPS_PROXY" in found["port"].summary


async def test_a_proxy_that_is_not_there_is_not_the_servers_fault() -> None:
    async with listening(ssh) as gone:
        env = {"HTTPS_PROXY": f"http://127.0.0.1:{gone}"}
    found = await rows(PVE, env=env)

    assert found["port"].code == "LT-HTTP-007"
    assert "NO_PROXY=pve.example" in found["port"].fix


async def test_a_plain_server_behind_a_proxy_is_asked_by_its_whole_address() -> None:
    lines: list[bytes] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readuntil(b"\r\n"))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read(1)

    async with listening(forward) as proxy_port:
        found = await rows(Server("os.example", 5000, tls=False), env={"http_proxy": f"127.0.0.1:{proxy_port}"})

    assert lines[0] == b"GET http://os.example:5000/ HTTP/1.1\r\n"
    assert (found["certificate"].status, found["certificate"].code) == ("warn", "LT-TLS-013")


async def test_a_kind_of_proxy_that_is_not_spoken_is_unknown_and_not_wrong() -> None:
    found = await rows(PVE, env={"ALL_PROXY": "socks5://127.0.0.1:1080"})

    assert found["name"].status == "unknown"
    assert "socks5" in found["name"].summary


async def test_a_variable_that_holds_no_address_is_told_without_what_it_holds() -> None:
    found = await rows(PVE, env={"HTTPS_PROXY": f"http://me:{CANARY}@proxy:port"})

    assert found["name"].code == "LT-HTTP-007"
    assert CANARY not in repr(found)


@pytest.mark.parametrize(
    ("no_proxy", "is_direct"),
    [
        ("pve.example", True),
        (".example", True),
        ("example", True),
        ("*.example", True),
        ("other, PVE.example ", True),
        ("*", True),
        ("pve.example:8006", True),
        ("pve.example:443", False),
        ("xample", False),
        ("my-pve.example", False),
        ("", False),
    ],
)
def test_no_proxy_leaves_names_out_as_other_programs_read_it(no_proxy: str, is_direct: bool) -> None:
    env = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}

    assert (proxy_of(PVE, env) is None) == is_direct


@pytest.mark.parametrize(
    ("host", "no_proxy", "is_direct"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "192.168.0.0/16", False),
        ("fd00::1", "fd00::/8", True),
        ("127.0.0.1", "", True),
        ("localhost", "", True),
    ],
)
def test_ranges_of_no_proxy_and_this_computer_go_the_direct_way(host: str, no_proxy: str, is_direct: bool) -> None:
    env = {"HTTPS_PROXY": "http://proxy:3128", "no_proxy": no_proxy}

    assert (proxy_of(Server(host, 8006), env) is None) == is_direct


def test_a_proxys_password_is_in_no_text_of_it() -> None:
    proxy = proxy_of(PVE, {"HTTPS_PROXY": f"http://me:{CANARY}@proxy.example:3128"})

    assert isinstance(proxy, Proxy)
    assert CANARY not in f"{proxy} {proxy!r}"


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("https://pve.example:8006/api2/json", Server("pve.example", 8006)),
        ("https://pve.example", Server("pve.example", 8006)),
        (" pve.example ", Server("pve.example", 8006)),
        ("pve:443", Server("pve", 443)),
        ("http://10.0.0.5:5000/v3", Server("10.0.0.5", 5000, tls=False)),
        ("https://[fd00::1]:9000/#v1", Server("fd00::1", 9000)),
        ("https://PVE.Example/", Server("pve.example", 8006)),
        ("https://bücher.example", Server("xn--bcher-kva.example", 8006)),
    ],
)
def test_a_server_is_read_from_whatever_a_person_writes(text: str, server: Server) -> None:
    assert server_of(text, 8006) == server


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "https://", "ftp://pve", "https://pve:99999", "https://pve:0", "https://pve:eight"),
        *(
            "https://me:secret@pve",
            "pve example",
            "pve\x1b[2J",
            "https://[fd00::1",
            "https://-pve-",
            "10.0.0.256",
            "10.0.0",
        ),
        *("a" * 64 + ".example", "https://pve;reboot", "https://$(id)"),
    ],
)
def test_a_text_that_names_no_server_says_why_and_not_what_it_holds(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        server_of(text, 8006)

    assert "secret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://", "https://["]))
def test_no_text_whatever_becomes_a_server_that_could_smuggle_something(text: str, before: str) -> None:
    server, refusal = None, ""
    try:
        server = server_of(before + text, 8006)
    except ValueError as error:
        refusal = str(error)
    assert refusal.isprintable()
    if server is not None:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+|[0-9a-fA-F:.]+(%[A-Za-z0-9_.-]*)?", server.host)
        assert 0 < server.port < 65_536


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_variable_whatever_breaks_the_way_to_a_server(https_proxy: str, no_proxy: str) -> None:
    found, refusal = None, ""
    try:
        found = proxy_of(PVE, {"HTTPS_PROXY": https_proxy, "NO_PROXY": no_proxy})
    except ValueError as error:
        refusal = str(error)
    assert refusal in ("", "HTTPS_PROXY does not hold the address of a proxy")
    assert found is None or str(found).isprintable()
