"""The stand-in's services as openstacksdk reads them: lists in pages, refusals by role, faults."""

from __future__ import annotations

from typing import Any

import pytest

from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.rehearsal.openstack.default_cloud import EXTERNAL_NETWORK
from tests.openstack.counterpart import Counterpart


def _names(conn: Any) -> dict[str, list[str]]:
    return {
        "flavors": [one.name for one in conn.compute.flavors()],
        "key pairs": [one.name for one in conn.compute.keypairs()],
        "images": [one.name for one in conn.image.images()],
        "external": [one.id for one in conn.network.networks(is_router_external=True)],
        "subnets": [one.cidr for one in conn.network.subnets()],
        "types": [one.name for one in conn.block_storage.types()],
        "balancer providers": [one.name for one in conn.load_balancer.providers()],
    }


async def test_every_list_is_read_by_the_sdk_and_whole_when_it_comes_in_small_pages(either: Counterpart) -> None:
    at_once = await Cloud(*either.fresh()).ask(_names)
    in_pages = await Cloud(*either.fresh("small-pages")).ask(_names)

    assert at_once == in_pages
    assert len(at_once["flavors"]) == 8
    assert at_once["external"] == [EXTERNAL_NETWORK]
    assert sum("flavors/detail" in line for line in either.asked) > 3


async def test_quotas_and_limits_tell_how_much_is_left(either: Counterpart) -> None:
    cloud = Cloud(*either.fresh("cores-quota", "network-quota"))
    project = (await cloud.access()).project_id
    limits = await cloud.ask(lambda conn: conn.compute.get_limits().absolute)
    quota = await cloud.ask(lambda conn: conn.network.get_quota(project, details=True))

    assert limits.total_cores - limits.total_cores_used == 6
    assert quota.networks["limit"] == quota.networks["used"]


async def test_a_reader_looks_and_changes_nothing(either: Counterpart) -> None:
    cloud = Cloud(*either.fresh("reader-only"))
    assert await cloud.ask(lambda conn: len(list(conn.compute.flavors()))) == 8
    with pytest.raises(CloudError) as refused:
        await cloud.ask(lambda conn: conn.compute.create_keypair(name="mine", public_key="ssh-ed25519 AAAA me"))

    assert refused.value.kind == "forbidden"


@pytest.mark.parametrize(
    ("toggle", "kind"), [("load-balancer-role-missing", "forbidden"), ("load-balancer-down", "other")]
)
async def test_octavia_refuses_by_its_own_role_and_can_be_down(either: Counterpart, toggle: str, kind: str) -> None:
    cloud = Cloud(*either.fresh(toggle))
    with pytest.raises(CloudError) as refused:
        await cloud.ask(lambda conn: list(conn.load_balancer.providers()))

    assert refused.value.kind == kind


async def test_another_projects_quota_is_not_shown(either: Counterpart) -> None:
    cloud = Cloud(*either.fresh())
    with pytest.raises(CloudError) as refused:
        await cloud.ask(lambda conn: conn.network.get_quota("f" * 32, details=True))

    assert refused.value.kind == "forbidden"


async def test_a_token_that_keystone_does_not_know_opens_nothing(either: Counterpart) -> None:
    cloud = Cloud(*either.fresh("token-expired"))
    with pytest.raises(CloudError) as refused:
        await cloud.ask(lambda conn: list(conn.compute.flavors()))

    assert refused.value.kind in ("refused", "not-found")
