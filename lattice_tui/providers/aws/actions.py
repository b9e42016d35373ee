"""What the AWS controllers of Cluster API do on a person's account: actions as data, tested in batches.

Facts read from what `clusterawsadm bootstrap iam` grants its controllers' role in v2.11 (the policy
controllers.cluster-api-provider-aws.sigs.k8s.io without the parts for EKS), and the two roles of the machines.
"""

from __future__ import annotations

from typing import Final

_NETWORK: Final = {
    "Vpc": "Create Delete",
    "Subnet": "Create Delete",
    "RouteTable": "Create Delete Associate Disassociate",
    "Route": "Create Replace",
    "InternetGateway": "Create Delete Attach Detach",
    "EgressOnlyInternetGateway": "Create Delete",
    "CarrierGateway": "Create Delete",
    "NatGateway": "Create Delete",
    "SecurityGroup": "Create Delete",
    "SecurityGroupIngress": "Authorize Revoke",
    "NetworkInterface": "Create Attach Detach",
    "VpcCidrBlock": "Associate Disassociate",
    "VpcEndpoint": "Create Modify",
    "VpcEndpoints": "Delete",
    "Address": "Allocate Release Disassociate",
    "PrivateIpAddresses": "Assign Unassign",
    "Ipv6Addresses": "Assign",
    "IpamPoolCidr": "Allocate",
    "Tags": "Create Delete",
}
"""What is done to each kind of thing of a network, in EC2's own words."""
_EC2_MACHINES: Final = (
    "RunInstances",
    "TerminateInstances",
    "CreateLaunchTemplate",
    "CreateLaunchTemplateVersion",
    "DeleteLaunchTemplate",
    "DeleteLaunchTemplateVersions",
)
_EC2_MODIFIED: Final = (
    "InstanceAttribute",
    "InstanceMetadataOptions",
    "NetworkInterfaceAttribute",
    "SubnetAttribute",
    "VpcAttribute",
)
_EC2_DESCRIBED: Final = (
    "AccountAttributes",
    "Addresses",
    "AvailabilityZones",
    "CarrierGateways",
    "DhcpOptions",
    "EgressOnlyInternetGateways",
    "Images",
    "InstanceTypes",
    "Instances",
    "InternetGateways",
    "IpamPools",
    "KeyPairs",
    "LaunchTemplateVersions",
    "LaunchTemplates",
    "NatGateways",
    "NetworkInterfaceAttribute",
    "NetworkInterfaces",
    "RouteTables",
    "SecurityGroups",
    "Subnets",
    "Tags",
    "Volumes",
    "VpcAttribute",
    "VpcEndpoints",
    "Vpcs",
)
_LOAD_BALANCING: Final = (
    "AddTags",
    "ApplySecurityGroupsToLoadBalancer",
    "ConfigureHealthCheck",
    "CreateListener",
    "CreateLoadBalancer",
    "CreateTargetGroup",
    "DeleteListener",
    "DeleteLoadBalancer",
    "DeleteTargetGroup",
    "DeregisterInstancesFromLoadBalancer",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeTags",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "ModifyLoadBalancerAttributes",
    "ModifyTargetGroupAttributes",
    "RegisterInstancesWithLoadBalancer",
    "RegisterTargets",
    "RemoveTags",
    "SetSecurityGroups",
    "SetSubnets",
)

EC2_ACTIONS: Final = tuple(
    f"ec2:{action}"
    for action in (
        *(f"{verb}{thing}" for thing, verbs in _NETWORK.items() for verb in verbs.split()),
        *_EC2_MACHINES,
        *(f"Modify{thing}" for thing in _EC2_MODIFIED),
        *(f"Describe{thing}" for thing in _EC2_DESCRIBED),
    )
)
ELB_ACTIONS: Final = tuple(f"elasticloadbalancing:{action}" for action in _LOAD_BALANCING)
READ_ACTIONS: Final = (
    "tag:GetResources",
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeInstanceRefreshes",
)
CONTROLLER_ACTIONS: Final = (*EC2_ACTIONS, *ELB_ACTIONS, *READ_ACTIONS)
"""On every resource: what is tested without naming one."""

SCALING_ACTIONS: Final = tuple(
    f"autoscaling:{action}"
    for action in (
        "CreateAutoScalingGroup",
        "UpdateAutoScalingGroup",
        "CreateOrUpdateTags",
        "StartInstanceRefresh",
        "DeleteAutoScalingGroup",
        "DeleteTags",
    )
)
SECRET_ACTIONS: Final = tuple(f"secretsmanager:{action}" for action in ("CreateSecret", "DeleteSecret", "TagResource"))
SCALING_RESOURCE: Final = "arn:*:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*"
SECRET_RESOURCE: Final = "arn:*:secretsmanager:*:*:secret:aws.cluster.x-k8s.io/*"  # noqa: S105 - an address
ROLE_RESOURCE: Final = "arn:*:iam::*:role/*.cluster-api-provider-aws.sigs.k8s.io"
"""Roles that machines are given: passing them on is an action of its own."""
LINKED_ROLES: Final = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
}
"""Service -> the role it makes for itself, the first time that it is used on an account."""

STACK_ACTIONS: Final = (
    "cloudformation:CreateStack",
    "cloudformation:DescribeStacks",
    "iam:AddRoleToInstanceProfile",
    "iam:AttachRolePolicy",
    "iam:CreateInstanceProfile",
    "iam:CreatePolicy",
    "iam:CreateRole",
    "iam:GetRole",
)
"""What making the stack of roles and instance profiles takes, on top of the controllers' own."""

CLOUD_PROVIDER_EC2: Final = tuple(
    f"ec2:{action}"
    for action in (
        "AssignIpv6Addresses",
        "AttachVolume",
        "AuthorizeSecurityGroupIngress",
        "CreateRoute",
        "CreateSecurityGroup",
        "CreateTags",
        "CreateVolume",
        "DeleteRoute",
        "DeleteSecurityGroup",
        "DeleteVolume",
        "DescribeImages",
        "DescribeInstances",
        "DescribeRegions",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVolumes",
        "DescribeVpcs",
        "DetachVolume",
        "ModifyInstanceAttribute",
        "ModifyVolume",
        "RevokeSecurityGroupIngress",
    )
)
CLOUD_PROVIDER_ELB: Final = tuple(
    f"elasticloadbalancing:{action}"
    for action in (
        "AddTags",
        "ApplySecurityGroupsToLoadBalancer",
        "AttachLoadBalancerToSubnets",
        "ConfigureHealthCheck",
        "CreateListener",
        "CreateLoadBalancer",
        "CreateLoadBalancerListeners",
        "CreateLoadBalancerPolicy",
        "CreateTargetGroup",
        "DeleteListener",
        "DeleteLoadBalancer",
        "DeleteLoadBalancerListeners",
        "DeleteTargetGroup",
        "DeregisterInstancesFromLoadBalancer",
        "DeregisterTargets",
        "DescribeListeners",
        "DescribeLoadBalancerAttributes",
        "DescribeLoadBalancerPolicies",
        "DescribeLoadBalancers",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DetachLoadBalancerFromSubnets",
        "ModifyListener",
        "ModifyLoadBalancerAttributes",
        "ModifyTargetGroup",
        "RegisterInstancesWithLoadBalancer",
        "RegisterTargets",
        "SetLoadBalancerPoliciesForBackendServer",
        "SetLoadBalancerPoliciesOfListener",
        "SetSecurityGroups",
    )
)
CLOUD_PROVIDER_ACTIONS: Final = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeTags",
    *CLOUD_PROVIDER_EC2,
    *CLOUD_PROVIDER_ELB,
    "iam:CreateServiceLinkedRole",
    "kms:DescribeKey",
)
"""What control-plane machines may do themselves: disks and load balancers."""
NODE_ACTIONS: Final = (
    *(
        f"ec2:{action}"
        for action in (
            "AssignIpv6Addresses",
            "CreateTags",
            "DescribeInstanceTypes",
            "DescribeInstances",
            "DescribeNetworkInterfaces",
            "DescribeRegions",
            "DescribeTags",
        )
    ),
    *(
        f"ecr:{action}"
        for action in (
            "BatchCheckLayerAvailability",
            "BatchGetImage",
            "DescribeRepositories",
            "GetAuthorizationToken",
            "GetDownloadUrlForLayer",
            "GetRepositoryPolicy",
            "ListImages",
        )
    ),
)
"""What every machine may do: find itself, and fetch images from ECR."""
NODE_SECRET_ACTIONS: Final = ("secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue")
NODE_SESSION_ACTIONS: Final = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "s3:GetEncryptionConfiguration",
)
"""A shell on a machine without SSH (Session Manager)."""
