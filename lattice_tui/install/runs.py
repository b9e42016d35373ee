"""The runs that are kept in the state folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lattice_tui.errors import UsageError
from lattice_tui.install import files
from lattice_tui.install.fold import fold
from lattice_tui.install.tail import read_journal
from lattice_tui.paths import run_folder
from lattice_tui.text import safe_text
from schemas.problem import Problem
from schemas.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as it stands on disk."""

    folder: Path
    name: str
    rehearsal: bool
    snapshot: Snapshot


def runs(state: Path) -> list[RunInfo]:
    """Every run, real clusters before rehearsals, by name."""
    found = []
    for rehearsal in (False, True):
        parent = run_folder(state, "any", rehearsal=rehearsal).parent
        folders = sorted(parent.iterdir()) if parent.is_dir() else []
        found += [_read(folder, rehearsal) for folder in folders if _is_run(folder)]
    return found


def find_run(state: Path, name: str | None) -> RunInfo:
    """The run called `name`; without a name, the only one. A real cluster comes before a rehearsal of its name.

    Raises UsageError that lists what there is.
    """
    if name is not None:
        for rehearsal in (False, True):
            folder = run_folder(state, name, rehearsal=rehearsal)
            if "/" not in name and name not in {"", ".", ".."} and (folder / files.JOURNAL).is_file():
                return _read(folder, rehearsal)
    everything = runs(state)
    if name is None and len(everything) == 1:
        return everything[0]
    raise UsageError(_not_found(state, name, everything))


def _is_run(folder: Path) -> bool:
    # A name with a dot in front is a forgotten run on its way out.
    return not folder.name.startswith(".") and (folder / files.JOURNAL).is_file()


def _read(folder: Path, rehearsal: bool) -> RunInfo:
    return RunInfo(folder, folder.name, rehearsal, fold(read_journal(folder / files.JOURNAL)))


def _not_found(state: Path, name: str | None, everything: list[RunInfo]) -> Problem:
    names = ", ".join(f"{run.name} (rehearsal)" if run.rehearsal else run.name for run in everything)
    if not everything:
        title = "No cluster has been begun here" if name is None else f"There is no run called {safe_text(name, 40)}"
        fix = "Begin one: lattice install --cluster cluster.yaml, or rehearse one: lattice rehearse"
    elif name is None:
        title = "More than one cluster is known"
        fix = f"Name one of: {names}"
    else:
        title = f"There is no run called {safe_text(name, 40)}"
        fix = f"Name one of: {names}"
    return Problem(code="LT-RUN-005", title=title, detail=f"Looked in {state}.", fix=fix, check=f"ls {state}")
