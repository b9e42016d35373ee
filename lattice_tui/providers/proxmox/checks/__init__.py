"""Is this Proxmox good enough for the machines that are asked for, and may the token make them?

What lives here: one module for each kind of question, each with `checks(look)`, and `look`, what they share. What may
not: anything that changes something there. Who may import it: Proxmox's provider and its pick-lists.
"""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.checks.runner import Check
from lattice_tui.providers.proxmox.checks import (
    addresses,
    capacity,
    cluster,
    connection,
    machines,
    network,
    permissions,
    sign_in,
    storage,
    template,
)
from lattice_tui.providers.proxmox.checks.look import Look
from lattice_tui.providers.proxmox.wish import ProxmoxWish
from lattice_tui.secrets import Secret

__all__ = ["Look", "ProxmoxWish", "proxmox_checks"]


def proxmox_checks(wish: ProxmoxWish, params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Check, ...]:
    """All checks of one Proxmox, in the order of their rows."""
    # The wish holds everything of the parameters that a check looks at.
    del params
    look = Look(wish, secrets)
    return (
        *connection.checks(look),
        *sign_in.checks(look),
        *permissions.checks(look),
        *cluster.checks(look),
        *template.checks(look),
        *storage.checks(look),
        *network.checks(look),
        *machines.checks(look),
        *addresses.checks(look),
        *capacity.checks(look),
    )
