"""AWS's checks over the socket against the simulated AWS: the baseline, and each failure by its toggle."""

from __future__ import annotations

import pytest

from lattice_tui.rehearsal.aws.toggles import TOGGLES
from lattice_tui.secrets import Secret
from tests.aws.failures import ACCOUNTS, ROWS, WISHES
from tests.aws.looking import (
    RKE2_EXAMPLE,
    Results,
    asked,
    example_params,
    look,
    looked,
    made_checks,
    not_ok,
    waiting_on,
)
from tests.aws.stand_in import SimulatedAws
from tests.failures.rows import FailureRow, catches, without


async def changed(aws: SimulatedAws, toggle: str, **more: str) -> tuple[Results, dict[str, str]]:
    """(results after the toggle, rows that are not ok any more); before it every row is."""
    ACCOUNTS[toggle](aws.account)
    results = await look(aws, **more)
    return results, not_ok(results)


async def test_the_example_has_every_row_ok_and_marked_as_simulated(simulated_aws: SimulatedAws) -> None:
    results = await look(simulated_aws)

    assert not_ok(results) == {}
    assert len(results) == 25
    assert all(result.simulated for result in results.values())
    assert "3 NAT gateways, 3 Elastic IPs, 1 load balancer, 5 machines, 5 disks" in results["aws-bill"].summary
    assert "InsufficientInstanceCapacity" in results["aws-instance-types"].why


async def test_the_rke2_example_is_ok_and_starts_from_a_plain_image(simulated_aws: SimulatedAws) -> None:
    params = {**example_params(RKE2_EXAMPLE), **simulated_aws.params(), "simulated": "1"}

    results = await looked(made_checks(params, simulated_aws.secrets))

    assert not_ok(results) == {}
    assert results["aws-image"].summary.startswith("ubuntu/images/")
    assert "1 NAT gateway, 1 Elastic IP, 1 load balancer, 3 machines" in results["aws-bill"].summary


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.numbers[0]}-{row.toggle}")
async def test_a_first_time_failure_is_caught_by_its_check_and_by_no_other(
    row: FailureRow, simulated_aws: SimulatedAws
) -> None:
    ACCOUNTS[row.toggle](simulated_aws.account)
    params = asked(simulated_aws, **WISHES.get(row.toggle, dict)())
    checks = made_checks(params, simulated_aws.secrets)

    results = await looked(checks)
    other = await looked(without(checks, row.check))

    assert catches(row, results.values())
    assert not_ok(results) == {row.check: row.status} | dict.fromkeys(waiting_on(checks, row.check), "skip")
    assert not catches(row, other.values())


TOGGLED = {
    "key-unknown": ("aws-identity", "fail", "LT-AWS-101"),
    "secret-wrong": ("aws-identity", "fail", "LT-AWS-102"),
    "root-key": ("aws-identity", "fail", "LT-AWS-112"),
    "region-not-opted-in": ("aws-region", "fail", "LT-AWS-120"),
    "region-closed": ("aws-region", "fail", "LT-AWS-120"),
    "one-zone": ("aws-zones", "fail", "LT-AWS-125"),
    "pass-role-denied": ("aws-pass-role", "fail", "LT-AWS-145"),
    "profile-without-role": ("aws-instance-profiles", "fail", "LT-AWS-141"),
    "profiles-unreadable": ("aws-instance-profiles", "unknown", ""),
    "load-balancer-role-cannot-be-made": ("aws-service-linked-role", "fail", "LT-AWS-150"),
    "type-not-offered": ("aws-instance-types", "fail", "LT-AWS-155"),
    "type-in-one-zone": ("aws-instance-types", "fail", "LT-AWS-156"),
    "images-missing": ("aws-image", "fail", "LT-AWS-166"),
    "vpcs-used-up": ("aws-vpcs", "fail", "LT-AWS-191"),
    "vcpus-used-up": ("aws-vcpus", "fail", "LT-AWS-195"),
    "name-taken": ("aws-name-clash", "fail", "LT-AWS-200"),
    "classic-name-taken": ("aws-name-clash", "fail", "LT-AWS-200"),
}


@pytest.mark.parametrize("toggle", TOGGLED)
async def test_what_is_wrong_changes_its_own_row_and_those_that_wait_for_it(
    toggle: str, simulated_aws: SimulatedAws
) -> None:
    row, status, code = TOGGLED[toggle]

    results, rows = await changed(simulated_aws, toggle)

    assert (results[row].status, results[row].code) == (status, code)
    waiting = waiting_on(made_checks(asked(simulated_aws), simulated_aws.secrets), row)
    assert rows == {row: status} | dict.fromkeys(waiting, "skip")
    assert status == "unknown" or (results[row].why and results[row].fix)


async def test_no_role_of_load_balancers_is_fine_where_it_may_be_made(simulated_aws: SimulatedAws) -> None:
    results, rows = await changed(simulated_aws, "load-balancer-role-missing")

    assert rows == {}
    assert "with the first load balancer" in results["aws-service-linked-role"].summary


@pytest.mark.parametrize("toggle", ["run-instances-denied", "networks-denied"])
async def test_a_denied_action_is_named_by_the_simulation_and_by_the_trial(
    toggle: str, simulated_aws: SimulatedAws
) -> None:
    results, rows = await changed(simulated_aws, toggle)

    assert rows == {"aws-permissions": "fail", "aws-trial": "fail"}
    denied = "ec2:RunInstances" if toggle == "run-instances-denied" else "ec2:CreateVpc"
    assert denied in results["aws-permissions"].evidence
    assert denied in results["aws-trial"].evidence
    assert (results["aws-permissions"].code, results["aws-trial"].code) == ("LT-AWS-130", "LT-AWS-135")


@pytest.mark.parametrize("toggle", ["simulation-denied", "simulation-broken"])
async def test_a_simulation_that_is_not_to_be_had_is_unknown_and_never_blocks(
    toggle: str, simulated_aws: SimulatedAws
) -> None:
    _, rows = await changed(simulated_aws, toggle)

    assert rows == {"aws-permissions": "unknown", "aws-pass-role": "unknown"}


@pytest.mark.parametrize("toggle", ["quotas-unreadable", "quotas-broken"])
async def test_quotas_that_cannot_be_read_are_unknown_and_elastic_ips_have_another_source(
    toggle: str, simulated_aws: SimulatedAws
) -> None:
    _, rows = await changed(simulated_aws, toggle)

    assert rows == dict.fromkeys(("aws-vpcs", "aws-nat-gateways", "aws-vcpus"), "unknown")


async def test_keys_that_may_do_nothing_fail_where_that_is_proven_and_are_unknown_elsewhere(
    simulated_aws: SimulatedAws,
) -> None:
    _, rows = await changed(simulated_aws, "everything-denied")

    assert {row for row, status in rows.items() if status == "fail"} == {"aws-trial"}
    assert set(rows.values()) == {"fail", "unknown", "skip"}
    assert "aws-region" not in rows


async def test_an_assumed_role_is_simulated_as_the_role_with_its_path(simulated_aws: SimulatedAws) -> None:
    TOGGLES["assumed-role"](simulated_aws.account)

    results = await look(simulated_aws)

    assert results["aws-permissions"].status == "ok"
    assert "iam:GetRole" in simulated_aws.server.calls
    assert results["aws-expiry"].status == "unknown"


async def test_a_clock_that_is_off_is_named_by_the_clock_and_by_the_signature(simulated_aws: SimulatedAws) -> None:
    results, _ = await changed(simulated_aws, "clock-off")

    assert results["aws-clock"].status == "fail"
    assert results["aws-identity"].code == "LT-AWS-103"


async def test_disks_with_an_unknown_key_are_unknown(simulated_aws: SimulatedAws) -> None:
    _, rows = await changed(simulated_aws, "encrypted-by-default")

    assert rows == {"aws-disk-encryption": "unknown"}


async def test_a_price_is_told_with_its_date_and_none_where_the_list_is_closed(simulated_aws: SimulatedAws) -> None:
    priced = (await look(simulated_aws, simulated=""))["aws-bill"]
    TOGGLES["prices-unreadable"](simulated_aws.account)
    closed = (await look(simulated_aws, simulated=""))["aws-bill"]

    assert "0.80 USD an hour, about 584 USD a month (AWS's price list of 2026-11-01)" in priced.why
    assert closed.status == "ok"
    assert closed.why.startswith("no price: these keys may not pricing:GetProducts")


async def test_the_bill_is_counted_before_one_is_signed_in(simulated_aws: SimulatedAws) -> None:
    params = {**example_params(), "credentials.missing": "there are no AWS keys in the environment"}

    results = await looked(made_checks(params, {}))

    assert results["aws-credentials"].code == "LT-AWS-036"
    assert results["aws-credentials"].why == "there are no AWS keys in the environment"
    assert results["aws-bill"].summary.startswith("3 NAT gateways")
    assert results["aws-bill"].why.startswith("no price: there are no keys.")
    assert simulated_aws.server.calls == []


async def test_nothing_but_a_run_is_tried_where_a_trial_could_be_taken_for_the_real_thing(
    simulated_aws: SimulatedAws,
) -> None:
    results = await look(simulated_aws, simulated="")

    assert results["aws-trial"].summary == "tried, not done: ec2:RunInstances"
    assert "ec2:CreateVpc" not in simulated_aws.server.calls


async def test_names_from_the_account_are_shown_without_their_control_characters(simulated_aws: SimulatedAws) -> None:
    TOGGLES["key-pair-missing"](simulated_aws.account)
    TOGGLES["hostile-names"](simulated_aws.account)

    result = (await look(simulated_aws))["aws-key-pair"]

    assert "press" in result.evidence
    assert not {"\x1b", "\u202e"}.intersection(result.fix + result.evidence)


async def test_no_secret_is_in_any_result_or_in_what_holds_it(simulated_aws: SimulatedAws) -> None:
    canary = "canarycanarycanarycanarycanarycanary0000"
    checks = made_checks(asked(simulated_aws), {"secret_access_key": Secret(canary)})

    results = await looked(checks)

    assert results["aws-identity"].status == "ok"
    assert canary not in repr(results)
    assert canary not in repr(checks)


async def test_arm64_machines_have_no_public_image(simulated_aws: SimulatedAws) -> None:
    result = (await look(simulated_aws, cp_instance_type="m7g.large"))["aws-image"]

    assert (result.status, result.code) == ("fail", "LT-AWS-168")


@pytest.mark.parametrize(
    ("size", "status", "code"), [("t2.micro", "fail", "LT-AWS-157"), ("t3.small", "warn", "LT-AWS-158")]
)
async def test_a_control_plane_that_is_too_small_is_told(
    size: str, status: str, code: str, simulated_aws: SimulatedAws
) -> None:
    result = (await look(simulated_aws, cp_instance_type=size))["aws-instance-types"]

    assert (result.status, result.code) == (status, code)


async def test_a_half_filled_document_has_rows_that_say_what_is_not_chosen(simulated_aws: SimulatedAws) -> None:
    params = {**simulated_aws.params(), "simulated": "1"}

    results = await looked(made_checks(params, simulated_aws.secrets))

    assert {row for row, result in results.items() if result.status == "fail"} == set()
    for row in ("aws-instance-types", "aws-image", "aws-key-pair", "aws-vcpus", "aws-name-clash", "aws-bill"):
        assert (results[row].status, "nothing chosen yet" in results[row].summary) == ("unknown", True), row


async def test_without_a_region_only_the_keys_are_looked_at(simulated_aws: SimulatedAws) -> None:
    params = {**simulated_aws.params(), "region": "Frankfurt"}

    results = await looked(made_checks(params, simulated_aws.secrets))

    assert results["aws-credentials"].status == "ok"
    assert results["aws-region"].summary.startswith("nothing chosen yet: Region")
    assert simulated_aws.server.calls == []
