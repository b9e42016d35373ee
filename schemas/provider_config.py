"""`ProviderConfig`: the base of every provider's block. Alone, so that reading a file pays for nothing else."""

from pydantic import BaseModel, ConfigDict


class ProviderConfig(BaseModel):
    """Base of every provider's block of cluster.yaml (`spec.provider.config.<name>`)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, defer_build=True, validate_by_name=True, validate_by_alias=True
    )
