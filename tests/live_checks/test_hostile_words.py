"""Names, messages and certificates of servers that mean ill come out harmless, short, and still readable."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.checks.tls_servers import Handler, certificate, http, listening
from tests.counterparts.hosting import BesideLoop
from tests.live_checks.accounts import Account, AwsAccount, DockerAccount, OpenStackAccount, ProxmoxAccount
from tests.live_checks.door import Said, check, check_as_is
from tests.live_checks.shapes import check_junit, check_lines
from tests.live_checks.test_other_servers import variables

EVIL = "\x1b[2J\u202egnp.exe[@click=app.bell]x[/]<b>\x1b]0;owned\x07\x9b31m\u2066\u2028\u200b"
"""A cleared screen, a turned-round name, a button of Textual, markup, a title, an 8-bit escape, ends of lines."""
PRINTABLE = EVIL.translate(dict.fromkeys((0x1B, 0x07, 0x9B)))
"""The same without what XML cannot hold."""
LONG = "L" * 10_000
NEVER = set("\x1b\x07\x9b\u202e\u2066\u2028\u200b")
MOST_CHARACTERS = 1500
"""Of one text of a row, whatever a server says."""


def harmless(text: Said, lines: Said, provider: str) -> None:
    """Nothing of it steers a terminal or a reader, and nothing of it is endless."""
    values = [str(value) for row in lines.rows.values() for value in row.values()]
    seen = "".join([text.out, text.errors, lines.errors, text.report.read_text(), lines.report.read_text(), *values])
    assert not NEVER & set(seen)
    assert not NEVER & set(lines.out.replace("\\n", "")), "not even within a JSON line"
    assert "\\u001b" not in lines.out
    assert [value[:200] for value in values if len(value) > MOST_CHARACTERS] == []
    assert [line[:200] for line in text.out.splitlines() if len(line) > MOST_CHARACTERS] == []
    assert "Traceback" not in seen
    check_lines(lines.records, provider, lines.code, may_be_cut=True)
    check_junit(lines.report, {row: record["status"] for row, record in lines.rows.items()}, provider)


def _proxmox(account: Account) -> None:
    assert isinstance(account, ProxmoxAccount)
    site = account.stand_in.site
    for guest in site.guests.values():
        guest.name = EVIL + LONG
        guest.config["tags"] = guest.config["description"] = EVIL + LONG
    site.cluster_name = EVIL + LONG


def _openstack(account: Account) -> None:
    assert isinstance(account, OpenStackAccount)
    cloud = account.counterpart.cloud
    lists: tuple[Sequence[Any], ...] = (cloud.flavors, cloud.key_pairs, cloud.networks, cloud.images)
    for named in chain.from_iterable(lists):
        named.name = EVIL + LONG


def _aws(account: Account) -> None:
    assert isinstance(account, AwsAccount)
    ec2 = account.moto.client("ec2")
    ec2.delete_key_pair(KeyName="lattice")
    ec2.create_key_pair(KeyName=PRINTABLE)
    ec2.create_key_pair(KeyName=LONG[:255])


def _docker(account: Account) -> None:
    assert isinstance(account, DockerAccount)
    account.engine.answers["/info"].update(OperatingSystem=EVIL + LONG, OSType=EVIL, Architecture=EVIL + LONG)
    account.engine.answers["/containers/json"] = [{"Names": [f"/{EVIL}{LONG}"], "Ports": []}]


@pytest.mark.parametrize(
    ("provider", "spoil"),
    [("proxmox", _proxmox), ("openstack-lite", _openstack), ("aws", _aws), ("docker", _docker)],
    ids=["proxmox", "openstack-lite", "aws", "docker"],
)
def test_names_of_a_hostile_server_are_harmless(
    provider: str, spoil: Callable[[Account], None], account: Account, home: Path
) -> None:
    spoil(account)

    text = check_as_is(home, account)
    shown_in_report = text.report.read_text()
    lines = check_as_is(home, account, "-o", "json")

    assert "gnp.exe" in text.out + shown_in_report, "none of it was shown, so nothing was proven"
    assert "[@click=app.bell]x[/]" in text.out + lines.out, "markup is text: no part of it is lost"
    harmless(text, lines, account.provider)


def says(status: str, body: str, content_type: str = "application/json") -> Handler:
    """Answers everything with this."""
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n"
    return http(head.encode("utf-8"), body=data)


def _keystone() -> Handler:
    """Keystone up to the sign-in, which it refuses in its own words."""
    refusal = says("401 Unauthorized", json.dumps({"error": {"code": 401, "message": EVIL + LONG, "title": EVIL}}))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readuntil(b"\r\n")
        if first.startswith(b"POST"):
            await refusal(reader, writer)
            return
        host, port = writer.get_extra_info("sockname")[:2]
        links = [{"rel": "self", "href": f"https://{host}:{port}/v3/"}]
        body = json.dumps({"version": {"id": "v3.14", "status": "stable", "links": links}})
        await says("200 OK", body)(reader, writer)

    return answer


REFUSALS = {
    "proxmox": says("500 broken", json.dumps({"data": None, "message": EVIL + LONG, "errors": {EVIL: LONG}})),
    "openstack": _keystone(),
    "aws": says(
        "403 Forbidden",
        f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>Refused</Code><Message>{PRINTABLE.replace('<', '&lt;')}{LONG}</Message></Error>"
        "<RequestId>1</RequestId></ErrorResponse>",
        "text/xml",
    ),
    "docker": says("500 Internal Server Error", json.dumps({"message": EVIL + LONG})),
}


def both(
    provider: str, handler: Handler, folder: Path, *, subject: str = "a server", trusted: bool = True
) -> tuple[Said, Said]:
    """The text and the JSON lines of a run whose API answers like this."""
    made = certificate(folder, "127.0.0.1", subject=subject)
    loop = BesideLoop()
    server = listening(handler, made.context if provider in ("proxmox", "openstack") else None)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    try:
        port = loop.run(server.__aenter__())
        env = variables(provider, port, home, made)
        if not trusted:
            env = {name: value for name, value in env.items() if name not in ("PROXMOX_CA_FILE", "OS_CACERT")}
        text = check(home, provider, env)
        lines = check(home, provider, env, "-o", "json")
        loop.run(server.__aexit__(None, None, None))
    finally:
        loop.close()
    return text, lines


@pytest.mark.parametrize("provider", REFUSALS)
def test_messages_of_a_hostile_server_are_harmless(provider: str, tmp_path: Path) -> None:
    text, lines = both(provider, REFUSALS[provider], tmp_path)

    assert "gnp.exe" in text.out + lines.out, text
    harmless(text, lines, provider)


@pytest.mark.parametrize("provider", ["proxmox", "openstack"])
def test_the_subject_of_a_hostile_certificate_is_harmless(provider: str, tmp_path: Path) -> None:
    text, lines = both(provider, says("200 OK", "{}"), tmp_path, subject=EVIL[:50], trusted=False)

    row = lines.rows[f"{provider}-certificate"]
    assert (row["status"], row["action_id"]) == ("fail", "trust-fingerprint")
    assert "gnp.exe" in row["evidence"]
    assert lines.code == 11
    harmless(text, lines, provider)
