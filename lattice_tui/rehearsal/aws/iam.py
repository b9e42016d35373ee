"""What IAM and STS answer: who it is, what they may do, roles and instance profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Final

from lattice_tui.rehearsal.aws.account import Account
from lattice_tui.rehearsal.aws.errors import AwsError

Args = Mapping[str, Any]
Answer = dict[str, Any]
CREATED: Final = "2026-01-01T00:00:00Z"
RESULTS_A_PAGE = 100
"""IAM's own page of a simulation's results."""


def may(account: Account, action: str) -> bool:
    """Whether the person may do that; names of actions know no case."""
    return not any(fnmatchcase(action.lower(), denied.lower()) for denied in account.denied)


def _identity(account: Account, _region: str, _args: Args) -> Answer:
    return {"UserId": "AIDATESTTESTTESTTEST", "Account": account.id, "Arn": account.arn}


def _simulate(account: Account, _region: str, args: Args) -> Answer:
    source = str(args.get("PolicySourceArn", ""))
    if not source.startswith(f"arn:aws:iam::{account.id}:") or source.endswith(":root"):
        raise AwsError("InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name.")
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": "allowed" if may(account, action) else "implicitDeny",
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in args.get("ActionNames") or ()
        for resource in args.get("ResourceArns") or ("*",)
    ]
    start = int(args.get("Marker") or 0)
    end = start + int(args.get("MaxItems") or RESULTS_A_PAGE)
    is_cut = end < len(results)
    return {
        "EvaluationResults": results[start:end],
        "IsTruncated": is_cut,
        "Marker": str(end) if is_cut else None,
    }


def _role(account: Account, _region: str, args: Args) -> Answer:
    name = str(args.get("RoleName", ""))
    if name not in account.roles:
        raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
    return {"Role": _described_role(account, name)}


def _roles(account: Account, _region: str, args: Args) -> Answer:
    prefix = str(args.get("PathPrefix") or "/")
    names = [name for name, path in account.roles.items() if path.startswith(prefix)]
    return {"Roles": [_described_role(account, name) for name in names], "IsTruncated": False}


def _profile(account: Account, _region: str, args: Args) -> Answer:
    name = str(args.get("InstanceProfileName", ""))
    if name not in account.profiles:
        raise AwsError("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404)
    return {"InstanceProfile": _described_profile(account, name)}


def _profiles(account: Account, _region: str, _args: Args) -> Answer:
    return {
        "InstanceProfiles": [_described_profile(account, name) for name in account.profiles],
        "IsTruncated": False,
    }


def _policies(account: Account, _region: str, _args: Args) -> Answer:
    return {
        "Policies": [
            {
                "PolicyName": name,
                "PolicyId": "ANPATESTTESTTESTTEST",
                "Arn": f"arn:aws:iam::{account.id}:policy/{name}",
                "Path": "/",
                "DefaultVersionId": "v1",
                "AttachmentCount": 1,
                "CreateDate": CREATED,
            }
            for name in sorted(account.policies)
        ],
        "IsTruncated": False,
    }


def _user(account: Account, _region: str, args: Args) -> Answer:
    name = str(args.get("UserName") or account.arn.rpartition("/")[2])
    return {
        "User": {
            "UserName": name,
            "UserId": "AIDATESTTESTTESTTEST",
            "Arn": f"arn:aws:iam::{account.id}:user/{name}",
            "Path": "/",
            "CreateDate": CREATED,
        }
    }


def _linked_role(account: Account, _region: str, args: Args) -> Answer:
    service = str(args.get("AWSServiceName", ""))
    names = {"elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing"}
    name = names.get(service, f"AWSServiceRoleFor{service.partition('.')[0]}")
    if name in account.roles:
        raise AwsError("InvalidInput", f"Service role name {name} has been taken in this account.")
    account.roles[name] = f"/aws-service-role/{service}/"
    return {"Role": _described_role(account, name)}


def _described_role(account: Account, name: str) -> Answer:
    path = account.roles.get(name, "/")
    return {
        "RoleName": name,
        "RoleId": "AROATESTTESTTESTTEST",
        "Path": path,
        "Arn": f"arn:aws:iam::{account.id}:role{path}{name}",
        "CreateDate": CREATED,
    }


def _described_profile(account: Account, name: str) -> Answer:
    return {
        "InstanceProfileName": name,
        "InstanceProfileId": "AIPATESTTESTTESTTEST",
        "Path": "/",
        "Arn": f"arn:aws:iam::{account.id}:instance-profile/{name}",
        "CreateDate": CREATED,
        "Roles": [_described_role(account, role) for role in account.profiles[name]],
    }


STS_OPERATIONS: Mapping[str, Callable[[Account, str, Args], Answer]] = MappingProxyType(
    {"GetCallerIdentity": _identity}
)
OPERATIONS: Mapping[str, Callable[[Account, str, Args], Answer]] = MappingProxyType(
    {
        "SimulatePrincipalPolicy": _simulate,
        "GetRole": _role,
        "ListRoles": _roles,
        "GetInstanceProfile": _profile,
        "ListInstanceProfiles": _profiles,
        "ListPolicies": _policies,
        "GetUser": _user,
        "CreateServiceLinkedRole": _linked_role,
    }
)
