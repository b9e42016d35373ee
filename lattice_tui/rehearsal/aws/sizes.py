"""Instance types of the simulated AWS: what EC2 says of each. Source: the EC2 user guide's tables of specifications."""

from __future__ import annotations

from typing import Final, NamedTuple


class Size(NamedTuple):
    vcpus: int
    memory_mib: int
    architecture: str = "x86_64"
    gpus: int = 0
    is_burstable: bool = False


_GIB = 1024
_VCPUS: Final = {"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}
_MEMORY_GIB: Final = {"c": 2, "m": 4, "r": 8}
"""For each vCPU, by the family's first letter."""
_FAMILIES: Final = {
    "m5": "x86_64",
    "m6i": "x86_64",
    "m7i": "x86_64",
    "m7g": "arm64",
    "c6i": "x86_64",
    "c7g": "arm64",
    "r6i": "x86_64",
}


def _families() -> dict[str, Size]:
    return {
        f"{family}.{step}": Size(vcpus, vcpus * _MEMORY_GIB[family[0]] * _GIB, architecture)
        for family, architecture in _FAMILIES.items()
        for step, vcpus in _VCPUS.items()
        if step != "medium" or architecture == "arm64"
    }


SIZES: Final = {
    **_families(),
    "t2.micro": Size(1, _GIB, is_burstable=True),
    "t3.small": Size(2, 2 * _GIB, is_burstable=True),
    "t3.medium": Size(2, 4 * _GIB, is_burstable=True),
    "t3.large": Size(2, 8 * _GIB, is_burstable=True),
    "t3.xlarge": Size(4, 16 * _GIB, is_burstable=True),
    "t4g.medium": Size(2, 4 * _GIB, "arm64", is_burstable=True),
    "t4g.large": Size(2, 8 * _GIB, "arm64", is_burstable=True),
    "g5.xlarge": Size(4, 16 * _GIB, gpus=1),
}
"""Name -> its size."""
