"""OpenStack's block of cluster.yaml: `spec.provider.config.openstack`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.provider_config import ProviderConfig

CLOUD_NAME = "openstack"
"""The cloud's name inside the Secret that the cluster gets, where the file gives none."""
NODE_CIDR = "10.6.0.0/24"


class SecretRef(BaseModel):
    """A Secret that is there already, instead of one that is made from the credentials."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, defer_build=True, validate_by_name=True, validate_by_alias=True
    )

    name: str
    namespace: str = "default"


class OpenStackConfig(ProviderConfig):
    """Machines are servers of one project, behind a load balancer of the cloud."""

    external_network_id: Annotated[str, Field(alias="externalNetworkId")]
    cp_flavor: Annotated[str, Field(alias="cpFlavor")]
    worker_flavor: Annotated[str, Field(alias="workerFlavor")]
    image_name: Annotated[str, Field(alias="imageName")]
    ssh_key_name: Annotated[str, Field(alias="sshKeyName")]
    cloud_name: Annotated[str, Field(alias="cloudName")] = CLOUD_NAME
    dns_nameservers: list[str] = Field([], alias="dnsNameservers")
    node_cidr: Annotated[str, Field(alias="nodeCidr")] = NODE_CIDR
    api_server_load_balancer: Annotated[bool, Field(alias="apiServerLoadBalancer")] = True
    api_server_load_balancer_flavor: Annotated[str | None, Field(alias="apiServerLoadBalancerFlavor")] = None
    cp_availability_zone: Annotated[str | None, Field(alias="cpAvailabilityZone")] = None
    worker_availability_zone: Annotated[str | None, Field(alias="workerAvailabilityZone")] = None
    cp_root_volume_size_gb: Annotated[int | None, Field(alias="cpRootVolumeSizeGb", ge=1, le=16384)] = None
    cp_root_volume_type: Annotated[str | None, Field(alias="cpRootVolumeType")] = None
    worker_root_volume_size_gb: Annotated[int | None, Field(alias="workerRootVolumeSizeGb", ge=1, le=16384)] = None
    worker_root_volume_type: Annotated[str | None, Field(alias="workerRootVolumeType")] = None
    managed_security_groups: Annotated[bool, Field(alias="managedSecurityGroups")] = True
    allow_all_in_cluster_traffic: Annotated[bool, Field(alias="allowAllInClusterTraffic")] = True
    ssh_authorized_keys: list[str] = Field([], alias="sshAuthorizedKeys")
    secret_ref: Annotated[SecretRef | None, Field(alias="secretRef")] = None
