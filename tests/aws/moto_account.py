"""An account at moto that is ready for a cluster: the baseline from which each toggle breaks one thing."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.moto_server import Moto

USER = "lattice"
POLICY = "everything-a-cluster-needs"
KEY_PAIR = "lattice"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC9AO6d3MZFXIvS4AByIrltHcuHlq9s0a17HWhrM12MJ person@laptop"
SUFFIX = "cluster-api-provider-aws.sigs.k8s.io"
PROFILES = tuple(f"{who}.{SUFFIX}" for who in ("control-plane", "controllers", "nodes"))
ELB_ROLE = "AWSServiceRoleForElasticLoadBalancing"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def prepare_baseline(moto: Moto) -> None:
    """A user who may do everything, instance profiles with roles, the load balancers' role, a key pair.

    Afterwards the user's keys are in use. Expects a server that was just reset.
    """
    iam = moto.client("iam")
    iam.create_user(UserName=USER)
    allow(moto, ["*"])
    keys = iam.create_access_key(UserName=USER)["AccessKey"]
    for name in PROFILES:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    iam.create_role(
        RoleName=ELB_ROLE,
        Path="/aws-service-role/elasticloadbalancing.amazonaws.com/",
        AssumeRolePolicyDocument=json.dumps(_TRUST),
    )
    moto.client("ec2").import_key_pair(KeyName=KEY_PAIR, PublicKeyMaterial=PUBLIC_KEY.encode())
    moto.use(keys["AccessKeyId"], keys["SecretAccessKey"])


def allow(moto: Moto, actions: list[str], deny: tuple[str, ...] = ()) -> None:
    """What the user may do from now on, counted when permissions are enforced."""
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
    if deny:
        statements.append({"Effect": "Deny", "Action": list(deny), "Resource": "*"})
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    moto.client("iam").put_user_policy(UserName=USER, PolicyName=POLICY, PolicyDocument=document)


def make_network(moto: Moto) -> tuple[str, str, str]:
    """A VPC of the person's own: its id, a public subnet, and a private one whose way out is a NAT gateway."""
    ec2 = moto.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    zone = f"{moto.region}a"
    public, private = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for cidr in ("10.20.0.0/24", "10.20.1.0/24")
    )
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    for subnet, way in ((public, {"GatewayId": internet}), (private, {"NatGatewayId": nat})):
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **way)
    return vpc, public, private
