"""OpenStack's own questions, in the order of the file."""

from __future__ import annotations

from typing import Final

from lattice_tui.document import patterns
from lattice_tui.providers.openstack.config import CLOUD_NAME, NODE_CIDR
from schemas.fields import Answers, Choice, Field, Part

ROOT: Final = "spec.provider.config.openstack"
UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
LOAD_BALANCER: Final = f"{ROOT}.apiServerLoadBalancer"
_IPV4_RANGE = r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}/0*[0-9]{1,2}$"


def has_load_balancer(answers: Answers) -> bool:
    """Whether the answers ask for a load balancer in front of the API."""
    return answers.get(LOAD_BALANCER, "true") != "false"


def _zone(key: str, whose: str) -> Field:
    return Field(
        path=f"{ROOT}.{key}",
        label=f"Availability zone of {whose}",
        help=f"zone that {whose} are placed in",
        why="A zone is a part of the cloud with power and network of its own.",
        where="openstack availability zone list --compute",
        example="nova",
        default_reason="none, the cloud chooses",
        live=True,
        pattern=patterns.LINE,
    )


def _volume_size(key: str, whose: str) -> Field:
    return Field(
        path=f"{ROOT}.{key}",
        label=f"Root volume of {whose}",
        help=f"root volume of {whose}, in GiB; absent: the flavor's own disk",
        why="A flavor without a disk of its own needs one. A volume outlives its host.",
        where="openstack flavor list: the column Disk",
        example="50",
        default_reason="none, the flavor's own disk",
        kind="integer",
        notes=("It is at least as large as the image asks for.",),
    )


def _volume_type(key: str, whose: str) -> Field:
    return Field(
        path=f"{ROOT}.{key}",
        label=f"Kind of root volume of {whose}",
        help=f"volume type of {whose}",
        why="It decides how fast the disk is, and what it costs.",
        where="openstack volume type list",
        example="ssd",
        default_reason="the cloud's usual one",
        notes=("No effect without a root volume size.",),
        live=True,
        pattern=patterns.LINE,
    )


EXTERNAL_NETWORK: Final = Field(
    path=f"{ROOT}.externalNetworkId",
    label="External network",
    help="id of the network that leads out of the cloud",
    why="The cluster's router and the API's floating IP hang on it.",
    where="openstack network list --external: the column ID",
    example="2f1c6b3e-5a0d-4c36-9f0f-7a1d6f0a9b51",
    notes=("The id, not the name: names may be there twice.",),
    live=True,
    pattern=f"^{UUID}$",
)
CP_FLAVOR: Final = Field(
    path=f"{ROOT}.cpFlavor",
    label="Flavor of the control plane",
    help="flavor of the control-plane machines",
    why="A flavor is OpenStack's word for cores, memory and disk together. At least 2 cores and 4 GiB.",
    where="openstack flavor list",
    example="m1.large",
    live=True,
    pattern=patterns.LINE,
)
WORKER_FLAVOR: Final = Field(
    path=f"{ROOT}.workerFlavor",
    label="Flavor of the workers",
    help="flavor of the worker machines",
    why="It decides how much your applications have to run with. A pool may have its own: size.flavor.",
    where="openstack flavor list",
    example="m1.medium",
    live=True,
    pattern=patterns.LINE,
)
IMAGE: Final = Field(
    path=f"{ROOT}.imageName",
    label="Image",
    help="name of the image that every machine starts from",
    why="For kubeadm it carries Kubernetes at the cluster's version; RKE2 takes a plain one.",
    where="openstack image list --status active",
    example="ubuntu-2404-kube-v1.35.5",
    notes=("Exactly one image may have this name.",),
    live=True,
    pattern=patterns.LINE,
)
SSH_KEY: Final = Field(
    path=f"{ROOT}.sshKeyName",
    label="Key pair",
    help="name of the key pair that lets you sign in to the machines",
    why="With it you can look into a machine that does not come up.",
    where="openstack keypair list",
    example="laptop",
    notes=("Key pairs belong to you, in one region: another region has its own.",),
    live=True,
    pattern=patterns.LINE,
)
CLOUD: Final = Field(
    path=f"{ROOT}.cloudName",
    label="Cloud name",
    help="name of the cloud in the credentials that the cluster gets",
    why="The cluster finds its credentials by it.",
    example=CLOUD_NAME,
    default=CLOUD_NAME,
    default_reason="any name will do",
    pattern="^[A-Za-z0-9][-A-Za-z0-9_.]{0,62}$",
)
DNS: Final = Field(
    path=f"{ROOT}.dnsNameservers",
    label="Name servers",
    help="DNS servers of the machines",
    why="Without one that answers, no machine finds the servers that images come from.",
    where="openstack subnet show SUBNET: dns_nameservers",
    example="9.9.9.9",
    default_reason="the cloud's own",
    notes=("They have to be reachable from inside the cloud.",),
    pattern=patterns.ADDRESS,
)
NODE_RANGE: Final = Field(
    path=f"{ROOT}.nodeCidr",
    label="Network of the machines",
    help="addresses of the machines, in a network made for this cluster",
    why="It must not overlap the pods, the services, or networks that the machines talk to.",
    example=NODE_CIDR,
    default=NODE_CIDR,
    default_reason="rarely used elsewhere, with room for 250 machines",
    pattern=_IPV4_RANGE,
)
API_LOAD_BALANCER: Final = Field(
    path=LOAD_BALANCER,
    label="Load balancer for the API",
    help="true: a load balancer in front of the API; false: one machine with a floating IP",
    why="With one, several control planes stand behind one address. It needs the cloud's service Octavia.",
    where="openstack catalog show load-balancer",
    example="true",
    default="true",
    default_reason="one address that survives the loss of a machine",
    kind="choice",
    choices=(
        Choice("true", "load balancer", "needs Octavia"),
        Choice("false", "floating IP", "one control-plane machine, no upgrades"),
    ),
    notes=("Without it there is exactly one control-plane machine.",),
)
LOAD_BALANCER_FLAVOR: Final = Field(
    path=f"{ROOT}.apiServerLoadBalancerFlavor",
    label="Flavor of the load balancer",
    help="Octavia flavor of the API's load balancer",
    why="Some clouds offer larger ones, or pairs that survive the loss of a host.",
    where="openstack loadbalancer flavor list",
    example="ha",
    default_reason="the cloud's usual one",
    shown_when=has_load_balancer,
    live=True,
    pattern=patterns.LINE,
)
SECURITY_GROUPS: Final = Field(
    path=f"{ROOT}.managedSecurityGroups",
    label="Security groups",
    help="true: security groups are made for the cluster; false: yours are used as they are",
    why="Without the right openings no machine reaches another.",
    example="true",
    default="true",
    default_reason="the right openings are made, and removed with the cluster",
    kind="choice",
    choices=(
        Choice("true", "made for the cluster"),
        Choice("false", "the project's own", "you open every port yourself"),
    ),
)
IN_CLUSTER_TRAFFIC: Final = Field(
    path=f"{ROOT}.allowAllInClusterTraffic",
    label="Traffic between machines",
    help="true: machines of the cluster reach each other on every port",
    why="Cilium's tunnels and health checks need more ports than the standard groups open.",
    example="true",
    default="true",
    default_reason="Cilium needs it",
    kind="choice",
    choices=(Choice("true", "everything"), Choice("false", "only the standard ports", "Cilium does not work then")),
)
AUTHORIZED_KEYS: Final = Field(
    path=f"{ROOT}.sshAuthorizedKeys",
    label="More SSH keys",
    help="public keys of others who may sign in to the machines",
    why="A key pair holds one key; a team has several.",
    where="~/.ssh/id_ed25519.pub of each of them",
    example="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFExampleExampleExampleExampleExampleExam ada@laptop",
    default_reason="none, beside the key pair",
    pattern=patterns.LINE,
)
SECRET_NAME: Final = Field(
    path=f"{ROOT}.secretRef.name",
    label="Name of the Secret",
    help="name of a Secret with the keys clouds.yaml and cacert",
    why="Where somebody else keeps the credentials in the cluster, they are not written there again.",
    example="openstack-cloud-config",
    pattern=r"^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$",
)
SECRET_NAMESPACE: Final = Field(
    path=f"{ROOT}.secretRef.namespace",
    label="Namespace of the Secret",
    help="namespace that the Secret is in",
    why="Cluster API reads it beside the cluster's own objects.",
    example="default",
    default="default",
    default_reason="the cluster's objects are there, too",
    pattern="^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$",
)

FIELDS: Final = (
    EXTERNAL_NETWORK,
    CP_FLAVOR,
    WORKER_FLAVOR,
    IMAGE,
    SSH_KEY,
    CLOUD,
    DNS,
    NODE_RANGE,
    API_LOAD_BALANCER,
    LOAD_BALANCER_FLAVOR,
    _zone("cpAvailabilityZone", "control planes"),
    _zone("workerAvailabilityZone", "workers"),
    _volume_size("cpRootVolumeSizeGb", "control planes"),
    _volume_type("cpRootVolumeType", "control planes"),
    _volume_size("workerRootVolumeSizeGb", "workers"),
    _volume_type("workerRootVolumeType", "workers"),
    SECURITY_GROUPS,
    IN_CLUSTER_TRAFFIC,
    AUTHORIZED_KEYS,
    SECRET_NAME,
    SECRET_NAMESPACE,
)
PARTS: Final = (
    Part(
        f"{ROOT}.secretRef",
        "Secret that is there already",
        "a Secret with the credentials that the cluster uses instead of one made from yours",
        notes=("Absent: one is made from the credentials, with the name of the cluster.",),
    ),
)

ASKED: Final = {
    "connect": tuple(
        f"credentials.openstack.{name}"
        for name in (
            "auth_url",
            "auth_type",
            "application_credential_id",
            "application_credential_secret",
            "username",
            "password",
            "project_name",
            "user_domain_name",
            "project_domain_name",
            "token",
            "region_name",
            "ca_pem",
        )
    ),
    "size": (
        CP_FLAVOR.path,
        WORKER_FLAVOR.path,
        f"{ROOT}.cpRootVolumeSizeGb",
        f"{ROOT}.workerRootVolumeSizeGb",
    ),
    "build": (
        IMAGE.path,
        "spec.provider.kubernetes.version",
        "spec.provider.kubernetes.bootstrap",
        SSH_KEY.path,
        API_LOAD_BALANCER.path,
    ),
    "addresses": (
        EXTERNAL_NETWORK.path,
        NODE_RANGE.path,
        DNS.path,
        "spec.endpoints.host",
        "spec.apiAllowedCidrs",
        "spec.provider.kubernetes.certSANs",
        "spec.provider.kubernetes.clusterNetwork.podCidr",
        "spec.provider.kubernetes.clusterNetwork.serviceCidr",
    ),
}
"""Step of the wizard -> what is asked there."""
STAGES: Final = {
    "connect": tuple(
        f"openstack-{name}"
        for name in (
            *("credentials", "name", "port", "certificate", "clock", "identity", "sign-in", "roles", "region"),
            *("services", "endpoints", "ca"),
        )
    ),
    "build": tuple(
        f"openstack-{name}"
        for name in (
            *("compute-version", "flavors", "image", "key-pair", "zones", "volume-types", "load-balancer", "capacity"),
            *("volume-quota", "balancer-quota", "host-names"),
        )
    ),
    "addresses": tuple(
        f"openstack-{name}"
        for name in ("external-network", "floating-ip", "host", "subnets", "dns", "network-quota", "bill")
    ),
}
"""Step of the wizard -> the rows it shows."""
