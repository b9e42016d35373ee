"""What the token lacks is told path by path, and the lines that are printed give exactly that: they are carried out."""

from __future__ import annotations

import re
import shlex

import pytest

from lattice_tui.providers.proxmox.pveum import Objects, commands, missing, wants
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.default_site import TOKEN, USER
from lattice_tui.rehearsal.proxmox.site import Acl, Site
from schemas.checks import CheckResult
from tests.proxmox.asking import results
from tests.shared import ROOT

PERMISSIONS = "proxmox-permissions"


async def permissions(stand_in: ProxmoxStandIn, **changes: object) -> CheckResult:
    return (await results(stand_in, PERMISSIONS, **changes))[PERMISSIONS]


def take_away(site: Site, *paths: str) -> None:
    site.acls = [acl for acl in site.acls if acl.path not in paths]


def give(site: Site, path: str, *privileges: str, propagates: bool = True) -> None:
    role = f"Role{len(site.roles)}"
    site.roles[role] = frozenset(privileges)
    site.acls += [
        Acl(path, "user", USER, role, propagates),
        Acl(path, "token", f"{USER}!{TOKEN}", role, propagates),
    ]


def carry_out(site: Site, lines: str) -> None:
    """What `pveum` would do, for the lines that are printed."""
    for line in lines.split("; "):
        words = shlex.split(line)
        assert words[0] == "pveum"
        named = {words[at]: words[at + 1] for at in range(len(words) - 1) if words[at].startswith("--")}
        if words[1:3] in (["role", "add"], ["role", "modify"]):
            assert (words[3] in site.roles) == (words[2] == "modify")
            before = site.roles.get(words[3], frozenset()) if "--append" in words else frozenset()
            site.roles[words[3]] = before | frozenset(named["--privs"].split())
            continue
        assert words[1:3] == ["acl", "modify"]
        whom = [("user", named.get("--users")), ("token", named.get("--tokens"))]
        for kind, who in whom:
            if who is not None:
                goes_on = named.get("--propagate") != "0"
                site.acls.append(Acl(words[3], kind, who, named["--roles"], goes_on))  # type: ignore[arg-type]


async def test_a_token_that_has_everything_is_fine_with_the_paths_as_evidence(proxmox: ProxmoxStandIn) -> None:
    result = await permissions(proxmox)

    assert result.status == "ok"
    assert "/storage/local-lvm" in result.evidence
    assert "/sdn/zones/localnetwork/vmbr0" in result.evidence


@pytest.mark.parametrize(
    ("path", "shown", "privilege"),
    [
        ("/nodes", "/nodes/pve1", "Sys.Audit"),
        ("/vms", "/vms/9000", "VM.Clone"),
        ("/vms", "/vms", "VM.Allocate"),
        ("/vms", "/vms", "VM.GuestAgent.Unrestricted"),
        ("/storage", "/storage/local-lvm", "Datastore.AllocateSpace"),
        ("/storage", "/storage/local", "Datastore.AllocateTemplate"),
        ("/sdn/zones", "/sdn/zones/localnetwork/vmbr0", "SDN.Use"),
    ],
)
async def test_what_is_missing_is_named_with_its_path(
    proxmox: ProxmoxStandIn, path: str, shown: str, privilege: str
) -> None:
    take_away(proxmox.site, path, "/")
    give(proxmox.site, "/", "Sys.Audit", propagates=False)

    result = await permissions(proxmox)

    assert (result.status, result.code) == ("fail", "LT-PVE-160")
    told = next(part for part in result.evidence.split("; ") if part.startswith(f"{shown} ("))
    assert privilege in told
    assert privilege in result.action


@pytest.mark.parametrize("lost", [("/",), ("/nodes", "/"), ("/vms",), ("/storage",), ("/sdn/zones",)])
@pytest.mark.parametrize("release", ["8.4", "9.1"])
async def test_the_printed_lines_give_what_was_missing(
    proxmox: ProxmoxStandIn, lost: tuple[str, ...], release: str
) -> None:
    proxmox.site.release, proxmox.site.version = release, f"{release}.2"
    take_away(proxmox.site, *lost)
    before = await permissions(proxmox)
    carry_out(proxmox.site, before.action)

    assert before.status == "fail"
    assert (await permissions(proxmox)).status == "ok"


async def test_what_only_the_template_tells_is_told_in_a_second_round(proxmox: ProxmoxStandIn) -> None:
    """Which storage its disk is on cannot be seen before the template can."""
    take_away(proxmox.site, "/storage", "/vms")

    first = await permissions(proxmox)
    carry_out(proxmox.site, first.action)
    second = await permissions(proxmox)
    carry_out(proxmox.site, second.action)

    assert "look again" in first.fix
    assert second.evidence.startswith("/storage/local-lvm (")
    assert "look again" not in second.fix
    assert (await permissions(proxmox)).status == "ok"


async def test_the_lines_name_nothing_that_is_there_already(proxmox: ProxmoxStandIn) -> None:
    take_away(proxmox.site, "/sdn/zones")

    result = await permissions(proxmox)

    assert result.action.count("acl modify") == 1
    assert "VM." not in result.action
    assert "Datastore." not in result.action


async def test_a_role_that_is_set_deeper_keeps_what_was_inherited(proxmox: ProxmoxStandIn) -> None:
    """A role on a path takes the place of what comes from above: without it the lines would take rights away."""
    take_away(proxmox.site, "/vms", "/storage")
    give(proxmox.site, "/storage", "Datastore.Audit", "Datastore.AllocateSpace")
    give(proxmox.site, "/vms", "VM.Audit", "VM.Clone", "VM.Backup")

    result = await permissions(proxmox)
    carry_out(proxmox.site, result.action)

    assert (await permissions(proxmox)).status == "ok"
    from lattice_tui.rehearsal.proxmox.acl import privileges

    who = f"{USER}!{TOKEN}"
    assert {"Datastore.AllocateSpace", "Datastore.AllocateTemplate"} <= privileges(
        proxmox.site, who, "/storage/local"
    ).keys()
    assert {"VM.Backup", "VM.Allocate"} <= privileges(proxmox.site, who, "/vms/4711").keys()


async def test_running_the_lines_twice_adds_to_the_role_that_is_there(proxmox: ProxmoxStandIn) -> None:
    take_away(proxmox.site, "/sdn/zones")
    carry_out(proxmox.site, (await permissions(proxmox)).action)
    take_away(proxmox.site, "/sdn/zones/localnetwork/vmbr0")

    result = await permissions(proxmox)

    assert "pveum role modify LatticeNet --append 1" in result.action


@pytest.mark.parametrize(
    ("release", "there", "gone"),
    [("8.4", "VM.Monitor", "VM.GuestAgent"), ("9.1", "VM.GuestAgent.Unrestricted", "VM.Monitor")],
)
async def test_each_release_gets_its_own_privilege_for_the_agent(
    proxmox: ProxmoxStandIn, release: str, there: str, gone: str
) -> None:
    """A role with a privilege that a release does not know is refused as a whole."""
    proxmox.site.release = release
    take_away(proxmox.site, "/vms")

    result = await permissions(proxmox)

    assert there in result.action
    assert gone not in result.action


async def test_a_pool_is_enough_for_its_machines(proxmox: ProxmoxStandIn) -> None:
    every = wants(Objects(pool="team-a"), 9)
    machine = next(want for want in every if want.path == "/pool/team-a").privileges
    take_away(proxmox.site, "/vms")
    give(proxmox.site, "/pool/team-a", *machine)
    give(proxmox.site, "/vms/9000", "VM.Audit", "VM.Clone")

    assert (await permissions(proxmox, pool="team-a")).status == "ok"
    assert "/vms: VM.Allocate" not in (await permissions(proxmox, pool="team-a")).evidence
    # Without the pool the numbers of new machines are not known, and everything has to hold on /vms.
    without = await permissions(proxmox)
    assert without.status == "fail"
    assert "/vms (to make machines" in without.evidence


async def test_a_token_that_may_act_in_one_pool_alone_is_told_to_name_it(proxmox: ProxmoxStandIn) -> None:
    take_away(proxmox.site, "/vms")
    give(proxmox.site, "/pool/team-a", "VM.Allocate")

    assert "pool: team-a" in (await permissions(proxmox)).fix
    assert "pool: team-a" not in (await permissions(proxmox, pool="team-a")).fix


async def test_rights_that_do_not_go_on_to_new_machines_do_not_count(proxmox: ProxmoxStandIn) -> None:
    take_away(proxmox.site, "/vms")
    give(
        proxmox.site,
        "/vms",
        *next(want for want in wants(Objects(), 9) if want.path == "/vms").privileges,
        propagates=False,
    )
    give(proxmox.site, "/vms/9000", "VM.Audit", "VM.Clone")

    assert (await permissions(proxmox)).status == "fail"


async def test_the_vlan_is_a_path_of_its_own(proxmox: ProxmoxStandIn) -> None:
    take_away(proxmox.site, "/sdn/zones")

    assert "/sdn/zones/localnetwork/vmbr0/20" in (await permissions(proxmox, vlan=20)).evidence


async def test_a_network_of_the_sdn_is_asked_for_in_its_zone(proxmox: ProxmoxStandIn) -> None:
    assert "/sdn/zones/evpn1/apps" in (await permissions(proxmox, bridge="apps")).evidence


async def test_a_token_without_separation_gets_its_users_rights(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.token().is_separated = False
    give(proxmox.site, "/access", "User.Modify")
    take_away(proxmox.site, "/sdn/zones")

    result = await permissions(proxmox)

    assert "--users lattice@pve" in result.action
    assert "--tokens" not in result.action
    carry_out(proxmox.site, result.action)
    assert (await permissions(proxmox)).status == "ok"


def test_root_needs_nothing_for_itself_only_for_its_token() -> None:
    lacking = missing(wants(Objects(bridge="vmbr0"), 9), {})

    lines = "\n".join(commands(lacking, "root@pam!lattice", is_separated=True, roles=()))

    assert "--tokens 'root@pam!lattice'" in lines
    assert "--users" not in lines


def test_a_hostile_storage_name_cannot_become_a_command() -> None:
    lacking = missing(wants(Objects(disk_storages=("x; rm -rf /",)), 9), {})

    line = next(
        line
        for line in commands(lacking, "a@pve!t", is_separated=None, roles=())
        if line.startswith("pveum acl") and "rm" in line
    )

    assert shlex.split(line)[3] == "/storage/x; rm -rf /"


def test_a_shared_storage_for_disks_and_images_is_one_path() -> None:
    found = wants(Objects(disk_storages=("one",), iso_storages=("one",)), 9)

    assert [want.privileges for want in found if want.path == "/storage/one"] == [
        ("Datastore.AllocateSpace", "Datastore.AllocateTemplate")
    ]


async def test_the_guides_own_lines_are_enough_to_begin_with(proxmox: ProxmoxStandIn) -> None:
    guide = (ROOT / "lattice_tui" / "providers" / "proxmox" / "guide.md").read_text()
    lines = re.findall(r"^    (pveum (?:role add|acl modify) .*)$", guide.replace("\\\n", ""), re.MULTILINE)
    proxmox.site.acls, proxmox.site.roles = [], {}
    carry_out(proxmox.site, "; ".join(lines))

    assert (await permissions(proxmox)).status == "ok"
    # Each line is needed: the guide gives nothing that nobody asks for.
    for path in {acl.path for acl in proxmox.site.acls}:
        kept = list(proxmox.site.acls)
        take_away(proxmox.site, path)
        assert (await permissions(proxmox)).status == "fail", path
        proxmox.site.acls = kept
