"""OpenStack's pick-lists, as openstacksdk brings them from the stand-in cloud."""

from __future__ import annotations

from lattice_tui.providers.openstack import PROVIDER
from lattice_tui.providers.openstack.choices import LISTS, choices
from lattice_tui.providers.openstack.listing import ROOT
from lattice_tui.rehearsal.openstack.cloud import Flavor, Image
from lattice_tui.rehearsal.openstack.default_cloud import EXTERNAL_NETWORK, KUBERNETES_IMAGE, PLAIN_IMAGE
from schemas.choices import LiveChoice, LiveChoices
from tests.openstack.counterpart import Counterpart

FLAVOR, IMAGE, NETWORK = f"{ROOT}.cpFlavor", f"{ROOT}.imageName", f"{ROOT}.externalNetworkId"


async def _list(lite: Counterpart, path: str, *toggles: str, **wish: str) -> LiveChoices:
    params, secrets = lite.params(*toggles)
    return await choices({**params, **wish}, secrets)[path]()


async def _again(lite: Counterpart, path: str, **wish: str) -> LiveChoices:
    """Of the cloud as it is, which the test has changed by hand."""
    values, secrets = lite.credentials()
    return await choices({**{f"credentials.{name}": value for name, value in values.items()}, **wish}, secrets)[path]()


def _named(found: LiveChoices, value: str) -> LiveChoice:
    return next(choice for choice in found.choices if choice.value == value)


def test_every_field_with_a_live_list_has_one() -> None:
    live = {field.path for field in (*PROVIDER.fields, *PROVIDER.credentials.fields) if field.live}

    assert live <= set(LISTS)


async def test_every_list_comes_with_the_real_sign_in(counterpart: Counterpart) -> None:
    params, secrets = counterpart.params()
    found = {path: await fetch() for path, fetch in choices(params, secrets).items()}

    assert {path: one.status for path, one in found.items()} == dict.fromkeys(LISTS, "ok")
    assert all(one.choices for one in found.values())


async def test_the_smallest_flavor_with_room_is_proposed_and_those_too_small_stand_last_with_the_reason(
    lite: Counterpart,
) -> None:
    found = await _list(lite, FLAVOR)
    workers = await _list(lite, f"{ROOT}.workerFlavor")

    assert (found.proposed, workers.proposed) == ("m1.large", "m1.medium")
    assert _named(found, "m1.large").facts == ("4 vCPU", "8 GiB", "80 GB")
    assert [choice.value for choice in found.choices if not choice.usable] == ["m1.tiny", "m1.small"]
    assert found.choices[-1].why == "the control plane needs 2 vCPU and 4 GiB"
    assert _named(found, "v1.large").why == "has no disk: set a root volume as well"
    assert "GPU" in _named(found, "g1.large").facts
    assert "bare metal" in _named(found, "bm.small").facts


async def test_a_flavor_too_small_for_the_chosen_image_cannot_be_taken(lite: Counterpart) -> None:
    found = await _list(lite, FLAVOR, "image-needs-memory", image_name=KUBERNETES_IMAGE)

    assert _named(found, "m1.large").why == "the image needs 16384 MiB of memory"
    assert found.proposed == "m1.xlarge"


async def test_flavors_without_disks_are_proposed_only_with_a_root_volume(lite: Counterpart) -> None:
    without = await _list(lite, FLAVOR, "flavor-without-disk")
    with_volume = await _list(lite, FLAVOR, "flavor-without-disk", cp_volume_gib="50")

    assert without.proposed == ""
    assert "root volume" in without.reason
    assert with_volume.proposed in ("m1.large", "v1.large")


async def test_the_image_of_the_wanted_version_is_proposed(lite: Counterpart) -> None:
    found = await _list(lite, IMAGE, version="1.35.5", bootstrap="kubeadm")

    assert found.proposed == KUBERNETES_IMAGE
    assert found.choices[0].value == KUBERNETES_IMAGE
    assert "Kubernetes 1.35.5" in found.choices[0].facts
    assert _named(found, "ubuntu-2404-kube-v1.34.8").why == "carries Kubernetes 1.34.8, not 1.35.5"
    assert _named(found, PLAIN_IMAGE).why.startswith("a plain image")
    assert _named(found, "half-done").why == "is queued, not active"
    assert _named(found, "install-cd").why == "is no disk, but iso"


async def test_rke2_takes_the_plain_image(lite: Counterpart) -> None:
    assert (await _list(lite, IMAGE, version="1.35.5", bootstrap="rke2")).proposed == PLAIN_IMAGE


async def test_a_name_that_two_images_have_cannot_be_taken(lite: Counterpart) -> None:
    found = await _list(lite, IMAGE, "image-twice", version="1.35.5")

    assert _named(found, KUBERNETES_IMAGE).why == "2 images have this name"
    assert found.proposed == ""
    assert "upload" in found.reason


async def test_the_only_external_network_is_proposed_and_of_two_none(lite: Counterpart) -> None:
    one = await _list(lite, NETWORK)
    two = await _list(lite, NETWORK, "two-external-networks")
    none = await _list(lite, NETWORK, "no-external-network")

    assert (one.proposed, one.choices[0].label) == (EXTERNAL_NETWORK, "public")
    assert (two.proposed, two.total) == ("", 2)
    assert (none.choices, none.reason) == (
        (),
        "The project sees no network that leads out: ask whoever runs the cloud.",
    )


async def test_zones_volume_types_and_balancer_flavors_are_listed_and_none_is_proposed(lite: Counterpart) -> None:
    zones = await _list(lite, f"{ROOT}.cpAvailabilityZone", "zone-down", "admin")
    types = await _list(lite, f"{ROOT}.cpRootVolumeType")
    balancers = await _list(lite, f"{ROOT}.apiServerLoadBalancerFlavor")

    assert [(choice.value, choice.usable) for choice in zones.choices] == [("az2", True), ("az1", False)]
    assert [choice.value for choice in types.choices] == ["ssd", "hdd"]
    assert [choice.value for choice in balancers.choices] == ["ha"]
    assert not any((zones.proposed, types.proposed, balancers.proposed))


async def test_regions_come_from_the_catalog_even_when_the_chosen_one_is_wrong(lite: Counterpart) -> None:
    found = await _list(lite, "credentials.openstack.region_name", "wrong-region")

    assert found.proposed == "RegionOne"


async def test_only_a_free_floating_ip_can_be_the_endpoint(lite: Counterpart) -> None:
    lite.fresh()
    free = await _again(lite, "spec.endpoints.host")
    lite.cloud.floating_ips[0].port_id = "0c0c0c0c-0001-4000-8000-000000000019"
    taken = await _again(lite, "spec.endpoints.host")

    assert [choice.usable for choice in (*free.choices, *taken.choices)] == [True, False]


async def test_a_service_that_is_not_there_or_refuses_is_unknown_with_the_reason(lite: Counterpart) -> None:
    absent = await _list(lite, f"{ROOT}.apiServerLoadBalancerFlavor", "no-load-balancer-service")
    refused = await _list(lite, f"{ROOT}.apiServerLoadBalancerFlavor", "load-balancer-role-missing")
    down = await _list(lite, FLAVOR, "compute-down")
    nobody = await _list(lite, FLAVOR, "wrong-password")
    nowhere = await choices({}, {})[FLAVOR]()

    assert [one.status for one in (absent, refused, down, nobody, nowhere)] == ["unknown"] * 5
    assert "does not name this service" in absent.reason
    assert "may not list" in refused.reason
    assert "refused the sign-in" in nobody.reason
    assert nowhere.reason == "sign in to OpenStack first"


async def test_hostile_names_are_shown_clean_and_written_as_they_are(lite: Counterpart) -> None:
    lite.fresh()
    hostile = "m1\x1b[31m[@click=app.bell]\u202e"
    lite.cloud.flavors.append(Flavor("66", hostile, 4, 8192, 80))
    lite.cloud.images.append(Image("0a0a0a0a-0008-4000-8000-000000000020", hostile))
    for path in (FLAVOR, IMAGE):
        choice = _named(await _again(lite, path), hostile)

        assert choice.label.isprintable()
        assert "\x1b" not in "".join((choice.label, choice.why, *choice.facts))


async def test_asking_for_lists_changes_nothing_there(lite: Counterpart) -> None:
    params, secrets = lite.params()
    for fetch in choices(params, secrets).values():
        await fetch()

    assert {line.split()[0] for line in lite.asked if not line.endswith("/auth/tokens")} == {"GET"}
    assert "pass-of-sam" not in repr(choices(params, secrets))
