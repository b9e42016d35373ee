"""The Proxmox stand-in answers as Proxmox VE does: permissions are computed, refusals have its words and numbers."""

from __future__ import annotations

import json
import ssl
from typing import Any, NamedTuple

import aiohttp
import pytest

from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.acl import privileges
from lattice_tui.rehearsal.proxmox.default_site import CLOUD_IMAGE, TOKEN, USER, default_site
from lattice_tui.rehearsal.proxmox.site import Acl, Guest, Site
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES

WHO = f"{USER}!{TOKEN}"


class Said(NamedTuple):
    status: int
    reason: str
    data: Any
    errors: dict[str, str]


async def ask(proxmox: ProxmoxStandIn, verb: str, path: str, token: str | None = None, **params: str) -> Said:
    """One request; `token` "" sends none."""
    values, secrets = proxmox.credentials()
    usual = f"PVEAPIToken={values['token_id']}={secrets['secret'].reveal()}"
    header = {"Authorization": usual if token is None else token} if token != "" else {}
    context = ssl.create_default_context(cadata=proxmox.ca_pem)
    given = {"params" if verb == "GET" else "data": params}
    async with (
        aiohttp.ClientSession(headers=header) as session,
        session.request(verb, f"{proxmox.url}/api2/json{path}", ssl=context, **given) as response,  # type: ignore[arg-type]
    ):
        body = await response.text()
        said = json.loads(body) if body else {}
        return Said(response.status, response.reason or "", said.get("data"), said.get("errors", {}))


async def test_the_certificate_is_of_the_sites_own_authority(proxmox: ProxmoxStandIn) -> None:
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        async with aiohttp.ClientSession() as session, session.get(proxmox.url):
            pass

    info = (await ask(proxmox, "GET", "/nodes/pve1/certificates/info")).data
    root = next(one for one in info if one["filename"] == "pve-root-ca.pem")

    assert root["pem"] == proxmox.ca_pem


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "No ticket"),
        ("PVEAPIToken=nobody@pve!xx=y", "no such user ('nobody@pve')"),
        (f"PVEAPIToken={USER}!other=y", f"no such token 'other' for user '{USER}'"),
        (f"PVEAPIToken={USER}!{TOKEN}=y", "invalid token value!"),
        ("Bearer x", "No ticket"),
    ],
)
async def test_a_sign_in_that_is_not_good_is_401_with_the_reason(
    proxmox: ProxmoxStandIn, header: str, reason: str
) -> None:
    said = await ask(proxmox, "GET", "/version", header)

    assert (said.status, said.reason, said.data) == (401, reason, None)


async def test_an_expired_token_says_so_and_newer_releases_say_nothing(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["token-expired"](proxmox.site)
    assert (await ask(proxmox, "GET", "/version")).reason == f"token '{TOKEN}' access expired"

    TOGGLES["generic-401"](proxmox.site)
    assert (await ask(proxmox, "GET", "/version")).reason == "authentication failure"


async def test_realms_are_told_to_strangers_and_nothing_else_is(proxmox: ProxmoxStandIn) -> None:
    assert [one["realm"] for one in (await ask(proxmox, "GET", "/access/domains", "")).data] == ["pam", "pve"]
    assert (await ask(proxmox, "GET", "/nowhere", "")).status == 401


async def test_a_path_that_there_is_none_of_is_501(proxmox: ProxmoxStandIn) -> None:
    said = await ask(proxmox, "GET", "/nowhere")

    assert (said.status, said.reason) == (501, "Method 'GET /nowhere' not implemented")
    assert (await ask(proxmox, "DELETE", "/version")).status == 501


async def test_every_parameter_that_is_wrong_is_named_in_400(proxmox: ProxmoxStandIn) -> None:
    said = await ask(proxmox, "GET", "/nodes/pve1/qemu/9000/feature", wrong="1")

    assert (said.status, said.reason) == (400, "Parameter verification failed.")
    assert said.errors.keys() == {"wrong", "feature"}
    assert "vmid" in (await ask(proxmox, "GET", "/nodes/pve1/qemu/12/config")).errors


async def test_a_missing_privilege_is_403_with_its_path(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["no-sys-audit"](proxmox.site)

    said = await ask(proxmox, "GET", "/nodes/pve1/status")

    assert (said.status, said.reason) == (403, "Permission check failed (/nodes/pve1, Sys.Audit)")


async def test_a_node_that_is_down_is_595_and_one_that_there_is_none_of_500(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["node-down"](proxmox.site)

    assert (await ask(proxmox, "GET", "/nodes/pve1/storage")).status == 595
    assert (await ask(proxmox, "GET", "/nodes/PVE1/storage")).reason.startswith("hostname lookup 'PVE1' failed")


async def test_guests_and_storages_are_listed_for_whoever_may_see_them(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["privsep-without-permissions"](proxmox.site)

    assert (await ask(proxmox, "GET", "/cluster/resources", type="vm")).data == []
    assert (await ask(proxmox, "GET", "/nodes/pve1/storage")).data == []
    assert (await ask(proxmox, "GET", "/access/permissions")).data == {}
    assert "maxmem" not in (await ask(proxmox, "GET", "/nodes")).data[0]


async def test_a_number_that_is_taken_is_400(proxmox: ProxmoxStandIn) -> None:
    assert (await ask(proxmox, "GET", "/cluster/nextid", vmid="101")).errors == {"vmid": "VM 101 already exists"}
    assert (await ask(proxmox, "GET", "/cluster/nextid", vmid="500")).data == "500"


async def test_a_clone_to_another_node_wants_shared_drives_the_cd_too(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["template-local-cloudinit"](proxmox.site)
    clone = "/nodes/pve1/qemu/9000/clone"

    said = await ask(proxmox, "POST", clone, newid="500", target="pve2")
    full = await ask(proxmox, "POST", clone, newid="500", target="pve2", full="1", storage="local-lvm")

    assert said.reason == "can't clone VM to node 'pve2' (VM uses local storage)"
    assert full.errors == {"target": "can't clone to non-shared storage 'local-lvm'"}
    assert (await ask(proxmox, "POST", clone, newid="500")).status == 200


async def test_a_cd_in_a_legacy_boot_order_is_refused(proxmox: ProxmoxStandIn) -> None:
    await ask(proxmox, "POST", "/nodes/pve1/qemu/9000/clone", newid="500")

    said = await ask(proxmox, "PUT", "/nodes/pve1/qemu/500/config", boot="c;ide0")

    assert "boot.legacy: value does not match the regex pattern" in said.errors["boot"]
    assert (await ask(proxmox, "PUT", "/nodes/pve1/qemu/500/config", boot="order=scsi0;ide0")).status == 200


async def test_a_template_is_made_through_the_api_step_by_step(proxmox: ProxmoxStandIn) -> None:
    image = {"content": "import", "filename": "noble.qcow2", "url": CLOUD_IMAGE}
    fetched = await ask(proxmox, "POST", "/nodes/pve1/storage/local/download-url", **image)
    done = await ask(proxmox, "GET", f"/nodes/pve1/tasks/{fetched.data}/status")
    disk = "local-lvm:0,import-from=local:import/noble.qcow2"
    await ask(proxmox, "POST", "/nodes/pve1/qemu", vmid="9100", name="t", scsi0=disk, boot="order=scsi0", agent="1")
    await ask(proxmox, "POST", "/nodes/pve1/qemu/9100/template")

    config = (await ask(proxmox, "GET", "/nodes/pve1/qemu/9100/config")).data

    assert fetched.data.startswith("UPID:pve1:")
    assert (done.data["status"], done.data["exitstatus"]) == ("stopped", "OK")
    assert config["scsi0"] == "local-lvm:base-9100-disk-0,size=4G"
    assert config["template"] == 1


async def test_a_download_wants_the_privilege_for_the_internet(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["no-access-network"](proxmox.site)
    image = {"content": "import", "filename": "noble.qcow2", "url": CLOUD_IMAGE}

    assert (await ask(proxmox, "POST", "/nodes/pve1/storage/local/download-url", **image)).status == 403


async def test_what_cannot_be_fetched_is_told_by_the_task(proxmox: ProxmoxStandIn) -> None:
    image = {"content": "import", "filename": "x.qcow2", "url": "https://example.com/x"}
    begun = await ask(proxmox, "POST", "/nodes/pve1/storage/local/download-url", **image)

    log = (await ask(proxmox, "GET", f"/nodes/pve1/tasks/{begun.data}/log")).data

    assert log[-1]["t"].startswith("TASK ERROR: download failed")


async def test_nothing_is_changed_without_a_quorum(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["no-quorum"](proxmox.site)

    said = await ask(proxmox, "POST", "/nodes/pve1/qemu/9000/clone", newid="500")

    assert (said.status, said.reason) == (500, "cluster not ready - no quorum?")
    assert 500 not in proxmox.site.guests


async def test_agents_answer_by_the_privilege_of_the_release(proxmox: ProxmoxStandIn) -> None:
    path = "/nodes/pve1/qemu/101/agent/network-get-interfaces"
    TOGGLES["no-agent-privilege"](proxmox.site)
    assert (await ask(proxmox, "GET", path)).status == 403

    TOGGLES["pve8"](proxmox.site)
    assert (await ask(proxmox, "GET", path)).status == 200


def site_with(*acls: Acl) -> Site:
    site = default_site()
    site.acls = list(acls)
    return site


def acl(path: str, role: str, *, token: bool = False, propagates: bool = True) -> Acl:
    return Acl(path, "token" if token else "user", WHO if token else USER, role, propagates)


def test_a_role_set_deeper_takes_the_place_of_what_comes_from_above() -> None:
    site = site_with(acl("/", "PVEAuditor"), acl("/vms", "PVETemplateUser"))

    assert "Sys.Audit" in privileges(site, USER, "/nodes/pve1")
    assert set(privileges(site, USER, "/vms/101")) == {"VM.Audit", "VM.Clone"}


def test_a_role_that_does_not_propagate_holds_on_its_path_alone() -> None:
    site = site_with(acl("/vms", "PVEVMAdmin", propagates=False))

    assert privileges(site, USER, "/vms")["VM.Clone"] is False
    assert privileges(site, USER, "/vms/101") == {}


def test_no_access_beats_every_other_role_on_its_path() -> None:
    site = site_with(acl("/vms", "PVEVMAdmin"), acl("/vms/101", "NoAccess"), acl("/vms/101", "PVEVMAdmin"))

    assert privileges(site, USER, "/vms/101") == {}
    assert privileges(site, USER, "/vms/102")


def test_a_separated_token_has_what_both_it_and_its_user_have() -> None:
    site = site_with(acl("/", "PVEVMUser"), acl("/", "PVEVMAdmin", token=True))

    held = privileges(site, WHO, "/vms/101")

    assert "VM.PowerMgmt" in held
    assert "VM.Allocate" not in held

    site = site_with(acl("/", "PVEVMAdmin"), acl("/", "PVEVMUser", token=True))
    assert "VM.Allocate" not in privileges(site, WHO, "/vms/101")


def test_a_token_without_separation_has_what_its_user_has() -> None:
    site = site_with(acl("/", "PVEVMUser"))
    assert privileges(site, WHO, "/vms/101") == {}

    TOGGLES["token-shared"](site)
    assert privileges(site, WHO, "/vms/101") == privileges(site, USER, "/vms/101") != {}


def test_a_pools_role_reaches_its_members_and_goes_no_further() -> None:
    site = site_with(acl("/pool/team-a", "PVEVMAdmin"))
    site.guests[500] = Guest(500, "pve1", "x")
    site.pools["team-a"].vmids.add(500)

    assert privileges(site, USER, "/vms/500")["VM.Clone"] is False
    assert privileges(site, USER, "/vms/101") == {}


def test_a_group_counts_where_neither_token_nor_user_is_named() -> None:
    site = site_with(Acl("/", "group", "admins", "PVEAdmin"))
    site.users[USER].groups = ("admins",)

    assert "VM.Allocate" in privileges(site, USER, "/vms")


def test_root_may_everything() -> None:
    assert "Permissions.Modify" in privileges(site_with(), "root@pam", "/anywhere")


def test_each_release_knows_its_own_privileges() -> None:
    site = site_with(acl("/", "PVEVMAdmin"))
    assert "VM.GuestAgent.Unrestricted" in privileges(site, USER, "/vms")
    assert "VM.Monitor" not in privileges(site, USER, "/vms")

    TOGGLES["pve8"](site)
    assert "VM.Monitor" in privileges(site, USER, "/vms")
    assert "VM.GuestAgent.Audit" not in privileges(site, USER, "/vms")


@pytest.mark.parametrize("name", sorted(TOGGLES))
def test_every_toggle_changes_a_fresh_site(name: str) -> None:
    site = default_site()

    TOGGLES[name](site)

    assert (site == default_site()) == (name == "nothing-wrong")
