"""Where a template and what it is made from go, and whether the token may put them there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.proxmox.answers import rows, text
from lattice_tui.providers.proxmox.errors import PveError, PveRefusedError
from lattice_tui.providers.proxmox.in_use import used_addresses
from lattice_tui.providers.proxmox.inventory import StorageRow
from lattice_tui.providers.proxmox.making_image import CloudImage
from lattice_tui.providers.proxmox.making_seed import Kubernetes, Static
from lattice_tui.providers.proxmox.site import storages
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.proxmox.checks.look import Look

FIRST_ID: Final = 9000
MARK: Final = "lattice-template"
"""Tag of what was made here: undoing removes nothing without it."""
DISK_GIB: Final = 10
"""Of a template with Kubernetes: Ubuntu's own 3.5 GiB are too few for the packages."""
_MACHINE: Final = ("Disk", "CPU", "Memory", "Network", "Options", "HWType")
_AGENT: Final = {8: "VM.Monitor", 9: "VM.GuestAgent.Unrestricted"}
"""Reading a file in the machine. VM.Monitor is gone in 9."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One template: its number, its name, and the place of every part."""

    node: str
    images: str
    """Storage that the image is fetched into."""
    disks: str
    vmid: int
    bridge: str
    zone: str
    """Of the bridge; `localnetwork` but for the SDN's own networks."""
    vlan: int | None
    image: CloudImage
    major: int
    """Release of Proxmox VE."""
    kubernetes: Kubernetes | None = None
    """What is installed; None: the image as it is."""
    seeds: str = ""
    """Storage of the CD with the machine's first settings."""
    network: Static | None = None
    """None: by DHCP."""

    @property
    def name(self) -> str:
        return self.image.name if self.kubernetes is None else f"ubuntu-2404-kube-v{self.kubernetes.version}"

    @property
    def volume(self) -> str:
        return f"{self.images}:import/{self.image.file}"

    @property
    def seed_file(self) -> str:
        return f"lattice-template-{self.vmid}.iso"

    @property
    def seed(self) -> str:
        return f"{self.seeds}:iso/{self.seed_file}"

    @property
    def settings(self) -> dict[str, str | int]:
        """Of the machine that becomes the template."""
        tag = f",tag={self.vlan}" if self.vlan is not None and self.kubernetes is not None else ""
        said: dict[str, str | int] = {
            "vmid": self.vmid,
            "name": self.name,
            "memory": 2048,
            "cores": 2,
            "cpu": "x86-64-v2-AES",
            "ostype": "l26",
            "scsihw": "virtio-scsi-single",
            "scsi0": f"{self.disks}:0,import-from={self.volume},discard=on,iothread=1",
            "boot": "order=scsi0",
            "net0": f"virtio,bridge={self.bridge}{tag}",
            "serial0": "socket",
            "agent": "1",
            "onboot": 1,
            "tags": f"{MARK};{'plain' if self.kubernetes is None else 'kube'}",
        }
        if self.kubernetes is not None:
            said["ide2"] = f"{self.seed},media=cdrom"
        return said

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Privileges by path."""
        found: dict[str, list[str]] = {}

        def need(path: str, *privileges: str) -> None:
            found.setdefault(path, []).extend(privileges)

        is_tagged = self.vlan is not None and self.kubernetes is not None
        need(f"/nodes/{self.node}", "Sys.AccessNetwork")
        need(f"/storage/{self.images}", "Datastore.AllocateTemplate")
        need(f"/storage/{self.disks}", "Datastore.AllocateSpace")
        need(f"/vms/{self.vmid}", "VM.Allocate", *(f"VM.Config.{name}" for name in _MACHINE))
        need(f"/sdn/zones/{self.zone}/{self.bridge}" + (f"/{self.vlan}" if is_tagged else ""), "SDN.Use")
        if self.kubernetes is not None:
            agent = _AGENT[9 if self.major >= 9 else 8]
            need(f"/vms/{self.vmid}", "VM.Audit", "VM.Config.CDROM", "VM.PowerMgmt", agent)
            # The CD is put there, seen by the machine, and removed again.
            need(f"/storage/{self.seeds}", "Datastore.AllocateTemplate", "Datastore.AllocateSpace")
            need(f"/storage/{self.seeds}", "Datastore.Allocate")
        return {path: tuple(dict.fromkeys(privileges)) for path, privileges in found.items()}


async def plan_of(look: Look, image: CloudImage, kubernetes: Kubernetes | None) -> Plan:
    """Raises LatticeError when there is no place for it."""
    wish = look.wish
    online = [node.name for node in await look.nodes() if node.is_online]
    node = wish.source_node if wish.source_node in online else next(iter(online), "")
    there = [storage for storage in await storages(look, node) if storage.is_active] if node else []
    images = next((storage.name for storage in there if storage.takes("import")), "")
    if not images:
        raise LatticeError(_no_import(node), ExitCode.CAPACITY)
    disks = [storage for storage in there if storage.takes("images")]
    if not disks:
        problem = Problem(
            "LT-PVE-222", f"{node} has no storage for disks", "Datacenter > Storage: tick Disk image at one of them"
        )
        raise LatticeError(problem, ExitCode.CAPACITY)
    seeds = next((storage.name for storage in there if storage.takes("iso")), "")
    if kubernetes is not None and not seeds:
        raise LatticeError(_no_iso(node), ExitCode.CAPACITY)
    bridge = wish.bridge or "vmbr0"
    return Plan(
        node,
        images,
        _best(disks, wish.storage),
        await _free_id(look),
        bridge,
        await _zone(look, bridge),
        wish.vlan,
        image,
        (await look.version()).major,
        kubernetes,
        seeds,
        await _network(look) if kubernetes is not None else None,
    )


async def check_may(look: Look, plan: Plan) -> None:
    """Raises LatticeError that names every privilege that is missing, before anything is made."""
    lacking, names = [], []
    for path, wanted in plan.needs.items():
        held = await look.privileges(path)
        missing = [name for name in wanted if name not in held]
        if missing:
            lacking.append(f"{path}: {' '.join(missing)}")
            names += missing
    if lacking:
        problem = Problem(
            "LT-PVE-261",
            "The token may not make a template",
            f"Give it these privileges too: {'; '.join(lacking)}",
            detail="Fetching an image into a storage is a right of its own: PVEAdmin does not have it.",
            check=f'pveum role add LatticeImage --privs "{" ".join(dict.fromkeys(names))}"',
        )
        raise LatticeError(problem, ExitCode.PERMISSION)


def _best(disks: list[StorageRow], wished: str) -> str:
    """The one that is named; else a shared one, which reaches every node; else the one with most room."""
    named = next((storage.name for storage in disks if storage.name == wished), "")
    return named or max(disks, key=lambda storage: (storage.is_shared, storage.free_bytes)).name


async def _free_id(look: Look) -> int:
    """The number that the document asks for, where it is free; else the first from 9000 on."""
    wished = look.wish.template_id
    tried: tuple[int, ...] = (wished,) if wished else ()
    numbers: tuple[int, ...] = (*tried, *range(FIRST_ID, FIRST_ID + 100))
    for vmid in numbers:
        try:
            await look.get("cluster/nextid", {"vmid": vmid})
        except PveRefusedError as error:
            if error.status != 400:
                raise
        else:
            return vmid
    return int(str(await look.get("cluster/nextid")))


async def _zone(look: Look, bridge: str) -> str:
    try:
        vnets = rows(await look.get("cluster/sdn/vnets"))
    except PveError:
        # Without SDN there are bridges alone.
        return "localnetwork"
    return next((text(row, "zone") for row in vnets if text(row, "vnet") == bridge), "") or "localnetwork"


async def _network(look: Look) -> Static | None:
    """The last address of the machines' pool that nobody is known to have; None: there is no pool yet."""
    wish, pool = look.wish, look.wish.address_pool
    if pool is None or pool.prefix > pool.gateway.max_prefixlen or pool.start.version != pool.gateway.version:
        return None
    used = (await used_addresses(look)).by
    for number in range(min(int(pool.end) - int(pool.start) + 1, 256)):
        address = pool.end - number
        if address not in (pool.gateway, wish.vip) and address not in used:
            return Static(str(address), pool.prefix, str(pool.gateway), wish.dns_servers or (str(pool.gateway),))
    return None


def _no_import(node: str) -> Problem:
    return Problem(
        "LT-PVE-260",
        f"{node or 'Proxmox'} has no storage that images can be imported from",
        "Datacenter > Storage > local > Content: tick Import (Proxmox VE 8.4 and later); or make the template by hand",
        detail="Proxmox fetches the image into a storage whose content names Import.",
        check="pvesm set local --content iso,vztmpl,backup,import",
    )


def _no_iso(node: str) -> Problem:
    return Problem(
        "LT-PVE-265",
        f"{node} has no storage for ISO images",
        "Datacenter > Storage > local > Content: tick ISO image",
        detail="The machine that becomes the template reads from a small CD what it has to install.",
        check="pvesm set local --content iso,vztmpl,backup,import",
    )
