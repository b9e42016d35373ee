"""The CloudFormation template of the roles that a cluster's machines and controllers have, and its policies.

Written from facts: what `clusterawsadm bootstrap iam create-cloudformation-stack` v2.11 makes, under the same names,
without its parts for EKS. What exists already under one of the names is left out and only referred to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.providers.aws import actions

STACK: Final = "cluster-api-provider-aws-sigs-k8s-io"
SUFFIX: Final = "cluster-api-provider-aws.sigs.k8s.io"
CONTROL_PLANE: Final = f"control-plane.{SUFFIX}"
CONTROLLERS: Final = f"controllers.{SUFFIX}"
NODES: Final = f"nodes.{SUFFIX}"
NAMES: Final = (CONTROL_PLANE, CONTROLLERS, NODES)
"""Of the roles, of the instance profiles and of the policies alike."""
_KEYS: Final = {CONTROL_PLANE: "ControlPlane", CONTROLLERS: "Controllers", NODES: "Nodes"}
_POLICY_KEYS: Final = {
    CONTROL_PLANE: "AWSIAMManagedPolicyCloudProviderControlPlane",
    CONTROLLERS: "AWSIAMManagedPolicyControllers",
    NODES: "AWSIAMManagedPolicyCloudProviderNodes",
}
_HOLDERS: Final = {
    CONTROL_PLANE: (CONTROL_PLANE,),
    # After the move the controllers run on the control plane, and every control plane is a node.
    CONTROLLERS: (CONTROLLERS, CONTROL_PLANE),
    NODES: (CONTROL_PLANE, NODES),
}
"""Policy -> the roles that have it."""
_ABOUT: Final = {
    CONTROL_PLANE: "For the Kubernetes Cloud Provider AWS Control Plane",
    CONTROLLERS: "For the Kubernetes Cluster API Provider AWS Controllers",
    NODES: "For the Kubernetes Cloud Provider AWS nodes",
}
_POLICY_VERSION: Final = "2012-10-17"
"""Of IAM's policy language, not a day of ours."""


@dataclass(frozen=True, slots=True)
class Existing:
    """What there is already, by name."""

    roles: frozenset[str] = frozenset()
    profiles: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()


NOTHING: Final = Existing()


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of a policy."""

    actions: tuple[str, ...]
    resource: str = "*"
    service: str = ""
    """Of a service-linked role: the only one that it may be made for."""

    def statement(self) -> dict[str, Any]:
        """As IAM reads it."""
        said: dict[str, Any] = {"Effect": "Allow", "Action": list(self.actions), "Resource": [self.resource]}
        if self.service:
            said["Condition"] = {"StringLike": {"iam:AWSServiceName": self.service}}
        return said


def grants(policy: str) -> tuple[Grant, ...]:
    """The statements of one of the three policies."""
    if policy == CONTROL_PLANE:
        return (Grant(actions.CLOUD_PROVIDER_ACTIONS),)
    if policy == NODES:
        return (
            Grant(actions.NODE_ACTIONS),
            Grant(actions.NODE_SECRET_ACTIONS, actions.SECRET_RESOURCE),
            Grant(actions.NODE_SESSION_ACTIONS),
        )
    return (
        Grant(actions.CONTROLLER_ACTIONS),
        Grant(actions.SCALING_ACTIONS, actions.SCALING_RESOURCE),
        *(
            Grant(("iam:CreateServiceLinkedRole",), f"arn:*:iam::*:role/aws-service-role/{service}/{role}", service)
            for service, role in actions.LINKED_ROLES.items()
        ),
        Grant(("iam:PassRole",), actions.ROLE_RESOURCE),
        Grant(actions.SECRET_ACTIONS, actions.SECRET_RESOURCE),
    )


def missing_names(existing: Existing) -> Iterator[str]:
    """What the template makes, a line each: `role nodes.cluster-api-provider-aws.sigs.k8s.io`."""
    for kind, there in (
        ("role", existing.roles),
        ("policy", existing.policies),
        ("instance profile", existing.profiles),
    ):
        yield from (f"{kind} {name}" for name in NAMES if name not in there)


def template(existing: Existing = NOTHING) -> dict[str, Any]:
    """The template, for CloudFormation's TemplateBody as JSON; its resources are empty when nothing is missing."""
    resources: dict[str, Any] = {}
    for name in NAMES:
        if name not in existing.roles:
            resources[f"AWSIAMRole{_KEYS[name]}"] = {
                "Type": "AWS::IAM::Role",
                "Properties": {"RoleName": name, "AssumeRolePolicyDocument": _trust()},
            }
        if name not in existing.profiles:
            resources[f"AWSIAMInstanceProfile{_KEYS[name]}"] = {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"InstanceProfileName": name, "Roles": [_role(name, existing)]},
            }
        if name not in existing.policies:
            resources[_POLICY_KEYS[name]] = {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "ManagedPolicyName": name,
                    "Description": _ABOUT[name],
                    "PolicyDocument": _document(*grants(name)),
                    "Roles": [_role(holder, existing) for holder in _HOLDERS[name]],
                },
            }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _role(name: str, existing: Existing) -> Any:
    return name if name in existing.roles else {"Ref": f"AWSIAMRole{_KEYS[name]}"}


def _document(*given: Grant) -> dict[str, Any]:
    return {"Version": _POLICY_VERSION, "Statement": [grant.statement() for grant in given]}


def _trust() -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}
    return {"Version": _POLICY_VERSION, "Statement": [statement]}
