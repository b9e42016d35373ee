"""AWS's pick-lists of what machines are: instance types, Kubernetes versions, images."""

from __future__ import annotations

from lattice_tui.providers.aws import PROVIDER
from lattice_tui.rehearsal.aws.account import CAPA_OWNER, Image
from lattice_tui.rehearsal.aws.toggles import TOGGLES
from tests.aws.lists import AWS, VERSION, choice_of, fetched, values_of
from tests.aws.moto_server import Moto
from tests.aws.moto_toggles import TOGGLES as MOTO_TOGGLES
from tests.aws.planted_images import NEWEST, OLDER_1_35_5, STRANGERS_1_35_5, UBUNTU
from tests.aws.stand_in import SimulatedAws


async def test_the_usual_types_stand_first_and_one_is_proposed(moto: Moto) -> None:
    control_plane = await fetched(moto, f"{AWS}.cpInstanceType")
    worker = await fetched(moto, f"{AWS}.workerInstanceType")

    assert (control_plane.proposed, worker.proposed) == ("m7i.xlarge", "m7i.large")
    assert values_of(control_plane)[:3] == ["m7i.xlarge", "m6i.xlarge", "m5.xlarge"]
    assert control_plane.total > 300
    assert choice_of(control_plane, "m7i.xlarge").facts == ("4 vCPU", "16 GiB", "x86_64", "3 zones")
    assert "older generation" in choice_of(control_plane, "m5.xlarge").facts


async def test_a_type_under_the_floor_says_what_is_needed(simulated_aws: SimulatedAws) -> None:
    listed = await fetched(simulated_aws, f"{AWS}.cpInstanceType")

    assert "t3.small" in values_of(listed, usable=False)
    assert choice_of(listed, "t3.small").why == "a control plane needs 2 vCPU and 4 GiB"
    are_usable = [choice.usable for choice in listed.choices]
    assert are_usable == sorted(are_usable, reverse=True)
    assert "t3.small" in values_of(await fetched(simulated_aws, f"{AWS}.workerInstanceType"))


async def test_a_type_that_is_not_offered_is_not_listed_and_the_next_one_is_proposed(
    simulated_aws: SimulatedAws,
) -> None:
    simulated_aws.account.not_offered.add(("m7i.xlarge", "*"))
    listed = await fetched(simulated_aws, f"{AWS}.cpInstanceType")

    assert "m7i.xlarge" not in [choice.value for choice in listed.choices]
    assert listed.proposed == "m6i.xlarge"


async def test_a_type_that_one_zone_offers_is_not_proposed_and_names_the_zone(simulated_aws: SimulatedAws) -> None:
    zones = simulated_aws.account.zones["eu-central-1"]
    simulated_aws.account.not_offered |= {("m7i.large", zone) for zone in zones[1:]}
    listed = await fetched(simulated_aws, f"{AWS}.workerInstanceType")

    assert choice_of(listed, "m7i.large").why == "in eu-central-1a alone"
    assert listed.proposed == "m6i.large"


async def test_a_local_zone_is_not_counted(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.zones["eu-central-1"] += ("eu-central-1-ham-1a",)
    simulated_aws.account.not_offered |= {("m7i.large", "eu-central-1-ham-1a")}
    listed = await fetched(simulated_aws, f"{AWS}.workerInstanceType")

    assert (listed.proposed, choice_of(listed, "m7i.large").facts[-1]) == ("m7i.large", "3 zones")


async def test_a_processor_that_no_image_is_for_cannot_be_taken(simulated_aws: SimulatedAws) -> None:
    kubeadm = await fetched(simulated_aws, f"{AWS}.workerInstanceType", version="1.35.5")
    rke2 = await fetched(simulated_aws, f"{AWS}.workerInstanceType", version="1.35.5", bootstrap="rke2")

    assert choice_of(kubeadm, "m7g.large").why == "there is no image for arm64"
    assert choice_of(rke2, "m7g.large").usable


async def test_a_strangers_image_makes_no_processor_usable(simulated_aws: SimulatedAws) -> None:
    name = "capa-ami-ubuntu-24.04-v1.35.5-1795000000"
    strangers = Image("ami-0000000000000000d", name, "999999999999", "2026-11-18T00:00:00.000Z", "arm64")
    simulated_aws.account.images.append(strangers)
    listed = await fetched(simulated_aws, f"{AWS}.workerInstanceType", version="1.35.5")

    assert choice_of(listed, "m7g.large").why == "there is no image for arm64"


async def test_both_lists_of_types_ask_once(simulated_aws: SimulatedAws) -> None:
    lists = PROVIDER.choices(simulated_aws.params(), simulated_aws.secrets)
    for name in ("cpInstanceType", "workerInstanceType"):
        assert (await lists[f"{AWS}.{name}"]()).status == "ok"

    assert simulated_aws.server.calls.count("ec2:DescribeInstanceTypeOfferings") == 1


# Versions and images


async def test_versions_are_those_with_an_image_and_the_newest_tested_one_is_proposed(moto: Moto) -> None:
    listed = await fetched(moto, VERSION)

    assert values_of(listed) == ["1.36.1", "1.35.5", "1.35.0", "1.34.8"]
    assert listed.proposed == "1.35.5"
    assert "image of 2026-10-26" in choice_of(listed, "1.35.5").facts


async def test_where_the_usual_version_has_no_image_the_next_tested_one_is_proposed(
    simulated_aws: SimulatedAws,
) -> None:
    TOGGLES["images-older"](simulated_aws.account)

    assert (await fetched(simulated_aws, VERSION)).proposed == "1.34.8"


async def test_a_version_that_is_not_installed_here_cannot_be_taken(simulated_aws: SimulatedAws) -> None:
    name = "capa-ami-ubuntu-24.04-v1.29.1-1700000000"
    simulated_aws.account.images.append(Image("ami-0000000000000000f", name, CAPA_OWNER, "2024-01-01T00:00:00.000Z"))
    listed = await fetched(simulated_aws, VERSION)

    assert values_of(listed, usable=False) == ["1.29.1"]
    assert "1.32 to 1.36" in choice_of(listed, "1.29.1").why


async def test_a_region_without_images_says_so(moto: Moto) -> None:
    MOTO_TOGGLES["images-missing-in-govcloud"](moto)
    listed = await fetched(moto, VERSION)

    assert (listed.status, listed.choices) == ("ok", ())
    assert listed.reason.startswith("Cluster API publishes no images in us-gov-west-1")


async def test_images_of_a_version_are_listed_newest_first_and_never_a_strangers(moto: Moto) -> None:
    listed = await fetched(moto, f"{AWS}.amiId", version="1.35.5")

    assert values_of(listed) == ["", NEWEST["1.35.5"], OLDER_1_35_5]
    assert STRANGERS_1_35_5 not in values_of(listed)
    assert listed.proposed == ""
    assert listed.reason == f"left out, the newest one is taken: {NEWEST['1.35.5']} of 2026-10-26"
    assert "no security fixes" in listed.choices[1].why


async def test_an_image_of_ones_own_is_listed_after_the_published_ones(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    machine = ec2.run_instances(ImageId=UBUNTU["x86_64"], MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    own = ec2.create_image(InstanceId=machine, Name="mine")["ImageId"]
    listed = await fetched(moto, f"{AWS}.amiId", version="1.35.5")

    assert listed.choices[-1].value == own
    assert listed.choices[-1].why == "your own"


async def test_a_version_without_an_image_names_those_that_have_one(moto: Moto) -> None:
    listed = await fetched(moto, f"{AWS}.amiId", version="1.33.4")

    assert values_of(listed) == []
    assert listed.reason.endswith("there are images for 1.36.1, 1.35.5, 1.35.0")


async def test_rke2_is_built_on_ubuntus_own_image_for_the_processor(moto: Moto) -> None:
    intel = await fetched(moto, f"{AWS}.amiId", version="1.35.5+rke2r1", bootstrap="rke2")
    arm = await fetched(moto, f"{AWS}.amiId", bootstrap="rke2", cp_instance_type="m7g.large")

    assert (intel.proposed, arm.proposed) == (UBUNTU["x86_64"], UBUNTU["arm64"])


async def test_the_image_waits_for_the_version_unless_rke2_installs_it(moto: Moto) -> None:
    assert (await fetched(moto, f"{AWS}.amiId")).reason == "choose Kubernetes version first"
