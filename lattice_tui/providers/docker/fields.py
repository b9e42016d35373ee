"""Docker's own question."""

from __future__ import annotations

from typing import Final

from lattice_tui.providers.docker.rules import IMAGE
from schemas.fields import Field

NODE_IMAGE: Final = Field(
    path="spec.provider.config.docker.nodeImage",
    label="Machine image",
    help="image of every machine; absent: kindest/node of the Kubernetes version",
    why="Only needed for an image of your own, or from a registry of your own.",
    where="docker image ls; the images that kind publishes are listed with each of its releases.",
    example="kindest/node:v1.35.5",
    default_reason="kindest/node of the Kubernetes version, with its checksum where one is known",
    notes=("Its tag names the same Kubernetes version as the file.",),
    pattern=f"^{IMAGE}$",
)

FIELDS: Final = (NODE_IMAGE,)
