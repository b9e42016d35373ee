"""Every check against the stand-in, over HTTPS: the examples are fine, and each known failure is told by one row."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.providers.proxmox import PROVIDER
from lattice_tui.providers.reading import read_cluster
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES
from schemas.checks import CheckResult
from tests.failures.rows import FailureRow, catches, without
from tests.proxmox.failures import AFTERMATH, CHANGES, ROWS, SOMEWHERE_ELSE
from tests.shared import ROOT

Told = dict[str, CheckResult]
USUAL = {"proxmox-token-facts": "unknown"}
"""What is not ok with the example on a site that nothing is wrong with: a token may not look at itself, and nobody
can know the router's DHCP range from here."""


def example(name: str = "proxmox.yaml") -> dict[str, str]:
    read = read_cluster(str(ROOT / "examples" / name))
    assert read.cluster is not None
    assert read.config is not None
    return PROVIDER.check_params(read.cluster, read.config)


def checks_of(proxmox: ProxmoxStandIn, params: Mapping[str, str]) -> tuple[Check, ...]:
    values, secrets = proxmox.credentials()
    credentials = {f"credentials.{name}": value for name, value in values.items()}
    # Simulated: the addresses are the site's, so nobody is looked for in the network of this computer.
    return PROVIDER.checks({**params, **credentials, "simulated": "1"}, secrets)


async def told(checks: tuple[Check, ...]) -> Told:
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}


def not_ok(results: Told) -> dict[str, str]:
    return {result.id: result.status for result in results.values() if result.status != "ok"}


async def test_the_example_is_fine_on_a_site_that_nothing_is_wrong_with(proxmox: ProxmoxStandIn) -> None:
    results = await told(checks_of(proxmox, example()))

    assert not_ok(results) == USUAL


async def test_the_example_is_fine_on_proxmox_8(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["pve8"](proxmox.site)

    results = await told(checks_of(proxmox, example()))

    assert not_ok(results) == USUAL
    assert "8.4" in results["proxmox-version"].summary


async def test_the_example_with_rke2_on_three_nodes_is_warned_of_what_three_nodes_bring(
    proxmox: ProxmoxStandIn,
) -> None:
    results = await told(checks_of(proxmox, example("proxmox-rke2.yaml")))

    assert not_ok(results) == {
        "proxmox-token-facts": "unknown",
        "proxmox-iso": "warn",
        "proxmox-subnet": "unknown",
    }


async def test_a_document_that_is_not_filled_in_yet_is_no_failure(proxmox: ProxmoxStandIn) -> None:
    results = await told(checks_of(proxmox, {}))

    assert not [result for result in results.values() if result.status in ("fail", "warn")]
    assert results["proxmox-template"].summary == "nothing chosen yet: Template"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.numbers[0]}-{row.toggle}")
async def test_a_first_time_failure_is_told_by_its_row_and_by_no_other(
    proxmox: ProxmoxStandIn, row: FailureRow
) -> None:
    params = {**example(), **CHANGES.get((row.numbers[0], row.toggle), {})}
    TOGGLES[row.toggle](proxmox.site)
    checks = checks_of(proxmox, params)

    results = await told(checks)
    blind = await told(without(checks, row.check))

    assert catches(row, results.values()), results[row.check]
    assert not catches(row, blind.values())
    at_fault = {id_: status for id_, status in not_ok(results).items() if status in ("fail", "warn")}
    usual = {"proxmox-dhcp": "warn"} if "proxmox-dhcp" in at_fault else {}
    assert at_fault == {**usual, **AFTERMATH.get((row.numbers[0], row.toggle), {}), row.check: row.status}


def test_every_failure_of_the_list_has_a_row_or_a_reason() -> None:
    numbers = {number for row in ROWS for number in row.numbers}

    assert numbers | SOMEWHERE_ELSE.keys() == set(range(1, 31))
    assert not numbers & SOMEWHERE_ELSE.keys()


def test_every_row_names_a_toggle_and_every_change_a_row() -> None:
    rows = {(row.numbers[0], row.toggle) for row in ROWS}

    assert {row.toggle for row in ROWS} <= TOGGLES.keys()
    assert CHANGES.keys() | AFTERMATH.keys() <= rows
