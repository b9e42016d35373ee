"""CloudFormation, as far as roles, policies and instance profiles go: a stack is made step by step, or rolled back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lattice_tui.rehearsal.aws.account import Account, Stack
from lattice_tui.rehearsal.aws.errors import AwsError
from lattice_tui.rehearsal.aws.iam import CREATED, may

Args = Mapping[str, Any]
Answer = dict[str, Any]
LOOKS_UNTIL_DONE = 2
"""How often a new stack is found in progress."""
_KINDS = {
    "AWS::IAM::Role": ("RoleName", "iam:CreateRole"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "iam:CreateInstanceProfile"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam:CreatePolicy"),
}


def _create(account: Account, region: str, args: Args) -> Answer:
    name = str(args["StackName"])
    if name in account.stacks:
        raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
    try:
        resources = json.loads(args.get("TemplateBody") or "")["Resources"]
    except (ValueError, KeyError, TypeError):
        raise AwsError("ValidationError", "Template format error: unsupported structure.") from None
    if "CAPABILITY_NAMED_IAM" not in (args.get("Capabilities") or ()):
        raise AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
    stack = Stack(name, "CREATE_IN_PROGRESS", looks_left=LOOKS_UNTIL_DONE, becomes="CREATE_COMPLETE")
    account.stacks[name] = stack
    stack.reason = next(_refusals(account, resources), "")
    if stack.reason:
        stack.becomes = "ROLLBACK_COMPLETE"
    else:
        _build(account, stack, resources)
    return {"StackId": _arn(account, region, name)}


def _refusals(account: Account, resources: Mapping[str, Any]) -> Iterator[str]:
    for key, resource in resources.items():
        named, action = _KINDS.get(resource.get("Type", ""), ("", ""))
        name = resource.get("Properties", {}).get(named, "")
        if not may(account, action):
            yield f"API: {action} User: {account.arn} is not authorized to perform: {action} on resource: {key}"
        taken: Mapping[str, object] = account.profiles if named == "InstanceProfileName" else account.roles
        if named != "ManagedPolicyName" and name in taken:
            yield f"{name} already exists"


def _build(account: Account, stack: Stack, resources: Mapping[str, Any]) -> None:
    names = {key: resource["Properties"].get("RoleName", "") for key, resource in resources.items()}
    for resource in resources.values():
        said = resource["Properties"]
        if resource["Type"] == "AWS::IAM::Role":
            account.roles[said["RoleName"]] = said.get("Path", "/")
            stack.roles.append(said["RoleName"])
        elif resource["Type"] == "AWS::IAM::InstanceProfile":
            account.profiles[said["InstanceProfileName"]] = tuple(
                role if isinstance(role, str) else names[role["Ref"]] for role in said["Roles"]
            )
            stack.profiles.append(said["InstanceProfileName"])
        elif resource["Type"] == "AWS::IAM::ManagedPolicy":
            account.policies.add(said["ManagedPolicyName"])
            stack.policies.append(said["ManagedPolicyName"])


def _describe(account: Account, region: str, args: Args) -> Answer:
    name = _plain(str(args.get("StackName") or ""))
    if name and name not in account.stacks:
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")
    stacks = [stack for stack in account.stacks.values() if not name or stack.name == name]
    return {"Stacks": [_described(account, region, stack) for stack in stacks]}


def _described(account: Account, region: str, stack: Stack) -> Answer:
    if stack.looks_left:
        stack.looks_left -= 1
    elif stack.becomes:
        stack.status, stack.becomes = stack.becomes, ""
        if stack.status == "DELETE_COMPLETE":
            account.stacks.pop(stack.name, None)
    return {
        "StackId": _arn(account, region, stack.name),
        "StackName": stack.name,
        "StackStatus": stack.status,
        "StackStatusReason": "The following resource(s) failed to create." if stack.reason else None,
        "CreationTime": CREATED,
    }


def _events(account: Account, region: str, args: Args) -> Answer:
    name = _plain(str(args.get("StackName") or ""))
    stack = account.stacks.get(name)
    if stack is None:
        raise AwsError("ValidationError", f"Stack [{name}] does not exist")
    statuses = [("CREATE_FAILED", stack.reason)] if stack.reason else []
    return {
        "StackEvents": [
            {
                "StackId": _arn(account, region, name),
                "EventId": f"{number}",
                "StackName": name,
                "LogicalResourceId": "AWSIAMRoleControlPlane",
                "ResourceType": "AWS::IAM::Role",
                "ResourceStatus": status,
                "ResourceStatusReason": reason or None,
                "Timestamp": CREATED,
            }
            for number, (status, reason) in enumerate([(stack.status, ""), *statuses])
        ]
    }


def _resources(account: Account, region: str, args: Args) -> Answer:
    name = _plain(str(args.get("StackName") or ""))
    stack = account.stacks.get(name)
    if stack is None:
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")
    kinds = (("Role", stack.roles), ("InstanceProfile", stack.profiles), ("ManagedPolicy", stack.policies))
    return {
        "StackResources": [
            {
                "StackName": name,
                "StackId": _arn(account, region, name),
                "LogicalResourceId": f"{kind}{number}",
                "PhysicalResourceId": each,
                "ResourceType": f"AWS::IAM::{kind}",
                "ResourceStatus": stack.status,
                "Timestamp": CREATED,
            }
            for kind, names in kinds
            for number, each in enumerate(names)
        ]
    }


def _delete(account: Account, _region: str, args: Args) -> Answer:
    stack = account.stacks.get(_plain(str(args.get("StackName") or "")))
    if stack is not None:
        for role in stack.roles:
            account.roles.pop(role, None)
        for profile in stack.profiles:
            account.profiles.pop(profile, None)
        account.policies -= set(stack.policies)
        stack.status, stack.becomes, stack.looks_left = "DELETE_IN_PROGRESS", "DELETE_COMPLETE", 0
    return {}


def _arn(account: Account, region: str, name: str) -> str:
    return f"arn:aws:cloudformation:{region}:{account.id}:stack/{name}/00000000-0000-4000-8000-00000000000a"


def _plain(name: str) -> str:
    return name.split("/")[1] if name.startswith("arn:") else name


OPERATIONS: Mapping[str, Callable[[Account, str, Args], Answer]] = MappingProxyType(
    {
        "CreateStack": _create,
        "DescribeStacks": _describe,
        "DescribeStackEvents": _events,
        "DescribeStackResources": _resources,
        "DeleteStack": _delete,
    }
)
