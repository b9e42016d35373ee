"""The CloudFormation stack of roles, policies and instance profiles: shown in full, made, watched, taken away."""

from __future__ import annotations

import asyncio
import json
import textwrap
import time
from collections.abc import AsyncGenerator, Iterator
from functools import partial
from typing import Any, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.making_trouble import not_made
from lattice_tui.providers.aws.session import AwsSession
from lattice_tui.providers.aws.stack_template import NAMES, STACK, SUFFIX, Existing, grants, missing_names, template
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.text import safe_text
from schemas.problem import Problem

FIELD: Final = "spec.provider.config.aws.cpIamInstanceProfile"
KIND: Final = "CloudFormation stack"
LIMIT_S: Final = 600.0
"""A stack of roles takes a minute; CloudFormation itself waits longer for one that hangs."""
_POLL_S: Final = 2.0
_SIMULATED_POLL_S: Final = 0.05
_LINE_CHARACTERS: Final = 360
"""Of a policy's actions; doors cut longer lines."""
_BROKEN: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""States that a stack cannot be mended from: it is deleted first. Source: CloudFormation guide, stack status codes."""
_STANDING: Final = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
_BY_HAND: Final = "clusterawsadm bootstrap iam create-cloudformation-stack"


async def stack_making(wish: AwsWish, session: AwsSession) -> Making | None:
    """The stack with what is missing; None where all is there, or a stack stands that would be in the way.

    Raises AwsAnswerError.
    """
    existing = await _existing(session)
    missing = tuple(missing_names(existing))
    status = await _status(session, STACK)
    if not missing or (status and status not in _BROKEN):
        return None
    clean_up = (f"Delete what is left of a stack that failed ({status}).",) if status else ()
    profiles = [name for name in NAMES if name not in existing.profiles]
    return Making(
        id="stack",
        title="Make the roles and instance profiles of the machines",
        will=(
            *clean_up,
            f"Make the CloudFormation stack {STACK} in {session.region}. By hand, nearly the same: {_BY_HAND}",
            f"It makes: {'; '.join(line.removesuffix('.' + SUFFIX) for line in missing)} (each ends in .{SUFFIX}).",
            *policy_lines(existing),
        ),
        changes="Machines with these profiles may do what the policies say. Roles, policies and stacks cost nothing.",
        undo_words="The stack is deleted with its roles. Remove the clusters first: their machines lose these rights.",
        make=partial(_make, wish, session, existing, delete_first=bool(status)),
        field=FIELD,
        missing=f"there is no instance profile {profiles[0]}" if profiles else "",
    )


def policy_lines(existing: Existing) -> Iterator[str]:
    """Every action of every policy that is made, in lines that a door shows whole."""
    for name in NAMES:
        if name in existing.policies:
            continue
        for grant in grants(name):
            on = "" if grant.resource == "*" else f" on {grant.resource}"
            lines = textwrap.wrap(", ".join(grant.actions), _LINE_CHARACTERS - len(on) - len(name))
            yield from (f"{name.partition('.')[0]} may{on}: {line}" for line in lines)


async def _make(
    wish: AwsWish, session: AwsSession, existing: Existing, *, delete_first: bool
) -> AsyncGenerator[MakingNews, None]:
    try:
        if delete_first:
            yield MakingNews(f"deleting what is left of {STACK}")
            await session.call("cloudformation", "delete_stack", StackName=STACK)
            await _settled(wish, session, STACK)
        yield MakingNews(f"asking for the stack {STACK}")
        made = await session.call(
            "cloudformation",
            "create_stack",
            StackName=STACK,
            TemplateBody=json.dumps(template(existing)),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "made-by", "Value": "lattice-tui"}],
        )
        stack_id = str(made.get("StackId", STACK))
        yield MakingNews("the stack is being made", MadeThing("stack", "aws", KIND, stack_id, STACK, session.region))
        status = await _settled(wish, session, stack_id)
        reason = "" if status == "CREATE_COMPLETE" else await _reason(session, stack_id)
    except AwsAnswerError as error:
        raise not_made("LT-AWS-304", "The stack of roles was not made", error, _BY_HAND) from error
    if status != "CREATE_COMPLETE":
        raise _failed("LT-AWS-304", "The stack of roles was not made", status, reason)
    yield MakingNews("the stack is there; a new instance profile can be used after some seconds")


async def undo_stack(thing: MadeThing, wish: AwsWish, session: AwsSession) -> AsyncGenerator[MakingNews, None]:
    """Delete the stack, unless machines have their rights from it. Raises LatticeError."""
    command = f"aws cloudformation delete-stack --region {thing.where} --stack-name {STACK}"
    try:
        if not await _status(session, thing.id):
            yield MakingNews(f"the stack {safe_text(thing.name, 60)} is not there any more")
            return
        if users := await _machines_with_profiles(session):
            raise _in_use(users, thing)
        yield MakingNews(f"deleting the stack {safe_text(thing.name, 60)}")
        await session.call("cloudformation", "delete_stack", StackName=thing.id)
        status = await _settled(wish, session, thing.id)
    except AwsAnswerError as error:
        raise not_made("LT-AWS-306", "The stack of roles was not deleted", error, command) from error
    if status:
        raise _failed("LT-AWS-306", "The stack of roles was not deleted", status, "")
    yield MakingNews("the stack is deleted, and its roles with it")


async def _existing(session: AwsSession) -> Existing:
    roles = await session.every("iam", "list_roles", "Roles")
    profiles = await session.every("iam", "list_instance_profiles", "InstanceProfiles")
    policies = await session.every("iam", "list_policies", "Policies", Scope="Local")
    return Existing(
        frozenset(str(each.get("RoleName", "")) for each in roles),
        frozenset(str(each.get("InstanceProfileName", "")) for each in profiles),
        frozenset(str(each.get("PolicyName", "")) for each in policies),
    )


async def _status(session: AwsSession, stack: str) -> str:
    """The stack's state in CloudFormation's word; empty when there is none. Raises AwsAnswerError."""
    try:
        said = await session.call("cloudformation", "describe_stacks", StackName=stack)
    except AwsAnswerError as error:
        if error.code == "ValidationError" and "does not exist" in error.words:
            return ""
        raise
    status = str(said["Stacks"][0]["StackStatus"]) if said.get("Stacks") else ""
    return "" if status == "DELETE_COMPLETE" else status


async def _settled(wish: AwsWish, session: AwsSession, stack: str) -> str:
    """Its state once it changes no more, or when the time is up."""
    deadline = time.monotonic() + LIMIT_S
    while True:
        status = await _status(session, stack)
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
            return status
        await asyncio.sleep(_SIMULATED_POLL_S if wish.simulated else _POLL_S)


async def _reason(session: AwsSession, stack: str) -> str:
    """The first thing that went wrong in it."""
    events = await session.every("cloudformation", "describe_stack_events", "StackEvents", StackName=stack)
    failed = [str(event.get("ResourceStatusReason", "")) for event in events if _is_failure(event)]
    # Newest first: what came last of them is what the others followed.
    return failed[-1] if failed else ""


def _is_failure(event: dict[str, Any]) -> bool:
    return str(event.get("ResourceStatus", "")).endswith("_FAILED") and bool(event.get("ResourceStatusReason"))


async def _machines_with_profiles(session: AwsSession) -> list[str]:
    """Ids of machines in the region that have one of the instance profiles. Raises AwsAnswerError."""
    reservations = await session.every("ec2", "describe_instances", "Reservations", Filters=_STANDING)
    machines = [machine for each in reservations for machine in each.get("Instances") or ()]
    return [
        str(machine.get("InstanceId", ""))
        for machine in machines
        if str((machine.get("IamInstanceProfile") or {}).get("Arn", "")).rpartition("/")[2] in NAMES
    ]


def _in_use(machines: list[str], thing: MadeThing) -> LatticeError:
    problem = Problem(
        code="LT-AWS-305",
        title="Machines still have their rights from the stack of roles",
        detail=f"{len(machines)} in {thing.where}, for example {safe_text(machines[0], 30)}",
        fix="Remove the clusters first, then the stack",
    )
    return LatticeError(problem, ExitCode.UNINSTALL_LEFTOVERS)


def _failed(code: str, title: str, status: str, reason: str) -> LatticeError:
    is_denied = "not authorized" in reason
    fix = f"Ask somebody who may to run: {_BY_HAND}" if is_denied else "Look at the stack's events in the AWS console"
    problem = Problem(code=code, title=title, detail=safe_text(f"{status} {reason}".strip(), 300), fix=fix)
    return LatticeError(problem, ExitCode.PERMISSION if is_denied else ExitCode.CHECK_FAILED)
