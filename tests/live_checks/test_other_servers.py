"""Something else where the provider's API should be: each kind is told in words of its own, and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.checks.tls_servers import Handler, Made, certificate, drip, http, listening, silent
from tests.counterparts.hosting import BesideLoop
from tests.live_checks.accounts import tools_on_path
from tests.live_checks.door import Said, check
from tests.live_checks.shapes import check_junit, wide_lines


def page(status: str, title: str, more: str = "") -> Handler:
    """Answers everything with a page for people."""
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n"
    return http(head.encode(), body=body)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hears the question out, and cuts the line."""
    await reader.readuntil(b"\r\n\r\n")


KINDS: Mapping[str, Handler] = {
    "silent": silent,
    "drip": drip,
    "page": page("200 OK", "Welcome to nginx"),
    "portal": page("302 Found", "Moved", "Location: http://portal.example/login\r\n"),
    "proxy": page("502 Bad Gateway", "502 Bad Gateway"),
    "hang-up": hang_up,
}
TOLD: Mapping[tuple[str, str], tuple[str, str]] = {
    ("proxmox", "silent"): ("LT-PVE-110", "no answer within 10 s"),
    ("proxmox", "drip"): ("LT-PVE-110", "no answer within 10 s"),
    ("proxmox", "page"): ("LT-HTTP-011", '"Welcome to nginx"'),
    ("proxmox", "portal"): ("LT-HTTP-016", "sends you elsewhere"),
    ("proxmox", "proxy"): ("LT-HTTP-013", "A proxy or gateway in front of"),
    ("proxmox", "hang-up"): ("LT-PVE-110", "Server disconnected"),
    ("openstack", "silent"): ("LT-OS-102", "nothing is answered in time"),
    ("openstack", "drip"): ("LT-OS-102", "no whole answer within 15 s"),
    ("openstack", "page"): ("LT-HTTP-011", '"Welcome to nginx"'),
    ("openstack", "portal"): ("LT-OS-102", "portal.example"),
    ("openstack", "proxy"): ("LT-HTTP-013", "A proxy or gateway in front of"),
    ("openstack", "hang-up"): ("LT-OS-102", "the connection is cut"),
    ("aws", "silent"): ("LT-AWS-110", "Read timeout"),
    ("aws", "drip"): ("LT-AWS-110", "no whole answer within 25 s"),
    ("aws", "page"): ("LT-AWS-116", "no answer of AWS"),
    ("aws", "portal"): ("LT-HTTP-012", "portal.example"),
    ("aws", "proxy"): ("LT-AWS-116", "with the status 502"),
    ("aws", "hang-up"): ("LT-AWS-110", "Connection was closed"),
    ("docker", "silent"): ("LT-DOCKER-004", "takes connections, but gave no answer"),
    # A daemon that is slow is no failure: nothing is known, which is said, and passes for nothing in a script.
    ("docker", "drip"): ("", "no answer within 20 s"),
    ("docker", "page"): ("LT-DOCKER-005", "not a Docker Engine"),
    ("docker", "portal"): ("LT-DOCKER-005", "not a Docker Engine"),
    ("docker", "proxy"): ("LT-DOCKER-005", "not a Docker Engine"),
    ("docker", "hang-up"): ("LT-DOCKER-005", "closed connection without response"),
}
"""(provider, kind) -> the code of the failure that leads, and a part of its words."""
AT_ONCE = 8
MOST_S = 50.0
"""With so many runs at once; the slowest waits 25 s by itself."""


def variables(provider: str, port: int, home: Path, made: Made) -> dict[str, str]:
    """What a person has set who believes that the API is there."""
    authority = home / "ca.pem"
    authority.write_text(made.ca_pem)
    here = f"127.0.0.1:{port}"
    if provider == "proxmox":
        return {
            "PROXMOX_URL": f"https://{here}",
            "PROXMOX_TOKEN": "lattice@pve!installer",
            "PROXMOX_SECRET": "0dd5ecec-cafe-4a4a-9b9b-11fe5ec2e711",
            "PROXMOX_CA_FILE": str(authority),
        }
    if provider == "openstack":
        auth = {
            "AUTH_URL": f"https://{here}/v3",
            "USERNAME": "sam",
            "PASSWORD": "pass-of-sam",
            "CACERT": str(authority),
        }
        auth |= {"PROJECT_NAME": "lattice-demo", "USER_DOMAIN_NAME": "Default", "PROJECT_DOMAIN_NAME": "Default"}
        return {f"OS_{name}": value for name, value in auth.items()}
    if provider == "aws":
        keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "a" * 40}
        return {**keys, "AWS_ENDPOINT_URL": f"http://{here}"}
    path = tools_on_path(home)
    return {"DOCKER_HOST": f"tcp://{here}", "DOCKER_CONTEXT": "", "DOCKER_CONFIG": str(home), "PATH": path}


def runs(folder: Path) -> dict[tuple[str, str], Said]:
    """One run of each kind at each provider, several at once: most of them wait."""
    made = certificate(folder, "127.0.0.1")
    loop = BesideLoop()

    def look(which: tuple[str, str]) -> Said:
        provider, kind = which
        home = folder / f"{provider}-{kind}"
        home.mkdir()
        server = listening(KINDS[kind], made.context if provider in ("proxmox", "openstack") else None)
        port = loop.run(server.__aenter__())
        try:
            return check(home, provider, variables(provider, port, home, made))
        finally:
            loop.run(server.__aexit__(None, None, None))

    slow_first = sorted(TOLD, key=lambda which: list(KINDS).index(which[1]))
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(slow_first, pool.map(look, slow_first), strict=True))
    finally:
        loop.close()


def test_what_answers_in_the_place_of_the_api_is_told_in_words_of_its_own(tmp_path: Path) -> None:
    said = runs(tmp_path)

    assert {which: leading(said[which]) for which in TOLD} == {which: code for which, (code, _) in TOLD.items()}
    for which, (code, words) in TOLD.items():
        one = said[which]
        assert words in " ".join(one.out.split()), (which, one)
        assert one.code == (21 if which[0] == "docker" and code else 11), (which, one)
        assert "Traceback" not in one.out + one.errors
        assert wide_lines(one.out) == [], which
        check_junit(one.report, one.cases, which[0])
    assert {which: one.elapsed_s for which, one in said.items() if one.elapsed_s > MOST_S} == {}


def leading(said: Said) -> str:
    """The code of the first failure that is told."""
    return next((line.split()[1] for line in said.out.splitlines() if line.startswith("  code ")), "")
