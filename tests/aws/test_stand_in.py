"""The simulated AWS, asked by boto3 itself: every operation can be read, and every toggle changes an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lattice_tui.rehearsal.aws.account import SUFFIX
from lattice_tui.rehearsal.aws.services import SERVICES
from lattice_tui.rehearsal.aws.toggles import CLUSTER, CLUSTER_TAG, STACK, TOGGLES
from tests.aws.stand_in import SimulatedAws

PROFILE = f"nodes.{SUFFIX}"
ARN = "arn:aws:iam::210987654321:user/lattice"
TEMPLATE = json.dumps(
    {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "made"}},
            "Profile": {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"InstanceProfileName": "made", "Roles": [{"Ref": "Role"}]},
            },
        }
    }
)
PUBLIC_KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC9AO6d3MZFXIvS4AByIrltHcuHlq9s0a17HWhrM12MJ person@laptop"
ASKED: dict[tuple[str, str], dict[str, Any]] = {
    ("iam", "SimulatePrincipalPolicy"): {"PolicySourceArn": ARN, "ActionNames": ["ec2:RunInstances"]},
    ("iam", "GetRole"): {"RoleName": PROFILE},
    ("iam", "GetInstanceProfile"): {"InstanceProfileName": PROFILE},
    ("iam", "CreateServiceLinkedRole"): {"AWSServiceName": "spot.amazonaws.com"},
    ("ec2", "DescribeInstanceTypeOfferings"): {"LocationType": "availability-zone"},
    ("ec2", "ImportKeyPair"): {"KeyName": "mine", "PublicKeyMaterial": PUBLIC_KEY},
    ("ec2", "DeleteKeyPair"): {"KeyName": "lattice"},
    ("cloudformation", "CreateStack"): {
        "StackName": "s",
        "TemplateBody": TEMPLATE,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    },
    ("cloudformation", "DescribeStackEvents"): {"StackName": STACK},
    ("cloudformation", "DescribeStackResources"): {"StackName": STACK},
    ("cloudformation", "DeleteStack"): {"StackName": STACK},
    ("elbv2", "DescribeTags"): {"ResourceArns": ["arn:x"]},
    ("service-quotas", "GetServiceQuota"): {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"},
    ("service-quotas", "ListServiceQuotas"): {"ServiceCode": "ec2"},
    ("pricing", "GetProducts"): {
        "ServiceCode": "AmazonEC2",
        "Filters": [{"Type": "TERM_MATCH", "Field": "instanceType", "Value": "m5.large"}],
    },
}


def _method(operation: str) -> str:
    from botocore import xform_name

    return str(xform_name(operation))


def _ask(aws: SimulatedAws, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(aws.client(service), _method(operation))(**arguments)
    answer.pop("ResponseMetadata")
    return answer


def _code(aws: SimulatedAws, service: str, operation: str, **arguments: Any) -> str:
    from botocore.exceptions import ClientError

    try:
        _ask(aws, service, operation, **arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


@pytest.mark.parametrize(
    ("service", "operation"), [(name, each) for name, (_, operations) in SERVICES.items() for each in operations]
)
def test_boto3_reads_the_answer_of_every_operation(simulated_aws: SimulatedAws, service: str, operation: str) -> None:
    TOGGLES["stack-rolled-back"](simulated_aws.account)
    simulated_aws.account.profiles[PROFILE] = (PROFILE,)
    simulated_aws.account.roles[PROFILE] = "/"
    TOGGLES["name-taken"](simulated_aws.account)
    TOGGLES["elastic-ips-used-up"](simulated_aws.account)
    TOGGLES["nat-gateways-used-up"](simulated_aws.account)
    TOGGLES["vcpus-used-up"](simulated_aws.account)

    answer = _ask(simulated_aws, service, operation, **ASKED.get((service, operation), {}))

    assert answer or operation in ("DeleteKeyPair", "DeleteStack")
    assert simulated_aws.server.calls == [f"{service}:{operation}"]


def test_who_it_is(simulated_aws: SimulatedAws) -> None:
    identity = _ask(simulated_aws, "sts", "GetCallerIdentity")

    assert (identity["Arn"], identity["Account"]) == (ARN, "210987654321")


def test_images_are_found_by_owner_name_and_region_with_ec2s_own_wildcards(simulated_aws: SimulatedAws) -> None:
    def found(region: str, owner: str) -> list[str]:
        filters = [
            {"Name": "name", "Values": ["capa-ami-ubuntu-24.04-?1.35.5-*"]},
            {"Name": "architecture", "Values": ["x86_64"]},
            {"Name": "state", "Values": ["available"]},
            {"Name": "virtualization-type", "Values": ["hvm"]},
        ]
        answer = simulated_aws.client("ec2", region).describe_images(Owners=[owner], Filters=filters)
        return [image["Name"] for image in answer["Images"]]

    assert found("eu-central-1", "819546954734") == ["capa-ami-ubuntu-24.04-v1.35.5-1793000000"]
    assert found("eu-central-1", "999999999999") == []
    assert found("eu-north-1", "819546954734") == []


def test_lists_come_in_pages(simulated_aws: SimulatedAws) -> None:
    ec2 = simulated_aws.client("ec2")
    pages = list(ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 7}))

    names = [each["InstanceType"] for page in pages for each in page["InstanceTypes"]]
    assert len(pages) > 4
    assert sorted(names) == sorted(simulated_aws.account.sizes)


def test_a_simulation_of_many_actions_comes_in_pages_and_names_what_is_denied(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.denied.add("ec2:Run*")
    actions = [f"ec2:Describe{number}" for number in range(150)] + ["ec2:RunInstances"]
    pages = list(
        simulated_aws.client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(PolicySourceArn=ARN, ActionNames=actions)
    )

    results = [each for page in pages for each in page["EvaluationResults"]]
    assert (len(pages), len(results)) == (2, 151)
    assert [each["EvalActionName"] for each in results if each["EvalDecision"] != "allowed"] == ["ec2:RunInstances"]


def test_a_tried_run_is_answered_as_ec2_does(simulated_aws: SimulatedAws) -> None:
    run = {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1, "DryRun": True}

    assert _code(simulated_aws, "ec2", "RunInstances", **run) == "DryRunOperation"
    assert _code(simulated_aws, "ec2", "CreateVpc", CidrBlock="10.0.0.0/16", DryRun=True) == "DryRunOperation"
    TOGGLES["run-instances-denied"](simulated_aws.account)
    assert _code(simulated_aws, "ec2", "RunInstances", **run) == "UnauthorizedOperation"


@pytest.mark.parametrize(
    ("toggle", "service", "operation", "arguments", "code"),
    [
        ("key-unknown", "sts", "GetCallerIdentity", {}, "InvalidClientTokenId"),
        ("key-unknown", "ec2", "DescribeRegions", {}, "AuthFailure"),
        ("secret-wrong", "sts", "GetCallerIdentity", {}, "SignatureDoesNotMatch"),
        ("secret-wrong", "service-quotas", "ListServiceQuotas", {"ServiceCode": "ec2"}, "InvalidSignatureException"),
        ("token-expired", "sts", "GetCallerIdentity", {}, "ExpiredToken"),
        ("token-expired", "ec2", "DescribeRegions", {}, "RequestExpired"),
        ("clock-off", "sts", "GetCallerIdentity", {}, "SignatureDoesNotMatch"),
        ("region-closed", "sts", "GetCallerIdentity", {}, "InvalidClientTokenId"),
        ("everything-denied", "sts", "GetCallerIdentity", {}, "done"),
        ("everything-denied", "ec2", "DescribeVpcs", {}, "UnauthorizedOperation"),
        ("quotas-unreadable", "service-quotas", "ListServiceQuotas", {"ServiceCode": "ec2"}, "AccessDeniedException"),
        ("prices-unreadable", "pricing", "GetProducts", ASKED["pricing", "GetProducts"], "AccessDeniedException"),
        ("simulation-denied", "iam", "SimulatePrincipalPolicy", ASKED["iam", "SimulatePrincipalPolicy"], ""),
        ("profiles-unreadable", "iam", "GetInstanceProfile", {"InstanceProfileName": PROFILE}, ""),
        ("nodes-profile-missing", "iam", "GetInstanceProfile", {"InstanceProfileName": PROFILE}, "NoSuchEntity"),
        ("key-pair-missing", "ec2", "DescribeKeyPairs", {"KeyNames": ["lattice"]}, "InvalidKeyPair.NotFound"),
    ],
)
def test_a_toggle_makes_the_simulated_aws_refuse(
    simulated_aws: SimulatedAws, toggle: str, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    TOGGLES[toggle](simulated_aws.account)

    assert _code(simulated_aws, service, operation, **arguments) == (code or "AccessDenied")


def test_an_error_page_instead_of_an_answer(simulated_aws: SimulatedAws) -> None:
    from botocore.parsers import ResponseParserError

    TOGGLES["simulation-broken"](simulated_aws.account)

    with pytest.raises(ResponseParserError):
        _ask(simulated_aws, "iam", "SimulatePrincipalPolicy", **ASKED["iam", "SimulatePrincipalPolicy"])


def test_another_key_is_not_known(simulated_aws: SimulatedAws) -> None:
    client = simulated_aws.client("sts")
    simulated_aws.account.access_key_id = "AKIAOTHEROTHEROTHERO"

    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client.get_caller_identity()


def test_a_temporary_key_counts_with_its_token_alone(simulated_aws: SimulatedAws) -> None:
    TOGGLES["assumed-role"](simulated_aws.account)
    assert ":assumed-role/" in _ask(simulated_aws, "sts", "GetCallerIdentity")["Arn"]

    client = simulated_aws.client("sts")
    simulated_aws.account.session_token = "another"

    from botocore.exceptions import ClientError

    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client.get_caller_identity()


def test_the_clock_of_the_answer_is_the_accounts(simulated_aws: SimulatedAws) -> None:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    TOGGLES["clock-drifts"](simulated_aws.account)
    answer = simulated_aws.client("sts").get_caller_identity()

    said = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert 100 < (said - datetime.now(UTC)).total_seconds() < 140


def test_a_filter_that_ec2_does_not_know_is_refused(simulated_aws: SimulatedAws) -> None:
    filters = [{"Name": "vpcid", "Values": ["x"]}, {"Name": "nonsense", "Values": ["x"]}]

    assert _code(simulated_aws, "ec2", "DescribeVpcs", Filters=filters[1:]) == "InvalidParameterValue"
    assert _code(simulated_aws, "ec2", "DescribeSubnets", Filters=[{"Name": "vpc-id", "Values": ["x"]}]) == "done"


def test_the_load_balancer_of_a_cluster_is_found_by_its_tag(simulated_aws: SimulatedAws) -> None:
    wanted = {"TagFilters": [{"Key": CLUSTER_TAG + CLUSTER}]}
    assert _ask(simulated_aws, "resourcegroupstaggingapi", "GetResources", **wanted)["ResourceTagMappingList"] == []
    TOGGLES["name-taken"](simulated_aws.account)

    found = _ask(simulated_aws, "resourcegroupstaggingapi", "GetResources", **wanted)["ResourceTagMappingList"]
    assert [each["ResourceARN"].split("/")[-2] for each in found] == [f"{CLUSTER}-apiserver"]


def test_every_toggle_changes_the_account() -> None:
    from lattice_tui.rehearsal.aws.account import default_account

    def said(toggle: str = "") -> str:
        account = default_account()
        if toggle:
            TOGGLES[toggle](account)
        return repr(account)

    untouched = said()
    assert [name for name in TOGGLES if said(name) == untouched] == []


def test_ids_have_the_form_of_awss_own() -> None:
    from lattice_tui.providers.aws import shapes
    from lattice_tui.rehearsal.aws.account import default_account

    account = default_account()

    assert all(shapes.fits(shapes.AMI, image.id) for image in account.images)
    assert all(shapes.fits(shapes.VPC, vpc.id) for vpc in account.vpcs)
    assert all(shapes.fits(shapes.SUBNET, subnet.id) for subnet in account.subnets)
    assert shapes.fits(shapes.ACCESS_KEY, account.access_key_id)
    assert shapes.fits(shapes.SECRET_KEY, account.secret_access_key)


def test_tried_by_hand_it_prints_what_to_export_and_answers() -> None:
    import subprocess
    import sys

    import boto3

    argv = [sys.executable, "-m", "lattice_tui.rehearsal.aws", "--toggle", "root-key"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = dict(process.stdout.readline().strip().removeprefix("export ").split("=", 1) for _ in range(4))
            client = boto3.client(
                "sts",
                endpoint_url=said["AWS_ENDPOINT_URL"],
                region_name=said["AWS_REGION"],
                aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
            )
            assert client.get_caller_identity()["Arn"].endswith(":root")
        finally:
            process.kill()
