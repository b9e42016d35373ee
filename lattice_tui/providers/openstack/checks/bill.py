"""What the cluster takes of the project, item by item: what a cloud would put on its bill."""

from __future__ import annotations

from lattice_tui.checks.results import ok
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.look import CREDENTIALS, Look, check, safe
from schemas.checks import CheckResult


def checks(look: Look) -> tuple[Check, ...]:
    """One row, which is never wrong."""

    async def run() -> CheckResult:
        return _bill(look)

    inputs = ("control_planes", "pools", "cp_flavor", "worker_flavor", "cp_volume_gib", "worker_volume_gib")
    return (
        check(look, "openstack-bill", "What is taken", run, CREDENTIALS, inputs=(*inputs, "load_balancer", "host")),
    )


def _bill(look: Look) -> CheckResult:
    wish = look.wish
    machines = [(wish.control_planes, wish.cp_flavor, wish.cp_volume_gib)]
    machines += [(pool.replicas, wish.flavor_of(pool), wish.volume_of(pool)[0]) for pool in wish.pools]
    counts: dict[str, int] = {}
    volumes: dict[int, int] = {}
    for count, flavor, gib in machines:
        name = safe(flavor, 30) or "a flavor not chosen yet"
        counts[name] = counts.get(name, 0) + count
        if gib:
            volumes[gib] = volumes.get(gib, 0) + count
    items = [f"{count} x {name}" for name, count in counts.items() if count]
    items += [f"{count} volumes of {gib} GiB" for gib, count in volumes.items()]
    items += ["1 load balancer"] if wish.load_balancer else []
    items += ["1 floating IP" if not wish.host else "your floating IP", "1 router, 1 network"]
    total = sum(count for count, _flavor, _gib in machines)
    return ok(
        f"{total} machines{', 1 load balancer' if wish.load_balancer else ''}, 1 floating IP; no price",
        why="no price: OpenStack has no list of prices that could be asked; your cloud's web page has one",
        evidence="; ".join(items),
    )
