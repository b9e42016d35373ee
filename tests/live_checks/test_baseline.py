"""The shipped examples against counterparts that nothing is wrong with: no failure, and exactly these rows not ok."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from tests.live_checks.accounts import Account, AwsAccount, OpenStackAccount
from tests.live_checks.door import Said, check, check_as_is, not_ok
from tests.live_checks.shapes import check_junit, check_lines, wide_lines

PROVIDERS = ("docker", "proxmox", "openstack-lite", "aws")
USUAL: Mapping[str, Mapping[str, str]] = {
    "docker": {},
    # A token may not look at itself, and the site's network is not this computer's.
    "proxmox": {"proxmox-token-facts": "unknown", "proxmox-endpoint": "unknown", "proxmox-in-use": "unknown"},
    # What no cloud tells before a machine runs.
    "openstack": {
        "openstack-host-names": "unknown",
        "openstack-floating-ip": "unknown",
        "openstack-dns": "unknown",
    },
    # moto simulates no permissions and has no quotas of EC2; what is only to be tried, it does.
    "aws": {
        "aws-permissions": "unknown",
        "aws-trial": "unknown",
        "aws-pass-role": "unknown",
        "aws-vcpus": "unknown",
    },
}
"""Provider -> rows that are not ok with its example, and how they are. Nothing here may be a failure."""
OF_THIS_COMPUTER = {"docker-ports", "docker-subnets"}
"""Ports that are taken and routes that there are: whoever runs the tests may have any."""
FEW = {
    "docker": ("docker-linux", ("docker-endpoint", "docker-daemon", "docker-linux")),
    "proxmox": ("proxmox-port", ("proxmox-credentials", "proxmox-name", "proxmox-port")),
    "openstack": ("openstack-port", ("openstack-credentials", "openstack-name", "openstack-port")),
    "aws": ("aws-port", ("aws-credentials", "aws-name", "aws-port")),
}
"""Provider -> what is asked for with --only, and the rows that come: it and what it needs."""


def others(statuses: Mapping[str, str]) -> dict[str, str]:
    """Rows that are not ok, without those that depend on who runs the tests."""
    apart = set(OF_THIS_COMPUTER)
    if _is_in_the_examples_network():
        apart |= {"proxmox-endpoint", "proxmox-in-use", "proxmox-route"}
    return {row: status for row, status in not_ok(statuses).items() if row not in apart}


def _is_in_the_examples_network() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            # Nothing is sent: the system says which of its addresses it would use.
            asked.connect(("192.168.1.1", 9))
        except OSError:
            return False
        return ip_address(asked.getsockname()[0]) in ip_network("192.168.1.0/24")


def of_text(said: Said) -> list[tuple[str, str]]:
    """(status, beginning of the title) of each row of the text, in its order."""
    rows = said.out.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    return [(line[:9].strip(), line[9:36].strip()) for line in rows if line[:1] != " "]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_example_finds_everything_it_needs_as_text_as_lines_and_as_a_report(
    provider: str, account: Account, home: Path
) -> None:
    text = check_as_is(home, account)
    check_junit(text.report, text.cases, account.provider)
    lines = check_as_is(home, account, "-o", "json", "--strict")

    statuses = {row: record["status"] for row, record in lines.rows.items()}
    assert others(statuses) == USUAL[account.provider], text
    assert "warn" not in statuses.values(), "--strict would tell it"
    assert (text.code, lines.code) == (0, 0)
    check_lines(lines.records, account.provider, 0)
    check_junit(lines.report, statuses, account.provider, strict=True)
    assert text.cases == statuses
    assert [status for status, _ in of_text(text)] == list(statuses.values())
    assert wide_lines(text.out) == []
    assert "Traceback" not in text.errors + lines.errors
    assert {json.loads(line)["v"] for line in lines.out.splitlines()} == {1}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_only_one_row_and_what_it_needs_are_looked_at(provider: str, account: Account, home: Path) -> None:
    asked, expected = FEW[account.provider]

    said = check_as_is(home, account, "--only", asked)

    assert tuple(said.cases) == expected
    assert said.code == 0
    assert said.out.endswith("Nothing is in the way.\n")


@pytest.mark.parametrize("provider", ["openstack-lite"])
def test_an_openrc_files_variables_find_what_a_clouds_yaml_finds(
    account: OpenStackAccount, home: Path, provider: str
) -> None:
    said = check(home, account.provider, account.in_environment(home))

    assert others(said.cases) == USUAL[account.provider], said


@pytest.mark.parametrize("provider", ["aws"])
def test_a_profile_of_the_aws_commands_own_files_finds_what_keys_find(
    account: AwsAccount, home: Path, provider: str
) -> None:
    said = check(home, account.provider, account.in_files(home))

    assert others(said.cases) == USUAL[account.provider], said
