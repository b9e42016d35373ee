"""Is this computer's Docker good enough for the machines that are asked for?

What lives here: one module for each kind of question, each with `checks(look)`, and `look`, what they share. What may
not: anything that changes the computer beyond a container that is tried and removed. Who may import it: Docker's
provider and its install hooks. Limits and their sources: kind's known issues, Cluster API's troubleshooting page.
"""

from __future__ import annotations

from lattice_tui.checks.runner import Check
from lattice_tui.providers.docker.checks import (
    daemon,
    leftovers,
    ports,
    probe,
    registry,
    resources,
    settings,
    subnets,
    tools,
)
from lattice_tui.providers.docker.checks.look import Host, Look
from lattice_tui.providers.docker.wish import DockerWish

__all__ = ["DockerWish", "Host", "docker_checks"]


def docker_checks(wish: DockerWish, host: Host | None = None) -> tuple[Check, ...]:
    """All checks of one Docker Engine, in the order of their rows. `host`: this computer, where it is left out."""
    look = Look(wish, host)
    return (
        *daemon.checks(look),
        *settings.checks(look),
        *probe.checks(look),
        *resources.checks(look),
        *ports.checks(look),
        *leftovers.checks(look),
        *subnets.checks(look),
        *registry.checks(look),
        *tools.checks(look),
    )
