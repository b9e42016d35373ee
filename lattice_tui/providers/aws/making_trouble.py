"""Why something was not made at AWS, or not undone, in words."""

from __future__ import annotations

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.aws.answers import AwsAnswerError
from schemas.problem import Problem


def not_signed_in(error: AwsAnswerError | None) -> LatticeError:
    """Nothing can be looked at. None: there are no keys, or no region is chosen."""
    problem = Problem(
        code="LT-AWS-302",
        title="AWS was not asked: there are no keys or no region" if error is None else "AWS did not let these keys in",
        detail="" if error is None else str(error),
        fix="Sign in and choose a region first; lattice check says what is wrong with the keys",
    )
    return LatticeError(problem, ExitCode.CREDENTIALS)


def root_keys() -> LatticeError:
    """The account's root keys make nothing."""
    problem = Problem(
        code="LT-AWS-301",
        title="Nothing is made with the root keys of an account",
        detail="They may do everything, and no policy limits them.",
        fix="Make an IAM user with IAMFullAccess and AWSCloudFormationFullAccess for this, and use its keys",
        check="aws sts get-caller-identity",
    )
    return LatticeError(problem, ExitCode.CREDENTIALS)


def not_made(code: str, title: str, error: AwsAnswerError, by_hand: str) -> LatticeError:
    """AWS refused to make it; `by_hand` is the command for somebody who may."""
    fix = f"Ask somebody who may to run: {by_hand}" if error.kind == "denied" else f"Try again later, or run: {by_hand}"
    problem = Problem(code=code, title=title, detail=str(error), fix=fix)
    return LatticeError(problem, ExitCode.PERMISSION if error.kind == "denied" else ExitCode.CHECK_FAILED)
