"""`lattice rehearse [docker]`: build the shipped example in a simulated world, from the beginning.

With `--serve` nothing is built: see cli/serve.py.
"""

from __future__ import annotations

from pathlib import Path

from lattice_tui.cli.arguments import Parser, add_run, add_world
from lattice_tui.cli.did_you_mean import nearest
from lattice_tui.cli.install import DEFAULT_SPEED, world_options
from lattice_tui.cli.run_door import OpenBuilding, build, choices_of
from lattice_tui.cli.serve import add_serve, order_of, refuse_without_serve, serve
from lattice_tui.errors import DocumentError, UsageError
from lattice_tui.install import files
from lattice_tui.install.launch import RunOptions, engine_pid, prepare_run
from lattice_tui.paths import run_folder, state_folder
from lattice_tui.providers.examples import shipped
from lattice_tui.providers.reading import ReadCluster, read_cluster
from lattice_tui.rehearsal.launch import stop_world
from lattice_tui.text import safe_text
from schemas.problem import Problem


def run(arguments: list[str], open_building: OpenBuilding) -> int:
    """A fresh rehearsal of the example. Returns the run's exit code."""
    parser = Parser("rehearse", "Build a shipped example in a simulated world. Nothing real is touched.")
    parser.add_argument("provider", metavar="PROVIDER", nargs="?", default="docker", help="docker (the default)")
    add_world(parser, default_speed=DEFAULT_SPEED)
    add_run(parser)
    add_serve(parser)
    parsed = parser.read(arguments)
    if not parsed.serve:
        refuse_without_serve(parsed)
    options = world_options(parsed)
    choices = choices_of(parsed)
    if parsed.serve:
        return serve(parsed, order_of(parsed))
    read = read_cluster(example(parsed.provider))
    if read.errors:
        raise DocumentError(read.errors)
    return build(_fresh_run(read, state_folder(parsed.state_dir), options), choices, open_building)


def example(provider: str) -> Path:
    """The shipped example of `provider`: in the wheel, or beside the packages in a source tree. Raises UsageError."""
    known = shipped()
    if provider in known:
        return known[provider]
    meant = nearest(provider, known)
    hint = f"Did you mean {meant}? " if meant else ""
    raise UsageError(
        Problem(
            code="LT-CLI-002",
            title=f"There is no example to rehearse for {safe_text(provider, 40)}",
            fix=f"{hint}Rehearse one of: {', '.join(known) or 'none is installed'}",
        )
    )


def _fresh_run(read: ReadCluster, state: Path, options: RunOptions) -> Path:
    assert read.cluster is not None, "no errors means that there is a cluster"
    folder = run_folder(state, read.cluster.metadata.name, rehearsal=True)
    if folder.is_dir() and engine_pid(folder) is None:
        # The world of the last rehearsal lives on when its engine has ended, with another speed and seed.
        stop_world(folder / files.WORLD)
    return prepare_run(read, state, options, fresh=True)
