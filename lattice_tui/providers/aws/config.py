"""AWS's block of cluster.yaml: `spec.provider.config.aws`."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.provider_config import ProviderConfig

VolumeType = Literal["gp3", "gp2"]
"""Of a machine's disk. io1 and io2 want a number of operations a second besides, which the document has no key for."""
VolumeSizeGb = Annotated[int, Field(ge=8, le=16384)]
"""GiB, as the EC2 console counts. 16 TiB is the most that gp2 takes."""
ZoneCount = Annotated[int, Field(ge=1, le=3)]


class AwsConfig(ProviderConfig):
    """Machines are EC2 instances in one region; the keys stand for a new network unless `vpcId` names one."""

    region: str
    cp_instance_type: Annotated[str, Field(alias="cpInstanceType")]
    worker_instance_type: Annotated[str, Field(alias="workerInstanceType")]
    ssh_key_name: Annotated[str | None, Field(alias="sshKeyName")]
    """Name of an EC2 key pair; empty: none. Left out, Cluster API would look for one called `default`. None: not said
    yet, while a document is still being filled in; in a file it is refused.
    """
    cp_iam_instance_profile: Annotated[str | None, Field(alias="cpIamInstanceProfile")] = None
    """None: the name that clusterawsadm gives."""
    worker_iam_instance_profile: Annotated[str | None, Field(alias="workerIamInstanceProfile")] = None
    vpc_id: Annotated[str | None, Field(alias="vpcId")] = None
    """None: a network is made for the cluster."""
    cp_subnet_ids: list[str] = Field(default=[], alias="cpSubnetIds")
    worker_subnet_ids: list[str] = Field(default=[], alias="workerSubnetIds")
    """Empty: those of the control plane."""
    cp_root_volume_size_gb: Annotated[VolumeSizeGb, Field(alias="cpRootVolumeSizeGb")] = 80
    cp_root_volume_type: Annotated[VolumeType, Field(alias="cpRootVolumeType")] = "gp3"
    worker_root_volume_size_gb: Annotated[VolumeSizeGb, Field(alias="workerRootVolumeSizeGb")] = 80
    worker_root_volume_type: Annotated[VolumeType, Field(alias="workerRootVolumeType")] = "gp3"
    ami_id: Annotated[str | None, Field(alias="amiId")] = None
    """None: looked up by Kubernetes version, region and processor."""
    availability_zone_count: Annotated[ZoneCount, Field(alias="availabilityZoneCount")] = 3
    """Each zone of a network that is made costs a NAT gateway and takes an Elastic IP."""
    internal_load_balancer: Annotated[bool, Field(alias="internalLoadBalancer")] = False
    ssh_authorized_keys: list[str] = Field(default=[], alias="sshAuthorizedKeys")
