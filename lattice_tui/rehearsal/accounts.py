"""The simulated providers of a world, each started when somebody first asks for it, and what signs in there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lattice_tui.secrets import Secret


class StandIn(Protocol):
    """A provider's API on the loopback interface."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; 0 is a free port."""
        ...

    async def stop(self) -> None: ...

    def credentials(self) -> tuple[Mapping[str, str], Mapping[str, Secret]]:
        """(plain values, secrets) by the names of the provider's credential fields. They are worth nothing."""
        ...


def _proxmox() -> StandIn:
    from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site

    return ProxmoxStandIn(default_site())


def _openstack() -> StandIn:
    from lattice_tui.rehearsal.openstack.default_cloud import default_cloud
    from lattice_tui.rehearsal.openstack.server import OpenStackStandIn

    return OpenStackStandIn(default_cloud())


def _aws() -> StandIn:
    from lattice_tui.rehearsal.aws.account import default_account
    from lattice_tui.rehearsal.aws.server import AwsStandIn

    return AwsStandIn(default_account())


STAND_INS: Mapping[str, Callable[[], StandIn]] = {"proxmox": _proxmox, "openstack": _openstack, "aws": _aws}


class Accounts:
    """The stand-ins that run in this world."""

    def __init__(self) -> None:
        self._running: dict[str, StandIn] = {}
        self._lock = asyncio.Lock()

    async def open(self, provider: str) -> dict[str, Any]:
        """Start the provider's stand-in if need be; returns what signs in there. Raises KeyError for an unknown one."""
        make = STAND_INS[provider]
        async with self._lock:
            if provider not in self._running:
                stand_in = make()
                await stand_in.start()
                self._running[provider] = stand_in
        values, secrets = self._running[provider].credentials()
        return {"values": dict(values), "secrets": {name: secret.reveal() for name, secret in secrets.items()}}

    async def stop(self) -> None:
        for stand_in in self._running.values():
            await stand_in.stop()
        self._running.clear()
