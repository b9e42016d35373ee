"""OpenStack's own Keystone lets `lattice check` in, or tells it why not; the other tests sign in to the light one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live_checks.accounts import Account
from tests.live_checks.door import check_as_is, not_ok
from tests.live_checks.shapes import check_junit, check_lines
from tests.live_checks.test_baseline import USUAL

AFTER_SIGN_IN = (
    "roles",
    "region",
    "services",
    "endpoints",
    "compute-version",
    "flavors",
    "key-pair",
    "zones",
    "volume-types",
    "image",
    "host-names",
    "external-network",
    "floating-ip",
    "host",
    "subnets",
    "dns",
    "load-balancer",
    "capacity",
    "network-quota",
    "volume-quota",
    "balancer-quota",
)
"""Rows that nobody looks at who could not sign in."""


@pytest.mark.parametrize("provider", ["openstack"])
def test_the_example_is_fine_behind_keystone_itself_and_a_wrong_password_is_told(
    provider: str, account: Account, home: Path
) -> None:
    fine = check_as_is(home, account, "-o", "json")
    account.fresh("wrong-password")
    wrong = check_as_is(home, account)

    assert not_ok({row: record["status"] for row, record in fine.rows.items()}) == USUAL[provider]
    check_lines(fine.records, provider, 0)
    after = {f"openstack-{word}": "skip" for word in AFTER_SIGN_IN}
    assert not_ok(wrong.cases) == {"openstack-sign-in": "fail", **after}, wrong
    assert wrong.code == 11
    assert "  code    LT-OS-110\n" in wrong.out
    assert "Sign in to the dashboard" in wrong.out
    check_junit(wrong.report, wrong.cases, provider)
