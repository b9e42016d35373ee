"""The site that nothing is wrong with: three nodes, a Kubernetes template, a token with the privileges it needs."""

from __future__ import annotations

from lattice_tui.rehearsal.proxmox.site import (
    GIB,
    Acl,
    Bridge,
    ConfigValue,
    Guest,
    Node,
    Pool,
    Site,
    Storage,
    Token,
    User,
    Vnet,
    Volume,
)

USER = "lattice@pve"
TOKEN = "installer"  # noqa: S105 - its name
SECRET = "5f8a1c2e-0b7d-4e39-9a64-3d2c1b0e7f85"  # noqa: S105 - opens nothing but the stand-in
KUBE_TEMPLATE = 9000
PLAIN_TEMPLATE = 9001
CLOUD_IMAGE = "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img"
PRIVILEGES_BY_PATH = {
    "/": ("Sys.Audit",),
    "/nodes": ("Sys.Audit", "Sys.AccessNetwork"),
    "/vms": (
        *("VM.Allocate", "VM.Audit", "VM.Clone", "VM.PowerMgmt"),
        *("VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.CDROM"),
        *("VM.Config.Options", "VM.Config.HWType", "VM.Config.Cloudinit"),
        *("VM.Monitor", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"),
    ),
    "/storage": ("Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit"),
    "/sdn/zones": ("SDN.Use", "SDN.Audit"),
    "/pool": ("Pool.Audit",),
}
"""What the token has. A role may name privileges of both releases: each knows its own."""


def default_site() -> Site:
    """A fresh one at each call: whoever has it may change it."""
    site = Site(token_of_credentials=(USER, TOKEN), secret_of_credentials=SECRET)
    for number, name in enumerate(("pve1", "pve2", "pve3"), 11):
        bridges = [
            Bridge("vmbr0", cidr=f"192.168.1.{number}/24", gateway="192.168.1.1", is_vlan_aware=True),
            Bridge("vmbr1", ports="eno2"),
        ]
        site.nodes[name] = Node(name, f"192.168.1.{number}", bridges=bridges, dns=("192.168.1.1",))
    site.storages = {storage.name: storage for storage in _storages()}
    site.vnets["apps"] = Vnet("apps", "evpn1", tag=2100, taken=("10.20.0.2",))
    site.pools = {name: Pool(name) for name in ("kubernetes", "team-a")}
    site.downloads = {CLOUD_IMAGE: 600 * 1024**2}
    for guest in _guests():
        site.guests[guest.vmid] = guest
    _add_disks(site)
    _add_people(site)
    return site


def _storages() -> tuple[Storage, ...]:
    return (
        Storage("local", "dir", ("iso", "vztmpl", "backup", "import"), total_gib=98, used_gib=12),
        Storage("local-lvm", "lvmthin", ("images", "rootdir"), total_gib=1800, used_gib=240),
        Storage("ceph-vm", "rbd", ("images", "rootdir"), is_shared=True, total_gib=4000, used_gib=900),
    )


def _guests() -> tuple[Guest, ...]:
    return (
        _template(KUBE_TEMPLATE, "ubuntu-2404-kube-v1.35.5", "kube;v1.35.5"),
        _template(PLAIN_TEMPLATE, "ubuntu-2404-cloud", "ubuntu", storage="ceph-vm"),
        Guest(
            *(101, "pve1", "nas"),
            is_running=True,
            config=_machine(101, cores=2, memory=4096, disk_gib=32),
            agent_addresses=("192.168.1.21", "fd00::21"),
        ),
        Guest(102, "pve2", "media", is_running=True, config={**_machine(102, 4, 8192, 64), "agent": "0"}),
        Guest(
            *(110, "pve1", "dns", "lxc"),
            is_running=True,
            config={
                "cores": 1,
                "memory": 512,
                "ostype": "debian",
                "rootfs": "local-lvm:vm-110-disk-0,size=8G",
                "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:6E,ip=192.168.1.2/24,gw=192.168.1.1,type=veth",
            },
        ),
    )


def _machine(vmid: int, cores: int, memory: int, disk_gib: int) -> dict[str, ConfigValue]:
    return {
        "agent": "1",
        "boot": "order=scsi0",
        "cores": cores,
        "memory": str(memory),
        "ostype": "l26",
        "scsihw": "virtio-scsi-single",
        "serial0": "socket",
        "cpu": "x86-64-v2-AES",
        "sockets": 1,
        "scsi0": f"local-lvm:vm-{vmid}-disk-0,iothread=1,size={disk_gib}G",
        "net0": f"virtio=BC:24:11:00:{vmid >> 8 & 255:02X}:{vmid & 255:02X},bridge=vmbr0",
    }


def _template(vmid: int, name: str, tags: str, storage: str = "local-lvm") -> Guest:
    config: dict[str, ConfigValue] = {**_machine(vmid, cores=2, memory=2048, disk_gib=20), "tags": tags}
    config["scsi0"] = str(config["scsi0"]).replace("local-lvm:vm-", f"{storage}:base-")
    return Guest(vmid, "pve1", name, is_template=True, config=config)


def _add_disks(site: Site) -> None:
    for guest in site.guests.values():
        for key in ("scsi0", "rootfs"):
            if key in guest.config:
                volid = str(guest.config[key]).partition(",")[0]
                site.storages[volid.partition(":")[0]].put(guest.node, Volume(volid, "images", 20 * GIB, guest.vmid))


def _add_people(site: Site) -> None:
    site.users["root@pam"] = User("root@pam")
    site.users[USER] = User(USER, tokens={TOKEN: Token(TOKEN, SECRET)})
    for path, wanted in PRIVILEGES_BY_PATH.items():
        role = "Lattice" + "".join(part.capitalize() for part in path.replace("/", " ").split())
        site.roles[role] = frozenset(wanted)
        # Both: with privilege separation a token has what its user has, and of that what it was given itself.
        site.acls += [Acl(path, "user", USER, role), Acl(path, "token", f"{USER}!{TOKEN}", role)]
