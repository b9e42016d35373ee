"""`lattice kubeconfig [NAME]`: the way into a cluster as it is now, tested before it is told."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from lattice_tui.cli.arguments import Parser, add_state_dir
from lattice_tui.cli.guarding import write_err
from lattice_tui.cli.run_door import refuse_unwritable
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.install import files
from lattice_tui.install.runs import RunInfo, find_run
from lattice_tui.paths import state_folder, write_atomically
from lattice_tui.text import safe_text
from schemas.problem import Problem


def run(arguments: list[str]) -> int:
    """Print the kubeconfig, or write it into a file. Returns 0; raises LatticeError when it does not work."""
    parser = Parser("kubeconfig", "The kubeconfig of a cluster, with today's address, tested.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="the cluster; may be left out when there is one")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write it there, for you alone (mode 0600)")
    parser.add_argument("--renew", action="store_true", help="with new credentials, taken from the cluster itself")
    add_state_dir(parser)
    parsed = parser.read(arguments)
    refuse_unwritable(parsed.out)
    found = find_run(state_folder(parsed.state_dir), parsed.name)
    from lattice_tui.install.renewing import fresh_kubeconfig

    data = fresh_kubeconfig(found.folder, docker_endpoint=_docker_endpoint(found), renew=parsed.renew)
    if parsed.out is None:
        sys.stdout.write(data.decode())
        sys.stdout.flush()
        return ExitCode.OK
    write_atomically(parsed.out, data)
    quoted = safe_text(shlex.quote(str(parsed.out)))
    write_err(f"Written to {safe_text(str(parsed.out))}. Look: kubectl --kubeconfig {quoted} get nodes")
    return ExitCode.OK


def _docker_endpoint(found: RunInfo) -> str:
    """This computer's Docker, or the rehearsed world's, which is not begun anew: its machines are gone with it."""
    if not found.rehearsal:
        from lattice_tui.providers.docker.engine_api import default_endpoint

        return default_endpoint()
    from lattice_tui.rehearsal.launch import find_world

    world = find_world(found.folder / files.WORLD)
    if world is not None:
        return world.docker_endpoint
    raise LatticeError(
        Problem(
            code="LT-RUN-023",
            title="The rehearsed world has ended, and its machines with it",
            detail=f"{safe_text(found.name)} was built in a simulation; its kubeconfig leads nowhere now.",
            fix=f"Rehearse it again: lattice resume {found.name}",
            check=f"lattice status {found.name}",
        ),
        ExitCode.MACHINES,
    )
