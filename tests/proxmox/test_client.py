"""The client over a real socket: whose certificate it trusts, where the token goes, what each answer means."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_tui.checks.transport import Server, Trust, look_at_tls
from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox.address import Place, place_of
from lattice_tui.providers.proxmox.certificates import root_ca
from lattice_tui.providers.proxmox.client import ProxmoxClient, part
from lattice_tui.providers.proxmox.errors import (
    NotProxmoxError,
    PveError,
    PveForbiddenError,
    PveNodeDownError,
    PveRefusedError,
    PveSignInError,
    PveUnreachableError,
)
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.secrets import Secret
from tests.proxmox.odd_server import OddServer, answer

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
TOKEN = "lattice@pve!installer"
OK = answer("200 OK", '{"data": {"release": "9.1"}}')


@pytest.fixture
async def odd(tmp_path: Path) -> AsyncIterator[OddServer]:
    server = OddServer([OK])
    await server.start(tmp_path)
    yield server
    await server.stop()


def client_of(odd: OddServer, trust: Trust | None = None, timeout_s: float = 3.0) -> ProxmoxClient:
    return ProxmoxClient(
        Place("127.0.0.1", odd.port),
        trust or Trust(ca_pem=odd.ca_pem),
        token_id=TOKEN,
        secret=Secret(UUID),
        timeout_s=timeout_s,
    )


async def refused(client: ProxmoxClient, path: str = "version") -> PveError:
    with pytest.raises(PveError) as caught:
        await client.get(path)
    assert UUID not in f"{caught.value!r} {caught.value.problems!r} {caught.value.__cause__!r}"
    return caught.value


async def test_the_token_goes_in_the_header_alone(odd: OddServer) -> None:
    assert await client_of(odd).get("nodes/pve1/storage", {"enabled": 1}) == {"release": "9.1"}

    (asked,) = odd.asked
    assert asked.startswith("GET /api2/json/nodes/pve1/storage?enabled=1 HTTP/1.1\r\n")
    assert f"Authorization: PVEAPIToken={TOKEN}={UUID}\r\n" in asked
    assert asked.count(UUID) == 1


async def test_a_question_without_the_token_does_not_show_it(odd: OddServer) -> None:
    await client_of(odd).get_unsigned("access/domains")

    assert "Authorization" not in odd.asked[0]
    assert UUID not in odd.asked[0]


async def test_a_certificate_that_was_trusted_once_is_enough(odd: OddServer) -> None:
    fingerprint = (await look_at_tls(Server("127.0.0.1", odd.port))).fingerprint

    assert await client_of(odd, Trust(fingerprint=fingerprint)).get("version")


@pytest.mark.parametrize("trust", [Trust(fingerprint="ab" * 32), Trust()], ids=["another one", "unknown authority"])
async def test_a_certificate_that_is_not_trusted_never_sees_the_token(odd: OddServer, trust: Trust) -> None:
    error = await refused(client_of(odd, trust))

    assert isinstance(error, PveUnreachableError)
    assert odd.asked == []


async def test_a_netrc_of_the_person_is_not_read(
    odd: OddServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiohttp would put its password in the place of the token."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    await client_of(odd).get("version")

    assert "PVEAPIToken" in odd.asked[0]


async def test_a_redirect_is_not_followed_with_the_token(odd: OddServer) -> None:
    odd.answers = [answer("302 Found", "", more=f"Location: https://127.0.0.1:{odd.port}/login\r\n")]

    assert isinstance(await refused(client_of(odd)), NotProxmoxError)
    assert len(odd.asked) == 1


@pytest.mark.parametrize(
    "said",
    [
        answer("200 OK", "<html><title>Welcome to nginx</title></html>", "text/html"),
        answer("200 OK", "[1, 2]"),
        answer("200 OK", '{"kind": "Status"}'),
        answer("200 OK", ""),
        answer("502 Bad Gateway", "<html>proxy</html>", "text/html"),
        answer("404 Not Found", '{"error": "no such page"}'),
        answer("200 OK", "{" * 100_000),
    ],
    ids=["a page", "a list", "another API", "nothing", "a proxy", "another API's 404", "no JSON"],
)
async def test_what_is_not_proxmox_is_told_as_that(odd: OddServer, said: bytes) -> None:
    odd.answers = [said]

    error = await refused(client_of(odd))

    assert isinstance(error, NotProxmoxError)
    assert error.problem.fix


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("no such user ('lattice@pve')", "LT-PVE-120"),
        ("user 'lattice@pve' is disabled", "LT-PVE-120"),
        ("user 'lattice@pve' access expired", "LT-PVE-120"),
        ("no such token 'installer' for user 'lattice@pve'", "LT-PVE-121"),
        ("invalid token value!", "LT-PVE-122"),
        ("token 'installer' access expired", "LT-PVE-123"),
        ("authentication failure", "LT-PVE-124"),
        ("No ticket", "LT-PVE-124"),
        ("", "LT-PVE-124"),
    ],
)
async def test_a_refused_token_is_told_apart_as_far_as_proxmox_does(odd: OddServer, reason: str, code: str) -> None:
    odd.answers = [answer(f"401 {reason}")]

    error = await refused(client_of(odd))

    assert isinstance(error, PveSignInError)
    assert error.problem.code == code
    assert error.problem.path.startswith("credentials.proxmox.")
    assert len(odd.asked) == 1


async def test_a_missing_privilege_is_named_with_its_path(odd: OddServer) -> None:
    odd.answers = [answer("403 Permission check failed (/nodes/pve1, Sys.Audit|Sys.Modify)", '{"data":null}')]

    error = await refused(client_of(odd))

    assert isinstance(error, PveForbiddenError)
    assert error.missing == ("/nodes/pve1", ("Sys.Audit", "Sys.Modify"))


async def test_a_node_that_is_down_is_named_after_a_second_try(odd: OddServer) -> None:
    odd.answers = [answer("595 No route to host")]

    error = await refused(client_of(odd), "nodes/pve2/status")

    assert isinstance(error, PveNodeDownError)
    assert "pve2" in error.problem.title
    assert len(odd.asked) == 2


async def test_a_node_that_comes_back_is_asked_again(odd: OddServer) -> None:
    odd.answers = [answer("595 No route to host"), OK]

    assert await client_of(odd).get("nodes/pve2/status") == {"release": "9.1"}


async def test_a_connection_that_breaks_is_tried_once_more(odd: OddServer) -> None:
    odd.answers = [b"", OK]

    assert await client_of(odd).get("version") == {"release": "9.1"}


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (answer("501 Method 'GET /cluster/x' not implemented", '{"data":null}'), "LT-PVE-133", "not implemented"),
        (answer("500 got timeout", '{"data":null,"message":"got timeout\\n"}'), "LT-PVE-131", "got timeout"),
        (
            answer("500 oops", '{"data":null,"message":"storage \'nfs\' is not online\\n"}'),
            "LT-PVE-131",
            "is not online",
        ),
        (
            answer("400 Parameter verification failed.", '{"data":null,"errors":{"vmid":"not a VM ID"}}'),
            *("LT-PVE-134", "vmid: not a VM ID"),
        ),
    ],
)
async def test_other_refusals_keep_proxmoxs_own_words(odd: OddServer, said: bytes, code: str, words: str) -> None:
    odd.answers = [said]

    error = await refused(client_of(odd))

    assert isinstance(error, PveRefusedError)
    assert error.problem.code == code
    assert words in error.problem.detail


async def test_hostile_words_are_made_safe(odd: OddServer) -> None:
    odd.answers = [answer("500 x", '{"data":null,"message":"\\u001b[31mred\\u202e\\n' + "long" * 500 + '"}')]

    error = await refused(client_of(odd))

    assert "\x1b" not in error.problem.detail
    assert "\u202e" not in error.problem.detail
    assert len(error.problem.detail) < 400


async def test_an_answer_without_end_is_cut(odd: OddServer) -> None:
    odd.answers = [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b" " * (17 * 1024 * 1024)]

    assert isinstance(await refused(client_of(odd, timeout_s=20.0)), PveUnreachableError)


async def test_nobody_there_is_said_within_the_time() -> None:
    with socket.socket() as held:
        # Taken, and nobody listens.
        held.bind(("127.0.0.1", 0))
        place = Place("127.0.0.1", held.getsockname()[1])
        error = await refused(ProxmoxClient(place, Trust(), token_id=TOKEN, secret=Secret(UUID)))

    assert isinstance(error, PveUnreachableError)
    assert error.problem.code == "LT-PVE-110"


async def test_a_ca_that_is_none_is_a_problem_and_no_crash(odd: OddServer) -> None:
    with pytest.raises(LatticeError):
        await client_of(odd, Trust(ca_pem="-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----")).get(
            "version"
        )


def test_a_name_is_one_part_of_a_path() -> None:
    assert part("a/../b?c#d e@pve") == "a%2F..%2Fb%3Fc%23d%20e%40pve"


def test_the_client_shows_no_secret() -> None:
    client = ProxmoxClient(Place("pve1", 8006), Trust(), token_id=TOKEN, secret=Secret(UUID))

    assert UUID not in repr(client)
    assert UUID not in repr(vars(client))


async def test_the_clusters_own_authority_is_fetched_for_its_controllers(proxmox: ProxmoxStandIn) -> None:
    values, secrets = proxmox.credentials()
    fingerprint = proxmox.site.nodes["pve1"].fingerprint
    client = ProxmoxClient(
        place_of(values["url"]), Trust(fingerprint=fingerprint), token_id=values["token_id"], secret=secrets["secret"]
    )

    pem = await root_ca(client)

    assert pem.strip() == proxmox.ca_pem.strip()
    seen = await look_at_tls(Server(client.place.host, client.place.port), trust=Trust(ca_pem=pem))
    assert seen.verify_code == 0


async def test_a_proxy_of_the_environment_is_gone_through_and_sees_no_token(
    proxmox: ProxmoxStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, secrets = proxmox.credentials()
    port = place_of(values["url"]).port
    asked: list[bytes] = []

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(copied(reader, back), copied(there, writer), return_exceptions=True)

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:word@127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        # A name that is known to the proxy alone.
        client = ProxmoxClient(
            Place("pve1.homelab.lan", port),
            Trust(ca_pem=proxmox.ca_pem),
            token_id=values["token_id"],
            secret=secrets["secret"],
        )
        said = await client.get("version")

    assert said["release"] == "9.1"
    assert asked[0].startswith(f"CONNECT pve1.homelab.lan:{port} ".encode())
    assert b"Proxy-Authorization: Basic" in asked[0]
    assert b"PVEAPIToken" not in asked[0]
    assert secrets["secret"].reveal().encode() not in asked[0]


async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
