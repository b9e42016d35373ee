"""Which privileges machines on Proxmox need, on which paths, and the `pveum` lines that give those that are missing.

Sources: CAPMOX docs/advanced-setups.md and its calls, pve-docs api-viewer (permissions of each method), pveum.adoc
(a role that is set deeper replaces what is inherited; a separated token has no more than its user).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Final

from lattice_tui.text import safe_text

_MACHINE: Final = (
    "VM.Allocate", "VM.Audit", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Cloudinit", "VM.Config.Disk",
    "VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options", "VM.PowerMgmt",
)  # fmt: skip
_AGENT: Final = {8: "VM.Monitor", 9: "VM.GuestAgent.Unrestricted"}
"""Running a command in the machine, with which CAPMOX asks whether cloud-init is done. VM.Monitor is gone in 9."""
_AREAS: Final = {
    "nodes": ("Sys", "Permissions"),
    "vms": ("VM", "Permissions"),
    "storage": ("Datastore", "Permissions"),
    "sdn": ("SDN", "Permissions"),
}
"""First part of a path -> the privileges that mean something there; anywhere else all may."""
LISTED: Final = "Datastore.Audit|Datastore.AllocateSpace"
"""Either lets a storage be seen at all."""


@dataclass(frozen=True, slots=True)
class Want:
    """Privileges on one path. `A|B` is either; the first is the one that would be given."""

    path: str
    privileges: tuple[str, ...]
    why: str
    role: str
    """Name of the role that would hold them."""
    propagates: bool = True
    """Whether they are used on what is below."""
    also: str = ""
    """A path whose privileges count here as well: a resource pool's reach the machines in it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a token lacks on one path."""

    want: Want
    privileges: tuple[str, ...]
    held: tuple[str, ...]
    """What it has there, and would lose: a role on a path takes the place of what comes from above."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What machines are made from, as far as it is known."""

    nodes: tuple[str, ...] = ()
    template_id: int | None = None
    pool: str = ""
    disk_storages: tuple[str, ...] = ()
    iso_storages: tuple[str, ...] = ()
    bridge: str = ""
    zone: str = "localnetwork"
    """Of software-defined networking; `localnetwork` holds the bridges of the nodes."""
    vlan: int | None = None


def wants(objects: Objects, major: int) -> tuple[Want, ...]:
    """What a token needs for these objects, a path once. `major`: of Proxmox VE; 0 counts as the newest."""
    return tuple(_merged(_wants(objects, major or 9)))


def missing(wanted: Iterable[Want], held: Mapping[str, Mapping[str, bool]]) -> tuple[Missing, ...]:
    """What is not held. `held`: path -> privilege -> whether it goes on to what is below."""
    return tuple(found for want in wanted if (found := _lacks(want, held)) is not None)


def commands(
    lacking: Sequence[Missing], token_id: str, *, is_separated: bool | None, roles: Iterable[str]
) -> list[str]:
    """`pveum` lines that give what is missing and nothing more, for a root shell on a node.

    `is_separated`: whether the token has privilege separation, None where that is not known; `roles`: those that
    there are, which are added to.
    """
    known = set(roles)
    lines: list[str] = []
    made: dict[tuple[str, tuple[str, ...]], str] = {}
    for one in lacking:
        # On the path itself a role replaces what is inherited, so what is held stays in it.
        privileges = tuple(sorted({*one.privileges, *one.held}))
        name = made.get((one.want.role, privileges))
        if name is None:
            name = _free_name(one.want.role, made.values())
            made[one.want.role, privileges] = name
            said = f'--privs "{" ".join(privileges)}"'
            lines.append(
                f"pveum role modify {name} --append 1 {said}" if name in known else f"pveum role add {name} {said}"
            )
        below = "" if one.want.propagates else " --propagate 0"
        lines.append(
            f"pveum acl modify {quote(safe_text(one.want.path))}{_whom(token_id, is_separated)} --roles {name}{below}"
        )
    return lines


def _whom(token_id: str, is_separated: bool | None) -> str:
    user, _, _ = token_id.partition("!")
    token = f" --tokens {quote(safe_text(token_id, 120))}"
    users = f" --users {quote(safe_text(user, 80))}"
    if is_separated is False:
        return users
    # A separated token has what both have; root has everything already.
    return token if user == "root@pam" else f"{users}{token}"


def _free_name(role: str, taken: Iterable[str]) -> str:
    names = set(taken)
    return next(name for number in range(1, 100) if (name := role if number == 1 else f"{role}{number}") not in names)


def _lacks(want: Want, held: Mapping[str, Mapping[str, bool]]) -> Missing | None:
    here = held.get(want.path, {})
    counted = {name for name, goes_on in here.items() if goes_on or not want.propagates}
    counted |= set(held.get(want.also, {})) if want.also else set()
    lacking = tuple(one.split("|")[0] for one in want.privileges if not counted & set(one.split("|")))
    areas = _AREAS.get(want.path.split("/")[1], ())
    kept = tuple(sorted(name for name in here if not areas or name.split(".")[0] in areas))
    return Missing(want, lacking, kept) if lacking else None


def _wants(objects: Objects, major: int) -> Iterator[Want]:
    yield Want("/", ("Sys.Audit",), "to see whether the cluster has a quorum", "LatticeSys", propagates=False)
    for node in objects.nodes:
        yield Want(f"/nodes/{node}", ("Sys.Audit",), "to see the node's memory", "LatticeSys", propagates=False)
    if objects.template_id is not None:
        path = f"/vms/{objects.template_id}"
        yield Want(path, ("VM.Audit", "VM.Clone"), "to clone the template", "LatticeTemplate", propagates=False)
    machine = (*_MACHINE, _AGENT[9 if major >= 9 else 8])
    if objects.pool:
        # Machines in the pool have what the pool and what /vms gives.
        path = f"/pool/{objects.pool}"
        yield Want(path, machine, "to make machines in the pool", "LatticeVM", propagates=False, also="/vms")
    else:
        yield Want("/vms", machine, "to make machines, whatever number they get", "LatticeVM")
    for name in objects.disk_storages:
        yield Want(f"/storage/{name}", ("Datastore.AllocateSpace",), "for disks", "LatticeStore", propagates=False)
    for name in objects.iso_storages:
        upload = ("Datastore.AllocateTemplate", LISTED)
        yield Want(f"/storage/{name}", upload, "for the image that sets a machine up", "LatticeStore", propagates=False)
    if objects.bridge and major >= 8:
        path = f"/sdn/zones/{objects.zone}/{objects.bridge}" + (f"/{objects.vlan}" if objects.vlan else "")
        yield Want(path, ("SDN.Use",), "to connect machines to the network", "LatticeNet", propagates=False)


def _merged(wanted: Iterable[Want]) -> Iterator[Want]:
    by_path: dict[str, Want] = {}
    for want in wanted:
        first = by_path.get(want.path)
        if first is None:
            by_path[want.path] = want
            continue
        both = dict.fromkeys((*first.privileges, *want.privileges))
        if "Datastore.AllocateSpace" in both:
            both.pop(LISTED, None)
        whys = first.why if want.why in first.why else f"{first.why}, {want.why}"
        by_path[want.path] = Want(want.path, tuple(both), whys, first.role, first.propagates, first.also)
    yield from by_path.values()
