"""Which probe and which run belong to which step of the plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lattice_tui.errors import ExitCode
from lattice_tui.install.context import Context
from lattice_tui.install.scheduler import Done
from lattice_tui.install.steps import bootstrapping, cluster, finishing, moving, network, preparing


@dataclass(frozen=True, slots=True)
class Deed:
    """What a step does, and what a failure in it is called."""

    probe: Callable[[Context], Awaitable[Done | None]]
    run: Callable[[Context], Awaitable[str]]
    exit_code: ExitCode


DEEDS: dict[str, Deed] = {
    "checks": Deed(preparing.probe_checks, preparing.run_all_checks, ExitCode.CHECK_FAILED),
    "tools": Deed(preparing.probe_tools, preparing.find_tools, ExitCode.TOOL_MISSING),
    "images": Deed(preparing.probe_images, preparing.pull_images, ExitCode.BOOTSTRAP_CLUSTER),
    "bootstrap": Deed(bootstrapping.probe_bootstrap, bootstrapping.create_bootstrap, ExitCode.BOOTSTRAP_CLUSTER),
    "reach": Deed(bootstrapping.probe_reach, bootstrapping.look_out, ExitCode.DOCKER),
    "providers": Deed(bootstrapping.probe_providers, bootstrapping.init_bootstrap, ExitCode.CAPI_PROVIDERS),
    "objects": Deed(cluster.probe_objects, cluster.apply_objects, ExitCode.MACHINES),
    "control-plane": Deed(cluster.probe_control_plane, cluster.await_control_plane, ExitCode.MACHINES),
    "network": Deed(network.probe_network, network.install_network, ExitCode.NETWORK_ADDONS),
    "nodes": Deed(cluster.probe_nodes, cluster.await_nodes, ExitCode.MACHINES),
    "management": Deed(moving.probe_management, moving.init_target, ExitCode.CAPI_PROVIDERS),
    "move": Deed(moving.probe_move, moving.move, ExitCode.MOVE),
    "finish": Deed(finishing.probe_finish, finishing.finish, ExitCode.MACHINES),
}
