"""The pick-lists of Proxmox, as they come over HTTPS from the stand-in's site."""

from __future__ import annotations

import pytest

from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox import PROVIDER
from lattice_tui.providers.proxmox.choices import ALLOWED_NODES, BRIDGE, POOL, SOURCE_NODE, STORAGE, TEMPLATE_ID
from lattice_tui.providers.proxmox.choices_network import DNS_SERVERS, GATEWAY, PREFIX
from lattice_tui.providers.proxmox.choices_templates import VERSION
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES
from schemas.choices import LiveChoices

CHOSEN = {"source_node": "pve1", "template_id": "9000", "version": "1.35.5", "bootstrap": "kubeadm"}


async def ask(proxmox: ProxmoxStandIn, path: str, *toggles: str, **params: str) -> LiveChoices:
    for name in toggles:
        TOGGLES[name](proxmox.site)
    values, secrets = proxmox.credentials()
    credentials = {f"credentials.{name}": value for name, value in values.items()}
    return await PROVIDER.choices({**params, **credentials}, secrets)[path]()


def values(found: LiveChoices) -> list[str]:
    return [choice.value for choice in found.choices]


def whys(found: LiveChoices) -> dict[str, str]:
    return {choice.value: choice.why for choice in found.choices if not choice.usable}


def test_every_field_with_a_live_list_has_one() -> None:
    live = {field.path for field in PROVIDER.fields if field.live}

    assert live <= PROVIDER.choices({}, {}).keys()


async def test_without_an_address_the_list_says_so(proxmox: ProxmoxStandIn) -> None:
    with pytest.raises(LatticeError, match="no address"):
        await PROVIDER.choices({}, {})[SOURCE_NODE]()


async def test_the_node_with_the_only_templates_is_proposed(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, SOURCE_NODE)

    assert values(found) == ["pve1", "pve2", "pve3"]
    assert (found.proposed, found.reason) == ("pve1", "the only node with a template")
    assert found.choices[0].facts == ("16 CPUs", "52 GiB free", "2 templates")


async def test_a_node_that_is_down_stands_last_with_the_reason(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, SOURCE_NODE, "node-down")

    assert values(found)[-1] == "pve1"
    assert whys(found) == {"pve1": "offline"}
    assert found.proposed == ""


async def test_the_template_of_the_wanted_version_is_proposed(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, TEMPLATE_ID, version="1.35.5", bootstrap="kubeadm")

    assert values(found) == ["9000", "9001"]
    assert (found.proposed, found.reason) == ("9000", "it holds Kubernetes 1.35.5")
    assert found.choices[0].facts == ("on pve1", "Kubernetes 1.35.5", "20 GiB on local-lvm", "agent")
    assert found.choices[1].why == "no Kubernetes in it: it takes RKE2"
    assert found.choices[1].usable


async def test_with_rke2_the_plain_image_comes_first(proxmox: ProxmoxStandIn) -> None:
    assert values(await ask(proxmox, TEMPLATE_ID, bootstrap="rke2"))[0] == "9001"


@pytest.mark.parametrize(
    ("toggle", "why"),
    [
        ("template-legacy-boot", "boot order is not order=scsi0"),
        ("template-empty-boot", "boot order is not order=scsi0"),
        ("template-locked", "locked: backup"),
        ("template-no-disk", "no disk scsi0"),
        ("template-ide0", "a drive at ide0 already"),
        ("template-no-network", "no network card"),
        ("template-elsewhere", "it is on pve2: choose that node first"),
    ],
)
async def test_a_template_that_cannot_be_cloned_stands_last_with_the_reason(
    proxmox: ProxmoxStandIn, toggle: str, why: str
) -> None:
    found = await ask(proxmox, TEMPLATE_ID, toggle, source_node="pve1")

    assert values(found)[-1] == "9000"
    assert whys(found) == {"9000": why}


async def test_a_token_that_sees_no_template_is_told_why(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, TEMPLATE_ID, "no-vm-audit")

    assert (found.choices, found.status) == ((), "ok")
    assert "VM.Audit" in found.reason


async def test_versions_are_those_that_templates_hold(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, VERSION, **CHOSEN)

    assert values(found) == ["1.35.5"]
    assert found.proposed == "1.35.5"
    assert found.choices[0].facts == ("9000 ubuntu-2404-kube-v1.35.5",)


async def test_machines_stay_on_the_templates_node_where_its_disk_is_local(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, ALLOWED_NODES, **CHOSEN)

    assert found.proposed == "pve1"
    assert values(found) == ["pve1", "pve2", "pve3"]
    assert whys(found) == dict.fromkeys(("pve2", "pve3"), "the template's drives are on storage of pve1 alone")


async def test_a_template_on_shared_storage_reaches_every_node(proxmox: ProxmoxStandIn) -> None:
    assert not whys(await ask(proxmox, ALLOWED_NODES, "template-shared", **CHOSEN))


@pytest.mark.parametrize("path", [ALLOWED_NODES, STORAGE, BRIDGE])
async def test_lists_that_need_the_template_say_so(proxmox: ProxmoxStandIn, path: str) -> None:
    found = await ask(proxmox, path)

    assert found.status == "unknown"
    assert found.reason.startswith("choose the template first")


async def test_storages_begin_with_the_templates_own(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, STORAGE, **CHOSEN)

    assert values(found) == ["local-lvm", "ceph-vm"]
    assert found.choices[0].facts == (
        "1560 of 1800 GiB free",
        "lvmthin",
        "on each node by itself",
        "the template's",
    )
    assert found.proposed == ""
    assert "linked clones on local-lvm" in found.reason


async def test_a_storage_without_linked_clones_is_proposed_itself(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, STORAGE, "template-thick-storage", **CHOSEN)

    assert found.proposed == "local-lvm"


async def test_on_several_nodes_only_shared_storage_can_be_taken(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, STORAGE, **CHOSEN, allowed_nodes="pve1\npve2")

    assert whys(found).keys() == {"local-lvm"}


async def test_the_bridge_of_the_templates_card_is_proposed(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, BRIDGE, **CHOSEN)

    assert (found.proposed, found.reason) == ("vmbr0", "the template's own card is on it")
    assert found.choices[0].facts == ("192.168.1.11/24", "gateway 192.168.1.1", "VLAN aware")


async def test_a_bridge_that_one_node_lacks_stands_last(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.nodes["pve2"].bridges.pop(0)

    found = await ask(proxmox, BRIDGE, **CHOSEN, allowed_nodes="pve1\npve2")

    assert whys(found) == {"vmbr0": "not on pve2"}
    assert found.proposed == ""


async def test_a_token_without_sdn_use_sees_no_bridge_and_is_told_why(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.acls = [acl for acl in proxmox.site.acls if acl.path != "/sdn/zones"]

    found = await ask(proxmox, BRIDGE, **CHOSEN)

    assert not found.choices
    assert "SDN.Use" in found.reason


async def test_no_pool_is_needed_where_the_token_may_act_everywhere(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, POOL)

    assert (values(found), found.proposed) == (["kubernetes", "team-a"], "")


async def test_the_only_pool_that_the_token_may_act_in_is_proposed(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, POOL, "pool-scoped")

    assert found.proposed == "team-a"
    assert whys(found).keys() == {"kubernetes"}


async def test_a_thousand_machines_hide_no_template(proxmox: ProxmoxStandIn) -> None:
    assert values(await ask(proxmox, TEMPLATE_ID, "many-guests")) == ["9001", "9000"][::-1]


async def test_router_prefix_and_name_servers_are_those_of_the_bridge(proxmox: ProxmoxStandIn) -> None:
    asked = {**CHOSEN, "bridge": "vmbr0"}

    assert (await ask(proxmox, GATEWAY, **asked)).proposed == "192.168.1.1"
    assert (await ask(proxmox, PREFIX, **asked)).proposed == "24"
    assert values(await ask(proxmox, DNS_SERVERS, **asked)) == ["192.168.1.1"]


async def test_the_network_of_a_bridge_without_an_address_is_not_known(proxmox: ProxmoxStandIn) -> None:
    found = await ask(proxmox, GATEWAY, **CHOSEN, bridge="vmbr1")

    assert (found.choices, found.reason) == ((), "the bridge has no address of its own there")


async def test_the_network_of_a_vlan_is_not_known(proxmox: ProxmoxStandIn) -> None:
    assert (await ask(proxmox, PREFIX, **CHOSEN, bridge="vmbr0", vlan="20")).status == "unknown"


async def test_names_from_the_site_cannot_do_anything_to_a_terminal(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["hostile-names"](proxmox.site)

    for path in (TEMPLATE_ID, POOL, BRIDGE, VERSION, ALLOWED_NODES):
        found = await ask(proxmox, path, **CHOSEN, allowed_nodes="pve1\npve3")
        texts = [text for one in found.choices for text in (one.label, one.why, *one.facts)]
        assert all(text.isprintable() for text in (*texts, found.reason)), path


async def test_the_value_of_an_entry_is_the_name_as_it_is(proxmox: ProxmoxStandIn) -> None:
    TOGGLES["hostile-names"](proxmox.site)

    found = await ask(proxmox, POOL)

    assert set(values(found)) == set(proxmox.site.pools)
