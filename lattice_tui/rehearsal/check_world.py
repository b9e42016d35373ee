"""The rehearsed world as the live checks see it: where its Docker is, and what stands for the tools.

Imports nothing heavy: the wizard's page and `lattice check --rehearse` use it.
"""

from __future__ import annotations

import json
from pathlib import Path

from lattice_tui.paths import private_folder
from lattice_tui.rehearsal.launch import ensure_world

CHECK_SPEED = 10.0
"""Simulated seconds per second; the checks themselves do not wait for any."""
IDLE_S = 120.0
"""How long the world outlives the last question."""
TOOLS = ("kind", "clusterctl", "helm", "kubectl")


def rehearsed_params(state: Path) -> dict[str, str]:
    """Start the world in the state folder if need be, and return the parameters that send the checks there.

    Blocks for a second or two at the first time. Raises LatticeError when the world cannot be started.
    """
    folder = private_folder(private_folder(state) / "wizard") / "world"
    world = ensure_world(folder, speed=CHECK_SPEED, idle_s=IDLE_S)
    return {
        "simulated": "1",
        "endpoint": world.docker_endpoint,
        "tools": json.dumps({tool: world.tool_argv(tool) for tool in TOOLS}),
    }
