"""Exit codes, and the exceptions that carry a `Problem` to a door.

LatticeError
+-- UsageError          the command line is wrong (2)
+-- DocumentError       cluster.yaml is wrong (10)
+-- StepFailedError     a step of the install could not be done (its own exit code)
+-- RunHeldError        another process holds the cluster's lock (2)

Expected failure is a value (`Problem`, `CheckResult`); these exceptions only carry it out of depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.problem import Problem


class ExitCode(IntEnum):
    """What a script may rely on. Documented in docs/exit-codes.md."""

    OK = 0
    USAGE = 2
    PLAN_HAS_CHANGES = 3
    DOCUMENT = 10
    CHECK_FAILED = 11
    WARNINGS_STRICT = 12
    TOOL_MISSING = 20
    DOCKER = 21
    CREDENTIALS = 30
    PERMISSION = 31
    CAPACITY = 32
    BOOTSTRAP_CLUSTER = 40
    CAPI_PROVIDERS = 41
    MACHINES = 42
    NETWORK_ADDONS = 43
    MOVE = 44
    TIME_LIMIT = 50
    STOPPED = 51
    UNINSTALL_LEFTOVERS = 60
    BUG = 70
    OUTPUT = 74
    """Standard output or a file of ours could not be written (EX_IOERR of sysexits.h, as 70 is EX_SOFTWARE)."""


class LatticeError(Exception):
    """Base of everything we raise on purpose. Its problems are safe to print."""

    exit_code: ExitCode = ExitCode.BUG

    def __init__(self, problems: Problem | Sequence[Problem], exit_code: ExitCode | None = None) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems) if isinstance(problems, Sequence) else (problems,)
        if exit_code is not None:
            self.exit_code = exit_code
        super().__init__("; ".join(problem.title for problem in self.problems))

    @property
    def problem(self) -> Problem:
        """The first problem."""
        return self.problems[0]


class UsageError(LatticeError):
    exit_code = ExitCode.USAGE


class DocumentError(LatticeError):
    exit_code = ExitCode.DOCUMENT


class StepFailedError(LatticeError):
    """A step could not be done; `exit_code` says which kind."""


class RunHeldError(LatticeError):
    exit_code = ExitCode.USAGE
