"""A template with Kubernetes: one boot of a machine that installs it, in every way that this can end."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from lattice_tui.errors import LatticeError
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.providers.proxmox.making import SEED_KIND, TEMPLATE_KIND, makings, undo
from lattice_tui.providers.proxmox.making_boot import Pace
from lattice_tui.providers.proxmox.making_seed import Static, kubernetes_of, script_of, seed_of
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES

IMAGE = "noble-server-cloudimg-amd64.img"
QUICK = Pace(look_s=0.02, heard_s=0.4, limit_s=0.8)
VERSION = "1.34.3"


@pytest.fixture
async def mirror() -> AsyncIterator[str]:
    """A mirror of the image's makers: it has the list of checksums."""

    async def sums(_request: web.Request) -> web.Response:
        return web.Response(text=f"{'5' * 64} *{IMAGE}\n")

    app = web.Application()
    app.router.add_get("/noble/SHA256SUMS", sums)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/noble"
    await runner.cleanup()


def params_for(proxmox: ProxmoxStandIn, **wish: str) -> dict[str, str]:
    values, _ = proxmox.credentials()
    wanted = {"bootstrap": "kubeadm", "version": VERSION, "bridge": "vmbr0", **wish}
    return wanted | {f"credentials.{name}": value for name, value in values.items()}


async def offered(proxmox: ProxmoxStandIn, mirror: str, **wish: str) -> Making:
    proxmox.site.downloads = {f"{mirror}/{IMAGE}": 600 * 1024**2}
    proxmox.site.boot_s = 0.3
    params, secrets = params_for(proxmox, **wish), proxmox.credentials()[1]
    (making,) = await makings(params, secrets, pace=QUICK, environ={"LATTICE_IMAGE_MIRROR": mirror})
    return making


async def noted(making: Making, news: list[MakingNews]) -> None:
    """What is told is noted as it comes, whatever comes then."""
    async for one in making.make():
        news += [one]


def standing(news: list[MakingNews]) -> list[MadeThing]:
    """What an inventory would hold."""
    found: list[MadeThing] = []
    for one in news:
        if one.thing is not None:
            found = [thing for thing in found if thing != one.thing] + ([] if one.is_gone else [one.thing])
    return found


async def taken_away(proxmox: ProxmoxStandIn, news: list[MakingNews]) -> None:
    for thing in reversed(standing(news)):
        async for _ in undo(thing, params_for(proxmox), proxmox.credentials()[1]):
            pass


async def test_offering_it_changes_nothing_and_says_every_step(proxmox: ProxmoxStandIn, mirror: str) -> None:
    making = await offered(proxmox, mirror)

    assert making.id == "template"
    assert VERSION in making.title
    assert "boots once" in making.will[3]
    assert f"no template with Kubernetes {VERSION}" in making.missing
    assert not any(line.startswith(("POST", "PUT", "DELETE")) for line in proxmox.requests)


@pytest.mark.parametrize(
    ("wish", "is_missing"),
    [({"version": "1.35.5"}, False), ({"version": "1.35.4"}, True), ({"bootstrap": "rke2"}, False)],
)
async def test_it_is_needed_where_no_template_has_that_version(
    proxmox: ProxmoxStandIn, mirror: str, wish: dict[str, str], is_missing: bool
) -> None:
    assert bool((await offered(proxmox, mirror, **wish)).missing) is is_missing


async def test_a_chosen_template_that_does_not_say_what_is_in_it_may_fit(proxmox: ProxmoxStandIn, mirror: str) -> None:
    TOGGLES["template-unnamed"](proxmox.site)

    assert (await offered(proxmox, mirror, template_id="9000")).missing == ""
    assert (await offered(proxmox, mirror, template_id="9001")).missing


async def test_it_boots_once_installs_kubernetes_and_is_converted(proxmox: ProxmoxStandIn, mirror: str) -> None:
    news: list[MakingNews] = []
    await noted(await offered(proxmox, mirror), news)

    guest = proxmox.site.guests[9002]
    assert guest.is_template
    assert not guest.is_running
    assert guest.name == f"ubuntu-2404-kube-v{VERSION}"
    assert guest.config["boot"] == "order=scsi0"
    assert "size=10G" in str(guest.config["scsi0"])
    assert "ide2" not in guest.config
    assert not any(":iso/" in volid for _, volid in proxmox.site.storages["local"].volumes)
    assert [thing.kind for thing in standing(news)] == ["downloaded image", TEMPLATE_KIND]
    assert [one.text for one in news if one.text.startswith("it says: ")][-1] == "it says: finished"
    assert "bootstrap kubeadm" in news[-1].text


async def test_it_gets_the_number_that_the_document_asks_for_where_it_is_free(
    proxmox: ProxmoxStandIn, mirror: str
) -> None:
    assert "VM 9500 " in (await offered(proxmox, mirror, template_id="9500")).will[1]
    assert "VM 9002 " in (await offered(proxmox, mirror, template_id="9001")).will[1]


async def test_the_machine_has_an_address_of_the_pool_that_nobody_has(proxmox: ProxmoxStandIn, mirror: str) -> None:
    pool = {
        "pool_start": "192.168.1.16",
        "pool_end": "192.168.1.21",
        "pool_gateway": "192.168.1.1",
        "pool_prefix": "24",
    }

    making = await offered(proxmox, mirror, **pool, host="192.168.1.20")

    # 21 is a machine's, 20 is to be the API's.
    assert "with the address 192.168.1.19" in making.will[3]


async def test_a_missing_privilege_is_told_before_anything_is_made(proxmox: ProxmoxStandIn, mirror: str) -> None:
    lost = {"VM.PowerMgmt", "VM.Config.CDROM", "Datastore.Allocate", "SDN.Use"}
    proxmox.site.roles = {name: held - lost for name, held in proxmox.site.roles.items()}
    making = await offered(proxmox, mirror)

    with pytest.raises(LatticeError) as told:
        await noted(making, [])

    assert told.value.problem.code == "LT-PVE-261"
    assert all(name in told.value.problem.fix for name in lost)
    assert not any(line.startswith("POST") for line in proxmox.requests)


async def test_every_privilege_that_is_named_is_enough_and_none_is_more(proxmox: ProxmoxStandIn, mirror: str) -> None:
    """Taken away one by one, each is missed; with all of them the template is made."""
    making = await offered(proxmox, mirror)
    everything = dict(proxmox.site.roles)
    for privilege in ("Sys.AccessNetwork", "Datastore.AllocateTemplate", "VM.GuestAgent.Unrestricted", "VM.Allocate"):
        proxmox.site.roles = {name: held - {privilege} for name, held in everything.items()}
        with pytest.raises(LatticeError) as told:
            await noted(await offered(proxmox, mirror), [])
        assert privilege in told.value.problem.fix
    proxmox.site.roles = everything

    await noted(making, [])

    assert proxmox.site.guests[9002].is_template


@pytest.mark.parametrize(
    ("toggle", "code", "words"),
    [
        ("boot-never-ends", "LT-PVE-267", "installing containerd"),
        ("boot-unheard", "LT-PVE-267", "guest agent"),
        ("boot-without-packages", "LT-PVE-266", "pkgs.k8s.io"),
    ],
)
async def test_a_boot_that_does_not_end_well_is_told_recorded_and_can_be_taken_away(
    proxmox: ProxmoxStandIn, mirror: str, toggle: str, code: str, words: str
) -> None:
    before, news = set(proxmox.site.guests), list[MakingNews]()
    TOGGLES[toggle](proxmox.site)
    making = await offered(proxmox, mirror)

    with pytest.raises(LatticeError) as told:
        await noted(making, news)

    assert told.value.problem.code == code
    assert words in told.value.problem.detail
    assert proxmox.site.guests[9002].is_running
    assert not proxmox.site.guests[9002].is_template
    assert [thing.kind for thing in standing(news)] == ["downloaded image", SEED_KIND, TEMPLATE_KIND]
    await taken_away(proxmox, news)
    assert set(proxmox.site.guests) == before
    assert not proxmox.site.storages["local"].volumes


async def test_a_machine_that_somebody_switched_off_half_way_is_not_converted(
    proxmox: ProxmoxStandIn, mirror: str
) -> None:
    making = await offered(proxmox, mirror)
    proxmox.site.boot_ending = "never"

    async def switch_off() -> None:
        while not (9002 in proxmox.site.guests and proxmox.site.guests[9002].is_running):  # noqa: ASYNC110 - another thread
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        proxmox.site.guests[9002].is_running = False

    meanwhile = asyncio.create_task(switch_off())
    with pytest.raises(LatticeError, match="switched off before") as told:
        await noted(making, [])
    await meanwhile

    assert told.value.problem.code == "LT-PVE-266"
    assert not proxmox.site.guests[9002].is_template


async def test_a_site_without_a_storage_for_cds_is_told_which_box_to_tick(proxmox: ProxmoxStandIn, mirror: str) -> None:
    TOGGLES["iso-missing"](proxmox.site)
    proxmox.site.storages["local"].content += ("import",)

    with pytest.raises(LatticeError) as told:
        await offered(proxmox, mirror)

    assert told.value.problem.code == "LT-PVE-265"


def test_the_seed_holds_what_cloud_init_reads_and_makes_no_user() -> None:
    kubernetes = kubernetes_of(VERSION)
    assert kubernetes is not None
    image = seed_of(kubernetes, Static("192.168.1.219", 24, "192.168.1.1", ("192.168.1.1",)), "template")

    user_data = json.loads(image[image.index(b"#cloud-config\n") + 14 :].split(b"\n\0")[0])
    assert user_data["users"] == []
    assert user_data["runcmd"][0][-1] == user_data["write_files"][0]["path"]
    assert b'"addresses": ["192.168.1.219/24"]' in image


def test_the_script_is_one_that_bash_can_read_and_installs_the_wished_version() -> None:
    kubernetes = kubernetes_of(VERSION, "https://mirror.lan/k8s")
    assert kubernetes is not None
    script = script_of(kubernetes)

    read = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=20, check=False)

    assert (read.returncode, read.stderr) == (0, "")
    assert f"'kubeadm={VERSION}-*'" in script
    assert (
        "deb [signed-by=/etc/apt/keyrings/kubernetes.asc] https://mirror.lan/k8s/core:/stable:/v1.34/deb/ /" in script
    )
    assert "pkgs.k8s.io" not in script


@pytest.mark.parametrize("mirror", ["ftp://x", "https://x/$(reboot)", "https://x/'; reboot", "https://x y"])
def test_a_mirror_that_would_be_more_than_an_address_in_a_script_is_refused(mirror: str) -> None:
    with pytest.raises(LatticeError) as told:
        kubernetes_of(VERSION, mirror)

    assert told.value.problem.code == "LT-PVE-268"


@pytest.mark.parametrize("version", ["1.35.5+rke2r1", "1.35", "1.35.5; reboot", ""])
def test_a_version_that_kubeadm_has_none_of_makes_a_plain_template(version: str) -> None:
    assert kubernetes_of(version) is None


async def test_no_secret_is_in_what_is_told_and_uploaded(proxmox: ProxmoxStandIn, mirror: str) -> None:
    TOGGLES["boot-unheard"](proxmox.site)
    making, news = await offered(proxmox, mirror), list[MakingNews]()
    with pytest.raises(LatticeError):
        await noted(making, news)

    secret = proxmox.credentials()[1]["secret"].reveal()
    uploaded = [volume.data for volume in proxmox.site.storages["local"].volumes.values()]
    assert any(uploaded)
    assert not any(secret.encode() in data for data in uploaded)
    assert secret not in repr((making, news))
