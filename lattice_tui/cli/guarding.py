"""The rim around every command: lost output, signals and our own bugs end in one line and an exit code.

Imports `os` and `sys` alone; what explains a failure is imported once something has failed.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # known to type checkers by this name
if TYPE_CHECKING:
    from collections.abc import Callable

PIPE_CLOSED = 128 + 13
"""As a shell reports a program that SIGPIPE ended."""
INTERRUPTED = 128 + 2


class OutputClosedError(Exception):
    """The reader of our standard output has gone (`| head`)."""


class OutputLostError(Exception):
    """Standard output cannot take what we write: a full disk, a closed descriptor."""


def guarded(command: Callable[[], int]) -> int:
    """Run `command`; whatever it raises becomes words on standard error and an exit code."""
    _hold_standard_descriptors()
    try:
        code = _exit_code_of(command)
        flush_out()
    except BaseException as error:
        _let_go_of_output()
        return _explained(error)
    return code


def write_out(text: str) -> None:
    """Write one line to standard output. Raises OutputClosedError or OutputLostError."""
    if sys.stdout is None:
        raise OutputLostError("it is closed")
    try:
        sys.stdout.write(text + "\n")
    except OSError as error:
        raise _lost(error) from error


def flush_out() -> None:
    """Make sure that everything written has arrived. Raises OutputClosedError or OutputLostError."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _lost(error) from error


def write_err(text: str) -> None:
    """Write one line to standard error; when nobody can read it there is nobody left to tell."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        sys.stderr = None


def _exit_code_of(command: Callable[[], int]) -> int:
    try:
        return command()
    except SystemExit as error:
        # argparse leaves this way after printing a command's help.
        return error.code if isinstance(error.code, int) else 0


def _lost(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return OutputClosedError()
    return OutputLostError(error.strerror or str(error))


def _hold_standard_descriptors() -> None:
    """Keep 0, 1 and 2 taken, so that no file we open later stands where a standard stream was closed."""
    for descriptor, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, flags)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and stream.errors == "strict":
            # A file name with foreign bytes, or a terminal without UTF-8, must not end a command.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _let_go_of_output() -> None:
    """What is still buffered cannot be written; without this the interpreter would try again while it ends."""
    try:
        flush_out()
    except (OutputClosedError, OutputLostError):
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.close(sink)


def _explained(error: BaseException) -> int:
    if isinstance(error, OutputClosedError):
        return PIPE_CLOSED
    if isinstance(error, KeyboardInterrupt):
        write_err("")
        return INTERRUPTED
    from lattice_tui.cli.failures import explain

    return explain(error)
