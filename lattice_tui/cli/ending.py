"""The last words of a watched run: where the kubeconfig is, what to type next, how to go on."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.cli.following import Watched
from lattice_tui.cli.guarding import write_err, write_out
from lattice_tui.cli.lines import duration
from lattice_tui.cli.problem_text import four_lines
from lattice_tui.install import files
from lattice_tui.paths import write_atomically
from lattice_tui.text import safe_text
from schemas.problem import Problem
from schemas.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Told:
    """Where the words go, and what they need to name."""

    folder: Path
    to_stderr: bool = False
    """In JSON mode standard output belongs to the journal's lines."""
    state_dir: str | None = None
    kubeconfig_out: Path | None = None

    @property
    def resume(self) -> str:
        """The command that goes on with this run."""
        return self._command("resume")

    @property
    def status(self) -> str:
        """The command that shows this run."""
        return self._command("status")

    @property
    def watch(self) -> str:
        """The command that looks on while this run goes on."""
        return self._command("watch")

    def _command(self, name: str) -> str:
        where = f" --state-dir {shlex.quote(self.state_dir)}" if self.state_dir else ""
        return f"lattice {name} {shlex.quote(self.folder.name)}{where}"

    def say(self, text: str) -> None:
        """One line, where this run's words go."""
        (write_err if self.to_stderr else write_out)(text)


def tell(watched: Watched, told: Told) -> int:
    """Say how it ended; returns the exit code. Raises OSError when --kubeconfig-out cannot be written."""
    if watched.how == "finished" and watched.snapshot.state == "done":
        _done(watched.snapshot, told)
    elif watched.how == "finished":
        _failed(watched.snapshot, told)
    elif watched.how == "died":
        write_err(four_lines(_died(told)))
    elif watched.how == "timeout":
        write_err(f"lattice: the time is up; the install goes on: {told.watch}")
    else:
        write_err(f"lattice: stopped, nothing is lost; go on with: {told.resume}")
    return watched.exit_code


def save_kubeconfig(snapshot: Snapshot, wanted: Path | None) -> str:
    """Copy the kubeconfig to where the command line wants it, mode 0600. Returns its path, empty when there is none."""
    if wanted is None or not snapshot.kubeconfig:
        return snapshot.kubeconfig
    write_atomically(wanted, Path(snapshot.kubeconfig).read_bytes())
    return str(wanted)


def _done(snapshot: Snapshot, told: Told) -> None:
    kubeconfig = save_kubeconfig(snapshot, told.kubeconfig_out)
    simulated = ", simulated" if snapshot.rehearsal else ""
    took = f" after {duration(snapshot.elapsed_s)}" if snapshot.elapsed_s is not None else ""
    told.say(
        f"{safe_text(snapshot.cluster)} is ready{took}: Kubernetes {snapshot.kubernetes_version} "
        f"on {snapshot.provider}{simulated}, {len(snapshot.machines)} machines"
    )
    if kubeconfig:
        told.say(f"  kubeconfig  {safe_text(kubeconfig)}")
        told.say(f"  look        kubectl --kubeconfig {safe_text(shlex.quote(kubeconfig))} get nodes")
    told.say(f"  status      {told.status}")


def _failed(snapshot: Snapshot, told: Told) -> None:
    if snapshot.problem is not None:
        write_err(four_lines(snapshot.problem))
    write_err(f"  log: {safe_text(str(told.folder / files.JOURNAL))}")
    write_err(f"  once it is mended, go on with: {told.resume}")


def _died(told: Told) -> Problem:
    log = told.folder / files.ENGINE_LOG
    return Problem(
        code="LT-CLI-008",
        title="The engine's process has ended without saying so",
        detail=f"It was killed, or it broke. Its last line: {_last_line(log) or 'none'}",
        fix=f"Go on where it stands: {told.resume}",
        check=f"tail {log}",
    )


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")
