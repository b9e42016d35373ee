"""The first-time failures of Proxmox (rows 1 to 30): what a person would have met, and the check that says so before.

Each is made by a toggle of the stand-in's site, some of them together with a document that walks into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tests.failures.rows import FailureRow

THREE_NODES = "pve1\npve2\npve3"
SOMEWHERE_ELSE: Mapping[int, str] = MappingProxyType(
    {
        14: "offered where a template is made: the making asks for Sys.AccessNetwork itself",
        20: "a node's address that becomes the endpoint is a fault of some releases of CAPMOX, which is pinned",
        22: "names of image-builder's variables: reading what is pasted or set, without a server",
        23: "a Cluster API that is too new: versions.toml pins both",
        25: "the whole token id in the field for its name: reading what is pasted, without a server",
    }
)
"""Rows that no look at a server can catch, and what does."""

ROWS: tuple[FailureRow, ...] = (
    FailureRow(
        (1,), "boot.legacy: value does not match the regex pattern",
        "proxmox-template-boot", "fail", "LT-PVE-203", "qm set 9000 --boot order=scsi0", "template-legacy-boot",
    ),
    FailureRow(
        (1,), "an empty boot order breaks as well",
        "proxmox-template-boot", "fail", "LT-PVE-203", "qm set 9000 --boot order=scsi0", "template-empty-boot",
    ),
    FailureRow(
        (2,), "can't clone to non-shared storage",
        "proxmox-clone-nodes", "fail", "LT-PVE-221", "allowedNodes: [pve1]", "template-shared",
    ),
    FailureRow(
        (3,), "can't clone VM to node (VM uses local storage): its cloud-init drive",
        "proxmox-clone-nodes", "fail", "LT-PVE-221", "allowedNodes: [pve1]", "template-local-cloudinit",
    ),
    FailureRow(
        (4,), "several templates have the tags",
        "proxmox-template", "fail", "LT-PVE-202", "a tag of its own", "template-twin",
    ),
    FailureRow(
        (5,), "the upload of a CD to another node fails",
        "proxmox-iso", "warn", "LT-PVE-226", "allowedNodes: [pve2]", "iso-elsewhere",
    ),
    FailureRow(
        (6,), "a CD on CephFS is not seen by the other node",
        "proxmox-iso", "warn", "LT-PVE-226", "Keep machines on one node", "iso-on-cephfs",
    ),
    FailureRow(
        (7,), "unexpected end of JSON input: a storage that does not answer",
        "proxmox-storage-active", "warn", "LT-PVE-224", "nas on pve1", "storage-inactive",
    ),
    FailureRow(
        (8,), "not authorized to access endpoint: privilege separation without permissions",
        "proxmox-token-facts", "fail", "LT-PVE-150", "Untick Privilege Separation", "privsep-without-permissions",
    ),
    FailureRow(
        (9,), "unable to create new vm: not authorized",
        "proxmox-permissions", "fail", "LT-PVE-160", "VM.Allocate", "no-vm-allocate",
    ),
    FailureRow(
        (10,), "the token may act in one pool alone, and none is named",
        "proxmox-permissions", "fail", "LT-PVE-160", "VM.Allocate", "pool-scoped",
    ),
    FailureRow(
        (11,), "403 /sdn/zones/localnetwork/vmbr0 SDN.Use",
        "proxmox-permissions", "fail", "LT-PVE-160", "SDN.Use", "no-sdn-use",
    ),
    FailureRow(
        (12,), "403 on the upload: Datastore.AllocateTemplate",
        "proxmox-permissions", "fail", "LT-PVE-160", "Datastore.AllocateTemplate", "no-allocate-template",
    ),
    FailureRow(
        (13,), "Proxmox 9 has no VM.Monitor any more",
        "proxmox-permissions", "fail", "LT-PVE-160", "VM.GuestAgent.Unrestricted", "no-agent-privilege",
    ),
    FailureRow(
        (13,), "Proxmox 8 wants VM.Monitor",
        "proxmox-permissions", "fail", "LT-PVE-160", "VM.Monitor", "pve8-no-monitor",
    ),
    FailureRow(
        (15,), "cannot reserve ...B: 0B available",
        "proxmox-memory", "fail", "LT-PVE-240", "memoryAdjustment: 0", "memory-full",
    ),
    FailureRow(
        (16,), "clones time out on the storage's lock",
        "proxmox-many-clones", "warn", "LT-PVE-227", "linked clones", "nothing-wrong",
    ),
    FailureRow(
        (17,), "the agent never answers",
        "proxmox-template-agent", "warn", "LT-PVE-207", "qm set 9000 --agent 1", "template-no-agent",
    ),
    FailureRow(
        (18,), "cannot find node: capitals",
        "proxmox-nodes", "fail", "LT-PVE-180", "Write pve1", "nothing-wrong",
    ),
    FailureRow(
        (19,), "the API's address is somebody else's",
        "proxmox-endpoint", "fail", "LT-PVE-251", "Write a free address", "endpoint-in-use",
    ),
    FailureRow(
        (19,), "a machine gets an address that somebody has",
        "proxmox-in-use", "fail", "LT-PVE-253", "Choose a free block", "pool-in-use",
    ),
    FailureRow(
        (21,), "the pool of addresses runs out",
        "proxmox-addresses", "fail", "LT-ADR-007", "larger", "nothing-wrong",
    ),
    FailureRow(
        (24,), "401 no such token",
        "proxmox-sign-in", "fail", "LT-PVE-121", "pveum user token list", "token-unknown",
    ),
    FailureRow(
        (26,), "401 because of the clock",
        "proxmox-clock", "fail", "LT-CLK-002", "set their clocks", "clock-ahead",
    ),
    FailureRow(
        (27,), "403 (/, Sys.Audit)",
        "proxmox-permissions", "fail", "LT-PVE-160", "Sys.Audit", "no-sys-audit",
    ),
    FailureRow(
        (28,), "595: the node is down",
        "proxmox-nodes", "fail", "LT-PVE-181", "Switch pve1 on", "node-down",
    ),
    FailureRow(
        (29,), "network cards of several models: the wrong address",
        "proxmox-template-network", "warn", "LT-PVE-206", "qm set 9000 --net1 virtio", "template-mixed-nics",
    ),
    FailureRow(
        (30,), "a plain cloud image with kubeadm",
        "proxmox-template-image", "fail", "LT-PVE-210", "bootstrap: rke2", "template-plain",
    ),
)  # fmt: skip
CHANGES: Mapping[tuple[int, str], Mapping[str, str]] = MappingProxyType(
    {
        (2, "template-shared"): {"allowed_nodes": THREE_NODES, "storage": "local-lvm"},
        (3, "template-local-cloudinit"): {"allowed_nodes": THREE_NODES, "storage": ""},
        (4, "template-twin"): {"template_id": "", "source_node": "", "template_tags": "kube\nv1.35.5"},
        (6, "iso-on-cephfs"): {"allowed_nodes": THREE_NODES, "storage": "ceph-vm"},
        (16, "nothing-wrong"): {"groups": '[["control plane", 3, 2, 4096, 50], ["default", 3, 2, 4096, 50]]'},
        (18, "nothing-wrong"): {"source_node": "PVE1"},
        (21, "nothing-wrong"): {"pool_end": "192.168.1.203"},
    }
)
"""By row and toggle: what the document says otherwise than the example."""
AFTERMATH: Mapping[tuple[int, str], Mapping[str, str]] = MappingProxyType(
    {
        # A CD for a machine on another node crosses nodes, whatever the template is on.
        (2, "template-shared"): {"proxmox-iso": "warn"},
        (3, "template-local-cloudinit"): {"proxmox-iso": "warn"},
        # A token without any permission sees nothing of what it is to use.
        (8, "privsep-without-permissions"): {
            "proxmox-permissions": "fail",
            "proxmox-template": "fail",
            "proxmox-iso": "fail",
            "proxmox-bridge": "fail",
        },
    }
)
"""By row and toggle: what else is wrong then, and is told by rows of its own."""
