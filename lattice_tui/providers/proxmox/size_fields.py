"""Proxmox's questions about the size of machines, and the numbers that they get there."""

from __future__ import annotations

from typing import Final

from lattice_tui.providers.proxmox.forms import BLOCK
from schemas.fields import Field

VM_ID_START: Final = Field(
    path=f"{BLOCK}.vmIdRange.start",
    label="First VM id",
    help="first number that machines get in Proxmox",
    why="Proxmox gives a number away again as soon as it is free. A range of its own keeps machines apart from yours.",
    where="Datacenter > Search: the numbers in the column Description.",
    example="20000",
    kind="integer",
)
VM_ID_END: Final = Field(
    path=f"{BLOCK}.vmIdRange.end",
    label="Last VM id",
    help="last number that machines get in Proxmox",
    why="The range has a number for each machine, and one more for each group that is replaced one by one.",
    where="Datacenter > Search: the numbers in the column Description.",
    example="20099",
    kind="integer",
)
CP_CORES: Final = Field(
    path=f"{BLOCK}.cpCores",
    label="Cores of a control-plane machine",
    help="processor cores of each control-plane machine",
    why="kubeadm refuses fewer than 2.",
    example="4",
    default="4",
    default_reason="comfortable for a small cluster; 2 are enough to try it",
    kind="integer",
)
CP_MEMORY: Final = Field(
    path=f"{BLOCK}.cpMemoryMb",
    label="Memory of a control-plane machine",
    help="memory of each control-plane machine in MiB, a multiple of 8",
    why="kubeadm refuses less than 1700 MiB; the API server and etcd want 2 to 4 GiB.",
    example="8192",
    default="8192",
    default_reason="comfortable for a small cluster; 4096 are enough to try it",
    kind="integer",
)
CP_DISK: Final = Field(
    path=f"{BLOCK}.cpDiskSizeGb",
    label="Disk of a control-plane machine",
    help="disk of each control-plane machine in GiB, at least the template's",
    why="It holds the system, images and etcd. A disk can grow, never shrink.",
    example="50",
    default="50",
    default_reason="room for images and logs",
    kind="integer",
)
WORKER_CORES: Final = Field(
    path=f"{BLOCK}.workerCores",
    label="Cores of a worker",
    help="processor cores of each worker",
    why="Your applications share them.",
    example="2",
    default="2",
    default_reason="enough to begin with",
    kind="integer",
)
WORKER_MEMORY: Final = Field(
    path=f"{BLOCK}.workerMemoryMb",
    label="Memory of a worker",
    help="memory of each worker in MiB, a multiple of 8",
    why="A program gets no more than one machine has.",
    example="4096",
    default="4096",
    default_reason="enough to begin with",
    kind="integer",
)
WORKER_DISK: Final = Field(
    path=f"{BLOCK}.workerDiskSizeGb",
    label="Disk of a worker",
    help="disk of each worker in GiB, at least the template's",
    why="It holds the system, images, logs and local volumes. A disk can grow, never shrink.",
    example="50",
    default="50",
    default_reason="room for images and logs",
    kind="integer",
)

VM_ID_FIELDS: Final = (VM_ID_START, VM_ID_END)
SIZE_FIELDS: Final = (CP_CORES, CP_MEMORY, CP_DISK, WORKER_CORES, WORKER_MEMORY, WORKER_DISK)
