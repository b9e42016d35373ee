"""From a path to bytes: bounded, never waiting on a pipe, every way to fail told apart."""

from __future__ import annotations

import errno
import os
import stat
import sys

from lattice_tui.document.decoding import MAX_BYTES
from lattice_tui.document.report import Report
from lattice_tui.text import safe_text

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "standard input"
"""What problems call it."""
_READ_BYTES = MAX_BYTES + 1
"""One more than is allowed: enough to know that there is more."""
_SILENCE_S = 2.0
"""How long a pipe may be silent before it is said what is waited for."""


def source_name(path: str | os.PathLike[str]) -> str:
    """What problems call the file: safe to print."""
    text = os.fsdecode(path)
    return STANDARD_INPUT_NAME if text == STANDARD_INPUT else safe_text(text, 200)


def read_source(path: str | os.PathLike[str], report: Report) -> bytes | None:
    """Up to 1 MiB + 1 byte of a regular file or of standard input; None with the problem in `report`."""
    if os.fsdecode(path) == STANDARD_INPUT:
        return _read_standard_input(report)
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        _report_refusal(error, path, report)
        return None
    except ValueError:  # a NUL in the path: no file has one
        _report_missing(path, report)
        return None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            _report_kind(mode, path, report)
            return None
        return _read_all(descriptor)
    except OSError as error:
        _report_refusal(error, path, report)
        return None
    finally:
        os.close(descriptor)


def _read_all(descriptor: int) -> bytes:
    chunks: list[bytes] = []
    left = _READ_BYTES
    while left and (chunk := _read_some(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _read_some(descriptor: int, limit: int) -> bytes:
    """Wait for bytes and read them. A standard input may have been made non-blocking by whoever shares it."""
    while True:
        try:
            return os.read(descriptor, limit)
        except BlockingIOError:
            import select

            select.select([descriptor], [], [])


def _read_standard_input(report: Report) -> bytes | None:
    stream = getattr(sys, "stdin", None)  # None when the parent closed it
    if stream is None:
        _file_problem(
            report,
            "LT-FILE-008",
            "standard input is closed",
            "Give a file, or pipe one in: lattice validate - < cluster.yaml",
        )
        return None
    try:
        descriptor = stream.fileno()
        _say_what_is_waited_for(descriptor, os.isatty(descriptor))
        return _read_all(descriptor)
    except OSError as error:
        _report_refusal(error, STANDARD_INPUT, report)
        return None


def _say_what_is_waited_for(descriptor: int, is_terminal: bool) -> None:
    """Nobody waits without knowing for what: a person at a terminal at once, whoever pipes when nothing comes."""
    import select

    if not is_terminal and select.select([descriptor], [], [], _SILENCE_S)[0]:
        return
    if sys.stderr is None:
        return
    if is_terminal:
        words = "Reading a cluster.yaml from this terminal: paste it, then press Enter and Ctrl-D. Ctrl-C leaves."
    else:
        words = "Waiting for a cluster.yaml on standard input: nothing has come in yet. Ctrl-C leaves."
    try:
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
    except OSError:
        sys.stderr = None  # nobody is there to be told


def _report_kind(mode: int, path: str | os.PathLike[str], report: Report) -> None:
    if stat.S_ISDIR(mode):
        _report_folder(path, report)
        return
    kind = "a named pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    fix = "Give a regular file, or pipe the text in: lattice validate - < cluster.yaml"
    _file_problem(report, "LT-FILE-003", f"this is {kind}, not a file", fix)


def _report_folder(path: str | os.PathLike[str], report: Report) -> None:
    inside = os.path.join(os.fsdecode(path), "cluster.yaml")
    fix = (
        f"Give the file itself: {safe_text(inside, 200)}" if os.path.isfile(inside) else "Give the cluster.yaml itself."
    )
    _file_problem(report, "LT-FILE-002", "this is a folder, not a file", fix)


def _report_refusal(error: OSError, path: str | os.PathLike[str], report: Report) -> None:
    number = error.errno
    if number == errno.ENOENT:
        _report_missing(path, report)
    elif number == errno.EISDIR:
        _report_folder(path, report)
    elif number in (errno.EACCES, errno.EPERM):
        fix = f"Make it readable for you: chmod u+r {report.file}, or ask its owner."
        _file_problem(report, "LT-FILE-004", "the file may not be read", fix)
    elif number == errno.ELOOP:
        _file_problem(
            report,
            "LT-FILE-005",
            "the symbolic link points at itself",
            f"See where it leads: ls -l {report.file}; then give the file itself.",
        )
    elif number == errno.ENOTDIR:
        _file_problem(
            report,
            "LT-FILE-001",
            "there is no such file",
            "A part of this path is a file, not a folder: see the path again.",
        )
    elif number == errno.ENXIO:
        _file_problem(report, "LT-FILE-003", "this is a socket or a device, not a file", "Give a regular file.")
    else:
        reason = safe_text(error.strerror or str(error), 100)
        _file_problem(
            report, "LT-FILE-007", "the file cannot be read", f"The system says: {reason}. Try another place."
        )


def _report_missing(path: str | os.PathLike[str], report: Report) -> None:
    text = os.fsdecode(path)
    if "\0" not in text and os.path.islink(text):
        _file_problem(
            report, "LT-FILE-001", "the symbolic link leads to no file", f"See where it leads: ls -l {report.file}"
        )
        return
    folder, _, wanted = text.rpartition("/")
    try:
        nearby = [entry for entry in sorted(os.listdir(folder or "."))[:2000] if entry.endswith((".yaml", ".yml"))]
    except (OSError, ValueError):
        nearby = []
    from lattice_tui.document.keys import did_you_mean

    guess = did_you_mean(wanted, nearby)
    fix = (
        f"Did you mean {safe_text(os.path.join(folder, guess), 200)}?"
        if guess
        else "See the path again, or make one: lattice-tui"
    )
    _file_problem(report, "LT-FILE-001", "there is no such file", fix)


def _file_problem(report: Report, code: str, title: str, fix: str) -> None:
    report.error_at(code, title, fix, None, None)
