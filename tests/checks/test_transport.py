"""The rows every provider with a server begins with, against real sockets."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from lattice_tui.checks.reach_words import name_result, port_result
from lattice_tui.checks.runner import run_checks
from lattice_tui.checks.servers import Server
from lattice_tui.checks.tls import Trust, fingerprint_in, shown_fingerprint
from lattice_tui.checks.tls_words import TRUST_ONCE, Asked
from lattice_tui.checks.transport import transport_checks
from schemas.checks import CheckResult
from tests.checks.tls_servers import certificate, drip, hang_up, http, listening, silent, ssh

URL, CA = "credentials.proxmox.url", "credentials.proxmox.ca_pem"


async def rows(
    server: Server | None, trust: Trust | None = None, env: Mapping[str, str] | None = None
) -> dict[str, CheckResult]:
    checks = transport_checks(
        "proxmox",
        server,
        trust or Trust(),
        label="Proxmox",
        port_hint="Proxmox listens on 8006.",
        field=URL,
        ca_field=CA,
        inputs=("credentials.url",),
        needs=(),
        env=env or {},
    )
    return {
        result.id.removeprefix("proxmox-"): result async for result in run_checks(checks) if result.status != "wait"
    }


async def test_a_server_with_a_trusted_certificate_and_the_right_time_is_ok_in_every_row(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost", "127.0.0.1")
    async with listening(http(), made.context) as port:
        found = await rows(Server("localhost", port), Trust(ca_pem=made.ca_pem))

    assert [result.status for result in found.values()] == ["ok"] * 4, found
    assert "127.0.0.1" in found["name"].summary
    assert fingerprint_in(found["certificate"].evidence) == sha256(made.der).hexdigest()


async def test_without_an_address_every_row_is_unknown_or_waits_and_none_blocks() -> None:
    found = await rows(None)

    assert {result.status for result in found.values()} <= {"unknown", "skip"}
    assert found["name"].summary == "no address yet"


async def test_a_self_signed_certificate_fails_with_its_fingerprint_and_can_be_trusted_once(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost", is_self_signed=True, subject="pve1")
    digits = sha256(made.der).hexdigest()
    async with listening(http(), made.context) as port:
        server = Server("localhost", port)
        refused = (await rows(server))["certificate"]
        trusted = await rows(server, Trust(fingerprint=shown_fingerprint(digits)))

    assert (refused.status, refused.code, refused.action_id) == ("fail", "LT-TLS-001", TRUST_ONCE)
    assert fingerprint_in(refused.evidence) == digits
    assert "pve1" in refused.evidence
    assert refused.field == CA
    assert trusted["certificate"].status == "ok"
    assert trusted["clock"].status == "ok"


async def test_an_issuer_that_nobody_here_knows_is_not_called_self_signed(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(http(), made.context) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    assert found.code == "LT-TLS-001"
    assert "issuer" in found.summary
    assert "an authority" in found.evidence


async def test_another_certificate_than_the_trusted_one_is_never_taken(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(http(), made.context) as port:
        found = await rows(Server("localhost", port), Trust(ca_pem=made.ca_pem, fingerprint="ab" * 32))

    assert (found["certificate"].status, found["certificate"].code) == ("fail", "LT-TLS-005")
    assert shown_fingerprint("ab" * 32) in found["certificate"].evidence
    assert found["clock"].status == "skip"


async def test_a_fingerprint_that_is_none_is_told_and_trusts_nothing(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(http(), made.context) as port:
        found = await rows(Server("localhost", port), Trust(fingerprint="not hex"))

    assert found["certificate"].code == "LT-TLS-005"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_certificate_for_another_name_offers_the_name_it_is_made_for(tmp_path: Path, host: str) -> None:
    made = certificate(tmp_path, "127.0.0.9", "pve.example")
    async with listening(http(), made.context) as port:
        found = (await rows(Server(host, port), Trust(ca_pem=made.ca_pem)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-002")
    assert f"https://pve.example:{port}" in found.fix
    assert found.field == URL
    assert found.action_id == ""


async def test_an_expired_certificate_is_told_with_its_date_and_this_computers(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost", ends=timedelta(days=-1))
    async with listening(http(), made.context) as port:
        server = Server("localhost", port)
        refused = (await rows(server, Trust(ca_pem=made.ca_pem)))["certificate"]
        pinned = (await rows(server, Trust(fingerprint=sha256(made.der).hexdigest())))["certificate"]

    assert (refused.status, refused.code) == ("fail", "LT-TLS-003")
    assert "UTC" in refused.why
    assert (pinned.status, pinned.code) == ("warn", "LT-TLS-003")


async def test_a_certificate_of_tomorrow_is_not_called_expired(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost", begins=timedelta(days=1))
    async with listening(http(), made.context) as port:
        found = (await rows(Server("localhost", port), Trust(ca_pem=made.ca_pem)))["certificate"]

    assert found.code == "LT-TLS-004"


async def test_a_ca_that_is_no_pem_is_told_as_that(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(http(), made.context) as port:
        found = (await rows(Server("localhost", port), Trust(ca_pem="my certificate")))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-012")


async def test_plain_http_where_tls_is_expected_is_named() -> None:
    async with listening(http()) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-006")
    assert f"http://localhost:{port}" in found.fix


async def test_tls_where_plain_http_is_expected_is_named(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(http(), made.context) as port:
        found = (await rows(Server("localhost", port, tls=False)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-007")
    assert f"https://localhost:{port}" in found.fix


async def test_plain_http_on_this_computer_is_no_reason_to_warn() -> None:
    async with listening(http()) as port:
        found = await rows(Server("localhost", port, tls=False))

    assert [result.status for result in found.values()] == ["ok"] * 4


async def test_a_port_of_another_service_is_not_called_a_certificate_problem() -> None:
    async with listening(ssh) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-008")


async def test_a_connection_that_is_cut_in_the_handshake_is_told_as_that() -> None:
    async with listening(hang_up) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-009")


async def test_a_port_that_takes_everything_and_says_nothing_ends_with_words_of_its_own() -> None:
    async with listening(silent) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    assert (found.status, found.code) == ("fail", "LT-TLS-010")
    assert found.elapsed_s < 12


async def test_a_port_where_nothing_listens_is_refused_and_the_usual_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await rows(Server("127.0.0.1", taken.getsockname()[1]))

    assert (found["port"].status, found["port"].code) == ("fail", "LT-HTTP-003")
    assert "8006" in found["port"].fix
    assert found["certificate"].status == found["clock"].status == "skip"


async def test_a_port_that_swallows_connections_times_out() -> None:
    # A queue of connections that is full drops the next one, as a firewall does.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        await asyncio.sleep(0.1)
        found = await rows(Server("127.0.0.1", full.getsockname()[1]))
        for one in waiting:
            one.close()

    assert (found["port"].status, found["port"].code) == ("fail", "LT-HTTP-004")


async def test_a_name_that_nobody_knows_fails_its_row_and_the_others_wait() -> None:
    found = await rows(Server("no-such-name.invalid", 8006))

    assert found["name"].status == "fail"
    assert found["name"].code in ("LT-HTTP-001", "LT-HTTP-002")
    assert [found[row].status for row in ("port", "certificate", "clock")] == ["skip"] * 3


def test_a_name_server_that_is_silent_is_not_a_name_that_does_not_exist() -> None:
    asked = Asked(Server("pve.example", 8006), "Proxmox", URL, CA)

    assert name_result(asked, None, socket.gaierror(socket.EAI_NONAME, "unknown")).code == "LT-HTTP-001"
    assert name_result(asked, None, socket.gaierror(socket.EAI_AGAIN, "later")).code == "LT-HTTP-002"
    assert name_result(asked, None, TimeoutError()).code == "LT-HTTP-002"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ECONNREFUSED, "LT-HTTP-003"),
        (errno.EHOSTUNREACH, "LT-HTTP-005"),
        (errno.ENETUNREACH, "LT-HTTP-005"),
        (errno.ECONNRESET, "LT-HTTP-006"),
    ],
)
def test_every_way_a_connection_fails_has_words_of_its_own(number: int, code: str) -> None:
    asked = Asked(Server("pve.example", 8006), "Proxmox", URL, CA)

    assert port_result(asked, None, OSError(number, "said the system"), "").code == code


@pytest.mark.parametrize(
    ("skew_s", "status", "code"),
    [
        (0, "ok", ""),
        (45, "ok", ""),
        (-120, "warn", "LT-CLK-001"),
        (200, "warn", "LT-CLK-001"),
        (-900, "fail", "LT-CLK-002"),
    ],
)
async def test_the_clock_is_compared_with_the_servers(skew_s: int, status: str, code: str) -> None:
    async with listening(http(skew_s=skew_s)) as port:
        found = (await rows(Server("localhost", port, tls=False)))["clock"]

    assert (found.status, found.code) == (status, code)
    if skew_s:
        assert status == "ok" or ("behind" if skew_s > 0 else "ahead") in found.summary


async def test_a_server_without_a_date_leaves_the_clock_unknown() -> None:
    async def dateless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read(1)

    async with listening(dateless) as port:
        found = (await rows(Server("localhost", port, tls=False)))["clock"]

    assert found.status == "unknown"


async def test_an_answer_that_never_comes_to_its_end_is_unknown_in_time(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost")
    async with listening(drip, made.context) as port:
        found = (await rows(Server("localhost", port), Trust(ca_pem=made.ca_pem)))["clock"]

    assert found.status == "unknown"
    assert 4 < found.elapsed_s < 7


async def test_a_redirect_of_a_portal_is_told_and_one_of_the_server_itself_is_not() -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://portal.hotel.example/login\r\nContent-Length: 0\r\n"
    within = b"HTTP/1.1 302 Found\r\nLocation: /index\r\nContent-Length: 0\r\n"
    async with listening(http(away)) as port:
        portal = (await rows(Server("localhost", port, tls=False)))["clock"]
    async with listening(http(within)) as port:
        own = (await rows(Server("localhost", port, tls=False)))["clock"]

    assert (portal.status, portal.code) == ("fail", "LT-HTTP-012")
    assert "portal.hotel.example" in portal.summary
    assert own.status == "ok"


async def test_text_of_a_strangers_certificate_cannot_steer_the_terminal(tmp_path: Path) -> None:
    made = certificate(tmp_path, "localhost", is_self_signed=True, subject="\x1b[2J[red]x\u202eevil")
    async with listening(http(), made.context) as port:
        found = (await rows(Server("localhost", port)))["certificate"]

    said = f"{found.summary} {found.why} {found.fix} {found.evidence} {found.action}"
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "evil" in said
