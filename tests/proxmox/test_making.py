"""A template is made in the stand-in's site step by step, told, and taken away again; nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from lattice_tui.errors import LatticeError
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.proxmox.making import makings, undo
from lattice_tui.providers.proxmox.making_image import cloud_image
from lattice_tui.providers.proxmox.mirrors import mirrors_of
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES

IMAGE = "noble-server-cloudimg-amd64.img"
DIGEST = "5" * 64


@pytest.fixture
async def mirror() -> AsyncIterator[str]:
    """A mirror of the image's makers: it has the list of checksums."""

    async def sums(_request: web.Request) -> web.Response:
        return web.Response(text=f"{'a' * 64} *other.img\n{DIGEST} *{IMAGE}\n")

    app = web.Application()
    app.router.add_get("/noble/SHA256SUMS", sums)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/noble"
    await runner.cleanup()


def params_for(proxmox: ProxmoxStandIn, mirror: str) -> dict[str, str]:
    proxmox.site.downloads = {f"{mirror}/{IMAGE}": 600 * 1024**2}
    values, _ = proxmox.credentials()
    return {"bootstrap": "rke2", **{f"credentials.{name}": value for name, value in values.items()}}


async def offered(proxmox: ProxmoxStandIn, mirror: str) -> Making:
    params, secrets = params_for(proxmox, mirror), proxmox.credentials()[1]
    (making,) = await makings(params, secrets, environ={"LATTICE_IMAGE_MIRROR": f"{mirror}/"})
    return making


async def made(making: Making) -> tuple[list[MakingNews], list[MadeThing]]:
    news = [one async for one in making.make()]
    return news, [one.thing for one in news if one.thing is not None]


async def noted(making: Making, things: list[MadeThing]) -> None:
    """What exists is noted as soon as it is told, whatever comes then."""
    async for news in making.make():
        things += [news.thing] if news.thing else []


async def test_offering_it_changes_nothing_and_says_every_step(proxmox: ProxmoxStandIn, mirror: str) -> None:
    making = await offered(proxmox, mirror)

    assert making.id == "template"
    assert "compares its checksum" in making.will[0]
    assert "qm template 9002" in making.will[-1]
    assert making.missing == ""
    assert not any(line.startswith(("POST", "PUT", "DELETE")) for line in proxmox.requests)


async def test_it_is_needed_where_there_is_no_template(proxmox: ProxmoxStandIn, mirror: str) -> None:
    for vmid in (9000, 9001):
        del proxmox.site.guests[vmid]

    assert (await offered(proxmox, mirror)).missing


async def test_a_template_is_made_that_machines_can_be_cloned_from(proxmox: ProxmoxStandIn, mirror: str) -> None:
    news, things = await made(await offered(proxmox, mirror))

    guest = proxmox.site.guests[9002]
    assert guest.is_template
    assert guest.config["boot"] == "order=scsi0"
    assert str(guest.config["scsi0"]).startswith("ceph-vm:base-9002-disk-0,")
    assert guest.config["agent"] == "1"
    assert not any("cloudinit" in str(value) for value in guest.config.values())
    assert [(thing.kind, thing.id) for thing in things] == [
        ("downloaded image", "local:import/lattice-noble-server-cloudimg-amd64.qcow2"),
        ("VM template", "9002"),
    ]
    assert "sourceNode pve1" in news[-1].text


async def test_what_was_made_is_taken_away_and_nothing_else(proxmox: ProxmoxStandIn, mirror: str) -> None:
    before = set(proxmox.site.guests)
    params, secrets = params_for(proxmox, mirror), proxmox.credentials()[1]
    _, things = await made(await offered(proxmox, mirror))

    for _again in range(2):
        for thing in reversed(things):
            async for _ in undo(thing, params, secrets):
                pass

    assert set(proxmox.site.guests) == before
    assert not proxmox.site.storages["local"].volumes


async def test_a_number_that_is_somebody_elses_by_now_is_left_alone(proxmox: ProxmoxStandIn, mirror: str) -> None:
    params, secrets = params_for(proxmox, mirror), proxmox.credentials()[1]
    _, things = await made(await offered(proxmox, mirror))
    proxmox.site.guests[9002].name = "the-accounts"

    with pytest.raises(LatticeError, match="nothing is removed"):
        async for _ in undo(things[1], params, secrets):
            pass

    assert 9002 in proxmox.site.guests


async def test_a_missing_privilege_is_told_before_anything_is_made(proxmox: ProxmoxStandIn, mirror: str) -> None:
    TOGGLES["no-access-network"](proxmox.site)
    making = await offered(proxmox, mirror)

    with pytest.raises(LatticeError) as told:
        await made(making)

    assert told.value.problem.code == "LT-PVE-261"
    assert "/nodes/pve1: Sys.AccessNetwork" in told.value.problem.fix
    assert not any(line.startswith("POST") for line in proxmox.requests)


async def test_a_download_that_breaks_is_told_with_proxmox_words_and_recorded(
    proxmox: ProxmoxStandIn, mirror: str
) -> None:
    making = await offered(proxmox, mirror)
    proxmox.site.downloads = {}
    things: list[MadeThing] = []

    with pytest.raises(LatticeError) as told:
        await noted(making, things)

    assert told.value.problem.code == "LT-PVE-262"
    assert "404 Not Found" in told.value.problem.detail
    assert [thing.kind for thing in things] == ["downloaded image"]


async def test_in_a_rehearsal_nobody_is_asked_for_a_checksum_and_no_mirror_is_used(
    proxmox: ProxmoxStandIn, mirror: str
) -> None:
    params = params_for(proxmox, mirror) | {"simulated": "1"}
    proxmox.site.downloads = dict(default_site().downloads)

    (making,) = await makings(params, proxmox.credentials()[1], environ={"LATTICE_IMAGE_MIRROR": "http://127.0.0.1:1"})
    await made(making)

    assert proxmox.site.guests[9002].is_template


def test_a_mirror_of_the_environment_stands_without_its_last_slash_and_an_empty_one_is_none() -> None:
    around = {"LATTICE_IMAGE_MIRROR": " https://mirror.lan/noble/ ", "LATTICE_PACKAGE_MIRROR": ""}

    assert mirrors_of(around) == ("https://mirror.lan/noble", "")
    assert cloud_image(mirrors_of(around).images).sums_url == "https://mirror.lan/noble/SHA256SUMS"
    assert cloud_image(mirrors_of({}).images).url.startswith("https://cloud-images.ubuntu.com/")


async def test_without_a_checksum_nothing_is_fetched(proxmox: ProxmoxStandIn, mirror: str) -> None:
    making = await offered(proxmox, f"{mirror}/elsewhere")

    with pytest.raises(LatticeError) as told:
        await made(making)

    assert told.value.problem.code == "LT-PVE-264"
    assert not any(line.startswith("POST") for line in proxmox.requests)


async def test_a_site_without_a_storage_to_import_from_is_told_which_box_to_tick(
    proxmox: ProxmoxStandIn, mirror: str
) -> None:
    local = proxmox.site.storages["local"]
    local.content = tuple(one for one in local.content if one != "import")

    with pytest.raises(LatticeError) as told:
        await offered(proxmox, mirror)

    assert told.value.problem.code == "LT-PVE-260"


async def test_tasks_that_take_their_time_are_waited_for(proxmox: ProxmoxStandIn, mirror: str) -> None:
    proxmox.site.task_s = 0.3

    await made(await offered(proxmox, mirror))

    assert proxmox.site.guests[9002].is_template
    assert not any(task.is_running for task in proxmox.site.tasks.values())


async def test_no_secret_is_in_what_is_told(proxmox: ProxmoxStandIn, mirror: str) -> None:
    making = await offered(proxmox, mirror)
    news, things = await made(making)

    secret = proxmox.credentials()[1]["secret"].reveal()
    assert secret not in repr((making, news, things))
    assert secret not in repr([replace(one) for one in things])
