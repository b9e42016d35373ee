"""O12, O14, O18, O21: what a machine is made of is there, and is enough: flavors, key pair, zones, volume types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.look import ENDPOINTS, ROOT, Look, check, listed, nearest, not_chosen, safe
from schemas.checks import CheckResult

FLAVORS = "openstack-flavors"
CP_MIN_CPUS, CP_MIN_MIB, CP_GOOD_MIB = 2, 2048, 4096
"""kubeadm refuses one processor and less than 1700 MB; below 4 GiB etcd and the API server wait for memory."""
WORKER_MIN_MIB, WORKER_GOOD_MIB = 1024, 2048
MIN_DISK_GIB = 20
"""The system, the images of Kubernetes and some room for logs."""


def checks(look: Look) -> tuple[Check, ...]:
    """Rows about single machines."""
    machines = _Machines(look)
    sizes = ("cp_flavor", "worker_flavor", "pools", "cp_volume_gib", "worker_volume_gib")
    return (
        check(look, FLAVORS, "Flavors", machines.flavors, ENDPOINTS, inputs=sizes),
        check(look, "openstack-key-pair", "Key pair", machines.key_pair, ENDPOINTS, inputs=("ssh_key_name",)),
        check(look, "openstack-zones", "Zones", machines.zones, ENDPOINTS, inputs=("cp_zone", "worker_zone")),
        check(
            look,
            "openstack-volume-types",
            "Volume types",
            machines.volume_types,
            ENDPOINTS,
            inputs=("cp_volume_type", "worker_volume_type", "pools"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One kind of machine, and where its flavor is written."""

    role: str
    flavor: str
    volume_gib: int
    field: str
    is_control_plane: bool = False


def wanted_machines(look: Look) -> Iterator[Wanted]:
    """The control plane, then every pool."""
    wish = look.wish
    yield Wanted("the control plane", wish.cp_flavor, wish.cp_volume_gib, f"{ROOT}.cpFlavor", True)
    for pool in wish.pools:
        where = f"spec.nodes.workerPools.{pool.name}.size.flavor" if pool.flavor else f"{ROOT}.workerFlavor"
        yield Wanted(f"the pool {safe(pool.name, 30)}", wish.flavor_of(pool), wish.volume_of(pool)[0], where)


def flavor_named(flavors: Sequence[Any], name: str) -> Any | None:
    """The flavor of that name."""
    return next((flavor for flavor in flavors if flavor.name == name), None)


class _Machines:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def flavors(self) -> CheckResult:
        wanted = [one for one in wanted_machines(self._look) if one.flavor]
        if not wanted:
            return not_chosen("Flavor of the control plane, Flavor of the workers")
        flavors = await self._look.flavors()
        results = [result for one in wanted if (result := _flavor_result(one, flavors)) is not None]
        if results:
            return next((result for result in results if result.status == "fail"), results[0])
        said = {one.flavor: _size(flavor_named(flavors, one.flavor)) for one in wanted}
        return ok(", ".join(f"{safe(name, 20)}: {size}" for name, size in said.items()))

    async def key_pair(self) -> CheckResult:
        name = self._look.wish.ssh_key_name
        pairs = await self._look.listed("keypairs", lambda cloud: cloud.compute.keypairs())
        names = [str(pair.name) for pair in pairs]
        if not name:
            return not_chosen("Key pair", evidence=listed(names, 30))
        if name in names:
            return ok(safe(name))
        return wrong(
            "fail",
            "LT-OS-220",
            f"there is no key pair {safe(name, 40)} here",
            why="key pairs belong to one person in one region; without it no machine is made",
            fix=f"Write one of: {listed(nearest(name, names))}" if names else "Upload your public key",
            action=f"openstack keypair create --public-key ~/.ssh/id_ed25519.pub {safe(name, 40)}",
            field=f"{ROOT}.sshKeyName",
            evidence=f"key pairs: {listed(names, 30)}",
            action_id="make-keypair",
        )

    async def zones(self) -> CheckResult:
        zones = await self._look.listed("zones", lambda cloud: cloud.compute.availability_zones())
        # Nova's own services live in `internal`, where no machine can.
        state = {str(zone.name): _is_available(zone) for zone in zones if zone.name != "internal"}
        names = [name for name, is_available in state.items() if is_available]
        wish = self._look.wish
        for key, wanted in (("cpAvailabilityZone", wish.cp_zone), ("workerAvailabilityZone", wish.worker_zone)):
            if not wanted or wanted in names:
                continue
            if not state:
                return unknown(f"the cloud names no zones: {safe(wanted, 30)} cannot be compared")
            is_there = wanted in state
            return wrong(
                "fail",
                "LT-OS-240",
                f"the zone {safe(wanted, 40)} {'is not available now' if is_there else 'is not there'}",
                why="a machine for it waits for ever",
                fix=f"Write one of: {listed(nearest(wanted, names))}; or leave {key} out: then the cloud chooses",
                action="openstack availability zone list --compute",
                field=f"{ROOT}.{key}",
            )
        if wish.cp_zone or wish.worker_zone:
            return ok(listed(sorted({zone for zone in (wish.cp_zone, wish.worker_zone) if zone})))
        return ok("the cloud chooses", evidence=f"zones: {listed(names, 20)}")

    async def volume_types(self) -> CheckResult:
        wish = self._look.wish
        wanted = {f"{ROOT}.cpRootVolumeType": wish.cp_volume_type if wish.cp_volume_gib else ""}
        for pool in wish.pools:
            size, kind = wish.volume_of(pool)
            where = f"spec.nodes.workerPools.{pool.name}.size.rootVolumeType" if pool.volume_type else ""
            wanted[where or f"{ROOT}.workerRootVolumeType"] = kind if size else ""
        if not any(wanted.values()):
            return ok("none asked for")
        types = await self._look.listed("volume-types", lambda cloud: cloud.block_storage.types())
        names = [str(one.name) for one in types]
        for field, kind in wanted.items():
            if kind and kind not in names:
                return wrong(
                    "fail",
                    "LT-OS-241",
                    f"there is no volume type {safe(kind, 40)}",
                    why="the machine's disk is never made, and the reason does not reach the cluster",
                    fix=f"Write one of: {listed(nearest(kind, names))}; or leave it out: then the cloud's usual one",
                    action="openstack volume type list",
                    field=field,
                )
        return ok(listed(sorted({kind for kind in wanted.values() if kind})))


def _flavor_result(one: Wanted, flavors: Sequence[Any]) -> CheckResult | None:
    """What is wrong with the flavor of one kind of machine; None when nothing is."""
    flavor = flavor_named(flavors, one.flavor)
    names = [str(each.name) for each in flavors]
    if flavor is None:
        return wrong(
            "fail",
            "LT-OS-200",
            f"there is no flavor {safe(one.flavor, 40)}",
            why=f"{one.role} is to be made of it; upper and lower case count",
            fix=f"Write one of: {listed(nearest(one.flavor, names))}",
            action="openstack flavor list",
            field=one.field,
            evidence=f"flavors: {listed(names, 40)}",
        )
    least_mib, good_mib = (CP_MIN_MIB, CP_GOOD_MIB) if one.is_control_plane else (WORKER_MIN_MIB, WORKER_GOOD_MIB)
    fitting = _fitting(flavors, CP_MIN_CPUS if one.is_control_plane else 1, good_mib)
    better = f"Take one of: {listed(fitting)}" if fitting else "Ask whoever runs the cloud for a larger flavor"
    if flavor.ram < least_mib or (one.is_control_plane and flavor.vcpus < CP_MIN_CPUS):
        return wrong(
            "fail",
            "LT-OS-201",
            f"the flavor {safe(one.flavor, 30)} ({_size(flavor)}) is too small for {one.role}",
            why="kubeadm refuses fewer than 2 cores and 1700 MB for a control plane; a worker needs 1 GiB",
            fix=better,
            field=one.field,
        )
    if flavor.disk == 0 and not one.volume_gib:
        key = "cpRootVolumeSizeGb" if one.is_control_plane else "workerRootVolumeSizeGb"
        return wrong(
            "fail",
            "LT-OS-202",
            f"the flavor {safe(one.flavor, 30)} has no disk, and no root volume is asked for",
            why="most clouds refuse such a machine, others give it the image's few GiB",
            fix=f"Write {key}: 50, or take a flavor with a disk",
            field=f"{ROOT}.{key}",
        )
    if flavor.ram < good_mib or (one.volume_gib or flavor.disk) < MIN_DISK_GIB:
        return wrong(
            "warn",
            "LT-OS-203",
            f"the flavor {safe(one.flavor, 30)} ({_size(flavor)}) is tight for {one.role}",
            why=f"going on works; {good_mib // 1024} GiB of memory and {MIN_DISK_GIB} GiB of disk leave room",
            fix=better,
            field=one.field,
        )
    return None


def _fitting(flavors: Sequence[Any], cpus: int, memory_mib: int) -> list[str]:
    fitting = [flavor for flavor in flavors if flavor.vcpus >= cpus and flavor.ram >= memory_mib]
    return [str(flavor.name) for flavor in sorted(fitting, key=lambda one: (one.ram, one.vcpus, one.disk))]


def _size(flavor: Any) -> str:
    memory = f"{flavor.ram / 1024:g} GiB" if flavor.ram >= 1024 else f"{flavor.ram} MiB"
    return f"{flavor.vcpus} vCPU, {memory}, {flavor.disk} GB"


def _is_available(zone: Any) -> bool:
    state = zone.state
    return bool(state.get("available", True)) if isinstance(state, dict) else True
