"""Asking IAM what the keys may do, in batches: its own simulation of the policies of a user, group or role.

What it says is likely, not certain: rules of the organization (SCPs) and of a session are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import Look

ACTIONS_AT_ONCE = 100
"""Of one request. Source: the size of a page of its answer."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was said of some actions."""

    denied: tuple[str, ...]
    unclear: tuple[str, ...]
    """Denied unless something holds that the simulation was not told: a tag, an address."""


async def policy_source(look: Look) -> str:
    """The ARN whose policies count: of an assumed role the role's own. Empty when there is none to ask about.

    Raises AwsAnswerError.
    """
    identity = await look.identity()
    kind = identity.arn.rpartition(":")[2]
    if not kind.startswith("assumed-role/"):
        return identity.arn if kind.startswith("user/") else ""
    name = kind.split("/")[1]
    try:
        role = await look.role(name)
    except AwsAnswerError:
        # The path is lost in the session's ARN; without it the role is asked about as if it had none.
        role = None
    return str(role["Arn"]) if role else f"arn:{identity.partition}:iam::{identity.account}:role/{name}"


async def simulate(look: Look, actions: Iterable[str], resources: Iterable[str] = ()) -> Simulated:
    """What the keys may not do of `actions` on `resources` (none: on anything). Raises AwsAnswerError."""
    source = await policy_source(look)
    if not source or not shapes.fits(shapes.ROLE_ARN, source):
        words = "these keys belong to no IAM user or role"
        raise AwsAnswerError("refused", "NoPolicySource", words, "iam:SimulatePrincipalPolicy")
    wanted, on_these = list(dict.fromkeys(actions)), list(resources)
    denied: list[str] = []
    unclear: list[str] = []
    for start in range(0, len(wanted), ACTIONS_AT_ONCE):
        on: dict[str, Any] = {"ResourceArns": on_these} if on_these else {}
        results = await look.session.every(
            "iam",
            "simulate_principal_policy",
            "EvaluationResults",
            PolicySourceArn=source,
            ActionNames=wanted[start : start + ACTIONS_AT_ONCE],
            **on,
        )
        for result in results:
            if result.get("EvalDecision") != "allowed":
                into = unclear if result.get("MissingContextValues") else denied
                into.append(str(result.get("EvalActionName", "")))
    return Simulated(tuple(dict.fromkeys(denied)), tuple(dict.fromkeys(unclear)))
