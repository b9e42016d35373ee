"""AWS's own questions, in the order they are asked."""

from __future__ import annotations

from typing import Final

from lattice_tui.providers.aws import shapes
from schemas.fields import Choice, Field, Part

_AWS = "spec.provider.config.aws"
CONTROL_PLANE_PROFILE: Final = "control-plane.cluster-api-provider-aws.sigs.k8s.io"
NODES_PROFILE: Final = "nodes.cluster-api-provider-aws.sigs.k8s.io"
"""Instance profiles as `clusterawsadm bootstrap iam create-cloudformation-stack` names them."""
_VOLUMES: Final = (Choice("gp3", "gp3", "the usual one, cheaper than gp2"), Choice("gp2", "gp2", "the older one"))
_NETWORK = "Only for a VPC of your own; without vpcId a new one is made."

REGION: Final = Field(
    path=f"{_AWS}.region",
    label="Region",
    help="where the machines stand",
    why="Prices, instance types and images differ by region. It cannot be changed later.",
    where="Top right in the AWS console; every region's code is shown there.",
    example="eu-central-1",
    live=True,
    pattern=shapes.REGION,
)
CP_INSTANCE_TYPE: Final = Field(
    path=f"{_AWS}.cpInstanceType",
    label="Control-plane instance type",
    help="size of each control-plane machine",
    why="Kubernetes itself wants 2 vCPU and 4 GiB at least; more for a busy cluster.",
    where="EC2 > Instance Types in the AWS console.",
    example="m5.xlarge",
    notes=("It has to be offered in the zones that are used: lattice check looks.",),
    live=True,
    pattern=shapes.INSTANCE_TYPE,
)
WORKER_INSTANCE_TYPE: Final = Field(
    path=f"{_AWS}.workerInstanceType",
    label="Worker instance type",
    help="size of each worker machine",
    why="A program gets no more than one machine has.",
    where="EC2 > Instance Types in the AWS console.",
    example="m5.large",
    notes=("A pool's own size.instanceType goes before it.",),
    live=True,
    pattern=shapes.INSTANCE_TYPE,
)
SSH_KEY_NAME: Final = Field(
    path=f"{_AWS}.sshKeyName",
    label="Key pair",
    help='name of the EC2 key pair for SSH; "" for none',
    why="It opens a machine that no longer answers any other way.",
    where="EC2 > Key Pairs in the AWS console, in the same region.",
    example="my-key",
    notes=('Left out it is not none: a key pair called default would be looked for. None is written as "".',),
    live=True,
    pattern=shapes.KEY_NAME,
)
CP_PROFILE: Final = Field(
    path=f"{_AWS}.cpIamInstanceProfile",
    label="Instance profile of the control plane",
    help="what control-plane machines may do on AWS",
    why="With it the cluster makes disks and load balancers, without any key of yours.",
    where="IAM > Roles in the AWS console; the stack cluster-api-provider-aws-sigs-k8s-io makes it.",
    example=CONTROL_PLANE_PROFILE,
    default_reason=f"{CONTROL_PLANE_PROFILE}, as clusterawsadm makes it",
    pattern=shapes.PROFILE_NAME,
)
WORKER_PROFILE: Final = Field(
    path=f"{_AWS}.workerIamInstanceProfile",
    label="Instance profile of the workers",
    help="what worker machines may do on AWS",
    why="With it a worker fetches images from ECR, without any key of yours.",
    where="IAM > Roles in the AWS console; the stack cluster-api-provider-aws-sigs-k8s-io makes it.",
    example=NODES_PROFILE,
    default_reason=f"{NODES_PROFILE}, as clusterawsadm makes it",
    pattern=shapes.PROFILE_NAME,
)
VPC_ID: Final = Field(
    path=f"{_AWS}.vpcId",
    label="VPC",
    help="a network of your own; absent: one is made",
    why="A network that is made is removed with the cluster; one of your own is left as it is.",
    where="VPC > Your VPCs in the AWS console.",
    example="vpc-0a1b2c3d4e5f60718",
    default_reason="one is made, with a public and a private subnet in every zone",
    live=True,
    pattern=shapes.VPC,
)
CP_SUBNET_IDS: Final = Field(
    path=f"{_AWS}.cpSubnetIds",
    label="Subnets of the control plane",
    help="subnets of your VPC, public and private",
    why=_NETWORK,
    where="VPC > Subnets in the AWS console.",
    example="subnet-0a1b2c3d4e5f60718",
    default_reason="those of the network that is made",
    notes=("The load balancer wants a public one unless internalLoadBalancer is true.",),
    live=True,
    pattern=shapes.SUBNET,
)
WORKER_SUBNET_IDS: Final = Field(
    path=f"{_AWS}.workerSubnetIds",
    label="Subnets of the workers",
    help="subnets of your VPC for workers",
    why=_NETWORK,
    where="VPC > Subnets in the AWS console.",
    example="subnet-0a1b2c3d4e5f60718",
    default_reason="those of the control plane",
    live=True,
    pattern=shapes.SUBNET,
)
CP_VOLUME_SIZE: Final = Field(
    path=f"{_AWS}.cpRootVolumeSizeGb",
    label="Control-plane disk",
    help="disk of each control-plane machine, in GiB",
    why="Images, logs and the cluster's own data base are on it.",
    example="80",
    default="80",
    default_reason="room for images and logs of a year",
    kind="integer",
)
CP_VOLUME_TYPE: Final = Field(
    path=f"{_AWS}.cpRootVolumeType",
    label="Control-plane disk type",
    help="gp3 or gp2",
    why="etcd is only as fast as its disk; gp3 has 3000 operations a second at any size.",
    example="gp3",
    default="gp3",
    default_reason="faster and cheaper than gp2",
    kind="choice",
    choices=_VOLUMES,
)
WORKER_VOLUME_SIZE: Final = Field(
    path=f"{_AWS}.workerRootVolumeSizeGb",
    label="Worker disk",
    help="disk of each worker machine, in GiB",
    why="Images and logs of your applications are on it.",
    example="80",
    default="80",
    default_reason="as the control plane's",
    kind="integer",
)
WORKER_VOLUME_TYPE: Final = Field(
    path=f"{_AWS}.workerRootVolumeType",
    label="Worker disk type",
    help="gp3 or gp2",
    why="gp3 has 3000 operations a second at any size.",
    example="gp3",
    default="gp3",
    default_reason="faster and cheaper than gp2",
    kind="choice",
    choices=_VOLUMES,
)
AMI_ID: Final = Field(
    path=f"{_AWS}.amiId",
    label="Image (AMI)",
    help="image of every machine; absent: looked up by version, region and processor",
    why="The public images of Cluster API are for trying out: they get no security fixes. Build your own for more.",
    where="EC2 > AMIs in the AWS console, in the same region.",
    example="ami-0a1b2c3d4e5f60718",
    default_reason="the newest image of Cluster API for the Kubernetes version; with RKE2 Ubuntu's own",
    notes=("For kubeadm it carries the same Kubernetes version as the file.",),
    live=True,
    pattern=shapes.AMI,
)
ZONE_COUNT: Final = Field(
    path=f"{_AWS}.availabilityZoneCount",
    label="Availability zones",
    help="zones that the network is made in: 1 to 3",
    why="Each zone costs a NAT gateway and takes an Elastic IP, and three survive the loss of one.",
    example="3",
    default="3",
    default_reason="the cluster survives the loss of a zone; 1 is the cheap one, for trying out",
    kind="integer",
    live=True,
)
INTERNAL_LOAD_BALANCER: Final = Field(
    path=f"{_AWS}.internalLoadBalancer",
    label="Internal load balancer",
    help="true: the API is reached from inside the VPC alone",
    why="You then need a VPN or a machine in the VPC, and so does this installer.",
    example="false",
    default="false",
    default_reason="the API is reached from the internet, as apiAllowedCidrs allows",
    kind="choice",
    choices=(Choice("false", "no", "reached from outside"), Choice("true", "yes", "reached from the VPC alone")),
)
SSH_AUTHORIZED_KEYS: Final = Field(
    path=f"{_AWS}.sshAuthorizedKeys",
    label="More SSH keys",
    help="public keys that may sign in to the machines",
    why="For people beside the owner of the key pair.",
    where="cat ~/.ssh/id_ed25519.pub",
    example="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample me@home",
    default_reason="none",
    pattern=shapes.PUBLIC_KEY,
)

FIELDS: Final = (
    REGION,
    CP_INSTANCE_TYPE,
    WORKER_INSTANCE_TYPE,
    SSH_KEY_NAME,
    ZONE_COUNT,
    AMI_ID,
    VPC_ID,
    CP_SUBNET_IDS,
    WORKER_SUBNET_IDS,
    INTERNAL_LOAD_BALANCER,
    CP_PROFILE,
    WORKER_PROFILE,
    CP_VOLUME_SIZE,
    CP_VOLUME_TYPE,
    WORKER_VOLUME_SIZE,
    WORKER_VOLUME_TYPE,
    SSH_AUTHORIZED_KEYS,
)
PARTS: Final[tuple[Part, ...]] = ()
"""No key of the block holds other keys."""
