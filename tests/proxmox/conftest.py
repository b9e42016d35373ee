"""One Proxmox stand-in for all tests, with a fresh site for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from tests.counterparts.hosting import BesideLoop


@pytest.fixture(scope="session")
def _running_proxmox() -> Iterator[ProxmoxStandIn]:
    loop = BesideLoop()
    stand_in = ProxmoxStandIn(default_site())
    loop.run(stand_in.start())
    yield stand_in
    loop.run(stand_in.stop())
    loop.close()


@pytest.fixture
def proxmox(_running_proxmox: ProxmoxStandIn) -> ProxmoxStandIn:
    """A site that nothing is wrong with: change `proxmox.site`, sign in with `proxmox.credentials()`."""
    _running_proxmox.use(default_site())
    _running_proxmox.requests = []
    return _running_proxmox
