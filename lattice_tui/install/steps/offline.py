"""Installing Cluster API from a folder instead of the network: `LATTICE_OFFLINE_DIR`, with `components/` in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lattice_tui.capi.component_files import clusterctl_config, missing_components
from lattice_tui.capi.wanted import WantedProvider
from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.paths import write_atomically
from lattice_tui.text import safe_text
from schemas.problem import Problem

OFFLINE_DIR = "LATTICE_OFFLINE_DIR"
COMPONENTS = "components"
CLUSTERCTL_CONFIG = "clusterctl.yaml"
SHOWN = 6
"""Missing files that are named; the others are counted."""


def offline_arguments(
    run_folder: Path, wanted: Iterable[WantedProvider], cert_manager: str, environ: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """What clusterctl is told so that it reads the folder; empty where none is named. Writes its configuration.

    Raises StepFailedError that names what the folder lacks, before anything is installed.
    """
    named = environ.get(OFFLINE_DIR, "")
    if not named:
        return ()
    folder, wanted = Path(named).absolute() / COMPONENTS, tuple(wanted)
    if missing := missing_components(folder, wanted, cert_manager):
        raise StepFailedError(_incomplete(folder, missing), ExitCode.TOOL_MISSING)
    config = run_folder / CLUSTERCTL_CONFIG
    write_atomically(config, clusterctl_config(folder, wanted, cert_manager).encode())
    return ("--config", str(config))


def _incomplete(folder: Path, missing: tuple[str, ...]) -> Problem:
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    return Problem(
        code="LT-TOL-013",
        title="The folder to install from lacks component files",
        detail=safe_text(f"{folder} has no {', '.join(missing[:SHOWN])}{more}", 400),
        fix=f"Put the files of the providers' releases there, then `lattice resume`; or unset {OFFLINE_DIR}",
        check=safe_text(f"find {folder} -name '*.yaml'"),
    )
