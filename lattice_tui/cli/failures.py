"""What a command that ended early says, and its exit code."""

from __future__ import annotations

import errno
import os
import shutil

from lattice_tui.cli.crash import write_crash_file
from lattice_tui.cli.guarding import OutputLostError, write_err
from lattice_tui.cli.problem_text import four_lines
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

DISK = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
}
"""Refusals of a file system: the person's to mend, no bug of ours."""


def explain(error: BaseException) -> int:
    """Say on standard error what `error` means; returns the exit code."""
    if isinstance(error, LatticeError):
        for problem in error.problems:
            write_err(four_lines(problem))
        return error.exit_code
    if isinstance(error, OutputLostError):
        write_err(four_lines(_output_lost(str(error))))
        return ExitCode.OUTPUT
    if isinstance(error, OSError) and error.errno in DISK and error.filename:
        write_err(four_lines(_file_refused(error)))
        return ExitCode.OUTPUT
    write_err(_bug(error))
    return ExitCode.BUG


def _output_lost(reason: str) -> Problem:
    return Problem(
        code="LT-CLI-007",
        title="Standard output could not be written",
        detail=f"The system said: {reason}",
        fix="Send the output to a place that takes it; what was built is not touched by this",
    )


def _file_refused(error: OSError) -> Problem:
    path = os.fsdecode(error.filename)
    return Problem(
        code="LT-CLI-012",
        title=f"Cannot use {safe_text(path)}",
        detail=f"The system said: {error.strerror}{_free_space(path) if error.errno == errno.ENOSPC else ''}",
        fix="Make room or allow access there, or name another folder: --state-dir DIR",
        check=f"ls -ld {safe_text(os.path.dirname(path) or '.')}",
    )


def _free_space(path: str) -> str:
    try:
        return f"; {shutil.disk_usage(os.path.dirname(path) or '.').free / 2**20:.1f} MiB free"
    except OSError:
        return ""


def _bug(error: BaseException) -> str:
    saved = write_crash_file(error)
    where = f"details, without secrets, in {safe_text(str(saved))}" if saved else "no crash file could be written"
    return f"lattice: a bug of ours ({type(error).__name__}): {where}  LT-CLI-011"
