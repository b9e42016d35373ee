"""What else can be wrong with a site: the template, storage, network, machines and addresses, one toggle at a time."""

from __future__ import annotations

import json
import socket
import time
from ipaddress import ip_address

import pytest

from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.in_use import used_addresses
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.site import Bridge
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES
from schemas.checks import CheckResult
from tests.proxmox.asking import results, wish_for

BIG = '[["control plane", 1, 2, 4096, 400], ["default", 4, 2, 4096, 400]]'


async def told(proxmox: ProxmoxStandIn, check: str, *toggles: str, **wish: object) -> CheckResult:
    for name in toggles:
        TOGGLES[name](proxmox.site)
    return (await results(proxmox, check, **{"simulated": True, **wish}))[check]


@pytest.mark.parametrize(
    ("toggle", "check", "status", "code", "words"),
    [
        ("template-gone", "proxmox-template", "fail", "LT-PVE-200", "Proxmox has no template with number 9000"),
        ("template-not-converted", "proxmox-template", "fail", "LT-PVE-200", "is a virtual machine, not a template"),
        ("no-vm-audit", "proxmox-template", "fail", "LT-PVE-200", "shows the token no template"),
        ("template-elsewhere", "proxmox-template", "fail", "LT-PVE-201", "is on pve2, not on pve1"),
        ("template-no-disk", "proxmox-template-disk", "fail", "LT-PVE-204", "no disk scsi0"),
        ("template-ide0", "proxmox-template-disk", "fail", "LT-PVE-208", "at ide0 already"),
        ("template-large-disk", "proxmox-template-disk", "fail", "LT-PVE-214", "has 80 GiB, 50 GiB are asked for"),
        ("template-no-network", "proxmox-template-network", "fail", "LT-PVE-205", "no network card net0"),
        ("template-unnamed", "proxmox-template-image", "warn", "LT-PVE-211", "cannot be seen"),
        ("template-other-version", "proxmox-template-image", "fail", "LT-PVE-212", "1.33.4, and 1.35.5"),
        ("template-locked", "proxmox-template-lock", "fail", "LT-PVE-213", "locked (backup)"),
        ("template-cicustom", "proxmox-template-lock", "warn", "LT-PVE-209", "cicustom"),
        ("template-thick-storage", "proxmox-clone", "fail", "LT-PVE-220", "cannot make linked clones"),
        ("storage-no-images", "proxmox-storage", "fail", "LT-PVE-222", "no storage local-lvm for disks"),
        ("storage-full", "proxmox-storage-room", "warn", "LT-PVE-223", "50 GiB free"),
        ("iso-missing", "proxmox-iso", "fail", "LT-PVE-225", "no storage for ISO images"),
        ("privsep-without-permissions", "proxmox-iso", "fail", "LT-PVE-228", "shows the token no storage"),
        ("bridge-missing", "proxmox-bridge", "fail", "LT-PVE-230", "There is no bridge vmbr0 on pve1"),
        ("bridge-down", "proxmox-bridge", "fail", "LT-PVE-231", "is not up"),
        ("bridge-other-subnet", "proxmox-subnet", "warn", "LT-PVE-250", "10.9.0.0/16"),
        ("bridge-other-gateway", "proxmox-subnet", "warn", "LT-PVE-250", "192.168.1.254"),
        ("memory-tight", "proxmox-memory", "warn", "LT-PVE-241", "none to renew them"),
        ("cpu-small", "proxmox-cpu", "fail", "LT-PVE-243", "pve1 has 1 core, 2 are asked for"),
    ],
)
async def test_what_is_wrong_is_told_by_its_row_with_its_code(
    proxmox: ProxmoxStandIn, toggle: str, check: str, status: str, code: str, words: str
) -> None:
    result = await told(proxmox, check, toggle)

    assert (result.status, result.code) == (status, code)
    assert words in result.summary
    assert len(result.summary) < 100
    assert result.why
    assert result.fix


async def test_no_disk_of_the_template_leaves_its_storage_unknown(proxmox: ProxmoxStandIn) -> None:
    assert (await told(proxmox, "proxmox-storage", "template-no-disk")).status == "unknown"


async def test_another_patch_of_the_version_is_a_warning(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-template-image", version="1.35.2")

    assert (result.status, result.code) == ("warn", "LT-PVE-212")


async def test_a_plain_image_is_fine_for_rke2(proxmox: ProxmoxStandIn) -> None:
    assert (await told(proxmox, "proxmox-template-image", "template-plain", bootstrap="rke2")).status == "ok"


async def test_a_node_that_is_down_leaves_its_rows_waiting_and_asks_again_once(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-storage", "node-down")

    assert result.status == "skip"
    assert "Nodes" in result.summary


async def test_a_storage_that_is_named_and_not_there_lists_those_that_are(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-storage", storage="fast")

    assert (result.code, result.fix) == ("LT-PVE-222", "Write storage: local-lvm")
    assert result.evidence == "for disks on pve1: local-lvm, ceph-vm"


async def test_disks_that_a_plain_storage_can_never_hold_are_a_failure(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.storages["local-lvm"].kind = "lvm"
    groups = {"groups": groups_of(BIG), "storage": "local-lvm"}

    result = await told(proxmox, "proxmox-storage-room", **groups)

    assert (result.status, result.code) == ("fail", "LT-PVE-223")


async def test_a_vlan_on_a_bridge_that_is_not_aware_is_a_warning(proxmox: ProxmoxStandIn) -> None:
    assert (await told(proxmox, "proxmox-vlan", vlan=20)).status == "ok"

    result = await told(proxmox, "proxmox-vlan", "bridge-not-vlan-aware", vlan=20)

    assert (result.status, result.code) == ("warn", "LT-PVE-232")


async def test_a_vlan_inside_a_network_of_the_sdn_is_refused(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-vlan", bridge="apps", vlan=20)

    assert (result.status, result.code) == ("fail", "LT-PVE-232")


async def test_a_bridge_that_one_of_the_nodes_lacks_is_found(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.nodes["pve3"].bridges = [Bridge("vmbr9")]

    result = await told(proxmox, "proxmox-bridge", allowed_nodes=("pve1", "pve2", "pve3"))

    assert result.summary == "There is no bridge vmbr0 on pve3"
    assert result.fix == "Write bridge: vmbr9"


async def test_a_bridge_that_the_token_may_not_use_is_told_apart_from_none(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.acls = [acl for acl in proxmox.site.acls if acl.path != "/sdn/zones"]

    result = await told(proxmox, "proxmox-bridge")

    assert "SDN.Use" in result.fix


async def test_a_pool_that_there_is_none_of_lists_the_others(proxmox: ProxmoxStandIn) -> None:
    assert (await told(proxmox, "proxmox-pool", pool="kubernetes")).status == "ok"

    result = await told(proxmox, "proxmox-pool", pool="kubernetse")

    assert (result.status, result.code) == ("fail", "LT-PVE-233")
    assert result.why == "there are: kubernetes, team-a"


async def test_a_pool_that_the_token_may_not_see_is_unknown(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["privsep-without-permissions"](proxmox.site)

    assert (await told(proxmox, "proxmox-pool", pool="kubernetes")).status == "unknown"


async def test_numbers_that_are_taken_count_even_where_the_token_cannot_see_who_has_them(
    proxmox: ProxmoxStandIn,
) -> None:
    room = {"vmid_start": 20000, "vmid_end": 20004}
    assert (await told(proxmox, "proxmox-vm-ids", **room)).status == "ok"

    result = await told(proxmox, "proxmox-vm-ids", "vmid-taken", "no-vm-audit", **room)

    assert (result.status, result.code) == ("fail", "LT-PVE-234")
    assert result.summary == "20000 to 20004 has 4 free numbers, and 5 are needed"


async def test_machines_of_an_earlier_try_are_named(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-names", "names-taken", name="homelab")

    assert (result.status, result.code) == ("warn", "LT-PVE-235")
    assert result.evidence == "310 homelab-control-plane-x7k2p"


async def test_cds_of_machines_that_are_gone_are_mentioned(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-left-behind", "iso-left-behind")

    assert (result.status, result.evidence) == ("ok", "local:iso/user-data-777.iso")


async def test_memory_without_a_limit_is_judged_by_what_is_free_now(proxmox: ProxmoxStandIn) -> None:
    assert (await told(proxmox, "proxmox-memory", "memory-full", memory_adjustment=0)).status == "ok"

    proxmox.site.nodes["pve1"].used_memory_mib = 65000
    result = await told(proxmox, "proxmox-memory", memory_adjustment=0)

    assert (result.status, result.code) == ("warn", "LT-PVE-242")


async def test_memory_in_many_small_pieces_holds_no_large_machine(proxmox: ProxmoxStandIn) -> None:
    for node in proxmox.site.nodes.values():
        node.memory_mib = 14000
    groups = groups_of('[["control plane", 1, 2, 4096, 50], ["large", 1, 2, 10240, 50]]')

    result = await told(proxmox, "proxmox-memory", groups=groups, allowed_nodes=("pve1", "pve2"))

    assert result.status == "fail"
    assert "no node has 10 GiB in one piece" in result.summary


async def test_the_evidence_of_addresses_in_use_names_all_of_the_subnet(proxmox: ProxmoxStandIn) -> None:
    """Whoever proposes free addresses reads it, before there is a pool too."""
    result = await told(proxmox, "proxmox-in-use", pool_start="", pool_end="")

    assert result.status == "unknown"
    assert "192.168.1.21 VM 101 nas" in result.evidence
    assert "192.168.1.2 container 110 dns" in result.evidence
    assert "192.168.1.13 the node pve3" in result.evidence


async def test_a_machine_that_tells_no_address_is_mentioned(proxmox: ProxmoxStandIn) -> None:
    assert "no address is known of VM 102 media" in (await told(proxmox, "proxmox-in-use")).why


async def test_agents_that_take_too_long_are_not_waited_for(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["slow-agents"](proxmox.site)
    look = Look(wish_for(proxmox), proxmox.credentials()[1])
    started = time.monotonic()

    used = await used_addresses(look, limit_s=1.0)

    assert time.monotonic() - started < 4.0
    assert "VM 101 nas" in used.silent
    assert ip_address("192.168.1.2") in used.by


async def test_an_endpoint_that_answers_here_is_in_use(proxmox: ProxmoxStandIn) -> None:
    """For real: a socket of this computer listens, and the row connects to it."""
    with socket.create_server(("127.0.0.1", 6443)):
        result = await told(proxmox, "proxmox-endpoint", host="127.0.0.1", simulated=False)

    assert (result.status, result.code) == ("fail", "LT-PVE-251")


async def test_a_name_without_an_address_is_no_endpoint(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-endpoint", host="api.nowhere.invalid", simulated=False)

    assert (result.status, result.code) == ("fail", "LT-PVE-252")


async def test_this_computer_has_a_way_to_itself(proxmox: ProxmoxStandIn) -> None:
    result = await told(proxmox, "proxmox-route", host="127.0.0.1", simulated=False)

    assert (result.status, result.summary) == ("ok", "from 127.0.0.1")


async def test_names_from_the_site_cannot_do_anything_to_a_terminal(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["hostile-names"](proxmox.site)

    told_of_all = await results(
        proxmox, template_id=9002, pool="x", bridge="vmbr0", allowed_nodes=("pve1", "pve3"), simulated=True
    )

    for result in told_of_all.values():
        for text in (result.summary, result.why, result.fix, result.evidence, result.action):
            assert text.isprintable(), (result.id, text)


def groups_of(text: str) -> tuple[object, ...]:
    from lattice_tui.providers.proxmox.wish import Group

    return tuple(Group(*one) for one in json.loads(text))


@pytest.mark.parametrize(
    "changes",
    [
        {"pool_start": "192.168.1.100", "pool_end": "192.168.1.150"},
        {"lb_start": "192.168.1.205", "lb_end": "192.168.1.215"},
        {"host": "192.168.222.222"},
        {"host": "192.168.1.210"},
        {"service_cidr": "192.168.1.192/26"},
        {
            "pool_start": "2001:db8:1111:2222:3333:4444:5555:1000",
            "pool_end": "2001:db8:1111:2222:3333:4444:5555:1fff",
            "pool_gateway": "2001:db8:1111:2222:3333:4444:5555:1",
            "pool_prefix": 64,
            "lb_start": "2001:db8:1111:2222:3333:4444:5555:1100",
            "lb_end": "2001:db8:1111:2222:3333:4444:5555:1200",
        },
    ],
)
async def test_a_long_finding_is_told_in_a_whole_sentence_with_the_rest_as_evidence(
    proxmox: ProxmoxStandIn, changes: dict[str, str | int]
) -> None:
    told = await results(proxmox, "proxmox-addresses", "proxmox-dhcp", simulated=True, **changes)

    for result in told.values():
        assert len(result.summary) < 100
        assert "..." not in result.summary
        assert result.summary.count("(") == result.summary.count(")")
    assert any(result.status in ("fail", "warn") for result in told.values())
