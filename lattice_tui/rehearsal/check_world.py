"""The rehearsed world as the live checks see it: where its Docker is, and what stands for the tools.

Imports nothing heavy: the wizard's page and `lattice check --rehearse` use it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.paths import private_folder
from lattice_tui.rehearsal.launch import WorldHandle, ensure_world

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Found

CHECK_SPEED = 10.0
"""Simulated seconds per second; the checks themselves do not wait for any."""
IDLE_S = 120.0
"""How long the world outlives the last question."""
SIGNED_IN = ("proxmox", "openstack", "aws")
"""Providers that have a stand-in to sign in to."""
TOOLS = ("kind", "clusterctl", "helm", "kubectl")


def rehearsed_params(state: Path) -> dict[str, str]:
    """Start the world in the state folder if need be, and return the parameters that send the checks there.

    Blocks for a second or two at the first time. Raises LatticeError when the world cannot be started.
    """
    world = _world(state)
    return {
        "simulated": "1",
        "endpoint": world.docker_endpoint,
        "tools": json.dumps({tool: world.tool_argv(tool) for tool in TOOLS}),
    }


def rehearsed_credentials(state: Path, provider: str) -> tuple[Found, ...]:
    """What signs in to the simulated provider, as something that was found. Empty where there is nothing to sign in to.

    Blocks. Raises LatticeError when the world cannot be started.
    """
    from lattice_tui.providers.credentials import Found
    from lattice_tui.secrets import Secret

    if provider not in SIGNED_IN:
        return ()
    values, secrets = _world(state).account(provider)
    found = Found(
        "env",
        "",
        "the rehearsal's own account (simulated)",
        values,
        {name: Secret(value) for name, value in secrets.items()},
        remarks=("nothing real is behind it",),
    )
    return (found,)


def _world(state: Path) -> WorldHandle:
    folder = private_folder(private_folder(state) / "wizard") / "world"
    return ensure_world(folder, speed=CHECK_SPEED, idle_s=IDLE_S)
