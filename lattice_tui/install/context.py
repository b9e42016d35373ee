"""What every step works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.document.pins import Pins
from lattice_tui.install.bench import Bench
from lattice_tui.install.clusters import Clusters
from lattice_tui.install.following import Follower
from lattice_tui.install.hooks import InstallHooks
from lattice_tui.install.recorder import Recorder
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.tools.process import Toolbox
from schemas.plan import ClusterPlan


@dataclass(frozen=True, slots=True)
class Context:
    """One run: its plan, and the ways to the world. Steps keep nothing of their own."""

    folder: Path
    plan: ClusterPlan
    pins: Pins
    hooks: InstallHooks
    record: Recorder
    toolbox: Toolbox
    bench: Bench
    docker: DockerEngine
    """The bootstrap cluster runs in it, whatever the provider."""
    clusters: Clusters
    follower: Follower
    has_moved: bool
    """The cluster held its own objects when this engine started: nothing before the move is looked for again."""
    is_moving: bool
    """A move was cut off before this engine started: the objects are complete at neither side until it is done."""
    usual_s: Mapping[str, tuple[float, float]]
    """Usual seconds of each step, as planned."""

    @property
    def simulated(self) -> bool:
        """Whether the world is the rehearsed one."""
        return self.record.snapshot.rehearsal
