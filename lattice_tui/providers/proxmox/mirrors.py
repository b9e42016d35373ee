"""Mirrors of what is fetched for a template, as this computer's environment names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

IMAGES: Final = "LATTICE_IMAGE_MIRROR"
"""What stands before the file names of Ubuntu's cloud image and of its list of checksums."""
PACKAGES: Final = "LATTICE_PACKAGE_MIRROR"
"""What stands in place of https://pkgs.k8s.io."""


class Mirrors(NamedTuple):
    """Without a slash at the end; empty: the makers' own place."""

    images: str = ""
    packages: str = ""


def mirrors_of(environ: Mapping[str, str] | None = None) -> Mirrors:
    """A variable that is empty counts as absent."""
    around = os.environ if environ is None else environ
    return Mirrors(*(around.get(variable, "").strip().rstrip("/") for variable in (IMAGES, PACKAGES)))
