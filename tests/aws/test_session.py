"""Signing in for real: profiles as botocore reads them, keys that stand alone, and refusals told apart."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.providers.aws.actions import CONTROLLER_ACTIONS
from lattice_tui.providers.aws.answers import AwsAnswerError, as_action
from lattice_tui.providers.aws.session import AwsSession, as_time, is_on_ec2
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from tests.aws.looking import Results, example_params, looked, made_checks
from tests.aws.stand_in import SimulatedAws

KEY_ID, SECRET = "AKIATESTTESTTESTTEST", "canary/secret/canary/secret/canary/secre"
Profiles = Callable[[str], None]


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    """Writes the config file that botocore reads; the person's own is out of sight."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    config = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def write(text: str) -> None:
        config.write_text(text)

    return write


async def look(aws: SimulatedAws, profile: str) -> Results:
    params = {**example_params(), "credentials.profile": profile, "credentials.endpoint_url": aws.url}
    checks = [
        check
        for check in made_checks(params, {})
        if check.id.startswith(("aws-cred", "aws-name", "aws-port", "aws-cert", "aws-ident", "aws-exp"))
    ]
    return await looked([check for check in checks if check.id != "aws-name-clash"])


async def identity(aws: SimulatedAws, profile: str) -> CheckResult:
    return (await look(aws, profile))["aws-identity"]


def handing_out(tmp_path: Path, **more: object) -> str:
    """A profile whose program prints keys."""
    said = {"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, **more}
    program = tmp_path / "fetch.py"
    program.write_text(f"print({json.dumps(json.dumps(said))})")
    return f"[profile program]\ncredential_process = {sys.executable} {program}\n"


async def test_a_profile_with_keys_signs_in(simulated_aws: SimulatedAws, profiles: Profiles) -> None:
    profiles(f"[profile work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")

    results = await look(simulated_aws, "work")

    assert results["aws-credentials"].summary == "profile work"
    assert results["aws-identity"].summary == "user/lattice of account 210987654321"
    assert results["aws-expiry"].summary == "they do not expire"


@pytest.mark.parametrize(("minutes", "status"), [(90, "fail"), (300, "ok")])
async def test_keys_of_a_program_have_to_last_two_hours_more(
    minutes: int, status: str, simulated_aws: SimulatedAws, profiles: Profiles, tmp_path: Path
) -> None:
    simulated_aws.account.session_token = "token"
    ends_at = datetime.now(UTC) + timedelta(minutes=minutes, seconds=30)
    profiles(handing_out(tmp_path, SessionToken="token", Expiration=ends_at.isoformat()))

    results = await look(simulated_aws, "program")

    assert results["aws-identity"].status == "ok"
    assert results["aws-expiry"].status == status
    assert results["aws-expiry"].code == ("LT-AWS-115" if status == "fail" else "")
    assert f"{minutes} min" in results["aws-expiry"].summary or "5 h left" in results["aws-expiry"].summary


REFUSED = {
    "gone": ("", "LT-AWS-107", "aws configure list-profiles"),
    "page": (
        "[profile page]\nsso_start_url = https://x.example/start\nsso_region = eu-central-1\n"
        "sso_account_id = 123456789012\nsso_role_name = x\n",
        "LT-AWS-106",
        "aws sso login --profile page",
    ),
    "program": ("[profile program]\ncredential_process = /bin/false\n", "LT-AWS-108", "export-credentials"),
    "empty": ("[profile empty]\nregion = eu-central-1\n", "LT-AWS-109", "aws configure list"),
    "code": (
        "[profile code]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = code\nmfa_serial = arn:x\n",
        "LT-AWS-111",
        "",
    ),
}


@pytest.mark.parametrize("profile", REFUSED)
async def test_a_profile_that_does_not_sign_in_says_why_without_waiting(
    profile: str, simulated_aws: SimulatedAws, profiles: Profiles
) -> None:
    text, code, action = REFUSED[profile]
    profiles(text)
    started = time.monotonic()

    result = await identity(simulated_aws, profile)

    assert (result.status, result.code) == ("fail", code)
    assert action in result.action
    assert result.field == "credentials.aws.profile"
    # A metadata service that is waited for takes seconds: on EC2 it answers at once.
    assert time.monotonic() - started < 10


async def test_keys_that_were_given_stand_alone(
    simulated_aws: SimulatedAws, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles("[default]\naws_access_key_id = AKIAZZZZZZZZZZZZZZZZ\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_PROFILE", "gone")
    session = AwsSession(simulated_aws.params(), simulated_aws.secrets)

    keys = await session.keys()

    assert (keys.access_key_id, keys.method) == (simulated_aws.account.access_key_id, "explicit")
    assert (await session.call("sts", "get_caller_identity"))["Account"] == "210987654321"


async def test_nothing_is_signed_in_to_that_was_not_named(simulated_aws: SimulatedAws, profiles: Profiles) -> None:
    profiles(f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    session = AwsSession({"region": "eu-central-1", "credentials.endpoint_url": simulated_aws.url}, {})

    with pytest.raises(AwsAnswerError) as caught:
        await session.call("sts", "get_caller_identity")

    assert caught.value.kind == "credentials"
    assert simulated_aws.server.calls == []


async def test_no_metadata_service_is_asked_and_no_request_is_logged(
    simulated_aws: SimulatedAws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    params = simulated_aws.params()

    await AwsSession(params, {"secret_access_key": Secret(SECRET)}).call("ec2", "describe_key_pairs")

    assert os.environ["AWS_EC2_METADATA_DISABLED"] == "true" or is_on_ec2()
    assert [record for record in caplog.records if record.name.startswith(("boto", "urllib3"))] == []
    assert SECRET not in caplog.text


def test_a_session_shows_no_secret() -> None:
    session = AwsSession({"credentials.access_key_id": KEY_ID}, {"secret_access_key": Secret(SECRET)})

    assert SECRET not in repr(session) + str(vars(session))


async def test_refusals_are_told_apart(simulated_aws: SimulatedAws) -> None:
    session = AwsSession(simulated_aws.params(), simulated_aws.secrets)
    simulated_aws.account.denied.add("ec2:DescribeImages")
    simulated_aws.account.broken["DescribeVpcs"] = (200, "<html>a proxy's page</html>")

    async def kind(service: str, operation: str, **arguments: Any) -> tuple[str, str]:
        with pytest.raises(AwsAnswerError) as caught:
            await session.call(service, operation, **arguments)
        return caught.value.kind, caught.value.operation

    assert await kind("ec2", "describe_images") == ("denied", "ec2:DescribeImages")
    assert await kind("ec2", "describe_vpcs") == ("not understood", "ec2:DescribeVpcs")
    assert await kind("iam", "get_role", RoleName="none") == ("absent", "iam:GetRole")
    assert await kind("ec2", "describe_key_pairs", KeyNames=["none"]) == ("absent", "ec2:DescribeKeyPairs")


async def test_an_address_where_nobody_listens_is_unreachable() -> None:
    params = {
        "region": "eu-central-1",
        "credentials.access_key_id": KEY_ID,
        "credentials.endpoint_url": "http://127.0.0.1:9",
    }

    with pytest.raises(AwsAnswerError) as caught:
        await AwsSession(params, {"secret_access_key": Secret(SECRET)}).call("sts", "get_caller_identity")

    assert caught.value.kind == "unreachable"


async def test_a_long_list_is_read_page_by_page_up_to_its_limit(simulated_aws: SimulatedAws) -> None:
    session = AwsSession(simulated_aws.params(), simulated_aws.secrets)
    simulation: dict[str, Any] = {"PolicySourceArn": simulated_aws.account.arn, "ActionNames": list(CONTROLLER_ACTIONS)}
    operation = ("iam", "simulate_principal_policy", "EvaluationResults")

    assert len(await session.every(*operation, **simulation)) == len(CONTROLLER_ACTIONS) > 100
    assert len(await session.every(*operation, limit=7, **simulation)) == 7


def test_actions_are_named_as_policies_write_them() -> None:
    assert as_action("elbv2", "describe_load_balancers") == "elasticloadbalancing:DescribeLoadBalancers"
    assert as_action("service-quotas", "get_service_quota") == "servicequotas:GetServiceQuota"
    assert len(set(CONTROLLER_ACTIONS)) == len(CONTROLLER_ACTIONS)
    assert all(
        service in ("ec2", "elasticloadbalancing", "tag", "autoscaling")
        for service in (action.partition(":")[0] for action in CONTROLLER_ACTIONS)
    )


def test_a_machine_of_ec2_is_known_by_its_firmware(tmp_path: Path) -> None:
    vendor, uuid = tmp_path / "vendor", tmp_path / "uuid"
    assert not is_on_ec2((vendor, uuid))

    vendor.write_text("QEMU\n")
    uuid.write_text("EC2E1916-9099-7CAF-FD21-012345ABCDEF\n")

    assert is_on_ec2((vendor, uuid))
    assert not is_on_ec2((vendor,))


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01"])
def test_a_moment_that_is_none_is_no_moment(text: str) -> None:
    assert as_time(text) is None
