"""What a door does with an engine: prepare its run, start it, find it, send it a signal."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lattice_tui.errors import DocumentError, ExitCode, LatticeError, RunHeldError, UsageError
from lattice_tui.install import files
from lattice_tui.install.files import RunOptions as RunOptions
from lattice_tui.install.journal import Journal, held_problem, holder, last_holder
from lattice_tui.paths import private_folder, run_folder, write_atomically
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.reading import ReadCluster
    from schemas.document import LatticeCluster
    from schemas.plan import ClusterPlan

START_TIMEOUT_S = 30.0
"""For the engine to take its lock; a fraction of a second unless the computer is very busy."""
POLL_S = 0.02

_engines: dict[int, subprocess.Popen[bytes]] = {}
"""The engines this process started, by pid: asked now and then, so that an ended one is no zombie."""


def prepare_run(read: ReadCluster, state: Path, options: RunOptions, *, fresh: bool = False) -> Path:
    """Make the run's folder, with the document, the plan, the options and the first journal record, and return it.

    A run of the same plan is kept and continued, with its own options. `fresh` forgets it.
    Raises DocumentError, RunHeldError when an engine is at work, UsageError when another plan of that name
    has made something already, OSError when the state folder cannot be written.
    """
    from lattice_tui.install.resolve import refuse_what_is_not_built_yet, resolve
    from lattice_tui.providers.registry import load

    if read.cluster is None or read.config is None or read.errors:
        raise DocumentError(read.errors)
    refuse_what_is_not_built_yet(read.cluster)
    folder = run_folder(state, read.cluster.metadata.name, rehearsal=options.rehearsal)
    if fresh:
        _forget(folder)
    private_folder(folder)
    with Journal(folder) as journal:
        known = _known_plan(folder) if journal.history else None
        run_id = known.run_id if known else secrets.token_hex(4)
        # Simulated machines have surroundings of their own; a run that began keeps the ranges that it chose.
        looks = known is None and not options.rehearsal
        taken = load(read.cluster.provider_name).taken_ranges() if looks else ()
        plan = resolve(read.cluster, read.config, run_id=run_id, taken=taken)
        if known is not None:
            plan = _with_ranges_of(known, plan, read.cluster)
        if known == plan:
            return folder
        if journal.history:
            _refuse_if_something_was_made(folder, journal)
        _write_run(folder, journal, read.data, plan, options)
    return folder


def _with_ranges_of(known: ClusterPlan, plan: ClusterPlan, cluster: LatticeCluster) -> ClusterPlan:
    """The plan with the ranges that were chosen when the run began, where the document still leaves them open."""
    network = cluster.spec.provider.kubernetes.cluster_network
    kept = {"pod_cidr": known.pod_cidr} if network.pod_cidr is None else {}
    kept |= {"service_cidr": known.service_cidr} if network.service_cidr is None else {}
    return plan.model_copy(update=kept)


def start_engine(folder: Path) -> int:
    """Start the engine of this run in a session of its own; returns its pid once it holds the lock.

    Raises RunHeldError when one is at work already, LatticeError with the engine's last words when it dies first.
    """
    if (who := holder(folder)) is not None:
        raise RunHeldError(held_problem(folder, who))
    log = os.open(folder / files.ENGINE_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        engine = subprocess.Popen(
            [sys.executable, "-m", "lattice_tui.engine", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # `-m` looks in the working folder first: the one that holds this very package, not the person's.
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
    finally:
        os.close(log)
    _engines[engine.pid] = engine
    _await_lock(folder, engine)
    return engine.pid


def engine_pid(folder: Path) -> int | None:
    """The pid of the engine at work on this run, None when there is none."""
    for engine in list(_engines.values()):
        if engine.poll() is not None:
            del _engines[engine.pid]
    who = holder(folder)
    return who.pid if who is not None and who.pid else None


def signal_engine(folder: Path, signum: int) -> bool:
    """Send a signal to the engine of this run; False when none is at work on this computer."""
    who = holder(folder)
    if who is None or not who.pid or who.host != socket.gethostname():
        return False
    with suppress(ProcessLookupError):
        os.kill(who.pid, signum)
        return True
    return False


def _forget(folder: Path) -> None:
    if (who := holder(folder)) is not None:
        raise RunHeldError(held_problem(folder, who))
    if not folder.exists():
        return
    # Renamed first: a crash in between leaves no half of a run under the cluster's name.
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    folder.rename(aside)
    shutil.rmtree(aside)


def _known_plan(folder: Path) -> ClusterPlan | None:
    """The plan of the run that is here; None when it was made by a version whose plans read differently."""
    with suppress(files.RunFilesError):
        return files.load_plan(folder)
    return None


def _refuse_if_something_was_made(folder: Path, journal: Journal) -> None:
    if not any(event.event == "inventory.added" for event in journal.history):
        return
    raise UsageError(
        Problem(
            code="LT-RUN-003",
            title=f"A cluster called {folder.name} was begun from another document",
            detail=f"{folder} lists what was made for it.",
            fix=f"Go on with that one: lattice resume {folder.name}. Or give this one a name of its own with --name.",
            check=f"lattice status {folder.name}",
        )
    )


def _write_run(folder: Path, journal: Journal, document: bytes, plan: ClusterPlan, options: RunOptions) -> None:
    from lattice_tui.install.plan_steps import step_infos
    from schemas.events import RunPlanned

    journal.restart()
    write_atomically(folder / files.DOCUMENT, document)
    files.save_plan(folder, plan)
    files.save_options(folder, options)
    journal.append(
        RunPlanned,
        run_id=plan.run_id,
        cluster=plan.name,
        provider=plan.provider,
        kubernetes_version=plan.kubernetes_version,
        rehearsal=options.rehearsal,
        steps=step_infos(plan, speed=options.speed),
        control_plane_replicas=plan.control_plane_replicas,
        pools=tuple((plan.pool_name(pool), pool.replicas) for pool in plan.pools),
    )


def _await_lock(folder: Path, engine: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while last_holder(folder).pid != engine.pid:
        if engine.poll() is not None:
            # It may have taken the lock and ended in between, on a run that was done already.
            if last_holder(folder).pid == engine.pid:
                return
            raise LatticeError(_died_problem(folder, engine.returncode), ExitCode.BUG)
        if time.monotonic() > deadline:
            engine.kill()
            raise LatticeError(_died_problem(folder, None), ExitCode.BUG)
        time.sleep(POLL_S)


def _died_problem(folder: Path, exit_code: int | None) -> Problem:
    log = folder / files.ENGINE_LOG
    how = f"It ended with exit code {exit_code}." if exit_code is not None else "It did not take its lock in time."
    return Problem(
        code="LT-RUN-004",
        title="The engine did not start",
        detail=f"{how} {_last_line(log)}".rstrip(),
        fix=f"Read {log}, then try again: lattice resume {folder.name}",
        check=f"tail {log}",
    )


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text("utf-8", "replace").strip().splitlines()
        return safe_text(lines[-1]) if lines else ""
    return ""
