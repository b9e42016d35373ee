"""AWS's block of cluster.yaml: what is read, what is refused, and with which words."""

from __future__ import annotations

import pytest

from lattice_tui.document.reader import read_bytes
from lattice_tui.document.report import Report
from lattice_tui.document.shape import Shape
from lattice_tui.document.tree import find
from lattice_tui.providers.aws import PROVIDER
from lattice_tui.providers.aws.config import AwsConfig
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.providers.half_filled import params_of
from lattice_tui.providers.reading import read_cluster_bytes
from schemas.problem import Problem
from tests.aws.looking import EXAMPLE, RKE2_EXAMPLE, example_params

BLOCK = "spec.provider.config.aws"
VPC, SUBNET = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC9AO6d3MZFXIvS4AByIrltHcuHlq9s0a17HWhrM12MJ person@laptop"


def read(more: str = "", *, region: str = "eu-central-1", spec: str = "") -> tuple[AwsConfig | None, list[Problem]]:
    """(block, problems) of a small file with `more` keys in AWS's block and `spec` below spec."""
    text = f"""
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata: {{name: prod}}
spec:
  provider:
    kubernetes: {{version: "1.35.5"}}
    config:
      aws:
        region: {region}
        cpInstanceType: m5.xlarge
        workerInstanceType: m5.large
        sshKeyName: lattice
        {more}
  {spec or "nodes: {controlPlane: 3}"}
"""
    root = read_bytes(text.encode(), "cluster.yaml").root
    assert root is not None
    report = Report("cluster.yaml")
    PROVIDER.check(root, report)
    block = find(root, "spec", "provider", "config", "aws")
    config = Shape(report, PROVIDER.rules).read(PROVIDER.config_model, block, BLOCK)
    return config, list(report.problems())


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in problems]


def test_both_examples_are_read_without_a_word() -> None:
    assert example_params(EXAMPLE)["cp_instance_type"] == "m5.xlarge"
    assert example_params(RKE2_EXAMPLE)["bootstrap"] == "rke2"


def test_what_is_left_out_is_the_default() -> None:
    config, problems = read()

    assert problems == []
    assert config is not None
    assert (config.cp_root_volume_size_gb, config.worker_root_volume_type) == (80, "gp3")
    assert (config.availability_zone_count, config.internal_load_balancer) == (3, False)


def test_every_key_of_the_block_has_a_question() -> None:
    keys = {f"{BLOCK}.{field.alias or name}" for name, field in AwsConfig.model_fields.items()}

    assert {field.path for field in PROVIDER.fields} == keys


@pytest.mark.parametrize(
    ("more", "code", "key"),
    [
        ("cpIamInstanceProfile: arn:aws:iam::1:instance-profile/mine", "LT-AWS-004", "cpIamInstanceProfile"),
        ("workerIamInstanceProfile: a b", "LT-AWS-004", "workerIamInstanceProfile"),
        (f"vpcId: vpc-12345\n        cpSubnetIds: [{SUBNET}]", "LT-AWS-005", "vpcId"),
        (f"vpcId: {VPC}\n        cpSubnetIds: [{SUBNET}, subnet-12345]", "LT-AWS-006", "cpSubnetIds[1]"),
        ("amiId: ami-12345", "LT-AWS-007", "amiId"),
        ('sshAuthorizedKeys: ["not a key"]', "LT-AWS-008", "sshAuthorizedKeys[0]"),
        (f"workerSubnetIds: [{SUBNET}]", "LT-AWS-009", "workerSubnetIds"),
        (f"vpcId: {VPC}", "LT-AWS-010", "cpSubnetIds"),
    ],
)
def test_an_id_of_another_form_is_refused_at_its_key(more: str, code: str, key: str) -> None:
    config, problems = read(more)

    assert config is None
    assert codes(problems) == [(code, f"{BLOCK}.{key}")]
    assert all(problem.fix for problem in problems)


def test_ids_of_both_lengths_and_whole_keys_are_taken() -> None:
    config, problems = read(
        f"vpcId: vpc-0123abcd\n        cpSubnetIds: [{SUBNET}, subnet-0123abcd]\n        amiId: ami-0123abcd\n"
        f'        sshAuthorizedKeys: ["{KEY}"]'
    )

    assert problems == []
    assert config is not None
    assert config.ssh_authorized_keys == [KEY]


@pytest.mark.parametrize(
    ("region", "fix"),
    [
        ("eu-central-1a", "is one of its zones. Write the region: region: eu-central-1"),
        ("EU-Central-1", "region: eu-central-1"),
        ("Frankfurt", "region: eu-central-1"),
    ],
)
def test_a_region_written_otherwise_is_answered_with_its_code(region: str, fix: str) -> None:
    config, problems = read(region=region)

    assert config is None
    assert codes(problems) == [("LT-AWS-001", f"{BLOCK}.region")]
    assert fix in problems[0].fix


@pytest.mark.parametrize("value", ["", "null", "~"])
def test_no_value_for_the_key_pair_is_not_none(value: str) -> None:
    root = EXAMPLE.read_text("utf-8").replace("sshKeyName: lattice", f"sshKeyName: {value}")
    problems = read_cluster_bytes(root.encode()).problems

    assert codes(list(problems)) == [("LT-AWS-003", f"{BLOCK}.sshKeyName")]
    assert 'or "" for none' in problems[0].fix


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "ap-southeast-7", "us-iso-east-1", "mx-central-1"])
def test_every_part_of_aws_has_regions(region: str) -> None:
    assert read(region=region)[1] == []


def test_an_address_of_the_api_is_refused_and_certsans_named() -> None:
    _, problems = read(spec="nodes: {controlPlane: 3}\n  endpoints: {host: api.example.com}")

    assert codes(problems) == [("LT-AWS-011", "spec.endpoints.host")]
    assert "certSANs: [api.example.com]" in problems[0].fix


@pytest.mark.parametrize("host", ['"..."', "null", "~"])
def test_an_address_that_is_left_open_is_taken(host: str) -> None:
    assert read(spec=f"nodes: {{controlPlane: 3}}\n  endpoints: {{host: {host}}}")[1] == []


def test_a_pools_size_is_in_words_of_aws() -> None:
    pool = "nodes: {controlPlane: 1, workerPools: {gpu: {replicas: 1, size: {%s}}}}"

    foreign = read(spec=pool % "cores: 4")[1]
    wrong_type = read(spec=pool % "instanceType: large")[1]
    wrong_disk = read(spec=pool % "rootVolumeType: io2")[1]

    path = "spec.nodes.workerPools.gpu.size"
    assert codes(foreign) == [("LT-AWS-013", f"{path}.cores")]
    assert foreign[0].severity == "warning"
    assert codes(wrong_type) == [("LT-AWS-002", f"{path}.instanceType")]
    assert codes(wrong_disk) == [("LT-AWS-012", f"{path}.rootVolumeType")]


def test_a_pool_of_load_balancer_addresses_has_no_effect() -> None:
    _, problems = read(spec="nodes: {controlPlane: 3}\n  networking: {lbPool: {start: 10.0.0.1, end: 10.0.0.9}}")

    assert [(problem.code, problem.severity) for problem in problems] == [("LT-AWS-013", "warning")]


def test_every_problem_is_told_in_one_pass() -> None:
    _, problems = read("amiId: ami-1\n        vpcId: vpc-1", region="Frankfurt")

    assert {problem.code for problem in problems} == {"LT-AWS-001", "LT-AWS-005", "LT-AWS-007", "LT-AWS-010"}


def test_parameters_of_checks_are_read_back_as_they_were_written() -> None:
    params = example_params()

    assert AwsWish.from_params(params).to_params() == params


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"pools": "{"},
        {"pools": '[{"replicas": "many"}, 3]'},
        {"control_planes": "9" * 5000, "zone_count": "-1", "cp_volume_gib": "٣"},
    ],
)
def test_parameters_that_make_no_sense_are_defaults_and_never_refused(params: dict[str, str]) -> None:
    wish = AwsWish.from_params(params)

    assert (wish.control_planes, wish.zone_count, wish.cp_volume_gib) == (1, 3, 80)
    assert PROVIDER.checks(params, {})


def test_an_autoscaled_pool_is_counted_at_its_upper_limit_with_one_more() -> None:
    params = example_params() | {"pools": '[{"name": "a", "replicas": 5, "instance_type": "m5.large"}]'}
    wish = AwsWish.from_params(params)

    assert [group.with_surge for group in wish.groups] == [4, 6]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, {}),
        ({"spec": {"provider": {"config": {"aws": {"region": "eu-west-1"}}}}}, {"region": "eu-west-1"}),
        ({"spec": {"provider": {"config": {"aws": {"sshKeyName": ""}}}}}, {"no_ssh_key": "1"}),
        ({"metadata": {"name": "x"}, "spec": {"nodes": {"workerPools": {"a": {}}}}}, {"name": "x"}),
    ],
)
def test_a_document_that_is_still_being_filled_in_has_parameters(
    document: dict[str, object], expected: dict[str, str]
) -> None:
    params = params_of(document, "aws")

    assert params == {**params_of({}, "aws"), "pools": params["pools"], **expected}
    assert "None" not in "".join(params.values())
    assert AwsWish.from_params(params).ssh_key_name == ("" if "no_ssh_key" in expected else None)
