"""An image that the person named."""

from __future__ import annotations

import pytest

from lattice_tui.rehearsal.aws.account import Image
from schemas.checks import CheckResult
from tests.aws.looking import look
from tests.aws.stand_in import SimulatedAws

OWN_IMAGE = "ami-00000000000000aaa"


@pytest.fixture
def image(simulated_aws: SimulatedAws) -> Image:
    image = Image(OWN_IMAGE, "our-kube-v1.35.5-1", "210987654321", "2026-01-01T00:00:00.000Z", root_gib=20)
    simulated_aws.account.images.append(image)
    return image


async def named(aws: SimulatedAws, **more: str) -> CheckResult:
    return (await look(aws, ami_id=OWN_IMAGE, **more))["aws-image"]


async def test_it_is_ok_when_it_is_there_and_carries_the_version(simulated_aws: SimulatedAws, image: Image) -> None:
    result = await named(simulated_aws)

    assert (result.status, image.name in result.summary) == ("ok", True)


async def test_in_another_region_it_is_not_there(simulated_aws: SimulatedAws, image: Image) -> None:
    image.regions = frozenset({"us-east-1"})

    result = await named(simulated_aws)

    assert (result.status, result.code) == ("fail", "LT-AWS-160")


async def test_one_that_is_being_made_is_not_available(simulated_aws: SimulatedAws, image: Image) -> None:
    image.state = "pending"

    assert (await named(simulated_aws)).summary == f"The image {OWN_IMAGE} is pending, not available"


async def test_for_another_processor_it_does_not_start(simulated_aws: SimulatedAws, image: Image) -> None:
    image.architecture = "arm64"

    assert (await named(simulated_aws)).code == "LT-AWS-161"


async def test_larger_than_the_disk_it_does_not_start(simulated_aws: SimulatedAws, image: Image) -> None:
    image.root_gib = 100

    result = await named(simulated_aws)

    assert (result.code, result.field) == ("LT-AWS-162", "spec.provider.config.aws.cpRootVolumeSizeGb")


async def test_another_version_in_its_name_is_a_warning(simulated_aws: SimulatedAws, image: Image) -> None:
    image.name = "our-kube-v1.34.1-1"

    result = await named(simulated_aws)

    assert (result.status, result.code) == ("warn", "LT-AWS-163")


async def test_a_plain_system_with_kubeadm_fails_and_with_rke2_is_ok(simulated_aws: SimulatedAws, image: Image) -> None:
    image.name = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261101"

    kubeadm = await named(simulated_aws)
    rke2 = await named(simulated_aws, bootstrap="rke2")

    assert (kubeadm.status, kubeadm.code) == ("fail", "LT-AWS-164")
    assert rke2.status == "ok"
