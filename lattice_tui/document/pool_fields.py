"""What can be said of one pool of machines beside its size: labels, taints, and machines of its own kind."""

from __future__ import annotations

from typing import Final

from lattice_tui.document import patterns
from schemas.fields import Choice, Field

_POOL = "spec.nodes.workerPools.default"

POOL_LABELS: Final = Field(
    path=f"{_POOL}.labels",
    label="Labels of the nodes",
    help="labels on every node of this pool",
    why="Programs choose their nodes by labels (nodeSelector).",
    example="team: web",
    default_reason="none",
    notes=("Values are text: a number, true or no needs quotes.",),
)
TAINTS: Final = Field(
    path=f"{_POOL}.taints",
    label="Taints of the nodes",
    help="marks that keep programs away from this pool",
    why="Only programs that tolerate a mark run there: for nodes that are kept for something.",
    example="{key: dedicated, value: db, effect: NoSchedule}",
    default_reason="none",
)
TAINT_KEY: Final = Field(
    path=f"{_POOL}.taints[].key",
    label="Key of a taint",
    help="what the mark is called",
    why="Programs name it in their tolerations.",
    example="dedicated",
    pattern=patterns.LABEL_KEY,
)
TAINT_VALUE: Final = Field(
    path=f"{_POOL}.taints[].value",
    label="Value of a taint",
    help="what the mark says",
    why="Programs may tolerate one value of a key and not another.",
    example="db",
    default_reason="none",
    pattern=patterns.LABEL_VALUE,
)
TAINT_EFFECT: Final = Field(
    path=f"{_POOL}.taints[].effect",
    label="Effect of a taint",
    help="NoSchedule, PreferNoSchedule or NoExecute",
    why="It decides what happens to programs that do not tolerate the mark.",
    example="NoSchedule",
    kind="choice",
    choices=(
        Choice("NoSchedule", "NoSchedule", "new ones are kept away"),
        Choice("PreferNoSchedule", "PreferNoSchedule", "new ones are kept away where there is room elsewhere"),
        Choice("NoExecute", "NoExecute", "running ones have to leave, too"),
    ),
)

TAINT_FIELDS: Final = (TAINTS, TAINT_KEY, TAINT_VALUE, TAINT_EFFECT)

_USUAL = "the provider's size for workers"

SIZE_FIELDS: Final = (
    Field(
        path=f"{_POOL}.size.cores",
        label="Cores",
        help="processor cores of each machine of this pool",
        why="Pools may differ: a few large machines beside many small ones.",
        example="4",
        default_reason=_USUAL,
        kind="integer",
        notes=("For Proxmox.",),
    ),
    Field(
        path=f"{_POOL}.size.memoryMb",
        label="Memory",
        help="memory of each machine of this pool, in MiB",
        why="A program gets no more than one machine has.",
        example="8192",
        default_reason=_USUAL,
        kind="integer",
        notes=("For Proxmox.",),
    ),
    Field(
        path=f"{_POOL}.size.diskSizeGb",
        label="Disk",
        help="disk of each machine of this pool, in GiB",
        why="It holds the system, images and logs. It is at least as large as the template's.",
        example="50",
        default_reason=_USUAL,
        kind="integer",
        notes=("For Proxmox.",),
    ),
    Field(
        path=f"{_POOL}.size.flavor",
        label="Flavor",
        help="flavor of each machine of this pool",
        why="A flavor is OpenStack's word for cores, memory and disk together.",
        where="openstack flavor list",
        example="m1.large",
        default_reason=_USUAL,
        notes=("For OpenStack.",),
        pattern=patterns.LINE,
    ),
    Field(
        path=f"{_POOL}.size.instanceType",
        label="Instance type",
        help="instance type of each machine of this pool",
        why="It decides cores, memory and price.",
        where="aws ec2 describe-instance-types",
        example="m6i.large",
        default_reason=_USUAL,
        notes=("For AWS.",),
        pattern=patterns.LINE,
    ),
    Field(
        path=f"{_POOL}.size.rootVolumeSizeGb",
        label="Root volume",
        help="root volume of each machine of this pool, in GiB",
        why="It holds the system, images and logs.",
        example="80",
        default_reason=_USUAL,
        kind="integer",
        notes=("For OpenStack and AWS.",),
    ),
    Field(
        path=f"{_POOL}.size.rootVolumeType",
        label="Kind of root volume",
        help="kind of root volume of each machine of this pool",
        why="It decides how fast the disk is, and what it costs.",
        example="gp3",
        default_reason=_USUAL,
        notes=("For OpenStack and AWS.",),
        pattern=patterns.LINE,
    ),
)
