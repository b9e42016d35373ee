"""Proxmox's own questions, in the order of the file."""

from __future__ import annotations

from typing import Final

from lattice_tui.providers.proxmox.address_fields import ADDRESS_FIELDS
from lattice_tui.providers.proxmox.forms import BLOCK as BLOCK
from lattice_tui.providers.proxmox.forms import INTERFACE, NODE, POOL, SSH_KEY, STORAGE, TAG
from lattice_tui.providers.proxmox.size_fields import SIZE_FIELDS, VM_ID_FIELDS
from schemas.fields import Field, Part

SOURCE_NODE: Final = Field(
    path=f"{BLOCK}.sourceNode",
    label="Node of the template",
    help="Proxmox node that holds the template",
    why="Machines are cloned there. Its name is written exactly as Proxmox shows it, capitals too.",
    where="Datacenter, in the tree on the left: the names with a server beside them.",
    example="pve1",
    default_reason="with templateTags: the node that the template is found on",
    live=True,
    pattern=f"^{NODE}$",
)
TEMPLATE_ID: Final = Field(
    path=f"{BLOCK}.templateId",
    label="Template",
    help="number of the VM template that every machine is cloned from",
    why="The template carries the system, and for kubeadm Kubernetes itself.",
    where="The tree on the left shows templates with their number; or on a node: qm list",
    example="9000",
    default_reason="none, with templateTags the template is found by its tags",
    kind="integer",
    live=True,
    notes=("Give templateId with sourceNode, or templateTags, not both.",),
)
TEMPLATE_TAGS: Final = Field(
    path=f"{BLOCK}.templateTags",
    label="Tags of the template",
    help="instead of a number: the tags that the template has, all of them",
    why="A new template with the same tags takes the place of the old one without a change here.",
    where="The template's page in Proxmox shows its tags beside its name.",
    example="kubernetes",
    default_reason="none, sourceNode and templateId name the template",
    notes=("Exactly one template may have exactly these tags.",),
    pattern=f"^{TAG}$",
)
BRIDGE: Final = Field(
    path=f"{BLOCK}.bridge",
    label="Bridge",
    help="network bridge that the machines are connected to",
    why="It decides in which network the machines get their addresses.",
    where="A node > System > Network: the rows of the type Linux Bridge.",
    example="vmbr0",
    default="vmbr0",
    default_reason="the bridge that Proxmox makes when it is installed",
    live=True,
    notes=("Every node that machines may run on has a bridge of this name.",),
    pattern=f"^{INTERFACE}$",
)
VLAN: Final = Field(
    path=f"{BLOCK}.vlan",
    label="VLAN",
    help="VLAN tag of the machines' network, 1 to 4094",
    why="Only where the network is cut into VLANs; the bridge has to be VLAN aware.",
    where="A node > System > Network > the bridge: the box VLAN aware.",
    example="20",
    default_reason="none, the machines are in the bridge's own network",
    kind="integer",
)
STORAGE_FIELD: Final = Field(
    path=f"{BLOCK}.storage",
    label="Storage",
    help="where the machines' disks go; every machine is then a full copy of the template",
    why="Without it machines share the template's disk as linked clones: quick and small, but tied to its storage.",
    where="Datacenter > Storage: those whose content names Disk image.",
    example="local-lvm",
    default_reason="the template's own storage, as linked clones",
    live=True,
    pattern=f"^{STORAGE}$",
)
RESOURCE_POOL: Final = Field(
    path=f"{BLOCK}.pool",
    label="Resource pool",
    help="resource pool of Proxmox that machines are put into",
    why="A token that may act in one pool alone needs it; it also keeps the machines together in Proxmox.",
    where="Datacenter > Permissions > Pools.",
    example="kubernetes",
    default_reason="none",
    live=True,
    pattern=f"^{POOL}$",
)
ALLOWED_NODES: Final = Field(
    path=f"{BLOCK}.allowedNodes",
    label="Nodes for machines",
    help="Proxmox nodes that machines may run on",
    why="More than one node lets the cluster outlive one; the template has to be on storage that they all share.",
    where="Datacenter, in the tree on the left.",
    example="pve1",
    default_reason="the template's own node: a template on local storage cannot be cloned to another",
    live=True,
    pattern=f"^{NODE}$",
)
INTERFACE_FIELD: Final = Field(
    path=f"{BLOCK}.virtualIpNetworkInterface",
    label="Network card of the API address",
    help="name of the machines' network card, which answers for the API's address",
    why="kube-vip announces the API's address there. With another name nobody finds the API.",
    where="In a machine made from the template: ip link",
    example="ens18",
    default="ens18",
    default_reason="what Linux calls the first virtio card on Proxmox",
    pattern=f"^{INTERFACE}$",
)
SSH_KEYS: Final = Field(
    path=f"{BLOCK}.sshAuthorizedKeys",
    label="SSH keys",
    help="public keys that may log in to the machines",
    why="Only for looking into a machine that does not come up. The private key stays with you.",
    where="~/.ssh/id_ed25519.pub",
    example="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4vPgt9kMXoGTVZCAZoYdqzZMpXJhXjGkKBMCHxjvHs me@laptop",
    default_reason="none, nobody can log in",
    pattern=f"^{SSH_KEY}$",
)
TAGS: Final = Field(
    path=f"{BLOCK}.tags",
    label="Tags of the machines",
    help="tags that every machine gets in Proxmox",
    why="They let you find the cluster's machines in Proxmox.",
    example="kubernetes",
    default_reason="none beside our own",
    pattern=f"^{TAG}$",
)
MEMORY_ADJUSTMENT: Final = Field(
    path=f"{BLOCK}.memoryAdjustment",
    label="Memory that may be promised",
    help="per cent of a node's memory that machines may have together; 0: no limit",
    why="Machines that are switched off count as well, so a full node refuses new ones although memory is free.",
    example="100",
    default_reason="100: no more than the node has",
    kind="integer",
)
FIELDS: Final = (
    SOURCE_NODE,
    TEMPLATE_ID,
    TEMPLATE_TAGS,
    BRIDGE,
    VLAN,
    *ADDRESS_FIELDS,
    STORAGE_FIELD,
    RESOURCE_POOL,
    ALLOWED_NODES,
    INTERFACE_FIELD,
    SSH_KEYS,
    TAGS,
    *VM_ID_FIELDS,
    MEMORY_ADJUSTMENT,
    *SIZE_FIELDS,
)
PARTS: Final = (
    Part(
        f"{BLOCK}.ipv4Pool",
        "Machine addresses",
        "addresses of your own network that machines get, from first to last",
        comment="addresses of your network that machines get",
    ),
    Part(
        f"{BLOCK}.ipv6Pool",
        "IPv6 machine addresses",
        "a second address for every machine, for networks with both families",
    ),
    Part(
        f"{BLOCK}.vmIdRange",
        "VM ids",
        "numbers that machines get in Proxmox; absent: a free high block",
        notes=("Machines are removed by their number alone: a block of its own keeps them apart from yours.",),
    ),
)
