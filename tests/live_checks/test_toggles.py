"""A few things that can be wrong with each provider, through the command line: the rows that change, the fix, exit 11.

All others are tried in process beside the provider's own tests; `tests/failures/test_the_table.py` counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.live_checks.accounts import Account
from tests.live_checks.door import check_as_is
from tests.live_checks.shapes import check_junit, wide_lines
from tests.live_checks.test_baseline import USUAL, others


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong, and all that the command line says about it."""

    provider: str
    toggle: str
    rows: Mapping[str, str]
    """Rows that are as they are because of it, and no others."""
    code: str
    fix: str
    """A part of what to do that has to be there."""
    waiting: tuple[str, ...] = field(default=())
    """Rows that wait on it."""
    exit_code: int = 11


WRONG = (
    Wrong(
        "proxmox",
        "template-legacy-boot",
        {"proxmox-template-boot": "fail"},
        "LT-PVE-203",
        "qm set 9000 --boot order=scsi0",
    ),
    Wrong("proxmox", "no-vm-allocate", {"proxmox-permissions": "fail"}, "LT-PVE-160", "VM.Allocate"),
    Wrong("proxmox", "memory-full", {"proxmox-memory": "fail"}, "LT-PVE-240", "memoryAdjustment: 0"),
    Wrong("proxmox", "clock-ahead", {"proxmox-clock": "fail"}, "LT-CLK-002", "clock"),
    Wrong("proxmox", "storage-inactive", {"proxmox-storage-active": "warn"}, "LT-PVE-224", "nas on pve1", exit_code=0),
    Wrong("openstack-lite", "image-missing", {"openstack-image": "fail"}, "LT-OS-210", "kube-v1.34.8"),
    Wrong("openstack-lite", "cores-quota", {"openstack-capacity": "fail"}, "LT-OS-300", "quota"),
    Wrong("openstack-lite", "key-pair-missing", {"openstack-key-pair": "fail"}, "LT-OS-220", "keypair create"),
    Wrong(
        "aws",
        "control-plane-profile-missing",
        {"aws-instance-profiles": "fail"},
        "LT-AWS-140",
        "clusterawsadm bootstrap iam create-cloudformation-stack",
        waiting=("aws-pass-role",),
    ),
    Wrong("aws", "key-pair-missing", {"aws-key-pair": "fail"}, "LT-AWS-170", "aws ec2 import-key-pair"),
    Wrong("aws", "elastic-ips-used-up", {"aws-elastic-ips": "fail"}, "LT-AWS-190", "L-0263D0A3"),
    Wrong("docker", "windows-containers", {"docker-linux": "fail"}, "LT-DOCKER-010", "Linux containers"),
    Wrong("docker", "little-memory", {"docker-memory": "fail"}, "LT-DOCKER-016", "emory"),
    Wrong("docker", "few-inotify-instances", {"docker-inotify": "warn"}, "LT-DOCKER-019", "sysctl", exit_code=0),
)


@pytest.mark.parametrize(
    ("provider", "wrong"), [(one.provider, one) for one in WRONG], ids=lambda one: getattr(one, "toggle", one)
)
def test_one_thing_that_is_wrong_changes_its_row_and_is_told_with_what_to_do(
    provider: str, wrong: Wrong, account: Account, home: Path
) -> None:
    account.fresh(wrong.toggle)

    said = check_as_is(home, account)

    told = others(said.cases)
    expected = {**USUAL[account.provider], **wrong.rows, **dict.fromkeys(wrong.waiting, "skip")}
    assert told == expected, said
    assert said.code == wrong.exit_code
    assert f"  code    {wrong.code}\n" in said.out
    assert wrong.fix in " ".join(said.out.split())
    assert wide_lines(said.out) == []
    assert "Traceback" not in said.errors
    check_junit(said.report, said.cases, account.provider)


@pytest.mark.parametrize("provider", ["proxmox"])
def test_a_warning_exits_12_where_warnings_count_and_is_a_failure_in_the_report(
    provider: str, account: Account, home: Path
) -> None:
    account.fresh("storage-inactive")

    said = check_as_is(home, account, "--strict")

    assert said.code == 12
    assert said.out.endswith("Nothing is in the way, but warnings count here (exit 12).\n")
    assert said.cases["proxmox-storage-active"] == "warn"
    check_junit(said.report, said.cases, provider, strict=True)
