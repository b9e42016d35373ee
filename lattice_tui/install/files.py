"""The files of one run: their names, and reading and writing the two that doors and engine share."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.paths import write_atomically
from schemas.problem import Problem

if TYPE_CHECKING:
    from schemas.plan import ClusterPlan

DOCUMENT = "cluster.yaml"
PLAN = "plan.json"
OPTIONS = "options.json"
JOURNAL = "journal.jsonl"
TORN = "journal.torn"
LOCK = "lock"
ENGINE_LOG = "engine.log"
TOOLS = "tools.json"
BOOTSTRAP_KUBECONFIG = "bootstrap.kubeconfig"
TARGET_KUBECONFIG = "target.kubeconfig"
MANIFESTS = "manifests.yaml"
MOVE_BACKUP = "move-backup"
WORLD = "world"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run needs to know beside its plan."""

    rehearsal: bool = False
    speed: float = 1.0
    """How many simulated seconds pass in one; 1 outside a rehearsal."""
    seed: int = 1
    fault: str = ""
    """Of the rehearsed world; empty for none."""


class RunFilesError(LatticeError):
    """A file of the run cannot be read."""

    exit_code = ExitCode.BUG

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            Problem(
                code="LT-RUN-002",
                title=f"{path.name} of this run cannot be read",
                detail=f"{path}: {detail}",
                fix="Start the run again from its cluster.yaml; what stands already is found and kept.",
                check=f"ls -l {path.parent}",
            )
        )


def save_plan(folder: Path, plan: ClusterPlan) -> None:
    """Write the plan, atomically and private."""
    write_atomically(folder / PLAN, plan.model_dump_json(by_alias=True, indent=1).encode() + b"\n")


def load_plan(folder: Path) -> ClusterPlan:
    """The plan of this run, its provider's block read by the provider's own model. Raises RunFilesError."""
    from lattice_tui.providers.registry import load
    from schemas.plan import ClusterPlan

    path = folder / PLAN
    try:
        raw = json.loads(path.read_bytes())
        config = load(raw["provider"]).config_model.model_validate(raw["config"])
        return ClusterPlan.model_validate({**raw, "config": config})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFilesError(path, str(error)) from error


def save_options(folder: Path, options: RunOptions) -> None:
    """Write the options, atomically and private."""
    write_atomically(folder / OPTIONS, json.dumps(asdict(options)).encode() + b"\n")


def load_options(folder: Path) -> RunOptions:
    """The options of this run. Raises RunFilesError."""
    path = folder / OPTIONS
    try:
        return RunOptions(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise RunFilesError(path, str(error)) from error
