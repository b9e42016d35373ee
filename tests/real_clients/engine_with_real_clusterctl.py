"""`python -m tests.real_clients.engine_with_real_clusterctl FOLDER CLUSTERCTL`: a rehearsal whose `move` is real."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lattice_tui.engine import RehearsedToolbox
from lattice_tui.install.files import WORLD, load_options
from lattice_tui.install.journal import Journal
from lattice_tui.install.run import run_engine
from lattice_tui.install.stopping import StopRequest
from lattice_tui.rehearsal.launch import WorldHandle, ensure_world
from lattice_tui.tools.process import FoundTool

WRAPPER = Path(__file__).with_name("clusterctl_that_moves.py")


class MixedToolbox(RehearsedToolbox):
    """The tools of the rehearsed world, but for `clusterctl move`."""

    def __init__(self, world: WorldHandle, clusterctl: str) -> None:
        super().__init__(world)
        self._clusterctl = clusterctl

    def find(self, tool: str) -> FoundTool | None:
        found = super().find(tool)
        if found is None or tool != "clusterctl":
            return found
        argv = (sys.executable, str(WRAPPER), self._clusterctl, *found.argv, "--")
        return FoundTool(tool=tool, argv=argv, path=found.path)


def run(folder: Path, clusterctl: str) -> int:
    stop = StopRequest()
    stop.listen()
    options = load_options(folder)
    world = ensure_world(folder / WORLD, speed=options.speed, seed=options.seed, fault=options.fault)
    return run_engine(
        folder,
        toolbox=MixedToolbox(world, clusterctl),
        docker_endpoint=world.docker_endpoint,
        journal=Journal(folder),
        stop=stop,
    )


if __name__ == "__main__":
    code = run(Path(sys.argv[1]).absolute(), sys.argv[2])
    sys.stderr.flush()
    os._exit(code)
