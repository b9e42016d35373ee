"""`lattice status [NAME]`: where the runs on this computer stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lattice_tui.cli.arguments import Parser, add_output, add_state_dir
from lattice_tui.cli.ending import Told
from lattice_tui.cli.guarding import write_err, write_out
from lattice_tui.cli.json_lines import problem_fields, write_json
from lattice_tui.cli.lines import duration, stamp
from lattice_tui.cli.problem_text import four_lines
from lattice_tui.errors import ExitCode
from lattice_tui.install.launch import engine_pid
from lattice_tui.install.runs import RunInfo, find_run, runs
from lattice_tui.paths import state_folder
from lattice_tui.text import safe_text
from schemas.rows import MachineRow
from schemas.snapshot import Snapshot, StepRow


def run(arguments: list[str]) -> int:
    """Print one run in full, or all of them in short."""
    parser = Parser("status", "Where the runs on this computer stand.")
    parser.add_argument("name", metavar="NAME", nargs="?", help="the cluster; left out: all, or the only one")
    add_state_dir(parser)
    add_output(parser)
    parsed = parser.read(arguments)
    state = state_folder(parsed.state_dir)
    found = [find_run(state, parsed.name)] if parsed.name is not None else runs(state)
    if parsed.output == "json":
        for run_info in found:
            write_json("run.status", status_fields(run_info))
    elif not found:
        write_err(f"No cluster has been begun here ({safe_text(str(state))}).")
    elif len(found) == 1:
        _show_one(found[0], Told(found[0].folder, state_dir=parsed.state_dir))
    else:
        _show_all(found)
    return ExitCode.OK


def state_word(snapshot: Snapshot, *, engine_runs: bool) -> str:
    """`running`, `stopped`, `done`, `failed` or `interrupted` (its engine is gone without a word)."""
    if snapshot.state in ("running", "empty") and not engine_runs:
        return "interrupted"
    return "running" if snapshot.state == "empty" else snapshot.state


def status_fields(found: RunInfo) -> dict[str, Any]:
    """The fields of a `run.status` line."""
    snapshot, pid = found.snapshot, engine_pid(found.folder)
    return {
        "cluster": found.name,
        "rehearsal": found.rehearsal,
        "state": state_word(snapshot, engine_runs=pid is not None),
        "engine_pid": pid,
        "folder": str(found.folder),
        "provider": snapshot.provider,
        "kubernetes_version": snapshot.kubernetes_version,
        "planned_at": _iso(snapshot.planned_at),
        "last_at": _iso(snapshot.last_at),
        "steps": [_step_fields(row) for row in snapshot.steps],
        "machines": [asdict(row) for row in snapshot.machines.values()],
        "problem": problem_fields(snapshot.problem) if snapshot.problem else None,
        "exit_code": snapshot.exit_code,
        "kubeconfig": snapshot.kubeconfig,
    }


def _step_fields(row: StepRow) -> dict[str, Any]:
    return {
        "id": row.info.id,
        "title": row.info.title,
        "state": row.state,
        "started_at": _iso(row.started_at),
        "elapsed_s": row.elapsed_s,
        "text": row.text,
    }


def _iso(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _show_all(found: Sequence[RunInfo]) -> None:
    rows = [("CLUSTER", "STATE", "STEPS", "MACHINES", "KIND", "SINCE")]
    for run_info in found:
        snapshot = run_info.snapshot
        over = sum(row.state in ("done", "adopted", "skipped") for row in snapshot.steps)
        ready = sum(machine.state == "ready" for machine in snapshot.machines.values())
        rows.append(
            (
                run_info.name,
                state_word(snapshot, engine_runs=engine_pid(run_info.folder) is not None),
                f"{over}/{len(snapshot.steps)}",
                f"{ready}/{len(snapshot.machines)} ready",
                "rehearsal" if run_info.rehearsal else "real",
                _iso(snapshot.planned_at) or "",
            )
        )
    _table(rows)


def _show_one(found: RunInfo, told: Told) -> None:
    snapshot, pid = found.snapshot, engine_pid(found.folder)
    word = state_word(snapshot, engine_runs=pid is not None)
    simulated = ", simulated" if found.rehearsal else ""
    engine = f", engine {pid}" if pid else ""
    write_out(
        f"{safe_text(found.name)}  {word}{engine}  Kubernetes {snapshot.kubernetes_version} "
        f"on {snapshot.provider}{simulated}"
    )
    write_out("")
    _table([("STEP", "STATE", "TIME", "")] + [_step_row(row) for row in snapshot.steps])
    if snapshot.machines:
        write_out("")
        heads = ("MACHINE", "ROLE", "STATE", "NODE", "ADDRESS", "WHY")
        _table([heads] + [_machine_row(row) for row in snapshot.machines.values()])
    write_out("")
    _say_next(snapshot, word, told)


def _step_row(row: StepRow) -> tuple[str, ...]:
    took = duration(row.elapsed_s) if row.elapsed_s is not None else ""
    return (row.info.id, row.state, took, row.text)


def _machine_row(row: MachineRow) -> tuple[str, ...]:
    why = "" if row.state == "ready" else row.message or row.reason
    return (row.name, row.role, row.state, row.node, row.address, why)


def _say_next(snapshot: Snapshot, word: str, told: Told) -> None:
    if word == "done":
        write_out(f"kubeconfig: {safe_text(snapshot.kubeconfig)}")
    elif word == "running":
        write_out(f"watch it: {told.watch}")
    else:
        if snapshot.problem is not None:
            write_out(four_lines(snapshot.problem).removeprefix("lattice: "))
        write_out(f"go on with: {told.resume}")


def _table(rows: Sequence[Sequence[str]]) -> None:
    safe = [[safe_text(cell, 100) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in safe) for column in range(len(safe[0]))]
    for row in safe:
        write_out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
