"""Plans for the clouds and for Proxmox, small ones and ones that use every key."""

from __future__ import annotations

from typing import Any

from lattice_tui.providers.aws.config import AwsConfig
from lattice_tui.providers.openstack.config import OpenStackConfig
from lattice_tui.providers.proxmox.config import ProxmoxConfig
from schemas.plan import AddressRange, ClusterPlan, MachineSize, PoolPlan, TaintPlan
from tests.capi.plans import SMALL

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample me@laptop"
POOL4 = {"start": "192.168.1.200", "end": "192.168.1.219", "gateway": "192.168.1.1", "prefix": 24}
POOL6 = {"start": "fd00::200", "end": "fd00::219", "gateway": "fd00::1", "prefix": 64}
EXTERNAL_NETWORK = "6ad5b1cd-2f0b-4ff8-a8a2-0a3c6b9d6c01"
PROXMOX = {"sourceNode": "pve1", "templateId": 9000, "ipv4Pool": POOL4}
OPENSTACK = {
    "externalNetworkId": EXTERNAL_NETWORK,
    "cpFlavor": "m1.large",
    "workerFlavor": "m1.medium",
    "imageName": "ubuntu-2404-kube",
    "sshKeyName": "laptop",
}
AWS = {
    "region": "eu-central-1",
    "cpInstanceType": "m5.xlarge",
    "workerInstanceType": "m5.large",
    "sshKeyName": "lattice",
}
SIZES = {
    "proxmox": MachineSize(cores=8, memory_mb=16384, disk_size_gb=200),
    "openstack": MachineSize(flavor="gpu.large", root_volume_size_gb=100, root_volume_type="ssd"),
    "aws": MachineSize(instance_type="g5.xlarge", root_volume_size_gb=200, root_volume_type="gp2"),
}


def _plan(provider: str, config: Any, **update: Any) -> ClusterPlan:
    host = "192.168.1.220" if provider == "proxmox" else ""
    known = {"provider": provider, "config": config, "endpoint_host": host, "service_type": "LoadBalancer"}
    return SMALL.model_copy(update=known | update)


def _large(provider: str, config: Any, **update: Any) -> ClusterPlan:
    pools = (
        PoolPlan(
            name="web",
            replicas=2,
            labels={"tier": "web", "node-role.kubernetes.io/web": ""},
            taints=(TaintPlan(key="dedicated", value="web", effect="NoSchedule"),),
            size=SIZES[provider],
        ),
        PoolPlan(name="batch", replicas=3, min_replicas=1, max_replicas=5),
    )
    known = {"name": "shop", "control_plane_replicas": 3, "cert_sans": ("shop.example.com",), "pools": pools}
    return _plan(provider, config, **(known | update))


SMALL_ONES = {
    "proxmox-small": _plan("proxmox", ProxmoxConfig.model_validate(PROXMOX)),
    "openstack-small": _plan("openstack", OpenStackConfig.model_validate(OPENSTACK)),
    "aws-small": _plan("aws", AwsConfig.model_validate(AWS)),
}
LARGE_ONES = {
    "proxmox-large": _large(
        "proxmox",
        ProxmoxConfig.model_validate(
            {
                "templateTags": ["ubuntu", "kube"], "bridge": "vmbr1", "vlan": 20, "ipv4Pool": POOL4,
                "ipv6Pool": POOL6, "dnsServers": ["9.9.9.9"], "storage": "ceph", "pool": "kubernetes",
                "allowedNodes": ["pve1", "pve2"], "virtualIpNetworkInterface": "eth0", "sshAuthorizedKeys": [KEY],
                "tags": ["shop"], "vmIdRange": {"start": 20000, "end": 20099}, "memoryAdjustment": 95,
            }
        ),
        lb_pool=AddressRange(start="192.168.1.230", end="192.168.1.239"),
    ),
    "openstack-large": _large(
        "openstack",
        OpenStackConfig.model_validate(
            {
                **OPENSTACK, "cloudName": "mycloud", "dnsNameservers": ["9.9.9.9"], "nodeCidr": "10.66.0.0/24",
                "apiServerLoadBalancerFlavor": "small", "cpAvailabilityZone": "az1", "workerAvailabilityZone": "az2",
                "cpRootVolumeSizeGb": 50, "cpRootVolumeType": "ssd", "workerRootVolumeSizeGb": 40,
                "sshAuthorizedKeys": [KEY],
            }
        ),
        api_allowed_cidrs=("203.0.113.7/32",),
    ),
    "aws-large": _large(
        "aws",
        AwsConfig.model_validate(
            {
                **AWS, "sshKeyName": "", "vpcId": "vpc-1", "cpSubnetIds": ["subnet-1", "subnet-2"],
                "workerSubnetIds": ["subnet-3"], "amiId": "ami-0123456789abcdef0", "internalLoadBalancer": True,
                "cpIamInstanceProfile": "own-cp", "workerIamInstanceProfile": "own-node", "sshAuthorizedKeys": [KEY],
            }
        ),
        api_allowed_cidrs=("203.0.113.7/32",),
    ),
}  # fmt: skip
WITHOUT_BALANCER = _plan(
    "openstack",
    OpenStackConfig.model_validate({**OPENSTACK, "apiServerLoadBalancer": False}),
    endpoint_host="203.0.113.20",
)
PLANS = {
    **SMALL_ONES,
    **LARGE_ONES,
    "openstack-floating-ip": WITHOUT_BALANCER,
    **{
        f"{name}-rke2": plan.model_copy(update={"bootstrap": "rke2", "kubernetes_version": "1.35.5+rke2r1"})
        for name, plan in (*SMALL_ONES.items(), *LARGE_ONES.items())
    },
}
