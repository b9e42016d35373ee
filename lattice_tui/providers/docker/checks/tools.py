"""D16: kind, clusterctl, helm and kubectl, those of the rehearsed world where there is one."""

from __future__ import annotations

import platform

from lattice_tui.checks.programs import tool_checks
from lattice_tui.checks.runner import Check
from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.checks.look import Look
from lattice_tui.tools.asking import NamedToolbox
from lattice_tui.tools.downloads import Computer


def checks(look: Look) -> tuple[Check, ...]:
    """One row a tool. A rehearsal that names none brings its own, which need no looking at."""
    wish = look.wish
    if wish.simulated and not wish.tools:
        return ()
    environ = look.host.environment
    return tool_checks(
        NamedToolbox(wish.tools, environ.get("PATH")),
        environ,
        Computer(look.host.system, platform.machine(), is_root=look.host.uid == 0),
        kubernetes_version=wish.version or pins().kubernetes.proposed["docker"],
        simulated=wish.simulated,
    )
