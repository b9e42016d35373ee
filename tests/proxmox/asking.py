"""Runs Proxmox's checks against a stand-in, with whatever wish a test has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lattice_tui.checks.runner import run_checks, with_needs
from lattice_tui.providers.proxmox.checks import proxmox_checks
from lattice_tui.providers.proxmox.wish import CONTROL_PLANE, Group, ProxmoxWish
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from schemas.checks import CheckResult

WISH = ProxmoxWish(
    source_node="pve1",
    template_id=9000,
    bridge="vmbr0",
    pool_start="192.168.1.200",
    pool_end="192.168.1.219",
    pool_gateway="192.168.1.1",
    pool_prefix=24,
    interface="ens18",
    control_planes=1,
    groups=(Group(CONTROL_PLANE, 1, 2, 4096, 50), Group("default", 2, 2, 4096, 50)),
    host="192.168.1.220",
    lb_start="192.168.1.230",
    lb_end="192.168.1.239",
    name="practice",
    version="1.35.5",
)


def wish_for(stand_in: ProxmoxStandIn, **changes: Any) -> ProxmoxWish:
    """The usual cluster on this stand-in, signed in as it says."""
    values, _ = stand_in.credentials()
    return replace(WISH, **{**values, **changes})


async def results(stand_in: ProxmoxStandIn, *only: str, secrets: Any = None, **changes: Any) -> dict[str, CheckResult]:
    """The outcome of every check, or of `only` and what they need, by id. `secrets`: else those of the stand-in."""
    wish = wish_for(stand_in, **changes)
    checks = proxmox_checks(wish, {}, stand_in.credentials()[1] if secrets is None else secrets)
    if only:
        checks = with_needs(checks, only)
    return {result.id: result async for result in run_checks(checks) if result.status != "wait"}
