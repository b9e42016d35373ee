"""Docker's block of cluster.yaml: `spec.provider.config.docker`."""

from typing import Annotated

from pydantic import Field

from schemas.provider_config import ProviderConfig


class DockerConfig(ProviderConfig):
    """Every machine is a container on this computer; `{}` is a complete block."""

    node_image: Annotated[str | None, Field(alias="nodeImage")] = None
    """Image of every machine; None: kindest/node of the cluster's Kubernetes version."""
