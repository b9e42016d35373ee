"""The engine's process: `python -m lattice_tui.engine FOLDER`. Puts the parts together, and runs one run to its end.

What it may know that nothing else may: which toolbox and which Docker belong to a rehearsal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.install.stopping import StopRequest

if TYPE_CHECKING:
    from lattice_tui.install.files import RunOptions
    from lattice_tui.install.ground import Ground
    from lattice_tui.install.journal import Journal
    from lattice_tui.rehearsal.launch import WorldHandle
    from lattice_tui.tools.process import FoundTool, Toolbox
    from schemas.problem import Problem


class RehearsedToolbox:
    """The tools of the rehearsed world, by the names of those they stand for."""

    def __init__(self, world: WorldHandle) -> None:
        self._world = world

    def find(self, tool: str) -> FoundTool | None:
        """Always there: the world answers for every tool it knows, and says so when it does not."""
        from lattice_tui.tools.process import FoundTool

        argv = self._world.tool_argv(tool)
        return FoundTool(tool=tool, argv=argv, path=next(word for word in argv if word.endswith(".py")))


class RehearsedGround:
    """Tells when the rehearsed world has ended. It never comes back by itself, as a Docker Engine may."""

    MISSES = 3
    """In a row: a busy computer may let one question go unanswered."""

    def __init__(self, world: WorldHandle, name: str) -> None:
        self._world = world
        self._name = name
        self._misses = 0

    def __call__(self) -> Problem | None:
        """Ask it once. Blocking."""
        from lattice_tui.rehearsal.launch import find_world

        self._misses = 0 if find_world(self._world.folder) is not None else self._misses + 1
        return self._ended() if self._misses >= self.MISSES else None

    def _ended(self) -> Problem:
        from schemas.problem import Problem

        return Problem(
            code="LT-REH-002",
            title="The rehearsed world has ended, and its machines with it",
            detail=f"Its process {self._world.pid} does not answer any more. Nothing real was made.",
            fix=f"Rehearse in a new world: lattice resume {self._name}",
            check=f"tail {self._world.folder / 'world.log'}",
        )


def run(folder: Path, journal: Journal | None = None) -> int:
    """Run the run in `folder` to its end; returns its exit code. Raises LatticeError before the first record."""
    stop = StopRequest()
    stop.listen()
    from lattice_tui.install.journal import Journal

    # The lock first: whoever started us waits for it.
    opened = journal or Journal(folder)
    from lattice_tui.install.files import load_options
    from lattice_tui.install.run import could_not_begin, run_engine

    try:
        toolbox, docker_endpoint, ground = _surroundings(folder, load_options(folder))
    except LatticeError as error:
        with opened:
            return could_not_begin(opened, error)
    except BaseException:
        opened.close()
        raise
    return run_engine(
        folder, toolbox=toolbox, docker_endpoint=docker_endpoint, journal=opened, stop=stop, ground=ground
    )


def _surroundings(folder: Path, options: RunOptions) -> tuple[Toolbox, str, Ground | None]:
    """The tools, the Docker Engine and what tells of their end: this computer's, or the rehearsed world's."""
    if options.rehearsal:
        from lattice_tui.install.files import WORLD
        from lattice_tui.rehearsal.launch import ensure_world

        world = ensure_world(folder / WORLD, speed=options.speed, seed=options.seed, fault=options.fault)
        return RehearsedToolbox(world), world.docker_endpoint, RehearsedGround(world, folder.name)
    from lattice_tui.providers.docker.engine_api import default_endpoint
    from lattice_tui.tools.process import PathToolbox

    return PathToolbox(), default_endpoint(), None


def main(argv: list[str]) -> int:
    """The process: problems go to standard error, which is the run's engine.log."""
    if len(argv) != 1:
        print("usage: python -m lattice_tui.engine FOLDER", file=sys.stderr)
        return ExitCode.USAGE
    try:
        return run(Path(argv[0]).absolute())
    except LatticeError as error:
        for problem in error.problems:
            print(f"{problem.code} {problem.title}: {problem.detail} {problem.fix}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"LT-RUN-007 the run's files cannot be used: {error}", file=sys.stderr)
        return ExitCode.BUG


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # Requests that hang have threads of their own, which a normal exit would wait for.
    os._exit(code)
