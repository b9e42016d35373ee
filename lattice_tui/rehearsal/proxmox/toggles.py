"""What can be wrong with a site: one toggle each, by name. A toggle changes the site and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lattice_tui.rehearsal.proxmox.default_site import KUBE_TEMPLATE, TOKEN, USER
from lattice_tui.rehearsal.proxmox.site import GIB, Acl, Guest, Pool, Site, Storage, Volume

DAY_S = 86400
VIP_TAKEN = "192.168.1.220"
POOL_TAKEN = "192.168.1.205"
"""What the example document asks for."""
Toggle = Callable[[Site], object]


def _template(site: Site) -> Guest:
    return site.guests[KUBE_TEMPLATE]


def _set(**values: str | int) -> Toggle:
    return lambda site: _template(site).config.update(values)


def _without(key: str) -> Toggle:
    return lambda site: _template(site).config.pop(key, None)


def _lose(privilege: str) -> Toggle:
    """Nobody was ever given that privilege."""

    def lose(site: Site) -> None:
        site.roles = {name: held - {privilege} for name, held in site.roles.items()}

    return lose


def _release(release: str) -> Toggle:
    def change(site: Site) -> None:
        site.release, site.version = release, f"{release}.1"

    return change


def _several(*parts: Toggle) -> Toggle:
    def change(site: Site) -> None:
        for part in parts:
            part(site)

    return change


def _guest(vmid: int, name: str, node: str = "pve1", *, memory_mib: int = 1024, address: str = "") -> Toggle:
    def add(site: Site) -> None:
        config: dict[str, str | int] = {"agent": "1", "memory": str(memory_mib), "cores": 1}
        addresses = (address,) if address else ()
        site.guests[vmid] = Guest(vmid, node, name, is_running=bool(address), config=config, agent_addresses=addresses)

    return add


def _twin_template(site: Site) -> None:
    original = _template(site)
    site.guests[9100] = Guest(9100, "pve2", original.name, is_template=True, config=dict(original.config))


def _local_cloudinit_drive(site: Site) -> None:
    """Every disk is shared but for the one that nobody thinks of."""
    config = _template(site).config
    config["scsi0"] = str(config["scsi0"]).replace("local-lvm:", "ceph-vm:")
    config["ide2"] = "local-lvm:vm-9000-cloudinit,media=cdrom,size=4M"


def _shared_template(site: Site) -> None:
    config = _template(site).config
    config["scsi0"] = str(config["scsi0"]).replace("local-lvm:", "ceph-vm:")


def _iso_on_cephfs(site: Site) -> None:
    _shared_template(site)
    site.storages["local"].content = ("vztmpl", "backup")
    site.storages["cephfs"] = Storage("cephfs", "cephfs", ("iso", "backup"), is_shared=True)


def _thick_storage(site: Site) -> None:
    site.storages["local-lvm"].kind = "lvm"


def _node_down(name: str) -> Toggle:
    def down(site: Site) -> None:
        site.nodes[name].is_online = False

    return down


def _in_pool_only(site: Site) -> None:
    """VM.Allocate holds in the pool alone, and the document names none."""
    site.roles["LatticeVms"] = site.roles["LatticeVms"] - {"VM.Allocate"}
    site.roles["LatticeInPool"] = site.roles["LatticeVms"] | {"VM.Allocate", "Pool.Audit"}
    for kind, who in (("user", USER), ("token", f"{USER}!{TOKEN}")):
        site.acls.append(Acl("/pool/team-a", kind, who, "LatticeInPool"))  # type: ignore[arg-type]


def _no_token_acls(site: Site) -> None:
    site.acls = [acl for acl in site.acls if acl.kind != "token"]


def _token_expired(site: Site) -> None:
    site.token().expires_at = int(time.time()) - DAY_S


def _token_expires_soon(site: Site) -> None:
    site.token().expires_at = int(time.time()) + 5 * DAY_S
    _see_tokens(site)


def _see_tokens(site: Site) -> None:
    """The token may read facts of tokens: it has User.Modify."""
    site.roles["LatticeUsers"] = frozenset({"User.Modify"})
    for kind, who in (("user", USER), ("token", f"{USER}!{TOKEN}")):
        site.acls.append(Acl("/access", kind, who, "LatticeUsers"))  # type: ignore[arg-type]


def _token_unknown(site: Site) -> None:
    user = site.users[USER]
    user.tokens["other"] = user.tokens.pop(TOKEN)
    # What is handed out stays the name that is no longer there.
    user.tokens["other"].name = "other"


def _user_gone(site: Site) -> None:
    del site.users[USER]


def _one_node(site: Site) -> None:
    site.nodes = {"pve1": site.nodes["pve1"]}
    site.guests = {vmid: guest for vmid, guest in site.guests.items() if guest.node == "pve1"}


def _many_guests(site: Site) -> None:
    for number in range(1000):
        _guest(1000 + number, f"app-{number:03}", memory_mib=16)(site)


def _hostile_names(site: Site) -> None:
    """Names that would do something if they were drawn as markup, or sent to a terminal."""
    evil = "[@click=app.bell]x[/y]\x1b[2J\u202e"
    site.guests[9002] = Guest(9002, "pve1", evil, is_template=True, config=dict(_template(site).config))
    site.pools[evil] = Pool(evil)
    site.nodes["pve3"].bridges[0].name = evil


TOGGLES: Mapping[str, Toggle] = MappingProxyType(
    {
        "nothing-wrong": lambda site: site,
        "template-legacy-boot": _set(boot="c", bootdisk="scsi0"),
        "template-empty-boot": _without("boot"),
        "template-gone": lambda site: site.guests.pop(KUBE_TEMPLATE),
        "template-not-converted": lambda site: setattr(_template(site), "is_template", False),
        "template-elsewhere": lambda site: setattr(_template(site), "node", "pve2"),
        "template-twin": _twin_template,
        "template-no-disk": _several(_set(sata0="local-lvm:base-9000-disk-0,size=20G"), _without("scsi0")),
        "template-large-disk": _set(scsi0="local-lvm:base-9000-disk-0,size=80G"),
        "template-ide0": _set(ide0="local-lvm:vm-9000-cloudinit,media=cdrom,size=4M"),
        "template-no-network": _without("net0"),
        "template-mixed-nics": _set(net1="e1000=BC:24:11:00:00:99,bridge=vmbr1"),
        "template-no-agent": _set(agent="0"),
        "template-plain": lambda site: _several(
            lambda _: setattr(_template(site), "name", "ubuntu-24.04-cloudimg"), _set(tags="")
        )(site),
        "template-unnamed": lambda site: _several(lambda _: setattr(_template(site), "name", "golden"), _set(tags=""))(
            site
        ),
        "template-other-version": lambda site: _several(
            lambda _: setattr(_template(site), "name", "ubuntu-2404-kube-v1.33.4"), _set(tags="kube")
        )(site),
        "template-locked": _set(lock="backup"),
        "template-cicustom": _set(cicustom="user=local:snippets/x.yaml"),
        "template-shared": _shared_template,
        "template-local-cloudinit": _local_cloudinit_drive,
        "template-thick-storage": _thick_storage,
        "storage-inactive": lambda site: site.storages.update(
            {"nas": Storage("nas", "nfs", ("backup",), is_shared=True, is_active=False)}
        ),
        "storage-no-images": lambda site: setattr(site.storages["local-lvm"], "content", ("rootdir",)),
        "storage-full": lambda site: setattr(site.storages["local-lvm"], "used_gib", 1750),
        "iso-missing": lambda site: setattr(site.storages["local"], "content", ("vztmpl", "backup")),
        "iso-elsewhere": lambda site: setattr(site, "api_node", "pve2"),
        "iso-on-cephfs": _iso_on_cephfs,
        "iso-left-behind": lambda site: site.storages["local"].put(
            "pve1", Volume("local:iso/user-data-777.iso", "iso", GIB // 1024)
        ),
        "bridge-missing": lambda site: site.nodes["pve1"].bridges.pop(0),
        "bridge-down": lambda site: setattr(site.nodes["pve1"].bridges[0], "is_active", False),
        "bridge-not-vlan-aware": lambda site: setattr(site.nodes["pve1"].bridges[0], "is_vlan_aware", False),
        "bridge-other-subnet": lambda site: setattr(site.nodes["pve1"].bridges[0], "cidr", "10.9.0.11/16"),
        "bridge-other-gateway": lambda site: setattr(site.nodes["pve1"].bridges[0], "gateway", "192.168.1.254"),
        "memory-full": _guest(300, "database", memory_mib=57344),
        "memory-tight": _guest(300, "database", memory_mib=40960),
        "cpu-small": lambda site: setattr(site.nodes["pve1"], "cpus", 1),
        "vmid-taken": _guest(20000, "somebody-elses"),
        "names-taken": _guest(310, "homelab-control-plane-x7k2p"),
        "endpoint-in-use": _guest(320, "printer-server", address=VIP_TAKEN),
        "pool-in-use": _guest(321, "wiki", address=POOL_TAKEN),
        "node-down": _node_down("pve1"),
        "other-node-down": _node_down("pve3"),
        "no-quorum": lambda site: setattr(site, "is_quorate", False),
        "token-expired": _token_expired,
        "token-expires-soon": _token_expires_soon,
        "token-wrong-secret": lambda site: setattr(site.token(), "secret", "another"),
        "token-unknown": _token_unknown,
        "token-shared": lambda site: setattr(site.token(), "is_separated", False),
        "token-visible": _see_tokens,
        "user-gone": _user_gone,
        "user-disabled": lambda site: setattr(site.users[USER], "is_enabled", False),
        "realm-gone": lambda site: site.realms.pop("pve"),
        "generic-401": lambda site: setattr(site, "says_generic_401", True),
        "privsep-without-permissions": _no_token_acls,
        "pool-scoped": _in_pool_only,
        "no-sdn-use": _lose("SDN.Use"),
        "no-vm-allocate": _lose("VM.Allocate"),
        "no-vm-clone": _lose("VM.Clone"),
        "no-vm-audit": _lose("VM.Audit"),
        "no-allocate-template": _lose("Datastore.AllocateTemplate"),
        "no-allocate-space": _lose("Datastore.AllocateSpace"),
        "no-access-network": _lose("Sys.AccessNetwork"),
        "no-sys-audit": _lose("Sys.Audit"),
        "no-agent-privilege": _several(_lose("VM.GuestAgent.Unrestricted"), _lose("VM.GuestAgent.Audit")),
        "pve8": _release("8.4"),
        "pve8-no-monitor": _several(_release("8.4"), _lose("VM.Monitor")),
        "pve7": _release("7.4"),
        "clock-ahead": lambda site: setattr(site, "clock_offset_s", 900),
        "clock-a-little-ahead": lambda site: setattr(site, "clock_offset_s", 120),
        "not-proxmox": lambda site: setattr(site, "is_other_server", True),
        "one-node": _one_node,
        "many-guests": _many_guests,
        "hostile-names": _hostile_names,
        "slow-agents": lambda site: setattr(site, "agent_delay_s", 5.0),
        "boot-never-ends": lambda site: setattr(site, "boot_ending", "never"),
        "boot-unheard": lambda site: setattr(site, "boot_ending", "unheard"),
        "boot-without-packages": lambda site: setattr(site, "boot_ending", "failed"),
        "slow-tasks": lambda site: setattr(site, "task_s", 2.0),
    }
)
