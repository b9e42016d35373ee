"""O17: what the project may still take, against what the cluster needs while all its machines are renewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.catalog import has_volumes
from lattice_tui.providers.openstack.checks.look import ENDPOINTS, ROOT, Look, check, not_chosen
from lattice_tui.providers.openstack.checks.machines import FLAVORS, flavor_named
from schemas.checks import CheckResult

_PORTS_BESIDE, _PORTS_TO_SPARE = 6, 10
"""Router, DHCP and the load balancer's own; and what failed machines leave behind until somebody removes it."""
_GROUPS, _RULES = 3, 40
"""Security groups of the control plane, the workers and the load balancer, with their rules. Source: CAPO."""


def checks(look: Look) -> tuple[Check, ...]:
    """One row a service."""
    quotas = _Quotas(look)
    machines = ("control_planes", "pools")
    sizes = (*machines, "cp_flavor", "worker_flavor")
    volumes = (*machines, "cp_volume_gib", "worker_volume_gib")
    return (
        check(look, "openstack-capacity", "Room for the machines", quotas.compute, FLAVORS, inputs=sizes),
        check(look, "openstack-network-quota", "Room for networks", quotas.network, ENDPOINTS, inputs=machines),
        check(look, "openstack-volume-quota", "Room for volumes", quotas.volumes, ENDPOINTS, inputs=volumes),
        check(
            look,
            "openstack-balancer-quota",
            "Room for load balancers",
            quotas.balancers,
            ENDPOINTS,
            inputs=("load_balancer",),
        ),
    )


@dataclass(frozen=True, slots=True)
class Room:
    """One limit of a project; `limit` below 0: none."""

    what: str
    limit: int
    used: int
    need: int
    surge: int = 0
    """More while machines are renewed: the new one is made before the old one goes."""
    unit: str = ""

    @property
    def free(self) -> int:
        return self.limit - self.used

    @property
    def is_short(self) -> bool:
        return self.limit >= 0 and self.free < self.need

    @property
    def is_short_for_renewal(self) -> bool:
        return self.limit >= 0 and self.free < self.need + self.surge

    def words(self) -> str:
        """`cores: 14 needed and 6 to renew, 20 of 40 free`."""
        renewal = f" and {self.surge} to renew" if self.surge else ""
        room = "no limit" if self.limit < 0 else f"{max(0, self.free)} of {self.limit} free"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.what}: {self.need}{unit} needed{renewal}, {room}"


class _Quotas:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def compute(self) -> CheckResult:
        groups = await self._groups()
        if not groups:
            return not_chosen("Flavor of the control plane, Flavor of the workers")
        limits = (await self._look.cloud.ask(lambda cloud: cloud.compute.get_limits())).absolute
        rooms = [
            Room("machines", *_pair(limits, "instances", "instances_used"), *_sums(groups, lambda _flavor: 1)),
            Room("cores", *_pair(limits, "total_cores", "total_cores_used"), *_sums(groups, lambda one: one.vcpus)),
            Room(
                "memory", *_pair(limits, "total_ram", "total_ram_used"), *_sums(groups, lambda one: one.ram), unit="MiB"
            ),
        ]
        return _verdict(rooms, "LT-OS-300", "LT-OS-301", f"{ROOT}.cpFlavor", "--cores N --instances N --ram N")

    async def network(self) -> CheckResult:
        project = (await self._look.access()).project_id
        quota = await self._look.cloud.ask(lambda cloud: cloud.network.get_quota(project, details=True))
        machines, surge = self._machines()
        wish = self._look.wish
        needs = {
            "networks": (1, 0),
            "subnets": (1, 0),
            "routers": (1, 0),
            "ports": (machines + _PORTS_BESIDE, surge),
            "floating_ips": (0 if wish.host else 1, 0),
            "security_groups": (_GROUPS, 0),
            "security_group_rules": (_RULES, 0),
        }
        rooms = []
        for what, (need, more) in needs.items():
            limit, used = _detail(getattr(quota, what, None))
            if limit is not None:
                rooms.append(Room(what.replace("_", " "), limit, used, need, more))
        if not rooms:
            return unknown("the cloud does not say what the project may take")
        result = _verdict(
            rooms, "LT-OS-302", "LT-OS-303", f"{ROOT}.nodeCidr", "--networks N --ports N --floating-ips N"
        )
        ports = next((room for room in rooms if room.what == "ports"), None)
        if result.status != "ok" or ports is None or ports.limit < 0:
            return result
        spare = ports.free - ports.need - ports.surge
        return result if spare >= _PORTS_TO_SPARE else _few_ports(ports, spare)

    async def volumes(self) -> CheckResult:
        if not has_volumes(self._look):
            return ok("no root volumes asked for")
        wish = self._look.wish
        sizes = [(wish.control_planes, wish.cp_volume_gib)]
        sizes += [(pool.replicas, wish.volume_of(pool)[0]) for pool in wish.pools]
        kept = [(count, gib) for count, gib in sizes if gib]
        limits = (await self._look.cloud.ask(lambda cloud: cloud.block_storage.get_limits())).absolute
        count = _pair(limits, "max_total_volumes", "total_volumes_used")
        gigabytes = _pair(limits, "max_total_volume_gigabytes", "total_gigabytes_used")
        rooms = [
            Room("volumes", *count, sum(one for one, _gib in kept), len(kept)),
            Room("volume size", *gigabytes, sum(one * gib for one, gib in kept), sum(gib for _one, gib in kept), "GiB"),
        ]
        return _verdict(rooms, "LT-OS-304", "LT-OS-305", f"{ROOT}.cpRootVolumeSizeGb", "--volumes N --gigabytes N")

    async def balancers(self) -> CheckResult:
        if not self._look.wish.load_balancer:
            return ok("none asked for")
        project = (await self._look.access()).project_id
        quota = await self._look.cloud.ask(lambda cloud: cloud.load_balancer.get_quota(project))
        made = await self._look.listed("load-balancers", lambda cloud: cloud.load_balancer.load_balancers(limit=1000))
        limit = quota.load_balancers
        if not isinstance(limit, int):
            return unknown("the cloud does not say how many load balancers the project may have")
        room = Room("load balancers", limit, len(made), 1)
        return _verdict([room], "LT-OS-306", "LT-OS-306", f"{ROOT}.apiServerLoadBalancer", "--loadbalancer N")

    async def _groups(self) -> list[tuple[Any, int]]:
        """(flavor, how many machines) of the control plane and of every pool whose flavor is known."""
        wish = self._look.wish
        flavors = await self._look.flavors() if wish.cp_flavor or wish.worker_flavor else ()
        wanted = [(wish.cp_flavor, wish.control_planes)]
        wanted += [(wish.flavor_of(pool), pool.replicas) for pool in wish.pools]
        named = ((flavor_named(flavors, name), count) for name, count in wanted)
        return [(flavor, count) for flavor, count in named if flavor is not None]

    def _machines(self) -> tuple[int, int]:
        """(machines, more of them while all are renewed)."""
        wish = self._look.wish
        return wish.control_planes + sum(pool.replicas for pool in wish.pools), 1 + len(wish.pools)


def _sums(groups: Sequence[tuple[Any, int]], measure: Any) -> tuple[int, int]:
    """(need, surge): one more machine of each group while it is renewed."""
    return sum(measure(flavor) * count for flavor, count in groups), sum(measure(flavor) for flavor, _count in groups)


def _pair(limits: Any, limit: str, used: str) -> tuple[int, int]:
    values = [getattr(limits, name, None) for name in (limit, used)]
    numbers = [value if isinstance(value, int) else None for value in values]
    # What a cloud does not tell is no limit that could be held against it.
    return (-1 if numbers[0] is None else numbers[0]), numbers[1] or 0


def _detail(said: Any) -> tuple[int | None, int]:
    """(limit, used) of one entry of the network's quota; limit None: it was not told."""
    if isinstance(said, Mapping):
        limit, used, reserved = (said.get(name) for name in ("limit", "used", "reserved"))
        if isinstance(limit, int):
            return limit, (used if isinstance(used, int) else 0) + (reserved if isinstance(reserved, int) else 0)
    return None, 0


def _verdict(rooms: Sequence[Room], short: str, tight: str, field: str, options: str) -> CheckResult:
    evidence = "; ".join(room.words() for room in rooms)
    lacking = [room for room in rooms if room.is_short]
    if lacking:
        first = lacking[0]
        missing = first.need - max(0, first.free)
        unit = f" {first.unit}" if first.unit else ""
        return wrong(
            "fail",
            short,
            f"the project's quota is {missing}{unit} short of {first.what}",
            why="machines above the quota are refused, the reason does not reach the cluster, and what was begun stays",
            fix="Take smaller or fewer machines, remove what is not used, or ask for more quota",
            action=f"openstack quota set {options} PROJECT",
            field=field,
            evidence=evidence,
        )
    renewing = [room for room in rooms if room.is_short_for_renewal]
    if renewing:
        return wrong(
            "warn",
            tight,
            f"the quota of {renewing[0].what} is enough to build, and not to renew machines",
            why="going on works until the first upgrade: then one machine more is made before an old one goes",
            fix="Ask for more quota, or take one machine less",
            action="openstack quota show --usage",
            field=field,
            evidence=evidence,
        )
    return ok(rooms[0].words(), evidence=evidence)


def _few_ports(ports: Room, spare: int) -> CheckResult:
    return wrong(
        "warn",
        "LT-OS-307",
        f"the quota of ports leaves {max(0, spare)} to spare",
        why="going on works; machines that could not be placed leave their ports behind, until the quota is used up",
        fix="Ask for more ports, or remove those of machines that are gone",
        action="openstack port list --status DOWN",
        field=f"{ROOT}.nodeCidr",
        evidence=ports.words(),
    )
