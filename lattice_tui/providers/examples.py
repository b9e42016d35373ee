"""The examples that are shipped: one document a provider and bootstrap, each of which validates as it stands."""

from __future__ import annotations

from pathlib import Path


def shipped() -> dict[str, Path]:
    """Name -> file: `proxmox`, `proxmox-rke2`. In the wheel, or beside the packages in a source tree."""
    package = Path(__file__).resolve().parents[1]
    in_wheel = package / "examples"
    folder = in_wheel if in_wheel.is_dir() else package.parent / "examples"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
