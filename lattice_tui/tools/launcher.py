"""Stands between the engine and a foreign program, so that the program dies with the engine.

Run as `python -I -S launcher.py LIFELINE_FD PROGRAM ARG...` as the leader of a process group of its own.
The lifeline is one end of a socket pair, the engine holds the other; nobody ever writes. End of file here
means that the engine is gone, even by `kill -9`: the whole group is killed. End of file there means that we
are gone. Portable, where a parent-death signal is Linux alone.
Otherwise the program's exit code, or the signal it died of, becomes ours.

Only built-in modules are imported: this process has to cost less than the programs it starts.
"""

import errno
import os
import select
import signal
import sys
from types import FrameType

NOT_FOUND = 127
"""A shell's exit code for a program that could not be started."""


def main(argv: list[str]) -> int:
    """Start the program in `argv`, wait for it or for the engine's end, and return its exit code."""
    lifeline = int(argv[1])
    os.set_inheritable(lifeline, False)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    # SIGTERM is for the program: it goes to the whole group, and we stay to tell how the program took it.
    # Handlers, unlike ignored signals, are not inherited by the program.
    signal.signal(signal.SIGTERM, _note)
    signal.signal(signal.SIGCHLD, _note)
    try:
        child = os.posix_spawn(argv[2], argv[2:], os.environ)
    except OSError as error:
        sys.stderr.write(f"{argv[2]}: {os.strerror(error.errno or errno.EIO)}\n")
        return NOT_FOUND
    return _wait(child, lifeline, woken)


def _note(_signum: int, _frame: FrameType | None) -> None:
    """The wake-up pipe has been written to already; there is nothing more to do."""


def _wait(child: int, lifeline: int, woken: int) -> int:
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return _pass_on(status)
        ready, _, _ = select.select([lifeline, woken], [], [])
        if lifeline in ready:
            os.killpg(0, signal.SIGKILL)
        os.read(woken, 512)


def _pass_on(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    if -code == signal.SIGTERM:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
    return 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
