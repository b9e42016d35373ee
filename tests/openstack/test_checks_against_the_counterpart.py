"""The checks of the OpenStack provider against a cloud with a real Keystone, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lattice_tui.checks.runner import Check, run_checks, with_needs
from lattice_tui.providers import registry
from lattice_tui.providers.openstack.session import Cloud
from lattice_tui.providers.reading import read_cluster
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from tests.failures.rows import FailureRow, catches, without
from tests.openstack.counterpart import Counterpart
from tests.openstack.failures import MORE, ROWS, SIGN_IN
from tests.shared import ROOT

Results = Mapping[str, CheckResult]
NEVER_KNOWN = {"openstack-floating-ip", "openstack-host-names", "openstack-dns"}
"""What no cloud tells before a machine runs."""
BESIDE: Mapping[str, set[str]] = {"load-balancer-role-missing": {"openstack-balancer-quota"}}
"""Toggle -> rows that it changes beside the one that catches it: they ask the same service."""
WISHES: Mapping[str, dict[str, str]] = {
    "more than one external network": {"external_network_id": ""},
    "external network by its name": {"external_network_id": "public"},
}
"""Failure -> what the document says, or does not say."""


def wish_of(path: Path) -> dict[str, str]:
    """What a document of ours wants."""
    read = read_cluster(path)
    assert read.cluster is not None, read.problems
    assert read.config is not None
    return registry.load("openstack").check_params(read.cluster, read.config)


EXAMPLE = wish_of(ROOT / "examples" / "openstack.yaml")


def checks_of(params: Mapping[str, str], secrets: Mapping[str, Secret], **wish: str) -> tuple[Check, ...]:
    """Every check of the example's wish with these changes."""
    return registry.load("openstack").checks({**EXAMPLE, **wish, **params}, secrets)


def outcomes(checks: Sequence[Check]) -> Results:
    async def run() -> dict[str, CheckResult]:
        return {result.id: result async for result in run_checks(checks) if result.status != "wait"}

    return asyncio.run(run())


def look_at(params: Mapping[str, str], secrets: Mapping[str, Secret], **wish: str) -> Results:
    return outcomes(checks_of(params, secrets, **wish))


def get_in(params: Mapping[str, str], secrets: Mapping[str, Secret]) -> Results:
    """The rows up to a first question to a service behind Keystone."""
    return outcomes(with_needs(checks_of(params, secrets), ("openstack-roles", "openstack-flavors")))


def not_ok(results: Results) -> dict[str, str]:
    return {result.id: result.status for result in results.values() if result.status != "ok"}


@pytest.mark.parametrize("example", ["openstack.yaml", "openstack-rke2.yaml"])
def test_what_the_examples_need_is_found_in_a_cloud_with_a_real_keystone(
    counterpart: Counterpart, example: str
) -> None:
    params, secrets = counterpart.params()

    results = look_at({**wish_of(ROOT / "examples" / example), **params}, secrets)

    assert not_ok(results) == dict.fromkeys(NEVER_KNOWN, "unknown")


def test_the_first_time_failures_31_to_45_each_have_a_row() -> None:
    assert {number for row in ROWS for number in row.numbers} == set(range(31, 46))


@pytest.mark.parametrize("row", [*ROWS, *MORE], ids=lambda row: row.failure)
def test_a_failure_is_told_by_its_check_and_by_no_other(
    lite: Counterpart, row: FailureRow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    params, secrets = lite.params(*filter(None, [row.toggle]))
    if row.check == "openstack-ca":
        # This computer trusts the authority; the cluster, which gets none, does not.
        (tmp_path / "ca.pem").write_text(lite.stand_in.ca_pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    checks = checks_of(params, secrets, **WISHES.get(row.failure, {}))

    results = outcomes(checks)

    assert catches(row, results.values()), results[row.check]
    changed = {check_id for check_id, status in not_ok(results).items() if status != "skip"} - NEVER_KNOWN
    assert changed == ({row.check} - NEVER_KNOWN) | BESIDE.get(row.toggle, set())
    if row.numbers:
        assert not catches(row, outcomes(without(checks, row.check)).values())


@pytest.mark.parametrize("row", SIGN_IN, ids=lambda row: row.failure)
def test_a_real_keystone_lets_one_tell_why_it_refuses(counterpart: Counterpart, row: FailureRow) -> None:
    params, secrets = counterpart.params(row.toggle)

    results = get_in(params, secrets)

    assert catches(row, results.values()), results[row.check]
    assert not any(secret.reveal() in repr(results) for secret in secrets.values())


@pytest.mark.parametrize("toggle", ["application-credential", "token"])
def test_other_ways_to_sign_in_find_the_same(counterpart: Counterpart, toggle: str) -> None:
    results = get_in(*counterpart.params(toggle))

    found = not_ok(results)
    # A token warns at once: it ends before the cluster does.
    assert found.pop("openstack-credentials", "") == ("warn" if toggle == "token" else "")
    assert found == {}


def test_an_application_credential_that_ends_soon_is_a_warning(counterpart: Counterpart) -> None:
    params, secrets = counterpart.params("application-credential")
    keystone, item = counterpart.keystone, counterpart.cloud.application_credentials[0]
    assert keystone is not None
    token = keystone.sign_in(item.user, counterpart.cloud.user(item.user).password, item.project)
    ends = datetime.now(UTC) + timedelta(days=9)
    body = {"name": f"brief-{ends.timestamp()}", "secret": item.secret, "expires_at": f"{ends:%Y-%m-%dT%H:%M:%S}"}
    path = f"/users/{keystone.user_id(item.user)}/application_credentials"
    made = keystone.ask("POST", path, {"application_credential": body}, token)["application_credential"]

    result = get_in({**params, "credentials.application_credential_id": made["id"]}, secrets)["openstack-sign-in"]

    assert (result.status, result.code) == ("warn", "LT-OS-122")


def test_a_wrong_domain_of_the_project_alone_is_told_from_a_wrong_project(counterpart: Counterpart) -> None:
    params, secrets = counterpart.params()

    result = get_in({**params, "credentials.project_domain_name": "Elsewhere"}, secrets)["openstack-sign-in"]

    assert (result.code, result.field) == ("LT-OS-112", "credentials.openstack.project_domain_name")


def test_a_project_by_its_id_needs_no_domain(counterpart: Counterpart) -> None:
    params, secrets = counterpart.params()
    project = asyncio.run(Cloud.from_params(params, secrets).access()).project_id
    named = {name: value for name, value in params.items() if "project" not in name}

    results = get_in({**named, "credentials.project_id": project}, secrets)

    assert results["openstack-sign-in"].status == "ok"


def test_what_is_not_chosen_yet_is_unknown_and_never_wrong(lite: Counterpart) -> None:
    params, secrets = lite.params()
    nothing = dict.fromkeys(("external_network_id", "cp_flavor", "worker_flavor", "image_name", "ssh_key_name"), "")

    results = look_at(params, secrets, **nothing, pools="")

    waiting = {"openstack-flavors", "openstack-image", "openstack-key-pair", "openstack-external-network"}
    assert {results[check_id].status for check_id in waiting} == {"unknown"}
    assert {result.status for result in results.values()} == {"ok", "unknown", "skip"}
    assert "laptop" in results["openstack-key-pair"].evidence


def test_without_credentials_one_row_says_where_they_were_looked_for() -> None:
    results = look_at({}, {})

    first = results["openstack-credentials"]
    assert (first.status, first.code) == ("fail", "LT-OS-020")
    assert "clouds.yaml" in first.evidence
    assert {check_id for check_id, status in not_ok(results).items() if status == "fail"} == {"openstack-credentials"}


def test_credentials_that_a_document_refers_to_in_vain_are_said_in_its_words() -> None:
    results = look_at({"credentials.missing": "~/.config/openstack/clouds.yaml has no cloud prod"}, {})

    assert "has no cloud prod" in results["openstack-credentials"].summary


def test_enough_to_build_but_not_to_renew_is_a_warning(lite: Counterpart) -> None:
    params, secrets = lite.params()
    quota = lite.cloud.compute_quotas["cores"]
    quota.used = quota.limit - 17

    result = look_at(params, secrets)["openstack-capacity"]

    assert (result.status, result.code) == ("warn", "LT-OS-301")
    assert "cores: 16 needed and 6 to renew, 17 of 64 free" in result.evidence


def test_few_ports_to_spare_are_a_warning(lite: Counterpart) -> None:
    params, secrets = lite.params()
    quota = lite.cloud.network_quotas["port"]
    quota.used = quota.limit - 16

    result = look_at(params, secrets)["openstack-network-quota"]

    assert (result.status, result.code) == ("warn", "LT-OS-307")


def test_root_volumes_are_counted_against_their_quota(lite: Counterpart) -> None:
    params, secrets = lite.params("volumes-quota")

    result = look_at(params, secrets, cp_volume_gib="50", worker_volume_gib="100")["openstack-volume-quota"]

    assert (result.status, result.code) == ("fail", "LT-OS-304")
    assert "volume size: 350 GiB needed and 150 to renew" in result.evidence


@pytest.mark.parametrize(
    ("wish", "check", "code"),
    [
        ({"cp_zone": "az9"}, "openstack-zones", "LT-OS-240"),
        ({"cp_volume_gib": "50", "cp_volume_type": "nvme"}, "openstack-volume-types", "LT-OS-241"),
        ({"load_balancer_flavor": "huge"}, "openstack-load-balancer", "LT-OS-252"),
        ({"external_network_id": "0b8e4d3f-1c22-4a57-9f64-7e90aa11bb03"}, "openstack-external-network", "LT-OS-231"),
        ({"external_network_id": "00000000-1c22-4a57-9f64-7e90aa11bb03"}, "openstack-external-network", "LT-OS-232"),
        ({"host": "203.0.113.99"}, "openstack-host", "LT-OS-235"),
        ({"dns_nameservers": "10.6.0.53"}, "openstack-subnets", "LT-OS-242"),
        ({"image_name": "ubuntu-24.04"}, "openstack-image", "LT-OS-215"),
        ({"image_name": "install-cd"}, "openstack-image", "LT-OS-216"),
        ({"version": "1.34.8"}, "openstack-image", "LT-OS-214"),
        ({"bootstrap": "rke2"}, "openstack-image", "LT-OS-217"),
        ({"worker_flavor": "m1.tiny"}, "openstack-flavors", "LT-OS-201"),
        ({"cp_flavor": "m1.medium", "cp_volume_gib": "10"}, "openstack-flavors", "LT-OS-203"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_document_names_and_the_cloud_does_not_have(
    lite: Counterpart, wish: dict[str, str], check: str, code: str
) -> None:
    params, secrets = lite.params()

    result = look_at(params, secrets, **wish)[check]

    assert result.code == code, result
    assert result.fix
    assert result.field


def test_a_floating_ip_that_is_free_can_be_the_address_of_the_api(lite: Counterpart) -> None:
    params, secrets = lite.params()
    address = lite.cloud.floating_ips[0]

    free = look_at(params, secrets, host=address.address)["openstack-host"]
    address.port_id = "5f0c1d2e-0000-4000-8000-000000000001"
    taken = look_at(params, secrets, host=address.address)["openstack-host"]
    address.port_id, address.network_id = "", "0b8e4d3f-1c22-4a57-9f64-7e90aa11bb03"
    elsewhere = look_at(params, secrets, host=address.address)["openstack-host"]

    assert [free.status, taken.code, elsewhere.code] == ["ok", "LT-OS-236", "LT-OS-237"]


def test_a_range_that_meets_the_external_network_is_refused(lite: Counterpart) -> None:
    from lattice_tui.rehearsal.openstack.cloud import Subnet
    from lattice_tui.rehearsal.openstack.default_cloud import EXTERNAL_NETWORK

    params, secrets = lite.params()
    lite.cloud.subnets.append(Subnet("x", "public-subnet", EXTERNAL_NETWORK, "10.6.0.0/20"))

    result = look_at(params, secrets)["openstack-subnets"]

    assert (result.status, result.code) == ("fail", "LT-OS-239")


def test_a_name_with_an_escape_sequence_is_shown_without_it(lite: Counterpart) -> None:
    params, secrets = lite.params("key-pair-missing")
    from lattice_tui.rehearsal.openstack.cloud import KeyPair

    lite.cloud.key_pairs = [KeyPair("lap\x1b[31mtop", "ssh-ed25519 AAAA", "00")]

    result = look_at(params, secrets)["openstack-key-pair"]

    assert "\x1b" not in repr((result.summary, result.fix, result.evidence)).replace("\\x1b", "\x1b")


def test_nothing_secret_is_in_any_result(lite: Counterpart) -> None:
    params, secrets = lite.params()

    results = look_at(params, secrets)

    assert not any(secret.reveal() in repr(results) for secret in secrets.values())
    assert not any(secret.reveal() in repr(checks_of(params, secrets)) for secret in secrets.values())


def test_every_row_belongs_to_a_step_and_is_there_once() -> None:
    provider = registry.load("openstack")
    ids = [check.id for check in checks_of({}, {})]

    staged = [check_id for stage in provider.stages.values() for check_id in stage]
    assert len(set(ids)) == len(ids)
    assert sorted(staged) == sorted(ids)
