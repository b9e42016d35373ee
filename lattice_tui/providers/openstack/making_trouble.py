"""Why something was not made in OpenStack, or not undone, in words."""

from __future__ import annotations

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.openstack.session import CloudError
from schemas.problem import Problem


def not_signed_in(error: CloudError | None) -> LatticeError:
    """Nothing can be looked at. None: there are no credentials."""
    problem = Problem(
        code="LT-OS-401",
        title="OpenStack was not asked: there are no credentials" if error is None else "OpenStack did not let us in",
        detail="" if error is None else error.words,
        fix="Sign in first; lattice check says what is wrong with the credentials",
    )
    return LatticeError(problem, ExitCode.CREDENTIALS)


def not_made(code: str, title: str, error: CloudError, by_hand: str) -> LatticeError:
    """The cloud refused; `by_hand` is the command for somebody who may."""
    is_denied = error.kind == "forbidden"
    fix = f"Ask somebody who may to run: {by_hand}" if is_denied else f"Try again later, or run: {by_hand}"
    problem = Problem(code=code, title=title, detail=error.words, fix=fix)
    return LatticeError(problem, ExitCode.PERMISSION if is_denied else ExitCode.CHECK_FAILED)


def failed(code: str, title: str, detail: str, fix: str) -> LatticeError:
    """It was accepted, and did not come to a good end."""
    return LatticeError(Problem(code=code, title=title, detail=detail, fix=fix), ExitCode.CHECK_FAILED)
